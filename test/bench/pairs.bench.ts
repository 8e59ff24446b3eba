/**
 * Cointegration of all pairs of 500 symbols of 1,000 bars. The peer is statsmodels 0.15.0, whose time for the 124,750 pairs
 * is its measured time a pair (0.716 ms with one lag, 15.76 ms with the search for the best) on the same kind of machine.
 * Before a time counts, the scan must give the peer's check values on the data they were recorded with, where it is there.
 */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readCandleFile } from '../../src/adapters/candle-files/read-candle-file.ts';
import { loadNative } from '../../src/adapters/compute/native.ts';
import { createStatistics, type LagChoice, type PairScan } from '../../src/adapters/compute/statistics.ts';
import { type BenchRow, costRow } from './bench-row.ts';

const symbols = 500;
const bars = 1_000;
const rounds = 3;
const recorded = '../../../shared/data/perp/binance_usdm_BTCUSDT_perp_5m_2023-01_2024-05.csv.gz';

interface Case {
  readonly name: string;
  readonly lag: LagChoice;
  readonly targetSeconds: number;
  readonly peerSeconds: number;
  /** Recorded with statsmodels: sums over the first 200 pairs of 40 windows. */
  readonly check: { readonly tSum: number; readonly pSum: number; readonly tFirst: number };
}

const cases: readonly Case[] = [
  {
    name: 'cointegration, 124,750 pairs of 1,000 bars, one lag',
    lag: { criterion: 'fixed', lags: 1 },
    targetSeconds: 1,
    peerSeconds: 89.3,
    check: { tSum: -425.9145225120331, pSum: 96.837697064553, tFirst: -1.6379205928406289 },
  },
  {
    name: 'cointegration, 124,750 pairs of 1,000 bars, best lag by AIC',
    lag: { criterion: 'aic' },
    targetSeconds: 20,
    peerSeconds: 1966,
    check: { tSum: -415.9432860514332, pSum: 98.80897956708844, tFirst: -1.5117776796163462 },
  },
];

/** Measures; each figure is the best of a few. */
export async function pairsBench(): Promise<BenchRow[]> {
  const windows = await recordedWindows();
  const walks = Array.from({ length: symbols }, (_, index) => walk(index));
  const rows: BenchRow[] = [];
  for (const { name, lag, targetSeconds, peerSeconds, check } of cases) {
    if (windows !== undefined) compare(await scan(windows, lag, 1), check);
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < rounds; round += 1) {
      const before = performance.now();
      const { tested } = await scan(walks, lag, 0.05);
      best = Math.min(best, (performance.now() - before) / 1000);
      if (tested !== (symbols * (symbols - 1)) / 2) throw new Error(`${tested} pairs were tested`);
    }
    const seconds = Number(best.toFixed(3));
    const row = costRow(name, seconds, 's', targetSeconds);
    const ratio = Number((peerSeconds / best).toFixed(0));
    rows.push({ ...row, peer: 'statsmodels 0.15.0, recorded', peerValue: peerSeconds, ratio });
  }
  return rows;
}

function scan(series: readonly Float64Array[], lag: LagChoice, pMaximum: number): Promise<PairScan> {
  const addon = loadNative();
  const settings = { method: 'engle-granger', lag, pMaximum, bothWays: false, threads: 0 } as const;
  return createStatistics(addon).scanPairs(series, settings, new addon.TaskControl());
}

function compare({ hits }: PairScan, { tSum, pSum, tFirst }: Case['check']): void {
  const first = hits.filter((hit) => hit.first < hit.second).slice(0, 200);
  const sum = (of: (hit: (typeof first)[number]) => number): number =>
    first.reduce((total, hit) => total + of(hit), 0);
  const off = [
    sum(({ statistic }) => statistic) - tSum,
    sum(({ p }) => p ?? Number.NaN) - pSum,
    (first[0]?.statistic ?? Number.NaN) - tFirst,
  ];
  // One of the 200 recorded statistics carries an error of 7e-10 of its own.
  if (!off.every((difference) => Math.abs(difference) < 5e-9))
    throw new Error(`the scan does not give statsmodels' check values (off by ${off.join(', ')})`);
}

/** 40 windows of the logarithm of real closes, as the peer had them. */
async function recordedWindows(): Promise<Float64Array[] | undefined> {
  const path = fileURLToPath(new URL(recorded, import.meta.url));
  if (!existsSync(path)) return undefined;
  const { close } = await readCandleFile(path);
  const stride = Math.floor((close.length - bars) / 39);
  return Array.from({ length: 40 }, (_, index) =>
    close.slice(index * stride, index * stride + bars).map((price) => Math.log(price)),
  );
}

/** A random walk, the same every time (steps by Mulberry32). */
function walk(seed: number): Float64Array {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  let level = 10;
  return Float64Array.from({ length: bars }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    level += 0.001 * (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 - 0.5);
    return level;
  });
}
