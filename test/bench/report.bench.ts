/** Figures of a million bars, and the whole report of 143,900. */

import { loadNative } from '../../src/adapters/compute/native.ts';
import { computePerformance } from '../../src/adapters/compute/performance.ts';
import { reportHtml } from '../../src/app/report/html/page.ts';
import { measureResult } from '../../src/app/report/measure.ts';
import { sampleRun } from '../app/report/sample-result.ts';
import { type BenchRow, costRow } from './bench-row.ts';

const repeats = 15;
const figuresTargetMs = 6;
const reportTargetMs = 40;

/** Rows of the table. The first report is the one that counts: a command builds one. */
export async function reportBench(): Promise<readonly BenchRow[]> {
  const addon = loadNative();
  const small = sampleRun({ bars: 143_900, timeframeMs: 300_000, tradeEvery: 296 });
  const firstMs = timed(() => {
    reportHtml(measureResult(addon, small), { createdMs: 0 });
  });
  const large = sampleRun({ bars: 1_000_000, timeframeMs: 60_000, tradeEvery: 285 });
  const { startEquity } = large;
  let bestMs = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < repeats; repeat++) {
    bestMs = Math.min(
      bestMs,
      timed(() => computePerformance(addon, large.equity, large.trades, { startEquity })),
    );
  }
  const trades = large.trades.length;
  return [
    costRow(`all figures of 1M bars and ${trades} trades`, rounded(bestMs), 'ms', figuresTargetMs),
    costRow('figures and HTML of 143,900 bars, first call', rounded(firstMs), 'ms', reportTargetMs),
  ];
}

function timed(work: () => void): number {
  const before = performance.now();
  work();
  return performance.now() - before;
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
