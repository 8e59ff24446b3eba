/** Imports trades and order book recordings into the library: whole or not at all. */

import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { importL2 } from '../../adapters/compute/l2.ts';
import type { DataFormat } from '../../adapters/data-formats/format.ts';
import { readPackedFile, type TickCounts } from '../../adapters/tick-files/packed-file.ts';
import { type TickColumns, tradesOnly, wholeMsAt } from '../../adapters/tick-files/tick-columns.ts';
import { TradeBuilder } from '../../adapters/tick-files/trade-builder.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { JobControl } from '../jobs/job-runner.ts';
import type { DataLibrary } from './data-library.ts';
import { examineTicks } from './examine-ticks.ts';
import type { ImportRequest, ImportResult } from './import-file.ts';
import { joinTicks } from './join-ticks.ts';

/** Rows of a file and what is to be said of them. */
interface ReadTicks {
  readonly columns: TickColumns;
  readonly counts: TickCounts;
  readonly duplicates: number;
  readonly notes: readonly string[];
}

/** Whether a request is for single trades or an order book, not for candles. */
export function isTickImport(request: ImportRequest, format: DataFormat): boolean {
  return request.kind === 'trades' || request.kind === 'l2' || format.recording !== undefined;
}

/** Imports. Throws `ApiError`, `DataFileError`, `ComputeError`, `JobCancelled`; nothing has changed then. */
export async function importTicks(
  library: DataLibrary,
  path: string,
  request: ImportRequest,
  format: DataFormat,
  control: JobControl,
): Promise<ImportResult> {
  const kind = kindOf(request, format);
  if (request.timeframeMs !== undefined) {
    throw new ApiError('bad-input', 'timeframe: single trades and order books have none', {
      field: 'timeframe',
      hint: 'Leave it out: candles of any timeframe are made of stored trades on reading.',
    });
  }
  if (request.replace === true) {
    throw new ApiError('bad-input', 'replace: is for candles, mark prices and funding rates', {
      field: 'replace',
      hint: 'For single trades say with --duplicates whose stand; an order book is removed first (data remove).',
    });
  }
  const abort = new AbortController();
  control.onCancel(() => abort.abort());
  const { signal } = abort;
  const read =
    format.recording === undefined
      ? await readTrades(path, request, format, signal)
      : await readRecording(library, path, request, { kind, recording: format.recording, signal, control });
  control.progress({ done: 0.7, total: 1, message: 'looking at every row' });
  const found = await examineTicks(read.columns, control);
  control.progress({ done: 0.9, total: 1, message: 'storing' });
  const store = library.ticks(kind);
  const { venue, symbol } = request;
  const stored = await store.read({ venue, symbol }, { signal });
  const joined =
    stored === undefined
      ? { columns: read.columns, duplicates: 0 }
      : joinTicks(kind, stored, read.columns, request.duplicates ?? 'refuse');
  const before = store.info({ venue, symbol });
  await store.write({ venue, symbol }, joined.columns, addCounts(read.counts, before), { signal });
  const { receiveNs } = read.columns;
  return {
    dataKind: kind,
    format: format.id,
    venue,
    instrument: symbol,
    timeframe: '',
    bars: receiveNs.length,
    from: wholeMsAt(receiveNs, 0),
    to: wholeMsAt(receiveNs, receiveNs.length - 1),
    storedBars: joined.columns.packed.length,
    provisional: false,
    ...found,
    duplicates: read.duplicates + joined.duplicates,
    repeated: found.duplicates,
    notes: read.notes,
  };
}

function kindOf(request: ImportRequest, format: DataFormat): 'trades' | 'l2' {
  const { kind = 'l2' } = request;
  if (kind === 'l2' && format.recording !== undefined) return kind;
  if (kind === 'trades' && (format.recording ?? format.eachTrade) !== undefined) return kind;
  const holds = kind === 'trades' ? 'single trades' : kind === 'l2' ? 'order book' : kind;
  const what = format.recording === undefined ? `a file of ${format.id} holds` : `${format.title}: there are`;
  throw new ApiError('bad-input', `kind: ${what} no ${holds}`, {
    field: 'kind',
    hint: 'Leave --kind out, or name the format with --format.',
  });
}

async function readTrades(
  path: string,
  request: ImportRequest,
  format: DataFormat,
  signal: AbortSignal,
): Promise<ReadTicks> {
  const builder = new TradeBuilder(path, request.sort === true);
  await format.eachTrade?.(path, { ...request, timeframeMs: undefined, signal }, (trade) =>
    builder.add(trade),
  );
  const { columns, duplicates, guessedSides } = builder.finish();
  const counts = { lines: columns.packed.length, skipped: duplicates, dropped: 0, snapshots: 0, gaps: 0 };
  const guessed = `${guessedSides} trades do not say who took: the side follows the last change of price`;
  return { columns, counts, duplicates, notes: guessedSides === 0 ? [] : [guessed] };
}

async function readRecording(
  library: DataLibrary,
  path: string,
  request: ImportRequest,
  how: {
    readonly kind: 'trades' | 'l2';
    readonly recording: NonNullable<DataFormat['recording']>;
    readonly signal: AbortSignal;
    readonly control: JobControl;
  },
): Promise<ReadTicks> {
  const { control, kind, recording, signal } = how;
  const folder = join(library.folder, 'parts');
  mkdirSync(folder, { recursive: true });
  const target = join(folder, `${randomUUID()}.ticks`);
  const { sequence = 'checked', sourceSymbol } = request;
  try {
    const onProgress = (part: number): void => control.progress({ done: part * 0.6, total: 1 });
    const options = {
      format: recording,
      sequence,
      ...(sourceSymbol === undefined ? {} : { symbol: sourceSymbol }),
    };
    const info = await importL2(library.addon, path, target, options, { signal, onProgress });
    const all = await readPackedFile(target, { signal });
    const columns = kind === 'trades' ? tradesOnly(all) : all;
    if (columns.packed.length === 0) {
      throw new ApiError('bad-input', `file: ${path} holds no trade`, { field: 'file' });
    }
    const counts: TickCounts = info;
    const isBook = kind === 'l2';
    const notes = [
      ...(isBook && info.gaps > 0
        ? [`${info.gaps} holes in the sequence of updates: the book is empty until the snapshot behind each`]
        : []),
      ...(isBook && info.dropped > 0
        ? [`${info.dropped} changes left out: a snapshot had them, or the book was not known yet`]
        : []),
      ...(info.clockShiftMs > 0
        ? [`receive times moved by ${info.clockShiftMs} ms, so that nothing arrives before it happens`]
        : []),
    ];
    return { columns, counts, duplicates: 0, notes };
  } finally {
    await rm(target, { force: true });
  }
}

function addCounts(counts: TickCounts, before: TickCounts | undefined): TickCounts {
  const { lines, skipped, dropped, snapshots, gaps } = counts;
  return {
    lines: lines + (before?.lines ?? 0),
    skipped: skipped + (before?.skipped ?? 0),
    dropped: dropped + (before?.dropped ?? 0),
    snapshots: snapshots + (before?.snapshots ?? 0),
    gaps: gaps + (before?.gaps ?? 0),
  };
}
