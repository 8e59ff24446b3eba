/** Mends stored series: fills gaps, drops spikes, saves what is whole of a damaged file. Every repair can be undone. */

import type { CandleColumns } from '../../adapters/compute/candle-columns.ts';
import { allocateColumns, columnNames, mergeColumns } from '../../adapters/compute/candle-columns.ts';
import type { RepairSummary } from '../../adapters/compute/candle-store.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { JobControl } from '../jobs/job-runner.ts';
import { checkSeries, type SeriesReport } from './check.ts';
import type { DataLibrary } from './data-library.ts';
import { spikeRows } from './examine.ts';
import { type RepairDone, RepairLog } from './repair-log.ts';
import type { StoredSeries } from './series.ts';

/** What to mend. */
export interface RepairChoice {
  /** Gaps: left alone, filled with flat candles without volume, or asked for at the venue. */
  readonly gaps: 'keep' | 'fill' | 'download';
  readonly outliers: 'keep' | 'drop';
}

/** What a repair did, and the series after it. */
export interface RepairResult extends SeriesReport {
  readonly filledBars: number;
  readonly droppedBars: number;
  readonly downloadedBars: number;
  /** Rows lost to damage of the file: those of blocks whose check sums are wrong. */
  readonly lostBars: number;
  /** The file that keeps the series as it was before, where that was damaged; null otherwise. */
  readonly damagedFile: string | null;
  /** What else there is to say, in sentences. */
  readonly notes: readonly string[];
  /** Whether `undo` brings the series back as it was. */
  readonly canUndo: boolean;
}

/** Asks the venue for candles of a range, both ends included. */
export type FetchRange = (series: StoredSeries, fromMs: number, toMs: number) => Promise<CandleColumns>;

type CandleSeries = StoredSeries & { readonly kind: 'candles' | 'marks' };

/** Narrows to series that have candles. Throws `ApiError` `bad-input` for others. */
export function candleSeries(series: StoredSeries): CandleSeries {
  if (series.kind === 'candles' || series.kind === 'marks') return series as CandleSeries;
  const what = { funding: 'funding rates', trades: 'trades', l2: 'order books' }[series.kind];
  throw new ApiError('bad-input', `kind: ${what} have nothing to repair`, {
    field: 'kind',
    hint: 'Remove the series and import a better file.',
  });
}

/** Repairs a series. Throws `ApiError`; nothing is changed then. */
export async function repairSeries(
  library: DataLibrary,
  series: CandleSeries,
  choice: RepairChoice,
  context: { readonly control: JobControl; readonly nowMs: number; readonly fetchRange: FetchRange },
): Promise<RepairResult> {
  const { control, nowMs } = context;
  const store = library.store(series.kind);
  const before = await checkSeries(library, series, control);
  if (before.damage.length > 0) {
    return saveDamaged(library, series, context);
  }
  const lastIsProvisional = store.info(series)?.lastIsProvisional ?? false;
  let rows: CandleColumns = store.read(series);
  const done: { -readonly [Key in keyof RepairDone]: RepairDone[Key] } = {
    filled: [],
    dropped: [],
    downloadedBars: 0,
  };
  if (choice.outliers === 'drop') {
    const spikes = new Set(spikeRows(rows).map(({ row }) => row));
    done.dropped = [...spikes].map((row) => rows.openTimeMs[row] as number);
    rows = withoutRows(rows, spikes);
  }
  if (choice.gaps === 'download') {
    const fetched = await fetchGaps(rows, series, context);
    done.downloadedBars = fetched.openTimeMs.length;
    rows = mergeColumns(fetched, rows);
  }
  if (choice.gaps === 'fill') {
    const { filled, columns } = fillGaps(rows, series.timeframeMs);
    done.filled = filled;
    rows = columns;
  }
  const filledBars = done.filled.reduce((sum, { bars }) => sum + bars, 0);
  const log = new RepairLog(library);
  if (filledBars + done.dropped.length + done.downloadedBars > 0) {
    await log.keep(series, done, rows, nowMs);
    await store.rewrite(series, rows, { lastIsProvisional });
  }
  const after = await checkSeries(library, series, control);
  return {
    ...after,
    filledBars,
    droppedBars: done.dropped.length,
    downloadedBars: done.downloadedBars,
    lostBars: 0,
    damagedFile: null,
    notes: [],
    canUndo: log.of(series).length > 0,
  };
}

/** Keeps what can be read of a damaged file, sets the file aside, and says where and how it comes back. */
async function saveDamaged(
  library: DataLibrary,
  series: CandleSeries,
  { control, nowMs }: { readonly control: JobControl; readonly nowMs: number },
): Promise<RepairResult> {
  const log = new RepairLog(library);
  // A list that cannot be read is told before anything moves.
  log.of(series);
  const saved = await library.store(series.kind).repair(series);
  if (saved !== undefined) await log.keepDamaged(series, saved.damagedFile, nowMs);
  const after = await checkSeries(library, series, control);
  const notes =
    saved === undefined
      ? []
      : [
          `${lossWords(saved)} The damaged original is kept as ${saved.damagedFile}: data repair with --undo puts it back. ` +
            'An import of the same candles brings the lost rows again, as does data repair with --gaps download.',
        ];
  return {
    ...after,
    ...nothingMended,
    lostBars: saved?.lostRows ?? 0,
    damagedFile: saved?.damagedFile ?? null,
    notes,
    canUndo: log.of(series).length > 0,
  };
}

/** A file whose header is gone tells of no rows, kept or lost. */
function lossWords({ keptRows, lostRows }: RepairSummary): string {
  if (lostRows === 0 && keptRows === 0) return 'The header of the file is lost, and with it all its rows.';
  return `${lostRows} rows could not be read and are lost from the series, ${keptRows} are kept.`;
}

const nothingMended = { filledBars: 0, droppedBars: 0, downloadedBars: 0, lostBars: 0 };

/** Undoes the last repair of a series and keeps what was added since. Throws `ApiError` `not-found`, `refused`. */
export async function undoRepair(
  library: DataLibrary,
  series: CandleSeries,
  control: JobControl,
): Promise<RepairResult> {
  const log = new RepairLog(library);
  const { entry, keptBars } = await log.undo(series);
  const after = await checkSeries(library, series, control);
  const canUndo = log.of(series).length > 0;
  const notes = [
    ...(entry.damagedFile === undefined
      ? []
      : ['The damaged file is back in its place, as it was before the repair.']),
    ...(keptBars === 0 ? [] : [`${keptBars} candles that were added or replaced since the repair are kept.`]),
  ];
  return { ...after, ...nothingMended, damagedFile: null, notes, canUndo };
}

function withoutRows(columns: CandleColumns, rows: ReadonlySet<number>): CandleColumns {
  const kept = allocateColumns(columns.openTimeMs.length - rows.size);
  for (const name of columnNames) kept[name].set(columns[name].filter((_value, row) => !rows.has(row)));
  return kept;
}

/** Flat candles at the close before the gap, without volume: nothing trades on them that could not have. */
function fillGaps(
  rows: CandleColumns,
  timeframeMs: number,
): { columns: CandleColumns; filled: { fromMs: number; toMs: number; bars: number }[] } {
  const filled: { fromMs: number; toMs: number; bars: number }[] = [];
  const times: number[] = [];
  const prices: number[] = [];
  for (let row = 1; row < rows.openTimeMs.length; row += 1) {
    const fromMs = (rows.openTimeMs[row - 1] as number) + timeframeMs;
    const nextMs = rows.openTimeMs[row] as number;
    if (fromMs >= nextMs) continue;
    const first = times.length;
    for (let timeMs = fromMs; timeMs < nextMs; timeMs += timeframeMs) {
      times.push(timeMs);
      prices.push(rows.close[row - 1] as number);
    }
    filled.push({ fromMs, toMs: times.at(-1) as number, bars: times.length - first });
  }
  const price = Float64Array.from(prices);
  const flat: CandleColumns = {
    openTimeMs: Float64Array.from(times),
    open: price,
    high: price,
    low: price,
    close: price,
    volume: new Float64Array(times.length),
  };
  return { columns: mergeColumns(flat, rows), filled };
}

async function fetchGaps(
  rows: CandleColumns,
  series: CandleSeries,
  { control, fetchRange }: { readonly control: JobControl; readonly fetchRange: FetchRange },
): Promise<CandleColumns> {
  const { openTimeMs } = rows;
  let fetched = allocateColumns(0);
  for (let row = 1; row < openTimeMs.length; row += 1) {
    const fromMs = (openTimeMs[row - 1] as number) + series.timeframeMs;
    const toMs = (openTimeMs[row] as number) - series.timeframeMs;
    if (fromMs > toMs) continue;
    control.progress({
      done: row,
      total: openTimeMs.length,
      unit: 'bars',
      message: 'asking the venue for gaps',
    });
    fetched = mergeColumns(fetched, await fetchRange(series, fromMs, toMs));
  }
  return fetched;
}
