/** Candles as columns: allocate, convert, cut, merge. */

import type { Candle } from '../../shared/domain/candle.ts';
import { epochMs } from '../../shared/domain/nominal.ts';
import type { CandleColumns } from './addon.ts';

export type { CandleColumns } from './addon.ts';

/** Names of the columns, in storage order. */
export const columnNames = ['openTimeMs', 'open', 'high', 'low', 'close', 'volume'] as const;

/** Columns of `rows` zeros. */
export function allocateColumns(rows: number): CandleColumns {
  return mapColumns(() => new Float64Array(rows));
}

/** Columns of these candles. */
export function columnsOf(candles: readonly Candle[]): CandleColumns {
  return mapColumns((name) => Float64Array.from(candles, (candle) => candle[name]));
}

/** The candle of a row. Throws a `RangeError` when there is none. */
export function candleAt(columns: CandleColumns, row: number): Candle {
  const value = (name: (typeof columnNames)[number]): number => {
    const found = columns[name][row];
    if (found === undefined) throw new RangeError(`row ${row} of ${columns[name].length}`);
    return found;
  };
  return {
    openTimeMs: epochMs(value('openTimeMs')),
    open: value('open'),
    high: value('high'),
    low: value('low'),
    close: value('close'),
    volume: value('volume'),
  };
}

/** All rows as candles. */
export function candlesOf(columns: CandleColumns): Candle[] {
  return Array.from(columns.openTimeMs, (_, row) => candleAt(columns, row));
}

/** Views of rows `start` to `end` (not included); they share memory with the columns. */
export function sliceColumns(columns: CandleColumns, start: number, end: number): CandleColumns {
  return mapColumns((name) => columns[name].subarray(start, end));
}

/** Both series as one, by time; where both have a candle, that of `newer` stands. Both must rise in time. */
export function mergeColumns(older: CandleColumns, newer: CandleColumns): CandleColumns {
  const merged = allocateColumns(older.openTimeMs.length + newer.openTimeMs.length);
  let rows = 0;
  let a = 0;
  let b = 0;
  const take = (source: CandleColumns, row: number): void => {
    for (const name of columnNames) merged[name][rows] = source[name][row] as number;
    rows += 1;
  };
  while (a < older.openTimeMs.length || b < newer.openTimeMs.length) {
    const timeA = older.openTimeMs[a] ?? Number.POSITIVE_INFINITY;
    const timeB = newer.openTimeMs[b] ?? Number.POSITIVE_INFINITY;
    if (timeA < timeB) take(older, a);
    else take(newer, b);
    if (timeA <= timeB) a += 1;
    if (timeB <= timeA) b += 1;
  }
  return mapColumns((name) => merged[name].slice(0, rows));
}

function mapColumns(column: (name: (typeof columnNames)[number]) => Float64Array): CandleColumns {
  return {
    openTimeMs: column('openTimeMs'),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  };
}
