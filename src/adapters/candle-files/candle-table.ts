/** Candles in columns, and the one place where every row of every format is checked. */

import type { Candle } from '../../shared/domain/candle.ts';
import type { EpochMs } from '../../shared/domain/nominal.ts';
import { DataFileError, type DataFileErrorCode } from './data-file-error.ts';

export const candleColumns = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const;
export type CandleColumn = (typeof candleColumns)[number];

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

const timeMinimumMs = 946_684_800_000;
const timeMaximumMs = 4_102_444_800_000;
const rowsMaximum = 50_000_000;
const decimalsMaximum = 15;

/** Collects rows, checks each, and gives the table once all were good. */
export class CandleTableBuilder {
  readonly #path: string;
  #capacity = 4_096;
  #columns = Array.from({ length: 6 }, () => new Float64Array(4_096));
  #length = 0;
  #priceDecimals = 0;
  #volumeDecimals = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Checks and adds a row. Throws `DataFileError` with its line and what is wrong. */
  add(row: CandleRow): void {
    const { line, openTimeMs } = row;
    if (!Number.isSafeInteger(openTimeMs) || openTimeMs < timeMinimumMs || openTimeMs > timeMaximumMs) {
      throw this.#error(
        'bad-value',
        line,
        'timestamp',
        `${openTimeMs} is not a time between 2000 and 2100`,
        'Check the unit: seconds, milliseconds or ISO text.',
      );
    }
    this.#positive(row.open, line, 'open');
    this.#positive(row.high, line, 'high');
    this.#positive(row.low, line, 'low');
    this.#positive(row.close, line, 'close');
    if (!Number.isFinite(row.volume) || row.volume < 0) {
      throw this.#error(
        'bad-value',
        line,
        'volume',
        `${row.volume} is not a volume`,
        'A volume is zero or more.',
      );
    }
    if (row.low > row.high)
      throw this.#error(
        'inconsistent-candle',
        line,
        undefined,
        `low ${row.low} is above high ${row.high}`,
        'Repair or remove the row.',
      );
    if (Math.min(row.open, row.close) < row.low || Math.max(row.open, row.close) > row.high) {
      throw this.#error(
        'inconsistent-candle',
        line,
        undefined,
        `open ${row.open} or close ${row.close} lies outside of low ${row.low} and high ${row.high}`,
        'Repair or remove the row.',
      );
    }
    if (this.#length > 0) {
      const previousMs = (this.#columns[0] as Float64Array)[this.#length - 1] as number;
      if (openTimeMs === previousMs)
        throw this.#error(
          'duplicate',
          line,
          'timestamp',
          `${openTimeMs} occurs twice`,
          'Remove one of the rows.',
        );
      if (openTimeMs < previousMs)
        throw this.#error(
          'out-of-order',
          line,
          'timestamp',
          `${openTimeMs} comes after ${previousMs}`,
          'Sort the file by time, oldest first.',
        );
    }
    if (this.#length >= rowsMaximum)
      throw this.#error('too-large', line, undefined, `more than ${rowsMaximum} rows`, 'Split the file.');
    this.#append(row);
  }

  /** Gives the checked table. Throws `DataFileError` when there is no row, or when the distances fit no timeframe. */
  finish(): CandleTable {
    const length = this.#length;
    if (length === 0)
      throw this.#error('empty', undefined, undefined, 'there is no candle in it', 'Check the file.');
    const [openTimeMs, open, high, low, close, volume] = this.#columns.map((column) =>
      column.slice(0, length),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
    let timeframeMs = Number.POSITIVE_INFINITY;
    for (let index = 1; index < length; index += 1) {
      timeframeMs = Math.min(timeframeMs, (openTimeMs[index] as number) - (openTimeMs[index - 1] as number));
    }
    if (timeframeMs === Number.POSITIVE_INFINITY) timeframeMs = 0;
    const gaps: CandleGap[] = [];
    let missing = 0;
    for (let index = 1; index < length; index += 1) {
      const distanceMs = (openTimeMs[index] as number) - (openTimeMs[index - 1] as number);
      if (distanceMs === timeframeMs) continue;
      const absent = Math.max(1, Math.round(distanceMs / timeframeMs) - 1);
      missing += absent;
      gaps.push({
        fromMs: ((openTimeMs[index - 1] as number) + timeframeMs) as EpochMs,
        toMs: ((openTimeMs[index] as number) - timeframeMs) as EpochMs,
        missing: absent,
      });
    }
    return {
      length,
      openTimeMs,
      open,
      high,
      low,
      close,
      volume,
      timeframeMs,
      gaps,
      missing,
      priceDecimals: this.#priceDecimals,
      volumeDecimals: this.#volumeDecimals,
    };
  }

  #positive(value: number, line: number, column: CandleColumn): void {
    if (!Number.isFinite(value))
      throw this.#error('bad-value', line, column, `${value} is not a price`, 'Repair or remove the row.');
    if (value <= 0)
      throw this.#error(
        'not-positive',
        line,
        column,
        `${value} is not above zero`,
        'Repair or remove the row.',
      );
  }

  #append(row: CandleRow): void {
    if (this.#length === this.#capacity) {
      this.#capacity *= 2;
      this.#columns = this.#columns.map((column) => {
        const grown = new Float64Array(this.#capacity);
        grown.set(column);
        return grown;
      });
    }
    const values = [row.openTimeMs, row.open, row.high, row.low, row.close, row.volume];
    for (let column = 0; column < 6; column += 1)
      (this.#columns[column] as Float64Array)[this.#length] = values[column] as number;
    this.#length += 1;
    this.#priceDecimals = decimalsAtLeast(
      row.close,
      decimalsAtLeast(row.low, decimalsAtLeast(row.high, decimalsAtLeast(row.open, this.#priceDecimals))),
    );
    this.#volumeDecimals = decimalsAtLeast(row.volume, this.#volumeDecimals);
  }

  #error(
    code: DataFileErrorCode,
    line: number | undefined,
    column: string | undefined,
    reason: string,
    hint: string,
  ): DataFileError {
    return new DataFileError({ code, path: this.#path, line, column, reason, hint });
  }
}

const powersOfTen = Array.from({ length: decimalsMaximum + 1 }, (_, exponent) => 10 ** exponent);

/** Gives how many decimals a double needs, never fewer than `atLeast`: cheap once the finest value was seen. */
function decimalsAtLeast(value: number, atLeast: number): number {
  let decimals = atLeast;
  while (decimals < decimalsMaximum) {
    const scaled = value * (powersOfTen[decimals] as number);
    if (Math.abs(scaled - Math.round(scaled)) <= Math.max(1e-9, scaled * 1e-13)) break;
    decimals += 1;
  }
  return decimals;
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
