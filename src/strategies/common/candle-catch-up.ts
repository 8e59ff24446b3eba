/** Which candles an indicator still has to be fed after a restart. */

import { bucketOpenMs, type Candle } from '../../shared/domain/candle.ts';

export interface CatchUp {
  /** True when the indicator must start anew: nothing was kept, or candles are missing in between. */
  readonly fresh: boolean;
  readonly candles: readonly Candle[];
}

/**
 * Gives the candles after the last one an indicator has seen. When the next one is not there any more (a long
 * stop), gives all known candles to start anew.
 */
export function candlesToFeed(
  candles: readonly Candle[],
  lastOpenTimeMs: number | null,
  timeframeMs: number,
): CatchUp {
  if (lastOpenTimeMs === null) return { fresh: true, candles };
  const newer = candles.filter((candle) => candle.openTimeMs > lastOpenTimeMs);
  const next = newer[0];
  if (next !== undefined && next.openTimeMs !== lastOpenTimeMs + timeframeMs) return { fresh: true, candles };
  return { fresh: false, candles: newer };
}

/** Gives the next time a candle of this timeframe closes. */
export function nextCloseMs(nowMs: number, timeframeMs: number): number {
  return bucketOpenMs(nowMs, timeframeMs) + timeframeMs;
}
