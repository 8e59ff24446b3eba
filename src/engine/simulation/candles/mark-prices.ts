/**
 * Mark prices beside the candles of a series. Inside a candle the mark is taken to move with the price: it is at its lowest
 * when the price is, and at its highest likewise.
 */

/** Mark prices in ticks: candle by candle of their own timeframe, and the range of each candle of the series. */
export interface MarkPrices {
  readonly timesMs: Float64Array;
  readonly open: Float64Array;
  /** By row of the series; NaN where no mark price is known, and the price itself counts. */
  readonly rowLow: Float64Array;
  readonly rowHigh: Float64Array;
}

/** The range of prices of one candle, and that of its mark prices. */
export interface MarkRange {
  readonly low: number;
  readonly high: number;
  readonly markLow: number;
  readonly markHigh: number;
}

/** Gives the mark price at a price, in whole ticks; where the price stands still, the mark that hurts this position. */
export function markAt(
  { low, high, markLow, markHigh }: MarkRange,
  ticks: number,
  positionSign: number,
): number {
  if (high <= low) return positionSign < 0 ? markHigh : markLow;
  const part = Math.min(1, Math.max(0, (ticks - low) / (high - low)));
  return Math.round(markLow + part * (markHigh - markLow));
}

/** Gives the price at which the mark has reached `mark`, beyond the candle's range where it does not; in whole ticks. */
export function priceAtMark(
  { low, high, markLow, markHigh }: MarkRange,
  mark: number,
  positionSign: number,
): number {
  const isLong = positionSign > 0;
  if (isLong ? markLow > mark : markHigh < mark) return isLong ? low - 1 : high + 1;
  if (markHigh <= markLow || high <= low) return isLong ? high : low;
  const ticks = low + ((mark - markLow) * (high - low)) / (markHigh - markLow);
  return isLong ? Math.min(high, Math.floor(ticks)) : Math.max(low, Math.ceil(ticks));
}

/**
 * Gives the open of the newest mark candle that opened at or before a time, but not before `sinceMs`; undefined where
 * there is none.
 */
export function markOpenAt(
  { timesMs, open }: MarkPrices,
  timeMs: number,
  sinceMs: number,
): number | undefined {
  let [low, high] = [0, timesMs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesMs[middle] as number) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return (timesMs[low - 1] ?? Number.NEGATIVE_INFINITY) >= sinceMs ? open[low - 1] : undefined;
}
