/** Runs on candles with noise and entries at random, on cases worked out by hand. */

import { describe, expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { noisyReaders } from '../../../src/app/backtest/chance-candles.ts';
import type { SourceCandles } from '../../../src/app/backtest/load-series.ts';
import type { JobProgress } from '../../../src/app/jobs/job-runner.ts';
import { growthKept } from '../../../src/app/optimise/growth-kept.ts';
import { checkNoiseSpec, judgeNoise, runOnNoise } from '../../../src/app/robustness/noise-runs.ts';
import { percentilesOf } from '../../../src/app/robustness/percentiles.ts';
import {
  closesOfTrades,
  compareWithRandomEntries,
  judgeRandomEntries,
} from '../../../src/app/robustness/random-entries.ts';
import { type BacktestResult, emptyTrades, exitReasons } from '../../../src/shared/lab/result.ts';
import { backtestSpec } from '../../../src/shared/lab/spec.ts';

const spec = backtestSpec.parse({
  strategy: 'ma-cross',
  series: [{ source: { kind: 'file', path: 'candles.csv' } }],
});

/** Trades as [entry bar, entry at its open?, exit bar, exit at its open?, side, reason]. */
type Trade = readonly [number, boolean, number, boolean, 1 | -1, (typeof exitReasons)[number]];

const minuteMs = 60_000;

function run(close: Float64Array, trades: readonly Trade[]): BacktestResult {
  const table = emptyTrades(trades.length);
  for (const [row, [entry, entersAtOpen, exit, leavesAtOpen, side, reason]] of trades.entries()) {
    table.entryBar[row] = entry;
    table.entryTimeMs[row] = entry * minuteMs + (entersAtOpen ? 0 : minuteMs);
    table.exitBar[row] = exit;
    table.exitTimeMs[row] = exit * minuteMs + (leavesAtOpen ? 0 : minuteMs / 2);
    table.side[row] = side;
    table.exitReason[row] = exitReasons.indexOf(reason);
  }
  const timeMs = Float64Array.from(close, (_price, bar) => (bar + 1) * minuteMs);
  return {
    spec,
    instruments: [{ timeframeMs: minuteMs } as BacktestResult['instruments'][number]],
    trades: table,
    price: { close, start: close[0] as number },
    equity: { length: close.length, timeMs, equity: timeMs, exposure: timeMs },
  } as unknown as BacktestResult;
}

describe('entries at random', () => {
  // Up 1 % at every tenth bar and still otherwise.
  const close = Float64Array.from({ length: 1000 }, (_none, bar) => 1.01 ** Math.floor(bar / 10));

  it('takes a fill at an open for the close before it, and leaves out what has not ended', () => {
    const found = closesOfTrades(
      run(close, [
        [10, true, 12, true, 1, 'signal'],
        [20, false, 23, false, -1, 'stop'],
        [0, true, 0, true, 1, 'signal'],
        [30, true, 40, false, 1, 'open'],
      ]),
    );
    expect([...found.entryBar]).toEqual([9, 20, 0]);
    expect([...found.exitBar]).toEqual([11, 23, 0]);
    expect([...found.side]).toEqual([1, -1, 1]);
  });

  it('tells a rule that knows from one that does not', async () => {
    const native = loadNative();
    const compare = (first: number, step: number, trades = 40) =>
      compareWithRandomEntries(
        native,
        run(
          close,
          // In at the open right before a rise, out at the open after it: the closes of bars 9 and 10.
          Array.from({ length: trades }, (_none, trade) => {
            const bar = first + trade * step;
            return [bar, true, bar + 1, true, 1, 'signal'] as const;
          }),
        ),
        { runs: 2000, seed: 3 },
        new native.TaskControl(),
      );
    const known = await compare(10, 10);
    expect(known.trades).toBe(40);
    expect(known.observed).toBeCloseTo(Math.log(1.01), 12);
    expect(known.randomMean).toBeCloseTo(Math.log(1.01) / 10, 4);
    expect(known.pValue).toBe(1 / 2001);
    expect(known.verdict).toBe('better-than-chance');
    // Always between two rises: it earns nothing, and every set does at least as well.
    const blind = await compare(13, 10);
    expect([blind.observed, blind.pValue, blind.verdict]).toEqual([0, 1, 'like-chance']);
    // The same knowledge and the same ignorance, shown by 29 trades: neither is believed.
    for (const first of [10, 13]) expect((await compare(first, 10, 29)).verdict).toBe('too-few-trades');
  });

  it('says what a p-value means', () => {
    expect(judgeRandomEntries(0.05, 30).verdict).toBe('better-than-chance');
    expect(judgeRandomEntries(0.2, 30).verdict).toBe('unclear');
    expect(judgeRandomEntries(0.21, 30)).toEqual({
      verdict: 'like-chance',
      reasons: [expect.stringContaining('21.0 % of the sets')],
    });
    const thin = judgeRandomEntries(0.0004, 3);
    expect(thin.verdict).toBe('too-few-trades');
    expect(thin.reasons).toEqual([
      'Only 3 trades have ended: too few to tell knowledge from luck, whichever way the comparison comes out. Test a longer time or more markets until there are at least 30.',
    ]);
  });

  it('refuses several markets and runs without a trade', () => {
    expect(() => closesOfTrades({ ...run(close, []), price: undefined })).toThrow(/one market/);
    expect(() => closesOfTrades(run(close, [[30, true, 40, false, 1, 'open']]))).toThrow(/none has ended/);
  });
});

describe('runs on noise', () => {
  it('percentiles are linear between two values', () => {
    // 0, 10 … 40: the fifth percentile is a fifth of the way from the first to the second.
    expect(percentilesOf([40, 0, 10, 30, 20])).toEqual({ p5: 2, p25: 10, p50: 20, p75: 30, p95: 38 });
    expect(percentilesOf([7])).toEqual({ p5: 7, p25: 7, p50: 7, p75: 7, p95: 7 });
  });

  it('counts the histories below the original and those that lost, in the order of their numbers', async () => {
    const returns = [0.1, -0.2, 0.3, -0.1, 0.05, 0.2, 0.4, -0.3, 0.15, 0.25];
    const news: JobProgress[] = [];
    const asked: unknown[] = [];
    const outcome = await runOnNoise(
      spec,
      { noise: 0.5, runs: 10, seed: 9 },
      {
        parallel: 3,
        run: async (_spec, _isCancelled, noise) => {
          if (noise !== undefined) asked.push(noise);
          // Later histories end first.
          await new Promise((resolve) => setTimeout(resolve, noise === undefined ? 0 : 10 - noise.history));
          return { finalEquity: noise === undefined ? 0.2 : returns[noise.history] } as BacktestResult;
        },
        figures: ({ finalEquity }) => ({
          totalReturn: finalEquity,
          maxDrawdown: -0.1,
          sharpe: null,
          trades: 4,
        }),
      },
      { isCancelled: () => false, onCancel: () => undefined, progress: (one) => news.push(one) },
    );
    expect(outcome.returns).toEqual(returns);
    expect(asked).toHaveLength(10);
    expect(asked).toContainEqual({ scale: 0.5, seed: 9, history: 7 });
    // Below 0.2: 0.1, -0.2, -0.1, 0.05, -0.3, 0.15.
    expect([outcome.finalRank, outcome.lossShare]).toEqual([0.6, 0.3]);
    expect(outcome.totalReturn.p50).toBeCloseTo(0.125, 12);
    expect(outcome).toMatchObject({ sharpe: null, verdict: 'robust', trades: { p5: 4, p95: 4 } });
    expect(news.at(-1)).toEqual({ done: 10, total: 10, unit: 'runs' });
  });

  it('says what the place of the original means', () => {
    const runs = percentilesOf([-0.1, 0.1]);
    expect(judgeNoise(0.5, 0.96, 0.2, runs).verdict).toBe('fragile');
    expect(judgeNoise(0.5, 0.5, 0.51, runs).verdict).toBe('fragile');
    expect(judgeNoise(0.5, 0.95, 0.5, runs).verdict).toBe('robust');
    expect(judgeNoise(-0.1, 1, 1, runs).verdict).toBe('no-profit');
  });

  it('refuses finer prices, which noise would contradict', () => {
    const [first] = spec.series;
    const detail = { kind: 'trades', path: 'trades.csv' } as const;
    const fine = { ...spec, series: [{ ...first, detail } as (typeof spec.series)[number]] };
    expect(() => checkNoiseSpec(fine)).toThrow(/series.0.detail/);
    const withSeries = (more: object) => ({ ...spec, series: [{ ...first, ...more }] }) as typeof spec;
    expect(() => checkNoiseSpec(withSeries({ marks: { kind: 'store' } }))).toThrow(/series.0.marks/);
    const trades = { kind: 'store', venue: 'v', instrument: 'BTC/USDT', timeframe: '1m', data: 'trades' };
    expect(() => checkNoiseSpec(withSeries({ source: trades }))).toThrow(/series.0.source/);
    expect(() => checkNoiseSpec(spec)).not.toThrow();
  });

  it('changes prices in whole steps, each source and history by itself, and nothing else', async () => {
    const rows = 300;
    const close = Float64Array.from({ length: rows }, (_none, bar) => 100 + 5 * Math.sin(bar / 7));
    const real: SourceCandles = {
      columns: {
        openTimeMs: Float64Array.from({ length: rows }, (_none, bar) => bar * minuteMs),
        open: close.slice(),
        high: close.map((price) => price + 0.5),
        low: close.map((price) => price - 0.5),
        close,
        volume: Float64Array.from({ length: rows }, (_none, bar) => bar),
      },
      timeframeMs: minuteMs,
      priceDecimals: 2,
      volumeDecimals: 0,
    };
    const readers = (history: number, scale = 0.5) =>
      noisyReaders(
        loadNative(),
        { scale, seed: 1, history },
        { readFile: async () => real, readStored: undefined },
      );
    const first = readers(0);
    const { columns } = await first.readFile('a');
    expect(columns.openTimeMs).toEqual(real.columns.openTimeMs);
    expect(columns.volume).toEqual(real.columns.volume);
    for (const [bar, price] of columns.close.entries()) {
      expect(price).toBe(Math.round(price * 100) / 100);
      expect(columns.high[bar]).toBeGreaterThanOrEqual(price);
      expect(columns.low[bar]).toBeLessThanOrEqual(price);
    }
    expect(columns.close).not.toEqual(real.columns.close);
    expect((await first.readFile('b')).columns.close).not.toEqual(columns.close);
    expect((await readers(1).readFile('a')).columns.close).not.toEqual(columns.close);
    expect((await readers(0).readFile('a')).columns.close).toEqual(columns.close);
    await expect(readers(0, 20).readFile('a')).rejects.toMatchObject({ code: 'bad-input' });
  });
});

describe('growth that is kept', () => {
  it('compares logarithmic growth for equal times', () => {
    // 21 % in two parts of time is 10 % in each; 10 % in one part keeps all of it.
    expect(growthKept(0.21, 2, 0.1, 1)).toBeCloseTo(1, 12);
    expect(growthKept(0.21, 2, 0, 1)).toBe(0);
    expect(growthKept(0.21, 2, -0.1, 1)).toBeCloseTo(Math.log(0.9) / Math.log(1.1), 12);
    expect(growthKept(-0.1, 2, 0.1, 1)).toBeNull();
    expect(growthKept(0.1, 2, null, 1)).toBeNull();
  });
});
