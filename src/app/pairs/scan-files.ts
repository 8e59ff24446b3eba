/** Scan of candle files for pairs that move together: read, align, test all pairs, keep those worth trading. */

import { basename } from 'node:path';
import { readCandleFile } from '../../adapters/candle-files/read-candle-file.ts';
import type { AddonTaskControl, NativeAddon } from '../../adapters/compute/addon.ts';
import { ComputeError } from '../../adapters/compute/compute-error.ts';
import {
  createStatistics,
  type LagChoice,
  type PairScanSettings,
} from '../../adapters/compute/statistics.ts';
import { ApiError } from '../../shared/api/result.ts';
import { type HedgeVerdict, judgeHedge } from './judge-hedge.ts';
import { type AlignedSeries, type AlignOptions, alignSeries, type NamedCandles } from './pair-series.ts';

export interface ScanFilesOptions extends AlignOptions {
  readonly files: readonly string[];
  readonly method: PairScanSettings['method'];
  readonly lag: LagChoice;
  readonly pMaximum: number;
  /** Keeps pairs with 0 < half-life ≤ this many bars; undefined keeps all. */
  readonly halfLifeMaximum: number | undefined;
  readonly bothWays: boolean;
  readonly threads: number;
}

/** A pair that passed the test and the half-life; `verdict` says whether it is a hedge. */
export interface PairRow {
  /** The dependent series. */
  readonly first: string;
  readonly second: string;
  /** Units (of value with logarithms) of the second against one of the first. */
  readonly hedgeRatio: number;
  readonly intercept: number;
  /** t of Engle-Granger; absent with Johansen. */
  readonly t?: number;
  /** p of Engle-Granger; absent with Johansen. */
  readonly p?: number;
  /** Trace statistic of Johansen. */
  readonly trace?: number;
  readonly lag: number;
  readonly halfLifeBars: number;
  readonly hurst: number | null;
  readonly zeroCrossings: number;
  readonly correlation: number | null;
  readonly lastZ: number;
  /** Whether its legs hedge each other, and if not why. */
  readonly verdict: HedgeVerdict['verdict'];
  readonly reason?: string | undefined;
}

export interface FileScan {
  readonly aligned: AlignedSeries;
  readonly tested: number;
  /** Pairs that passed the test; `rows` has those that passed the other filter too. */
  readonly passed: number;
  readonly collinear: readonly (readonly [first: string, second: string])[];
  /** Those that hedge first, among them the strongest; then those that do not. */
  readonly rows: readonly PairRow[];
}

/** Reads all files, one after the other, asking before each. Throws `DataFileError`, and `ComputeError` (`CANCELLED`). */
export async function readSeries(files: readonly string[], mayGoOn: () => boolean): Promise<NamedCandles[]> {
  const names = seriesNames(files);
  const series: NamedCandles[] = [];
  for (const [index, file] of files.entries()) {
    if (!mayGoOn()) throw new ComputeError('CANCELLED', 'the scan was cancelled');
    series.push({ name: names[index] as string, candles: await readCandleFile(file) });
  }
  return series;
}

/** Names of series: the file's name without its endings; the path where two files would have the same. */
export function seriesNames(files: readonly string[]): string[] {
  const short = files.map((file) => basename(file).replace(/\.(csv|parquet|json)?(\.gz|\.zip)?$/i, ''));
  return files.map((file, index) => {
    const name = short[index] as string;
    return short.indexOf(name) === short.lastIndexOf(name) ? name : file;
  });
}

/** Aligns and scans. Throws `ApiError` (`bad-input`) and `ComputeError` (`CANCELLED`, `BAD_ARGUMENT`). */
export async function scanSeries(
  addon: NativeAddon,
  inputs: readonly NamedCandles[],
  options: ScanFilesOptions,
  control: AddonTaskControl,
): Promise<FileScan> {
  if (inputs.length < 2)
    throw new ApiError('bad-input', 'candles: a pair needs two files', { field: 'candles' });
  const aligned = alignSeries(addon, inputs, options);
  const flat = aligned.columns.findIndex((column) => column.every((value) => value === column[0]));
  if (flat >= 0) {
    const name = (aligned.series[flat] as AlignedSeries['series'][number]).name;
    throw new ApiError('bad-input', `candles: the price of ${name} never changes`, { field: 'candles' });
  }
  const { method, lag, pMaximum, bothWays, threads } = options;
  const settings = { method, lag, pMaximum, bothWays, threads };
  const scan = await createStatistics(addon).scanPairs(aligned.columns, settings, control);
  const nameOf = (index: number): string => aligned.series[index]?.name ?? '';
  const legOf = (index: number) => ({
    name: nameOf(index),
    column: aligned.columns[index] as Float64Array,
  });
  const rows = scan.hits.map(({ first, second, statistic, p, facts, ...hit }) => ({
    first: nameOf(first),
    second: nameOf(second),
    hedgeRatio: hit.hedgeRatio,
    intercept: hit.intercept,
    ...(p === undefined ? { trace: statistic } : { t: statistic, p }),
    lag: hit.lag,
    halfLifeBars: facts.halfLife,
    hurst: facts.hurst ?? null,
    zeroCrossings: facts.zeroCrossings,
    correlation: facts.correlation ?? null,
    lastZ: facts.lastZ,
    ...judgeHedge(hit.hedgeRatio, legOf(first), legOf(second)),
  }));
  const most = options.halfLifeMaximum;
  const kept = rows.filter(
    ({ halfLifeBars }) => most === undefined || (halfLifeBars > 0 && halfLifeBars <= most),
  );
  // A lower t is stronger, a higher trace; pairs of equal strength stay in the order of the files.
  const strength = (row: PairRow): number => row.t ?? -(row.trace ?? 0);
  return {
    aligned,
    tested: scan.tested,
    passed: rows.length,
    collinear: scan.collinear.map(([first, second]) => [nameOf(first), nameOf(second)] as const),
    rows: kept.sort(
      (a, b) => Number(a.verdict !== 'pair') - Number(b.verdict !== 'pair') || strength(a) - strength(b),
    ),
  };
}
