/** Imports a file of market data into the library: whole or not at all. */

import { resolve } from 'node:path';
import type { FundingTable, ImportedData, ImportOptions } from '../../adapters/data-formats/format.ts';
import { dataFormats, detectFormat } from '../../adapters/data-formats/formats.ts';
import { ApiError } from '../../shared/api/result.ts';
import { candleStep } from '../../shared/domain/candle-step.ts';
import { JobCancelled, type JobControl } from '../jobs/job-runner.ts';
import { dataError, overlapHint } from './data-errors.ts';
import type { DataLibrary } from './data-library.ts';
import { examine, type Findings } from './examine.ts';
import { importTicks, isTickImport } from './import-ticks.ts';
import { checkGrid, checkMarketNames, type SeriesKind, timeframeLabel } from './series.ts';

/** What to import and how. */
export interface ImportRequest extends Omit<ImportOptions, 'onProgress' | 'signal' | 'timeframeMs'> {
  readonly file: string;
  readonly venue: string;
  /** Needed where the file does not tell: a single candle, or trades to be joined to more than minutes. */
  readonly timeframeMs?: number | undefined;
  /** Found out when not given. */
  readonly format?: string | undefined;
  /** What to store; found out when not given, and then trades are joined to candles. */
  readonly kind?: 'candles' | 'marks' | 'trades' | 'l2' | undefined;
  /** What to make of the sequence numbers of an order book; `checked` when not given, see `L2ImportOptions`. */
  readonly sequence?: 'checked' | 'as-recorded' | undefined;
  /** The venue's own symbol, where a recording holds several. */
  readonly sourceSymbol?: string | undefined;
  /**
   * Lets the rows of the file stand where they differ from stored ones of the same time, which are refused otherwise.
   * Not for trades and order books, where `duplicates` says it.
   */
  readonly replace?: boolean | undefined;
  /** Takes candles that lie further apart than the timeframe said: those without trades were left out of the file. */
  readonly sparse?: boolean | undefined;
}

/** What was imported. */
export interface ImportResult extends Findings {
  readonly dataKind: SeriesKind;
  readonly format: string;
  readonly venue: string;
  readonly instrument: string;
  readonly timeframe: string;
  /** Rows in the file, duplicates apart. */
  readonly bars: number;
  readonly from: number;
  readonly to: number;
  readonly duplicates: number;
  /** Rows of the series now. */
  readonly storedBars: number;
  /** Whether the last candle may still change. */
  readonly provisional: boolean;
  /** Trades and order books: rows equal to the one before, times that run back, books that crossed. */
  readonly repeated?: number;
  readonly reversed?: number;
  readonly crossed?: number;
  /** What else there is to say, in sentences. */
  readonly notes?: readonly string[];
}

const nothingFound = { gaps: [], gapCount: 0, missing: 0, outliers: [], outlierCount: 0 };

/** Imports a file. Throws `ApiError` naming line and reason, with nothing changed; `JobCancelled`. */
export async function importFile(
  library: DataLibrary,
  request: ImportRequest,
  control: JobControl,
  nowMs: number,
): Promise<ImportResult> {
  checkMarketNames(request.venue, [request.symbol]);
  const path = resolve(request.file);
  const format = await formatOf(path, request.format);
  control.progress({ done: 0, total: 1, unit: 'file', message: `reading ${format.title}` });
  if (isTickImport(request, format)) {
    try {
      return await importTicks(library, path, request, format, control);
    } catch (error) {
      if (control.isCancelled()) throw new JobCancelled();
      throw dataError(error);
    }
  }
  const data = await read(path, request, format, control);
  if (control.isCancelled()) throw new JobCancelled();
  control.progress({ done: 0.9, total: 1, message: 'storing' });
  try {
    return await store(library, request, format.id, data, nowMs);
  } catch (error) {
    throw dataError(error);
  }
}

async function formatOf(path: string, asked: string | undefined) {
  const found = dataFormats.find(({ id }) => id === asked);
  if (found !== undefined) return found;
  if (asked !== undefined) {
    throw new ApiError('bad-input', `format: there is no format "${asked.slice(0, 40)}"`, {
      field: 'format',
      hint: `Known: ${dataFormats.map(({ id }) => id).join(', ')}`,
    });
  }
  try {
    return await detectFormat(path);
  } catch (error) {
    throw dataError(error);
  }
}

async function read(
  path: string,
  request: ImportRequest,
  format: Awaited<ReturnType<typeof formatOf>>,
  control: JobControl,
): Promise<ImportedData> {
  const abort = new AbortController();
  control.onCancel(() => abort.abort());
  if (format.read === undefined) throw new TypeError(`${format.id} has no candles`);
  try {
    const data = await format.read(path, {
      ...request,
      ...(request.kind === 'marks' ? { volumeIsOptional: true } : {}),
      signal: abort.signal,
      onProgress: (fraction) => control.progress({ done: fraction * 0.9, total: 1 }),
    });
    const isCandles = request.kind === 'candles' || request.kind === 'marks';
    return data.kind !== 'funding' && isCandles ? { ...data, kind: request.kind } : data;
  } catch (error) {
    if (control.isCancelled()) throw new JobCancelled();
    throw dataError(error);
  }
}

async function store(
  library: DataLibrary,
  request: ImportRequest,
  format: string,
  data: ImportedData,
  nowMs: number,
): Promise<ImportResult> {
  const { venue, symbol } = request;
  const facts = {
    dataKind: data.kind,
    format,
    venue,
    instrument: symbol,
    duplicates: data.table.duplicates,
  };
  if (data.kind === 'funding') {
    const { table } = data;
    if (request.replace !== true) refuseOtherRates(library, request, table);
    const storedBars = library.funding.merge({ venue, symbol }, table);
    const [from = 0, to = 0] = [table.timeMs[0], table.timeMs.at(-1)];
    return {
      ...facts,
      timeframe: '',
      bars: table.length,
      from,
      to,
      storedBars,
      provisional: false,
      ...nothingFound,
    };
  }
  const { table, kind } = data;
  // Trades were joined to the length that was asked for: a quiet time between two candles says nothing about it.
  const timeframeMs = data.isJoined === true ? table.timeframeMs : timeframeOf(table.openTimeMs, request);
  checkGrid(table, timeframeMs);
  const to = table.openTimeMs[table.length - 1] as number;
  const provisional = data.lastIsProvisional || to + timeframeMs > nowMs;
  const stored = await library.store(kind).merge({ venue, symbol, timeframeMs }, table, {
    lastIsProvisional: provisional,
    refuseDifferences: request.replace !== true,
  });
  const found = examine(table, timeframeMs, kind === 'candles');
  return {
    ...facts,
    timeframe: timeframeLabel(timeframeMs),
    bars: table.length,
    from: table.openTimeMs[0] as number,
    to,
    storedBars: stored.rows,
    provisional,
    ...found,
  };
}

/** Refuses rates that differ from stored ones of the same time. Throws `ApiError` `bad-input`, `DataFileError`. */
function refuseOtherRates(library: DataLibrary, { venue, symbol }: ImportRequest, table: FundingTable): void {
  const stored = library.funding.read({ venue, symbol });
  if (stored === undefined) return;
  const known = new Map(Array.from(stored.timeMs, (timeMs, row) => [timeMs, stored.rate[row] as number]));
  const differing = Array.from(table.timeMs, (timeMs, row) => ({
    timeMs,
    was: known.get(timeMs),
    is: table.rate[row] as number,
  })).filter(({ was, is }) => was !== undefined && was !== is);
  const [first] = differing;
  if (first === undefined) return;
  const { timeMs, was, is } = first;
  throw new ApiError(
    'bad-input',
    `file: ${differing.length} funding rates that are stored already differ from the new ones, the first at ` +
      `${new Date(timeMs).toISOString()}: ${was} stored, ${is} in the new rows; nothing was changed`,
    { field: 'file', hint: overlapHint },
  );
}

/**
 * The timeframe of candles as their own times tell it. One that is said must be the same: a shorter one would make holes of
 * nearly all of the series, and is only taken where the request says that the file is sparse. Throws `ApiError` `bad-input`.
 */
function timeframeOf(openTimeMs: Float64Array, { sparse, timeframeMs: saidMs }: ImportRequest): number {
  const { commonMs, smallestMs } = candleStep(openTimeMs);
  if (commonMs === 0) {
    if (saidMs !== undefined) return saidMs;
    throw badTimeframe('a single candle does not tell its timeframe', 'Say it with --timeframe.');
  }
  const found = timeframeLabel(commonMs);
  if (saidMs === undefined) {
    if (commonMs === smallestMs) return commonMs;
    const least = timeframeLabel(smallestMs);
    throw badTimeframe(
      `most candles of the file lie ${found} apart, but some only ${least}`,
      `Say which with --timeframe ${found}, which names the rows that do not fit, or --timeframe ${least} --sparse where ` +
        'candles without trades were left out.',
    );
  }
  if (saidMs === commonMs || (sparse === true && smallestMs % saidMs === 0)) return saidMs;
  const said = timeframeLabel(saidMs);
  throw badTimeframe(
    `most candles of the file lie ${found} apart, not ${said}`,
    smallestMs % saidMs === 0
      ? `Leave it out or say --timeframe ${found}. If the file holds ${said} candles and those without trades were left ` +
          'out, add --sparse (in the Lab: Candles left out).'
      : `Leave it out, or say --timeframe ${found}.`,
  );
}

function badTimeframe(reason: string, hint: string): ApiError {
  return new ApiError('bad-input', `timeframe: ${reason}`, { field: 'timeframe', hint });
}
