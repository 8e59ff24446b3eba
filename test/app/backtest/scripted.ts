/** Backtests of a strategy written in the test, over candles written in the test. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { BacktestOptions } from '../../../src/app/backtest/backtest-options.ts';
import { runBacktest } from '../../../src/app/backtest/run-backtest.ts';
import { quantityLots } from '../../../src/shared/domain/nominal.ts';
import { type BacktestResult, exitReasons } from '../../../src/shared/lab/result.ts';
import { type BacktestSpecInput, backtestSpec } from '../../../src/shared/lab/spec.ts';
import { hourMs, type Script, scriptedStrategy } from './scripted-strategy.ts';

export { hourMs, type Script, scriptedStrategy } from './scripted-strategy.ts';

/** Open, high, low, close of one candle. */
export type Prices = readonly [number, number, number, number];

export const startMs = 1_700_006_400_000;

/** A folder of this test, gone after it. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-backtest-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes hourly candles (or of another length) and gives the path. */
export function candleFile(candles: readonly Prices[], lengthMs = hourMs, firstMs = startMs): string {
  const path = join(testFolder(), 'candles.csv');
  const rows = candles.map((prices, index) => [firstMs + index * lengthMs, ...prices, 10].join(','));
  writeFileSync(path, `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`);
  return path;
}

/** Runs a script over one series. Spot BTC/USDT, tick 0.01, lot 0.001, no fees, no slippage unless told. */
export function runScript(
  candles: readonly Prices[],
  script: Script,
  overrides: Partial<BacktestSpecInput> & { readonly symbol?: string } = {},
  options: Partial<BacktestOptions> = {},
): Promise<BacktestResult> {
  const { symbol = 'BTC/USDT', ...spec } = overrides;
  return runBacktest(
    backtestSpec.parse({
      strategy: 'scripted',
      capital: '10000',
      makerFee: 0,
      takerFee: 0,
      slippage: 0,
      series: [
        {
          source: { kind: 'file', path: candleFile(candles) },
          instrument: symbol,
          rules: { tickSize: '0.01', lotSize: '0.001' },
        },
      ],
      ...spec,
    }),
    { findStrategy: () => scriptedStrategy(script), ...options },
  );
}

/** The round trips as a person would list them. */
export function tripsOf({ trades }: BacktestResult) {
  return Array.from({ length: trades.length }, (_, row) => ({
    side: trades.side[row],
    entryBar: trades.entryBar[row],
    entryPrice: rounded(trades.entryPrice[row]),
    exitBar: trades.exitBar[row],
    exitPrice: rounded(trades.exitPrice[row]),
    profit: rounded(trades.profit[row]),
    reason: exitReasons[trades.exitReason[row] as number],
  }));
}

/** Away with the last bits of a double. */
export function rounded(value: number | undefined): number {
  return Math.round((value ?? Number.NaN) * 1e8) / 1e8;
}

/** Sends one market order at the close of a candle. */
export function orderAt(
  bar: number,
  side: 'buy' | 'sell',
  quantity: number,
  more: Script = () => ({}),
): Script {
  return (context) => {
    let seen = -1;
    context.watch([]);
    const handlers = more(context);
    return {
      ...handlers,
      onBar(timeframe, candle) {
        seen += 1;
        handlers.onBar?.(timeframe, candle);
        if (seen === bar)
          context.send({
            leg: `at-${bar}`,
            side,
            type: 'market',
            lots: quantityLots(Math.round(quantity * 1000)),
          });
      },
    };
  };
}

/** A candle whose four prices are one. */
export const flat = (price: number): Prices => [price, price, price, price];
