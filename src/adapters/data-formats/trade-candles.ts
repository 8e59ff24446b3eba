/** Joins trades to candles on the UTC grid. */

import { bucketOpenMs } from '../../shared/domain/candle.ts';
import { type CandleRow, CandleTableBuilder } from '../candle-files/candle-table.ts';
import { DataFileError } from '../candle-files/data-file-error.ts';
import type { ImportedData, ImportOptions } from './format.ts';

/** One trade of a file. */
export interface TradeRow {
  readonly line: number;
  readonly timeMs: number;
  readonly price: number;
  readonly amount: number;
  /** The venue's id, where the file has one: two trades of one id in a row are one trade. */
  readonly id?: string | undefined;
}

const minuteMs = 60_000;

interface Bucket {
  row: CandleRow;
  firstMs: number;
  lastMs: number;
}

/**
 * Takes trades of a file in its order. Within a candle the earliest trade is the open and the latest the close, whatever
 * the order; a trade that belongs to an earlier candle is refused unless the options say that rows may come in any order.
 */
export class TradeCandles {
  readonly #path: string;
  readonly #options: ImportOptions;
  readonly #timeframeMs: number;
  readonly #buckets = new Map<number, Bucket>();
  #newestMs = Number.NEGATIVE_INFINITY;
  #lastId: string | undefined;
  #duplicates = 0;

  constructor(path: string, options: ImportOptions) {
    this.#path = path;
    this.#options = options;
    this.#timeframeMs = options.timeframeMs ?? minuteMs;
  }

  /** Adds a trade. Throws `DataFileError`. */
  add(trade: TradeRow): void {
    const { line, timeMs, price, amount, id } = trade;
    if (!Number.isSafeInteger(timeMs) || timeMs <= 0)
      throw this.#bad(line, 'timestamp', `${timeMs} is not a time`);
    if (!(price > 0 && Number.isFinite(price)))
      throw this.#bad(line, 'price', `${price} is not a price above zero`);
    if (!(amount >= 0 && Number.isFinite(amount)))
      throw this.#bad(line, 'amount', `${amount} is not a quantity`);
    if (id !== undefined && id === this.#lastId) {
      this.#duplicates += 1;
      return;
    }
    this.#lastId = id;
    const openTimeMs = bucketOpenMs(timeMs, this.#timeframeMs);
    if (openTimeMs < this.#newestMs && this.#options.sort !== true) {
      throw new DataFileError({
        code: 'out-of-order',
        path: this.#path,
        line,
        column: 'timestamp',
        reason: `${timeMs} belongs to a candle before the one of the row above`,
        hint: 'Sort the file by time, oldest first, or import it with --sort.',
      });
    }
    this.#newestMs = Math.max(this.#newestMs, openTimeMs);
    const bucket = this.#buckets.get(openTimeMs);
    if (bucket === undefined) {
      const row = { line, openTimeMs, open: price, high: price, low: price, close: price, volume: amount };
      this.#buckets.set(openTimeMs, { row, firstMs: timeMs, lastMs: timeMs });
      return;
    }
    const { row } = bucket;
    bucket.row = {
      ...row,
      open: timeMs < bucket.firstMs ? price : row.open,
      high: Math.max(row.high, price),
      low: Math.min(row.low, price),
      close: timeMs >= bucket.lastMs ? price : row.close,
      volume: row.volume + amount,
    };
    bucket.firstMs = Math.min(bucket.firstMs, timeMs);
    bucket.lastMs = Math.max(bucket.lastMs, timeMs);
  }

  /** Gives the candles; the last one may lack trades that come after the file. Throws `DataFileError` when there is none. */
  finish(): ImportedData {
    const builder = new CandleTableBuilder(this.#path, { sort: true });
    for (const { row } of this.#buckets.values()) builder.add(row);
    const table = builder.finish();
    return {
      kind: 'candles',
      table: {
        ...table,
        duplicates: this.#duplicates,
        timeframeMs: this.#timeframeMs,
      },
      lastIsProvisional: true,
    };
  }

  #bad(line: number, column: string, reason: string): DataFileError {
    const hint = 'Repair or remove the row.';
    return new DataFileError({ code: 'bad-value', path: this.#path, line, column, reason, hint });
  }
}
