/** The sweep path from outside: trades worked out by hand, the same bytes on any number of threads, cancel, refusals. */

import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allocateColumns, type CandleColumns } from '../../../src/adapters/compute/candle-columns.ts';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import {
  createRuleSweeper,
  type SweepAssumptions,
  type SweepSeries,
  sweepFields,
} from '../../../src/adapters/compute/sweep.ts';
import { exitReasons } from '../../../src/shared/lab/result.ts';
import { parseCondition } from '../../../src/shared/rules/parse-rule.ts';
import type { RuleSetInput } from '../../../src/shared/rules/rule-set.ts';
import { pingPong, readCsvColumns } from '../../parity/ping-pong.ts';
import { candleMs, randomCandles } from '../../parity/random-rules.ts';
import { sharedDataFile } from '../venues/support/shared-data.ts';

const addon = loadNative();
const sweeper = createRuleSweeper(addon);

/** Candles of open, high, low, close. */
function candles(rows: readonly (readonly [number, number, number, number])[]): CandleColumns {
  const columns = allocateColumns(rows.length);
  for (const [row, [open, high, low, close]] of rows.entries()) {
    columns.openTimeMs[row] = row * candleMs;
    columns.open[row] = open;
    columns.high[row] = high;
    columns.low[row] = low;
    columns.close[row] = close;
    columns.volume[row] = 1;
  }
  return columns;
}

const spot = (columns: CandleColumns): SweepSeries => ({
  columns,
  timeframeMs: candleMs,
  tickSize: 0.1,
  lotSize: 0.001,
  takerFee: 0.001,
  perpetual: false,
});
const nextOpen: SweepAssumptions = {
  capital: 1000,
  slippage: 0,
  fill: 'next-open',
  intrabar: 'adverse-first',
};
const drawn = spot(randomCandles(3, 5000, 0.1, 5000));
const crossing: RuleSetInput = {
  parameters: [
    { name: 'fast', value: 5 },
    { name: 'slow', value: 20 },
  ],
  longEntry: parseCondition('ema(close, $fast) crosses above sma(close, $slow)'),
  longExit: parseCondition('rsi($slow) > 60'),
  stop: 0.02,
  trailing: 0.03,
};
const grid = Float64Array.from(
  Array.from({ length: 60 }, (_, index) => [2 + (index % 10), 15 + Math.floor(index / 10)]).flat(),
);
const sets = { names: ['fast', 'slow'], values: grid };

describe('one run', () => {
  it('buys at the next open and sells at the stop, fees and lots worked out by hand', () => {
    // The close of candle 1 is above 100: bought at 101 with 500 / (102 × 1.001 × 1.005) = 4.8727…, 4.872 in lots.
    const rows = [
      [100, 100, 100, 100],
      [100, 102, 100, 102],
      [101, 103, 100.5, 102],
      [102, 102.5, 95, 96],
      [96, 97, 95, 96],
    ] as const;
    const run = sweeper.runOnce(
      spot(candles(rows)),
      {
        longEntry: parseCondition('close > 101'),
        stop: 0.05,
        size: { kind: 'quote', amount: 500 },
        cooldownBars: 9,
      },
      nextOpen,
    );
    const { trades } = run;
    expect(trades.length).toBe(1);
    // 101 × 0.95 = 95.95, down to 95.9: reached in candle 3.
    expect([trades.entryBar[0], trades.exitBar[0]]).toEqual([2, 3]);
    expect([trades.entryPrice[0], trades.exitPrice[0]]).toEqual([101, 95.9]);
    expect(trades.quantity[0]).toBe(4.872);
    expect(exitReasons[trades.exitReason[0] as number]).toBe('stop');
    const fees = 4.872 * (101 + 95.9) * 0.001;
    expect(trades.fees[0]).toBeCloseTo(fees, 10);
    expect(trades.profit[0]).toBeCloseTo(4.872 * (95.9 - 101) - fees, 10);
    expect(run.finalEquity).toBeCloseTo(1000 + 4.872 * (95.9 - 101) - fees, 10);
    // Held at the close of candle 2: 1000 − 4.872 × 101 × 1.001 + 4.872 × 102.
    expect(run.equity.equity[2]).toBeCloseTo(1000 - 4.872 * 101 * 1.001 + 4.872 * 102, 10);
    expect(trades.mae[0]).toBeCloseTo(95.9 / 101 - 1, 12);
    expect(trades.mfe[0]).toBeCloseTo(103 / 101 - 1, 12);
  });

  it('never trades on what is not known', () => {
    const columns = randomCandles(8, 200, 0.1, 5000);
    const count = (text: string) =>
      sweeper.runOnce(spot(columns), { longEntry: parseCondition(text), maxBars: 1 }, nextOpen).trades.length;
    expect(count('close > 0')).toBeGreaterThan(50);
    // 500 candles of warm-up are never over.
    expect(count('close > 0 or sma(500) > 0')).toBe(0);
    expect(count('not (sma(500) > 0)')).toBe(0);
    // A division by zero is not a number to trade on.
    expect(count('close / (close - close) > 1')).toBe(0);
  });

  it('refuses rules, parameters and columns that cannot be', () => {
    const columns = randomCandles(8, 50, 0.1, 5000);
    const run = (rules: RuleSetInput, series = spot(columns)) => sweeper.runOnce(series, rules, nextOpen);
    const entry = parseCondition('close > $x');
    expect(() => run({ longEntry: entry })).toThrow('the parameter "$x" is used but has no value');
    expect(() =>
      run({ longEntry: parseCondition('rsi($n) > 1'), parameters: [{ name: 'n', value: 0 }] }),
    ).toThrow('timeperiod must be a whole number between 1 and 100000, got 0');
    expect(() => run({ longEntry: parseCondition('close > 1'), stop: 1.5 })).toThrow('stop must be');
    const broken = { ...columns, low: columns.low.with(7, Number.NaN) };
    expect(() => run({ longEntry: parseCondition('close > 1') }, spot(broken))).toThrow(
      'the low of candle 7 is not a price: NaN',
    );
    const short = { ...columns, volume: columns.volume.subarray(1) };
    expect(() => run({ longEntry: parseCondition('close > 1') }, spot(short))).toThrow(
      'the column volume has 49 rows, but there are 50 candles',
    );
  });
});

describe('a sweep', () => {
  it('gives the same bytes on 1, 2 and 8 threads, and what single runs give', async () => {
    const run = (threads: number) =>
      sweeper.sweep([drawn, drawn], crossing, sets, nextOpen, { threads, statistics: true });
    const first = await run(1);
    for (const threads of [2, 8]) expect(await run(threads)).toEqual(first);
    expect([first.runs, first.sets]).toEqual([120, 60]);
    expect(first.columns.trades.every((trades) => trades > 10)).toBe(true);
    for (const set of [0, 17, 59]) {
      const [fast, slow] = [grid[2 * set] as number, grid[2 * set + 1] as number];
      const parameters = [
        { name: 'fast', value: fast },
        { name: 'slow', value: slow },
      ];
      const single = sweeper.runOnce(drawn, { ...crossing, parameters }, nextOpen);
      expect(first.columns.finalEquity[set]).toBe(single.finalEquity);
      expect(first.columns.trades[set]).toBe(single.trades.length);
      // The statistics against the equity they are of.
      let peak = 1000;
      let fall = 0;
      let last = 1000;
      const changes: number[] = [];
      for (const value of single.equity.equity) {
        peak = Math.max(peak, value);
        fall = Math.max(fall, 1 - value / peak);
        changes.push(value / last - 1);
        last = value;
      }
      const mean = changes.reduce((sum, change) => sum + change, 0) / changes.length;
      const variance = changes.reduce((sum, change) => sum + (change - mean) ** 2, 0) / (changes.length - 1);
      const perYear = (365 * 86_400_000) / candleMs;
      expect(first.columns.maxDrawdown[set]).toBeCloseTo(fall, 12);
      expect(first.columns.sharpe[set]).toBeCloseTo((mean / Math.sqrt(variance)) * Math.sqrt(perYear), 8);
      const fees = single.trades.fees.reduce((sum, fee) => sum + fee, 0);
      expect(first.columns.fees[set]).toBeCloseTo(fees, 9);
    }
  });

  it('tells how far it is and stops when asked', async () => {
    const control = new addon.TaskControl();
    await sweeper.sweep([drawn], crossing, sets, nextOpen, { control });
    expect(control.progress).toBe(1);
    const cancelled = new addon.TaskControl();
    cancelled.cancel();
    await expect(
      sweeper.sweep([drawn], crossing, sets, nextOpen, { control: cancelled }),
    ).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });

  it('refuses parameters the rules do not have', async () => {
    const values = Float64Array.of(1);
    await expect(sweeper.sweep([drawn], crossing, { names: ['other'], values }, nextOpen)).rejects.toThrow(
      '"$other"',
    );
    await expect(
      sweeper.sweep([drawn], crossing, { names: ['fast', 'slow'], values }, nextOpen),
    ).rejects.toThrow('1 values are not whole sets of 2');
  });

  it('names its numbers as the addon does', () => {
    expect(addon.sweepFields()).toEqual([...sweepFields]);
  });
});

const file = sharedDataFile('perp/binance_usdm_BTCUSDT_perp_5m_2023-01_2024-05.csv.gz');

describe.skipIf(file === undefined || !existsSync(file))('the crossing the peers were measured with', () => {
  // ../shared/peers/results/reference.json: exact integer arithmetic; 1M bars have 9 exact ties.
  it.each([
    [1_000_000, 3508, 839.4830145508439],
    [100_000, 330, 1_118_380.3674834862],
    [143_900, 485, 1_012_413.8568638159],
  ])('%i bars: %i trades, ties or not', (rows, trades, finalEquity) => {
    const run = sweeper.runOnce(
      {
        columns: pingPong(readCsvColumns(file as string), rows),
        timeframeMs: candleMs,
        tickSize: 0.01,
        lotSize: 0,
        takerFee: 0.001,
        perpetual: false,
      },
      {
        longEntry: parseCondition('sma(close, 50) crosses above sma(close, 200)'),
        longExit: parseCondition('sma(close, 50) crosses below sma(close, 200)'),
      },
      { capital: 1_000_000, slippage: 0, fill: 'close', intrabar: 'adverse-first' },
    );
    expect(run.trades.length).toBe(trades);
    expect(run.finalEquity / finalEquity).toBeCloseTo(1, 11);
  });
});
