/** Examines stored series: check sums, gaps, outliers, whether the last candle is final. */

import { DataFileError } from '../../adapters/candle-files/data-file-error.ts';
import { JobCancelled, type JobControl } from '../jobs/job-runner.ts';
import { dataError } from './data-errors.ts';
import type { DataLibrary } from './data-library.ts';
import { examine, type Findings } from './examine.ts';
import { examineTicks } from './examine-ticks.ts';
import { isTicks, type StoredSeries, timeframeLabel } from './series.ts';

/** What is known of a stored series. */
export interface SeriesFacts {
  /** `kind` is taken: it names what a line of the command line is. */
  readonly dataKind: StoredSeries['kind'];
  readonly venue: string;
  readonly instrument: string;
  /** Empty for what has none: funding rates, trades, order books. */
  readonly timeframe: string;
  readonly bars: number;
  readonly from: number | null;
  readonly to: number | null;
  /** Whether the last candle may still change. */
  readonly provisional: boolean;
  readonly bytes: number;
  /** Why the series cannot be read; null for one that can. */
  readonly problem: string | null;
}

/** What a check found. Stored candles have no duplicates: the store refuses them. */
export interface SeriesReport extends SeriesFacts, Findings {
  /** Rows of trades and order books that repeat the one before. */
  readonly duplicates: number;
  /** Their rows whose exchange time runs back, and the times at which a book crossed. */
  readonly reversed: number;
  readonly crossed: number;
  /** Damage of the file, a sentence each. */
  readonly damage: readonly string[];
}

const nothingFound = {
  gaps: [],
  gapCount: 0,
  missing: 0,
  outliers: [],
  outlierCount: 0,
  duplicates: 0,
  reversed: 0,
  crossed: 0,
  damage: [],
};

/** Facts about a series; one that cannot be read says why. */
export function factsOf(library: DataLibrary, series: StoredSeries): SeriesFacts {
  const { kind, venue, symbol, timeframeMs } = series;
  const names = {
    dataKind: kind,
    venue,
    instrument: symbol,
    timeframe: timeframeMs > 0 ? timeframeLabel(timeframeMs) : '',
  };
  const empty = { bars: 0, from: null, to: null, provisional: false, bytes: 0, problem: null };
  try {
    if (kind === 'funding') {
      const table = library.funding.read(series);
      if (table === undefined) return { ...names, ...empty };
      const [from = null, to = null] = [table.timeMs[0], table.timeMs.at(-1)];
      return { ...names, ...empty, bars: table.length, from, to, bytes: table.length * 16 };
    }
    if (isTicks(series)) {
      const info = library.ticks(series.kind).info(series);
      if (info === undefined) return { ...names, ...empty };
      // Nanoseconds went through a double, which is a few hundred of them off.
      const [from, to] = [info.firstMs, info.lastMs].map((timeMs) => Math.floor(timeMs + 0.0003)) as [
        number,
        number,
      ];
      return { ...names, ...empty, bars: info.rows, from, to, bytes: info.bytes };
    }
    const info = library.store(kind as 'candles' | 'marks').info(series);
    if (info === undefined) return { ...names, ...empty };
    const { rows: bars, firstMs: from = null, lastMs: to = null, lastIsProvisional, bytes } = info;
    return { ...names, bars, from, to, provisional: lastIsProvisional, bytes, problem: null };
  } catch (error) {
    const known = dataError(error);
    return { ...names, ...empty, problem: known instanceof Error ? known.message : String(known) };
  }
}

/** Checks one series whole. Damage is part of the report. Throws `ApiError`, `ComputeError` `CANCELLED`. */
export async function checkSeries(
  library: DataLibrary,
  series: StoredSeries,
  control: JobControl,
): Promise<SeriesReport> {
  const facts = factsOf(library, series);
  if (series.kind === 'funding') {
    return { ...facts, ...nothingFound, damage: facts.problem === null ? [] : [facts.problem] };
  }
  const abort = new AbortController();
  control.onCancel(() => abort.abort());
  if (isTicks(series)) {
    const { signal } = abort;
    try {
      const columns = await library.ticks(series.kind).read(series, { signal });
      if (columns === undefined) return { ...facts, ...nothingFound };
      return { ...facts, ...(await examineTicks(columns, control)), damage: [] };
    } catch (error) {
      if (control.isCancelled()) throw new JobCancelled();
      if (!(error instanceof DataFileError)) throw error;
      return { ...facts, ...nothingFound, damage: [error.message] };
    }
  }
  const store = library.store(series.kind as 'candles' | 'marks');
  const { damage } = await store.verify(series, { signal: abort.signal });
  if (damage.length > 0 || facts.problem !== null) {
    return { ...facts, ...nothingFound, damage: damage.length > 0 ? damage : [facts.problem ?? ''] };
  }
  const found = examine(store.read(series), series.timeframeMs, series.kind === 'candles');
  return { ...facts, ...nothingFound, ...found };
}
