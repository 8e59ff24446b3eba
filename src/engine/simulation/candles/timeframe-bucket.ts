/** Makes candles of a longer timeframe out of shorter ones that have closed. */

import { bucketOpenMs, type Candle } from '../../../shared/domain/candle.ts';
import type { EpochMs } from '../../../shared/domain/nominal.ts';

export class TimeframeBucket {
  readonly timeframeMs: number;
  private openTimeMs = -1;
  /** False while the candle in the making began before the data: it is never told. */
  private whole = true;
  private open = 0;
  private high = 0;
  private low = 0;
  private close = 0;
  private volume = 0;

  constructor(timeframeMs: number) {
    this.timeframeMs = timeframeMs;
  }

  /**
   * Takes a closed candle that ends at `closeMs`; `nextOpenMs` is when the one after it opens (Infinity: none). Gives
   * the longer candle when this was its last part.
   */
  add(candle: Candle, closeMs: number, nextOpenMs: number): Candle | undefined {
    const bucketMs = bucketOpenMs(candle.openTimeMs, this.timeframeMs);
    if (bucketMs !== this.openTimeMs) {
      this.whole = this.openTimeMs >= 0 || candle.openTimeMs === bucketMs;
      this.openTimeMs = bucketMs;
      this.open = candle.open;
      this.high = candle.high;
      this.low = candle.low;
      this.volume = 0;
    } else {
      if (candle.high > this.high) this.high = candle.high;
      if (candle.low < this.low) this.low = candle.low;
    }
    this.close = candle.close;
    this.volume += candle.volume;
    const endMs = bucketMs + this.timeframeMs;
    const over = closeMs >= endMs || (nextOpenMs >= endMs && nextOpenMs !== Number.POSITIVE_INFINITY);
    if (!over || !this.whole) return undefined;
    return {
      openTimeMs: bucketMs as EpochMs,
      open: this.open,
      high: this.high,
      low: this.low,
      close: this.close,
      volume: this.volume,
    };
  }
}
