/**
 * Monte Carlo of 10,000 runs × 1,000 trades on two threads, beside what NumPy needed on the same trades. The distributions
 * are compared first: percentiles of the drawdown and the mean final value.
 */

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { loadNative } from '../../src/adapters/compute/native.ts';
import { type MonteCarlo, runMonteCarlo } from '../../src/adapters/compute/robustness.ts';
import { type BenchRow, costRow } from './bench-row.ts';

const shared = process.env['SEXTANT_SHARED'] ?? fileURLToPath(new URL('../../../shared', import.meta.url));
const candlePath = `${shared}/data/perp/binance_usdm_BTCUSDT_perp_5m_2023-01_2024-05.csv.gz`;
const recordedPath = `${shared}/peers/results/numpy_mc.json`;
const runs = 10_000;
const trades = 1000;
const repeats = 15;
const targetMs = 25;
/** Percentiles of two samples of 10,000 differ by chance; the deepest twentieth most. */
const toleranceDrawdown = 0.012;
const toleranceMean = 0.03;

interface RecordedRow {
  readonly work: string;
  readonly version: string;
  readonly seconds_min: number;
  readonly result: Readonly<Record<string, number>>;
}

/** Rows of the table; none, with a line that says so, where the data are absent. */
export async function monteCarloBench(): Promise<readonly BenchRow[]> {
  if (!existsSync(candlePath) || !existsSync(recordedPath)) {
    process.stderr.write(`skipped: ${candlePath} and ${recordedPath} are needed\n`);
    return [];
  }
  const recorded = (JSON.parse(readFileSync(recordedPath, 'utf8')) as { rows: RecordedRow[] }).rows;
  const returns = tradeReturns(closes(candlePath));
  const rows: BenchRow[] = [];
  for (const kind of ['shuffle', 'bootstrap'] as const) {
    const peer = recorded.find(({ work }) => work.includes(`${kind}, chunks`));
    if (peer === undefined) throw new Error(`no recorded row for ${kind}`);
    rows.push(await row(kind, returns, peer));
  }
  return rows;
}

async function row(
  kind: 'shuffle' | 'bootstrap',
  returns: Float64Array,
  peer: RecordedRow,
): Promise<BenchRow> {
  const addon = loadNative();
  const run = (): Promise<MonteCarlo> =>
    runMonteCarlo(addon, returns, { method: { kind }, runs, seed: 1, threads: 2 });
  compare(kind, await run(), peer.result);
  let bestMs = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const before = performance.now();
    await run();
    bestMs = Math.min(bestMs, performance.now() - before);
  }
  const peerMs = peer.seconds_min * 1000;
  return {
    ...costRow(`Monte Carlo 10,000 x 1,000 ${kind}, two threads`, rounded(bestMs), 'ms', targetMs),
    peer: `NumPy ${peer.version} (recorded)`,
    peerValue: rounded(peerMs),
    ratio: rounded(peerMs / bestMs),
  };
}

/** Throws where our distribution is another one. */
function compare(kind: string, ours: MonteCarlo, theirs: Readonly<Record<string, number>>): void {
  const pairs: readonly [name: string, ours: number, theirs: number | undefined, tolerance: number][] = [
    ['drawdown, 5 %', -ours.maxDrawdown.p95, theirs['dd_p5'], toleranceDrawdown],
    ['drawdown, median', -ours.maxDrawdown.p50, theirs['dd_p50'], toleranceDrawdown],
    ['drawdown, 95 %', -ours.maxDrawdown.p5, theirs['dd_p95'], toleranceDrawdown],
    ['mean final value', ours.finalMean, theirs['final_mean'], kind === 'shuffle' ? 1e-9 : toleranceMean],
  ];
  for (const [name, value, expected, tolerance] of pairs) {
    if (expected !== undefined && Math.abs(value - expected) <= tolerance) continue;
    throw new Error(`${kind}: ${name} is ${value}, NumPy has ${expected}`);
  }
}

function closes(path: string): Float64Array {
  const [header = '', ...lines] = gunzipSync(readFileSync(path)).toString().trimEnd().split('\n');
  const place = header.split(',').indexOf('close');
  return Float64Array.from(lines, (line) => Number(line.split(',')[place]));
}

/** Returns of an SMA 50/200 crossover with 0.1 % a side, the first thousand; repeated where there are fewer. */
function tradeReturns(close: Float64Array): Float64Array {
  const sums = new Float64Array(close.length + 1);
  close.forEach((value, index) => {
    sums[index + 1] = (sums[index] as number) + value;
  });
  const mean = (bar: number, period: number): number =>
    ((sums[bar + 1] as number) - (sums[bar + 1 - period] as number)) / period;
  const found: number[] = [];
  let entry = Number.NaN;
  let wasUp = false;
  for (let bar = 199; bar < close.length; bar++) {
    const isUp = mean(bar, 50) > mean(bar, 200);
    const price = close[bar] as number;
    if (isUp && !wasUp) entry = price;
    if (!isUp && wasUp) found.push((price / entry) * 0.999 ** 2 - 1);
    wasUp = isUp;
  }
  return Float64Array.from({ length: trades }, (_, index) => found[index % found.length] as number);
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
