/** Joins trades to candles on the UTC grid. */

import { bucketOpenMs } from '../../shared/domain/candle.ts';
import { type CandleRow, CandleTableBuilder } from '../candle-files/candle-table.ts';
import { DataFileError } from '../candle-files/data-file-error.ts';
import type { DataFormat, EachTrade, ImportedData, ImportOptions } from './format.ts';
import { type TradeRow, TradeRowCheck } from './trade-rows.ts';

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
class TradeCandles {
  readonly #path: string;
  readonly #options: ImportOptions;
  readonly #timeframeMs: number;
  readonly #check: TradeRowCheck;
  readonly #buckets = new Map<number, Bucket>();
  #newestMs = Number.NEGATIVE_INFINITY;

  constructor(path: string, options: ImportOptions) {
    this.#path = path;
    this.#options = options;
    this.#check = new TradeRowCheck(path, 'zero');
    this.#timeframeMs = options.timeframeMs ?? minuteMs;
  }

  /** Adds a trade. Throws `DataFileError`. */
  add(trade: TradeRow): void {
    if (!this.#check.take(trade)) return;
    const { line, timeMs, price, amount } = trade;
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
        duplicates: this.#check.duplicates,
        timeframeMs: this.#timeframeMs,
      },
      lastIsProvisional: true,
      isJoined: true,
    };
  }
}

/** Makes the reader of candles of a reader of trades. */
export function joinTrades(eachTrade: EachTrade): NonNullable<DataFormat['read']> {
  return async (path, options) => {
    const candles = new TradeCandles(path, options);
    await eachTrade(path, options, (trade) => candles.add(trade));
    return candles.finish();
  };
}
