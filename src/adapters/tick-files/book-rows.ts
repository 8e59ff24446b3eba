/** Makes a stored order book recording ready to be run through, on both of its clocks. */

import { type BookRows, messageStart } from '../../engine/simulation/books/book-rows.ts';
import { bucketOpenMs } from '../../shared/domain/candle.ts';
import { tickKinds } from '../../shared/domain/tick-kinds.ts';
import { allocateColumns, type CandleColumns } from '../compute/candle-columns.ts';
import { tradeCandles, tradePrices } from './tick-candles.ts';
import { kindAt, lotsAt, type TickColumns, wholeMsAt } from './tick-columns.ts';

/** A row that no order book can have, counted from 0, and why. */
export interface BadBookRow {
  readonly row: number;
  readonly reason: string;
}

/** Whole numbers that a double holds exactly. */
const exactMaximum = Number.MAX_SAFE_INTEGER;

/** Gives the rows, in steps of the columns; or the first row that cannot be used. */
export function bookRows(columns: TickColumns): BookRows | BadBookRow {
  const { exchangeNs, priceTicks, receiveNs } = columns;
  const count = priceTicks.length;
  const kinds = new Uint8Array(count);
  const ticks = new Float64Array(count);
  const lots = new Float64Array(count);
  const exchangeMs = new Float64Array(count);
  const receiveMs = new Float64Array(count);
  /** Nanoseconds since the first row: exact over a hundred days, and quicker to compare than whole numbers of 64 bits. */
  const sinceFirst = new Float64Array(count);
  let isInOrder = true;
  for (let row = 0; row < count; row += 1) {
    const kind = kindAt(columns, row);
    ticks[row] = priceTicks[row] as number;
    lots[row] = lotsAt(columns, row);
    const isLevel = kind < tickKinds.bidClear;
    if (isLevel && !((ticks[row] as number) > 0)) return { row, reason: 'its price is not above zero' };
    if ((lots[row] as number) > exactMaximum) return { row, reason: 'its size has too many digits' };
    const isSame =
      row > 0 && exchangeNs[row] === exchangeNs[row - 1] && receiveNs[row] === receiveNs[row - 1];
    kinds[row] = isSame ? kind : kind | messageStart;
    exchangeMs[row] = wholeMsAt(exchangeNs, row);
    receiveMs[row] = wholeMsAt(receiveNs, row);
    if (row > 0 && (receiveMs[row] as number) < (receiveMs[row - 1] as number))
      return { row, reason: 'it was received before the row above' };
    sinceFirst[row] = Number((exchangeNs[row] as bigint) - (exchangeNs[0] as bigint));
    if (row > 0 && (sinceFirst[row] as number) < (sinceFirst[row - 1] as number)) isInOrder = false;
  }
  return {
    kinds,
    ticks,
    lots,
    exchangeMs,
    receiveMs,
    exchangeOrder: isInOrder ? undefined : orderOf(sinceFirst),
  };
}

/** Gives the rows in steps that are so many times finer. */
export function inFinerSteps(rows: BookRows, tickFactor: number, lotFactor: number): BookRows {
  const times = (column: Float64Array, factor: number): Float64Array =>
    factor === 1 ? column : column.map((value) => value * factor);
  return { ...rows, ticks: times(rows.ticks, tickFactor), lots: times(rows.lots, lotFactor) };
}

/** Row numbers by time; those of one moment keep the order in which they were received. */
function orderOf(times: Float64Array): Uint32Array {
  const order = Uint32Array.from(times, (_, row) => row);
  return order.sort((left, right) => (times[left] as number) - (times[right] as number) || left - right);
}

/**
 * Gives candles of the recorded trades, as `tradeCandles` does, and flat ones without volume for times in which the book was
 * recorded but nothing was traded. They begin with the first trade. A time in which nothing at all was recorded has no candle.
 */
export function bookCandles(columns: TickColumns, timeframeMs: number): CandleColumns {
  const traded = tradeCandles(tradePrices(columns), timeframeMs);
  const firstMs = traded.openTimeMs[0];
  if (firstMs === undefined) return traded;
  const opens = new Set<number>(traded.openTimeMs);
  for (const times of [columns.exchangeNs, columns.receiveNs]) {
    let openMs = Number.NaN;
    for (let row = 0; row < times.length; row += 1) {
      const timeMs = wholeMsAt(times, row);
      if (timeMs >= openMs && timeMs < openMs + timeframeMs) continue;
      openMs = bucketOpenMs(timeMs, timeframeMs);
      if (openMs > firstMs) opens.add(openMs);
    }
  }
  const candles = allocateColumns(opens.size);
  candles.openTimeMs.set([...opens].sort((left, right) => left - right));
  let from = -1;
  for (let at = 0; at < opens.size; at += 1) {
    const isTraded = traded.openTimeMs[from + 1] === candles.openTimeMs[at];
    if (isTraded) from += 1;
    const close = traded.close[from] as number;
    candles.open[at] = isTraded ? (traded.open[from] as number) : close;
    candles.high[at] = isTraded ? (traded.high[from] as number) : close;
    candles.low[at] = isTraded ? (traded.low[from] as number) : close;
    candles.close[at] = close;
    candles.volume[at] = isTraded ? (traded.volume[from] as number) : 0;
  }
  return candles;
}
