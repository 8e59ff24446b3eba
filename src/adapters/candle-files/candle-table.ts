/** Candles of a file in columns. Every row of every format is checked in one place, the native `candles/table.rs`. */

import type { Candle } from '../../shared/domain/candle.ts';
import type { EpochMs } from '../../shared/domain/nominal.ts';
import { allocateColumns, columnNames, sliceColumns } from '../compute/candle-columns.ts';
import type { AddonCandleFileRules, AddonCandleTable, AddonFileFault } from '../compute/candle-file-addon.ts';
import { computing } from '../compute/compute-error.ts';
import { loadNative } from '../compute/native.ts';
import { DataFileError, type DataFileErrorCode } from './data-file-error.ts';
import type { TimestampUnit } from './timestamps.ts';

export const candleColumns = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const;
export type CandleColumn = (typeof candleColumns)[number];

/** Names of the file's columns, or their numbers from 1, where they are not among the usual ones. */
export type CandleColumnNames = Readonly<Partial<Record<CandleColumn, string | undefined>>>;

/** What to do with rows of one time that differ. Rows that are equal in everything are one row, and counted. */
export type DuplicateChoice = 'refuse' | 'keep-first' | 'keep-last';

/** How to read a candle file; everything is found out where nothing is said. */
export interface CandleFileOptions {
  readonly columns?: CandleColumnNames | undefined;
  /** How time stamps are written; found out from the first row when not given. */
  readonly timestampUnit?: TimestampUnit | undefined;
  /** Mark and index prices have no volume; theirs is then 0. */
  readonly volumeIsOptional?: boolean | undefined;
  readonly duplicates?: DuplicateChoice | undefined;
  /** Takes rows in any order; otherwise one that goes back in time is refused. */
  readonly sort?: boolean | undefined;
  /** Told the part of the file that was read, 0 to 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A hole between two candles: `missing` candles were expected from `fromMs` up to and including `toMs`. */
export interface CandleGap {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly missing: number;
}

/** Checked candles, oldest first, strictly rising in time. All columns have `length` entries. */
export interface CandleTable {
  readonly length: number;
  readonly openTimeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** The smallest distance between two candles; 0 with fewer than two. */
  readonly timeframeMs: number;
  readonly gaps: readonly CandleGap[];
  /** Candles missing in all gaps together. */
  readonly missing: number;
  /** Rows left out because another one has the same time. */
  readonly duplicates: number;
  /** Most digits after the point among the prices and among the volumes, trailing zeros apart. */
  readonly priceDecimals: number;
  readonly volumeDecimals: number;
}

/** One row as it comes out of a format's reader: doubles, and the line for the error text. */
export interface CandleRow {
  readonly line: number;
  readonly openTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** The options as the addon takes them. */
export function addonRules(options: CandleFileOptions): AddonCandleFileRules {
  return {
    columns: candleColumns.map((column) => options.columns?.[column] ?? ''),
    timeUnit: options.timestampUnit ?? '',
    volumeIsOptional: options.volumeIsOptional ?? false,
    duplicates: options.duplicates ?? 'refuse',
    sort: options.sort ?? false,
  };
}

/** Gives the error of a fault the addon found. */
export function faultError(path: string, fault: AddonFileFault): DataFileError {
  return new DataFileError({ ...fault, code: fault.code as DataFileErrorCode, path });
}

/** Takes a table out of the addon. Throws its fault as `DataFileError`. */
export function takeTable(path: string, table: AddonCandleTable): CandleTable {
  const { fault } = table;
  if (fault !== null) throw faultError(path, fault);
  return computing(() => {
    const info = table.info();
    const columns = allocateColumns(info.rows);
    table.takeColumns(columns);
    const gaps = info.hasGaps ? findGaps(columns.openTimeMs, info.timeframeMs) : [];
    return {
      ...columns,
      length: info.rows,
      timeframeMs: info.timeframeMs,
      gaps,
      missing: gaps.reduce((sum, gap) => sum + gap.missing, 0),
      duplicates: info.duplicates,
      priceDecimals: info.priceDecimals,
      volumeDecimals: info.volumeDecimals,
    };
  });
}

/** Finds the holes of a series; times must rise. */
export function findGaps(openTimeMs: Float64Array, timeframeMs: number): CandleGap[] {
  const gaps: CandleGap[] = [];
  for (let index = 1; index < openTimeMs.length; index += 1) {
    const previousMs = openTimeMs[index - 1] as number;
    const nextMs = openTimeMs[index] as number;
    if (nextMs - previousMs <= timeframeMs) continue;
    gaps.push({
      fromMs: (previousMs + timeframeMs) as EpochMs,
      toMs: (nextMs - timeframeMs) as EpochMs,
      missing: Math.max(1, Math.round((nextMs - previousMs) / timeframeMs) - 1),
    });
  }
  return gaps;
}

/** Collects rows that TypeScript reads (Parquet, JSON, trades); they are checked together at the end. */
export class CandleTableBuilder {
  readonly #path: string;
  readonly #options: CandleFileOptions;
  #columns = allocateColumns(4_096);
  #lines = new Float64Array(4_096);
  #length = 0;

  constructor(path: string, options: CandleFileOptions = {}) {
    this.#path = path;
    this.#options = options;
  }

  /** Adds a row. */
  add(row: CandleRow): void {
    if (this.#length === this.#lines.length) this.#grow();
    const at = this.#length;
    this.#columns.openTimeMs[at] = row.openTimeMs;
    this.#columns.open[at] = row.open;
    this.#columns.high[at] = row.high;
    this.#columns.low[at] = row.low;
    this.#columns.close[at] = row.close;
    this.#columns.volume[at] = row.volume;
    this.#lines[at] = row.line;
    this.#length += 1;
  }

  /** Gives the checked table. Throws `DataFileError` with line, column and reason. */
  finish(): CandleTable {
    const rows = sliceColumns(this.#columns, 0, this.#length);
    const lines = this.#lines.subarray(0, this.#length);
    const table = computing(() => loadNative().checkCandleRows(rows, lines, addonRules(this.#options)));
    return takeTable(this.#path, table);
  }

  #grow(): void {
    const size = this.#length * 2;
    const columns = allocateColumns(size);
    for (const name of columnNames) columns[name].set(this.#columns[name]);
    const lines = new Float64Array(size);
    lines.set(this.#lines);
    this.#columns = columns;
    this.#lines = lines;
  }
}

/** Gives one row of a table as a candle. */
export function candleAt(table: CandleTable, index: number): Candle {
  return {
    openTimeMs: table.openTimeMs[index] as EpochMs,
    open: table.open[index] as number,
    high: table.high[index] as number,
    low: table.low[index] as number,
    close: table.close[index] as number,
    volume: table.volume[index] as number,
  };
}
