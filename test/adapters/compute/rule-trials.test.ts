/** Runs of rules of which figures alone are kept: those of whole runs, whatever ran before over the same series. */

import { describe, expect, it } from 'vitest';
import { allocateColumns } from '../../../src/adapters/compute/candle-columns.ts';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { computePerformance } from '../../../src/adapters/compute/performance.ts';
import { ruleTrials } from '../../../src/adapters/compute/rule-trials.ts';
import {
  createRuleSweeper,
  type SweepAssumptions,
  type SweepSeries,
} from '../../../src/adapters/compute/sweep.ts';
import { metricIds } from '../../../src/shared/lab/metrics.ts';
import { parseCondition } from '../../../src/shared/rules/parse-rule.ts';
import { type RuleSet, ruleSet } from '../../../src/shared/rules/rule-set.ts';
import { candleMs, randomCandles } from '../../parity/random-rules.ts';

const addon = loadNative();
const series: SweepSeries = {
  columns: randomCandles(3, 4000, 0.1, 5000),
  timeframeMs: candleMs,
  tickSize: 0.1,
  lotSize: 0.001,
  takerFee: 0.001,
  perpetual: true,
  leverage: 2,
  maintenanceRate: 0.005,
  funding: { rows: Float64Array.of(500, 1500.5, 2500), rates: Float64Array.of(0.001, -0.002, 0.0005) },
};
const assumptions: SweepAssumptions = {
  capital: 1000,
  slippage: 0.0005,
  fill: 'next-open',
  intrabar: 'adverse-first',
  firstRow: 100,
};
const crossing = (fast: number, slow: number, stop: number): RuleSet =>
  ruleSet.parse({
    longEntry: parseCondition(`ema(close, ${fast}) crosses above ema(close, ${slow}) and rsi(14)[1] < 70`),
    longExit: parseCondition(`ema(close, ${fast}) crosses below ema(close, ${slow})`),
    shortEntry: parseCondition(
      `macd(${fast}, ${slow}, 9).macdsignal > 0 and sma(ema(close, ${slow}), ${fast}) > close`,
    ),
    stop,
    maxBars: 50,
  });

describe('trials of rules', () => {
  it('have the figures and the equity of whole runs, in any order', () => {
    const rows = [0, 974, 3899];
    const run = ruleTrials(addon, series, assumptions, { metrics: metricIds, rows });
    const sets = [
      [5, 20, 0.02],
      [9, 20, 0],
      [5, 40, 0.01],
      [5, 20, 0.05],
      [9, 20, 0],
    ] as const;
    const found = new Set<unknown>();
    for (const [fast, slow, stop] of sets) {
      const rules = crossing(fast, slow, stop);
      const whole = createRuleSweeper(addon).runOnce(series, rules, assumptions);
      expect(whole.trades.length).toBeGreaterThan(20);
      const { figures, equity } = run(rules);
      const all = computePerformance(addon, whole.equity, whole.trades, { startEquity: 1000 });
      expect(figures).toEqual(all.values);
      expect(equity).toEqual(rows.map((row) => whole.equity.equity[row]));
      found.add(figures['netProfit']);
    }
    expect(found.size).toBe(4);
  });

  it('tell the least value of an exit, at its decision or its fill', () => {
    // Bought at 10 with 100 less fee and reserve, sold when the close is below 8: decided at 7, filled at 9.
    const closes = [10, 11, 11, 7, 9, 9];
    const opens = [10, 10, 11, 11, 9, 9];
    const columns = allocateColumns(closes.length);
    for (const [row, close] of closes.entries()) {
      const open = opens[row] as number;
      const candle = [row * candleMs, open, Math.max(open, close), Math.min(open, close), close, 1];
      for (const [at, name] of (
        ['openTimeMs', 'open', 'high', 'low', 'close', 'volume'] as const
      ).entries()) {
        columns[name][row] = candle[at] as number;
      }
    }
    const spot: SweepSeries = {
      columns,
      timeframeMs: candleMs,
      tickSize: 1,
      lotSize: 1,
      takerFee: 0,
      perpetual: false,
    };
    const rules = (text: string) =>
      ruleSet.parse({
        longEntry: parseCondition('close == 10'),
        longExit: parseCondition(text),
        size: { kind: 'quote', amount: 51 },
        reserve: 0,
      });
    const leastExit = (text: string, fill: 'close' | 'next-open') =>
      ruleTrials(
        addon,
        spot,
        { capital: 100, slippage: 0, fill, intrabar: 'adverse-first' },
        { metrics: [], rows: [] },
      )(rules(text)).leastExit;
    // Five pieces.
    expect(leastExit('close < 8', 'next-open')).toBe(5 * 7);
    expect(leastExit('close < 8', 'close')).toBe(5 * 7);
    expect(leastExit('close == 9', 'next-open')).toBe(5 * 9);
    expect(leastExit('close < 1', 'next-open')).toBe(Number.POSITIVE_INFINITY);
  });

  it('refuse a series that cannot be, columns of another one and rows that are not there', () => {
    const asked = { metrics: [], rows: [] };
    const bad = {
      ...series.columns,
      open: series.columns.open.map((price, row) => (row === 7 ? -1 : price)),
    };
    expect(() => ruleTrials(addon, { ...series, columns: bad }, assumptions, asked)).toThrow('open');
    const late = ruleTrials(addon, series, assumptions, { metrics: [], rows: [3900] });
    expect(() => late(crossing(5, 20, 0))).toThrow('there is no row 3900');
    const market = {
      ...series.columns,
      ...series,
      fundingRow: new Float64Array(0),
      fundingRate: new Float64Array(0),
      minimumLots: 0,
      maximumLots: 1e9,
      minimumNotional: 0,
      leverage: 1,
      maintenanceRate: 0,
    };
    const settings = { ...assumptions, firstRow: 100, reserve: 0, statistics: false, threads: 1 };
    const trials = new addon.RuleTrials(market, settings);
    const text = JSON.stringify({ ...crossing(5, 20, 0), parameters: [] });
    const run = (changes: object, rows = new Float64Array(0), length = metricIds.length + 1) =>
      trials.run({ ...market, ...changes }, text, rows, new Float64Array(length));
    expect(() => run({})).not.toThrow();
    expect(() => run({ close: series.columns.close.subarray(1) })).toThrow('close has 3999 rows');
    expect(() => run({ fundingRow: Float64Array.of(1) })).toThrow('fundingRate');
    expect(() => run({}, Float64Array.of(0.5))).toThrow('rows must be a whole number');
    expect(() => run({}, new Float64Array(0), 3)).toThrow('out has 3 rows');
    const shared = new Float64Array(4000);
    expect(() =>
      trials.run(
        { ...market, volume: shared },
        text,
        new Float64Array(0),
        shared.subarray(0, metricIds.length + 1),
      ),
    ).toThrow('share');
  });
});
