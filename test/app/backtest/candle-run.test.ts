/** How a run over candles goes: several markets on one clock, what a strategy may know, how it ends. */

import { describe, expect, it } from 'vitest';
import { BacktestCancelledError } from '../../../src/app/backtest/backtest-options.ts';
import { runBacktest } from '../../../src/app/backtest/run-backtest.ts';
import { roundTripsOf } from '../../../src/shared/lab/round-trips.ts';
import { backtestSpec } from '../../../src/shared/lab/spec.ts';
import { findStrategy } from '../../../src/strategies/registry.ts';
import {
  candleFile,
  flat,
  hourMs,
  orderAt,
  type Prices,
  runScript,
  type Script,
  scriptedStrategy,
  startMs,
  tripsOf,
} from './scripted.ts';

describe('several markets', () => {
  const first = [flat(100), flat(100), [100, 130, 100, 120], flat(120)] as Prices[];
  const second = [flat(50), flat(50), flat(40), flat(45)] as Prices[];
  const spec = () =>
    backtestSpec.parse({
      strategy: 'scripted',
      capital: '10000',
      makerFee: 0,
      takerFee: 0,
      slippage: 0,
      series: [
        { source: { kind: 'file', path: candleFile(first) }, instrument: 'BTC/USDT' },
        { source: { kind: 'file', path: candleFile(second) }, instrument: 'ETH/USDT' },
        {
          source: { kind: 'file', path: candleFile(second, hourMs, startMs + hourMs) },
          instrument: 'ETH/USDT',
          venue: 'other',
        },
      ].map((series) => ({ ...series, rules: { tickSize: '0.01', lotSize: '0.001' } })),
    });

  it('run on one clock, share the money of their venue, and give one equity curve', async () => {
    const script = orderAt(0, 'buy', 1);
    const result = await runBacktest(spec(), { findStrategy: () => scriptedStrategy(script) });
    expect(tripsOf(result).map(({ entryPrice, exitPrice }) => [entryPrice, exitPrice])).toEqual([
      [100, 120],
      [50, 45],
      [50, 45],
    ]);
    // Hour by hour: entries; +20 and −10; +20, −5 and the other venue's −10; its −5 at the end.
    expect([...result.equity.equity]).toEqual([20_000, 20_000, 20_010, 20_005, 20_010]);
    expect(result.startEquity).toBe(20_000);
  });

  it('two runs are equal to the last audit record', async () => {
    const request = spec();
    const options = { findStrategy: () => scriptedStrategy(orderAt(0, 'buy', 1)), withAudit: true };
    const [one, two] = [await runBacktest(request, options), await runBacktest(request, options)];
    expect(one.auditHash).toMatch(/^[0-9a-f]{64}$/);
    expect(one.auditHash).toBe(two.auditHash);
    const other = await runBacktest({ ...request, slippage: 0.01 }, options);
    expect(other.auditHash).not.toBe(one.auditHash);
  });
});

it('counts what opens and closes a part of a position, which a grid knows as its round trips', async () => {
  const candles = Array.from({ length: 10 }, (_, index) => flat(100 + index));
  // Two bought, sold one by one; then one more there and back: two trades, three closing fills of six.
  const orders = [
    [0, 'buy'],
    [1, 'buy'],
    [2, 'sell'],
    [3, 'sell'],
    [4, 'buy'],
    [5, 'sell'],
  ] as const;
  const script = orders.reduce<Script>(
    (more, [bar, side]) => orderAt(bar, side, 1, more),
    () => ({}),
  );
  const { counts, trades } = await runScript(candles, script);
  expect([trades.length, counts.fills, counts.closingFills]).toEqual([2, 6, 3]);
  expect(roundTripsOf(counts, 2)).toBe(3);
  // One fill in and one out: the trade says it all.
  expect(roundTripsOf({ closingFills: 2, fills: 4 }, 2)).toBeUndefined();
  expect(roundTripsOf({ fills: 4 }, 2)).toBeUndefined();
  // Sold in five pieces what two orders bought: two round trips.
  expect(roundTripsOf({ closingFills: 5, fills: 7 }, 1)).toBe(2);
  // Sold in one piece, and the same way of counting on the path of compiled rules.
  const series = [{ source: { kind: 'file' as const, path: candleFile(candles) }, instrument: 'BTC/USDT' }];
  const params = { longEntry: 'close > 0', maxBars: 1, sizeType: 'percent', orderPercent: '50' };
  for (const path of ['event', 'sweep'] as const) {
    const rules = await runBacktest(backtestSpec.parse({ strategy: 'rules', params, series, path }), {
      findStrategy,
    });
    const open = rules.openPositions.length;
    expect(rules.counts.closingFills, path).toBe(rules.trades.length - open);
    expect(rules.trades.length).toBeGreaterThan(2);
  }
});

describe('how a run ends', () => {
  const candles = Array.from({ length: 10 }, (_, index) => flat(100 + index));

  it('a strategy that throws is named', async () => {
    const throws = orderAt(99, 'buy', 1, () => ({
      onBar() {
        throw new Error('no such level');
      },
    }));
    await expect(runScript(candles, throws)).rejects.toMatchObject({
      code: 'refused',
      message: 'strategy: scripted failed: no such level',
    });
  });

  it('a cancelled run has no result', async () => {
    const many = Array.from({ length: 60_000 }, () => flat(100));
    await expect(runScript(many, orderAt(0, 'buy', 1), {}, { isCancelled: () => true })).rejects.toThrow(
      BacktestCancelledError,
    );
  });

  it('no candle is seen before it has closed', async () => {
    const seen: number[][] = [];
    const peeks = orderAt(99, 'buy', 1, (context) => ({
      onBar(timeframe, candle) {
        const known = context.candles(timeframe);
        seen.push([
          known.length,
          known.at(-1)?.close ?? 0,
          candle.close,
          context.quote()?.bidTicks ?? 0,
          context.nowMs(),
        ]);
      },
    }));
    await runScript(candles, peeks);
    expect(seen).toEqual(
      candles.map(([, , , close], index) => [
        index + 1,
        close,
        close,
        close * 100,
        startMs + (index + 1) * hourMs,
      ]),
    );
  });

  it('candles before the start warm up, and longer ones are made of shorter ones', async () => {
    const told: number[][] = [];
    const script: Script = (context) => ({
      onStart: () => void told.push([context.candles(hourMs).length, context.candles(2 * hourMs).length]),
      onBar: (timeframe, candle) => void told.push([timeframe / hourMs, candle.open, candle.close]),
    });
    await runBacktest(
      backtestSpec.parse({
        strategy: 'scripted',
        fromMs: startMs + 4 * hourMs,
        toMs: startMs + 7 * hourMs,
        series: [
          // Begins at an even hour; candles of 100, 101 … 109.
          { source: { kind: 'file', path: candleFile(candles) }, instrument: 'BTC/USDT' },
        ],
      }),
      { findStrategy: () => scriptedStrategy(script, [hourMs, 2 * hourMs]) },
    );
    expect((startMs / hourMs) % 2).toBe(0);
    expect(told).toEqual([
      [4, 2],
      [1, 104, 104],
      [1, 105, 105],
      [2, 104, 105],
      [1, 106, 106],
    ]);
  });
});
