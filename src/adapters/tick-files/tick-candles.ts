/** Joins packed trades to candles of any timeframe. */

import { bucketOpenMs } from '../../shared/domain/candle.ts';
import { tickKinds } from '../../shared/domain/tick-kinds.ts';
import { allocateColumns, type CandleColumns } from '../compute/candle-columns.ts';
import { kindAt, lotsAt, type TickColumns, wholeMsAt } from './tick-columns.ts';

/** Single trades with what they say of the price. */
export interface TradePrices {
  /** When they were received, whole epoch ms UTC, never falling. */
  readonly timesMs: Float64Array;
  readonly prices: Float64Array;
  /** Base currency. */
  readonly quantities: Float64Array;
}

/** Gives times, prices and quantities of the trades among the rows, as doubles. */
export function tradePrices(columns: TickColumns): TradePrices {
  const { tick, lot, priceTicks, receiveNs } = columns;
  const isTrade = (row: number): boolean => {
    const kind = kindAt(columns, row);
    return kind === tickKinds.buyTrade || kind === tickKinds.sellTrade;
  };
  let count = 0;
  for (let row = 0; row < priceTicks.length; row += 1) if (isTrade(row)) count += 1;
  const timesMs = new Float64Array(count);
  const prices = new Float64Array(count);
  const quantities = new Float64Array(count);
  const [tickPower, lotPower] = [10 ** tick.decimals, 10 ** lot.decimals];
  for (let row = 0, at = 0; row < priceTicks.length; row += 1) {
    if (!isTrade(row)) continue;
    timesMs[at] = wholeMsAt(receiveNs, row);
    prices[at] = ((priceTicks[row] as number) * tick.mantissa) / tickPower;
    quantities[at] = (lotsAt(columns, row) * lot.mantissa) / lotPower;
    at += 1;
  }
  return { timesMs, prices, quantities };
}

/**
 * Gives candles on the grid of `bucketOpenMs`: first, highest, lowest and last price, summed quantities. A stretch without a
 * trade has no candle. The first and the last one may lack trades that lie outside of the data.
 */
export function tradeCandles(
  { timesMs, prices, quantities }: TradePrices,
  timeframeMs: number,
): CandleColumns {
  let count = 0;
  let openMs = Number.NaN;
  for (const timeMs of timesMs) {
    if (timeMs >= openMs && timeMs < openMs + timeframeMs) continue;
    openMs = bucketOpenMs(timeMs, timeframeMs);
    count += 1;
  }
  const candles = allocateColumns(count);
  let at = -1;
  openMs = Number.NaN;
  for (let row = 0; row < timesMs.length; row += 1) {
    const [timeMs, price] = [timesMs[row] as number, prices[row] as number];
    if (!(timeMs >= openMs && timeMs < openMs + timeframeMs)) {
      openMs = bucketOpenMs(timeMs, timeframeMs);
      at += 1;
      candles.openTimeMs[at] = openMs;
      candles.open[at] = candles.high[at] = candles.low[at] = price;
    }
    if (price > (candles.high[at] as number)) candles.high[at] = price;
    if (price < (candles.low[at] as number)) candles.low[at] = price;
    candles.close[at] = price;
    candles.volume[at] = (candles.volume[at] as number) + (quantities[row] as number);
  }
  return candles;
}
