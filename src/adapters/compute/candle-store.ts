/**
 * The candle files of a data folder: one file a venue, symbol and timeframe, with checksums, read through a memory map.
 * Reading is synchronous and cheap; what writes to disk happens on another thread, one write after the other in a series.
 */

import { type Dirent, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Candle } from '../../shared/domain/candle.ts';
import type {
  AddonCandleReader,
  AddonCandleWriter,
  AppendSummary,
  CandleColumns,
  CandleFileInfo,
  NativeAddon,
  VerifyReport,
} from './addon.ts';
import { allocateColumns, candleAt, mergeColumns } from './candle-columns.ts';
import { candlePath, parseCandlePath, type SeriesId, seriesName } from './candle-path.ts';
import { ComputeError, computing, computingAsync } from './compute-error.ts';
import { refuseDifferences } from './overlap.ts';
import { type TaskWatch, watchTask } from './watch-task.ts';

export type { AppendSummary, CandleFileInfo, VerifyReport } from './addon.ts';
export type { SeriesId } from './candle-path.ts';

/** Open files kept for the next read; each holds a file descriptor and a memory map. */
const openReadersMaximum = 64;

/** Rows that have their check sums together in a file; the native part writes them so. */
const rowsPerBlock = 1024;

/** Which rows to read. */
export interface CandleRange {
  /** First time wanted; from the beginning when not given. */
  readonly fromMs?: number;
  /** First time no longer wanted; to the end when not given. */
  readonly toMs?: number;
  /** Most rows wanted. */
  readonly limit?: number;
  /** Which rows to keep where there are more than `limit`; the oldest when not given. */
  readonly keep?: 'oldest' | 'newest';
}

/** The last candle of a series. */
export interface LatestCandle {
  readonly candle: Candle;
  /** Whether it may still change. */
  readonly isProvisional: boolean;
}

/** Whether the last row given may still change. A provisional row must be replaced before later ones are appended. */
export interface WriteOptions {
  readonly lastIsProvisional?: boolean;
}

/** How rows are put among those stored. */
export interface MergeOptions extends WriteOptions {
  /** Refuses rows that differ from final ones stored (`OVERLAP_DIFFERS`) instead of letting the new ones stand. */
  readonly refuseDifferences?: boolean;
}

/** What a repair did. */
export interface RepairSummary {
  readonly keptRows: number;
  /** Rows in damaged blocks, as far as they can be counted: 0 when the header itself is lost. */
  readonly lostRows: number;
  /** One sentence each. */
  readonly damage: readonly string[];
  /** Where the damaged file is now. */
  readonly damagedFile: string;
}

/** All failures are `ComputeError`; their code tells programs, their message people, what happened and what to do. */
export class CandleStore {
  readonly #addon: NativeAddon;
  readonly #folder: string;
  /** Open readers by path, least recently used first. */
  readonly #readers = new Map<string, AddonCandleReader>();
  /** The last write of each series that has not finished. */
  readonly #writes = new Map<string, Promise<unknown>>();

  /** A store over `folder`, which need not exist yet. */
  constructor(addon: NativeAddon, folder: string) {
    this.#addon = addon;
    this.#folder = folder;
  }

  /**
   * Adds rows behind the last one and makes the series if it is new. They are on disk when the promise is fulfilled; the
   * columns must not change before. The first row may have the time of the last one stored, and then replaces it. On
   * failure nothing has changed: `BAD_ROWS`, `NOT_AFTER_LAST` (use `merge`), `PROVISIONAL_LAST`, `FINAL_LAST`, `DAMAGED`,
   * `BUSY`, `DISK_FULL`.
   */
  append(series: SeriesId, rows: CandleColumns, options: WriteOptions = {}): Promise<AppendSummary> {
    return this.#write(series, (writer) => writer.append(rows, options.lastIsProvisional ?? false));
  }

  /** Replaces all rows of a series at once: a crash leaves the old rows or the new ones. */
  rewrite(series: SeriesId, rows: CandleColumns, options: WriteOptions = {}): Promise<AppendSummary> {
    return this.#write(series, (writer, path) => {
      // Windows refuses to replace a file that is open.
      this.#drop(path);
      return writer.rewrite(rows, options.lastIsProvisional ?? false);
    });
  }

  /**
   * Puts rows where they belong by time: behind, before or between those stored. Where both have a candle, the new one
   * stands, unless differences are to be refused. `lastIsProvisional` speaks of the last row given, and counts when it is
   * the last of the series.
   */
  merge(series: SeriesId, rows: CandleColumns, options: MergeOptions = {}): Promise<AppendSummary> {
    return this.#write(series, (writer, path) => {
      const stored = this.info(series);
      const lastIsProvisional = options.lastIsProvisional ?? false;
      const firstMs = rows.openTimeMs[0];
      const lastMs = rows.openTimeMs[rows.openTimeMs.length - 1];
      const isBehind =
        stored?.lastMs !== undefined &&
        (stored.lastIsProvisional ? firstMs === stored.lastMs : (firstMs ?? 0) > stored.lastMs);
      if (stored?.lastMs === undefined || firstMs === undefined || lastMs === undefined || isBehind) {
        return writer.append(rows, lastIsProvisional);
      }
      const older = this.read(series);
      if (options.refuseDifferences === true) refuseDifferences(older, rows, stored.lastIsProvisional);
      const merged = mergeColumns(older, rows);
      this.#drop(path);
      return writer.rewrite(merged, lastMs >= stored.lastMs ? lastIsProvisional : stored.lastIsProvisional);
    });
  }

  /** Reads rows into fresh columns. Throws `NOT_FOUND` for a series that was never stored, `DAMAGED` with block and rows. */
  read(series: SeriesId, range: CandleRange = {}): CandleColumns {
    const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY, limit, keep } = range;
    if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0)) {
      throw new ComputeError('BAD_ARGUMENT', `limit must be a whole number, zero or more, got ${limit}`);
    }
    const reader = this.#reader(candlePath(this.#folder, series), series);
    return computing(() => {
      const found = reader.locate(fromMs, toMs);
      const count = Math.min(found.count, limit ?? found.count);
      const first = keep === 'newest' ? found.first + found.count - count : found.first;
      const columns = allocateColumns(count);
      reader.readRows(first, columns);
      return columns;
    });
  }

  /** The last candle of a series, undefined when nothing is stored. */
  latest(series: SeriesId): LatestCandle | undefined {
    const info = this.info(series);
    if (info === undefined || info.rows === 0) return undefined;
    const columns = this.read(series, { limit: 1, keep: 'newest' });
    return { candle: candleAt(columns, 0), isProvisional: info.lastIsProvisional };
  }

  /** Rows, times and size of a series, undefined when nothing is stored. */
  info(series: SeriesId): CandleFileInfo | undefined {
    const path = candlePath(this.#folder, series);
    try {
      const reader = this.#reader(path, series);
      return computing(() => reader.info());
    } catch (error) {
      if (error instanceof ComputeError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    }
  }

  /** All series in the folder, sorted by venue, symbol and timeframe. Files that are not ours are left out. */
  list(): SeriesId[] {
    const found: SeriesId[] = [];
    for (const venue of readFolder(this.#folder)) {
      if (!venue.isDirectory()) continue;
      for (const file of readFolder(join(this.#folder, venue.name))) {
        const series = file.isFile() ? parseCandlePath(venue.name, file.name) : undefined;
        if (series !== undefined) found.push(series);
      }
    }
    const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
    return found.sort(
      (a, b) => compare(a.venue, b.venue) || compare(a.symbol, b.symbol) || a.timeframeMs - b.timeframeMs,
    );
  }

  /**
   * Reads a whole series on another thread and compares every checksum and every row. Damage is reported, not thrown.
   * Throws `NOT_FOUND`, and `CANCELLED` after `signal`.
   */
  verify(series: SeriesId, watch: TaskWatch = {}): Promise<VerifyReport> {
    return watchTask(this.#addon, watch, (control) =>
      this.#addon.verifyCandleFile(candlePath(this.#folder, series), control),
    );
  }

  /**
   * Verifies a series and, when it is damaged, keeps the rows of all blocks whose check sums are right. The damaged file
   * stays beside it, with `.damaged` behind its name (and a number, where an earlier one has it): `putBack` undoes the
   * repair. Gives undefined for a sound series. On failure the damaged file is where it was.
   */
  async repair(series: SeriesId): Promise<RepairSummary | undefined> {
    const { rows, intactRows, damage } = await this.verify(series);
    if (damage.length === 0) return undefined;
    const path = candlePath(this.#folder, series);
    const damagedFile = freePath(`${path}.damaged`);
    const intact = intactRows > 0 ? this.read(series, { limit: intactRows }) : allocateColumns(0);
    const behind = this.#wholeBlocks(series, intactRows, rows);
    const saved = behind.reduce((kept, block) => mergeColumns(kept, block), intact);
    const lastIsProvisional = this.#lastIsProvisional(series, saved);
    this.#drop(path);
    fileSystem(`${path}: cannot be moved away`, () => renameSync(path, damagedFile));
    try {
      await this.append(series, saved, { lastIsProvisional });
    } catch (error) {
      this.#drop(path);
      fileSystem(`${damagedFile}: cannot be moved back`, () => renameSync(damagedFile, path));
      throw error;
    }
    const keptRows = saved.openTimeMs.length;
    return { keptRows, lostRows: rows - keptRows, damage, damagedFile };
  }

  /** Puts a file that `repair` set aside back in the place of its series. Throws `IO`, `BUSY`; nothing has changed then. */
  async putBack(series: SeriesId, damagedFile: string): Promise<void> {
    const path = candlePath(this.#folder, series);
    await this.#writes.get(path)?.catch(() => undefined);
    this.#drop(path);
    // Nobody else may be writing the file that is replaced.
    computing(() => new this.#addon.CandleWriter(path, seriesName(series), series.timeframeMs).close());
    fileSystem(`${damagedFile}: cannot be put back`, () => renameSync(damagedFile, path));
  }

  /** Rows of the blocks from `first` on that can be read: each block has its own check sums. */
  #wholeBlocks(series: SeriesId, first: number, rows: number): CandleColumns[] {
    if (first >= rows) return [];
    const reader = this.#reader(candlePath(this.#folder, series), series);
    const found: CandleColumns[] = [];
    for (let row = Math.ceil(first / rowsPerBlock) * rowsPerBlock; row < rows; row += rowsPerBlock) {
      const columns = allocateColumns(Math.min(rowsPerBlock, rows - row));
      try {
        computing(() => reader.readRows(row, columns));
        found.push(columns);
      } catch (error) {
        if (!(error instanceof ComputeError) || error.code !== 'DAMAGED') throw error;
      }
    }
    return found;
  }

  /** Whether these rows of a series end with its last one, and that may still change. */
  #lastIsProvisional(series: SeriesId, rows: CandleColumns): boolean {
    if (rows.openTimeMs.length === 0) return false;
    const info = this.info(series);
    return info?.lastIsProvisional === true && rows.openTimeMs.at(-1) === info.lastMs;
  }

  /** Waits for running writes and lets go of all files. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#writes.values());
    for (const path of [...this.#readers.keys()]) this.#drop(path);
  }

  /** Runs a write after those before it in the same series. The file is locked only while it runs. */
  #write(
    series: SeriesId,
    action: (writer: AddonCandleWriter, path: string) => Promise<AppendSummary>,
  ): Promise<AppendSummary> {
    const path = candlePath(this.#folder, series);
    const before = this.#writes.get(path) ?? Promise.resolve();
    const run = (): Promise<AppendSummary> =>
      computingAsync(async () => {
        fileSystem(`${dirname(path)}: cannot be made`, () => mkdirSync(dirname(path), { recursive: true }));
        const writer = new this.#addon.CandleWriter(path, seriesName(series), series.timeframeMs);
        try {
          return await action(writer, path);
        } finally {
          writer.close();
        }
      });
    // A failed write has told its own caller; the next one starts all the same.
    const write = before.then(run, run);
    this.#writes.set(path, write);
    const done = (): void => {
      if (this.#writes.get(path) === write) this.#writes.delete(path);
    };
    write.then(done, done);
    return write;
  }

  /** An open reader of the series, which the file must hold. */
  #reader(path: string, series: SeriesId): AddonCandleReader {
    const reader = this.#readers.get(path) ?? this.#open(path, series);
    // To the end: most recently used.
    this.#readers.delete(path);
    this.#readers.set(path, reader);
    for (const oldest of this.#readers.keys()) {
      if (this.#readers.size <= openReadersMaximum) break;
      this.#drop(oldest);
    }
    return reader;
  }

  #open(path: string, series: SeriesId): AddonCandleReader {
    return computing(() => {
      const reader = this.#addon.CandleReader.open(path);
      const { series: name, timeframeMs } = reader.info();
      if (name === seriesName(series) && timeframeMs === series.timeframeMs) return reader;
      reader.close();
      throw new ComputeError(
        'OTHER_SERIES',
        `${path}: holds ${name} at ${timeframeMs} ms, but ${seriesName(series)} at ${series.timeframeMs} ms was asked ` +
          'for; was it copied or renamed?',
      );
    });
  }

  #drop(path: string): void {
    this.#readers.get(path)?.close();
    this.#readers.delete(path);
  }
}

/** The path, or the first with a number behind it that no file has. */
function freePath(path: string): string {
  let free = path;
  for (let number = 2; existsSync(free); number += 1) free = `${path}.${number}`;
  return free;
}

/** Runs a call of the file system; its errors come out as `ComputeError`. */
function fileSystem<T>(what: string, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw new ComputeError('IO', `${what}: ${(cause as Error).message}`, { cause });
  }
}

/** What is in a folder; nothing when it does not exist, because nothing has been stored yet. */
function readFolder(folder: string): Dirent[] {
  if (!existsSync(folder)) return [];
  return fileSystem(`${folder}: cannot be read`, () => readdirSync(folder, { withFileTypes: true }));
}
