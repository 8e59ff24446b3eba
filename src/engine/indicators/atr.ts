/** Average true range after Wilder, fed one candle at a time in constant time. */

/** High, low and close of a candle. */
export interface TrueRangeBar {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/**
 * ATR with Wilder smoothing, seeded by the mean of the first n true ranges. The first candle has no previous close
 * and therefore no true range, so the value is ready after n + 1 candles.
 */
export class Atr {
  readonly period: number;
  #ranges = 0;
  #previousClose: number | undefined;
  #value = 0;

  constructor(period: number) {
    if (!Number.isSafeInteger(period) || period < 1) {
      throw new RangeError(`period must be a whole number of at least 1, not ${period}`);
    }
    this.period = period;
  }

  /** Takes the next candle. Throws for NaN and infinities. */
  push(bar: TrueRangeBar): void {
    if (!Number.isFinite(bar.high) || !Number.isFinite(bar.low) || !Number.isFinite(bar.close)) {
      throw new RangeError('ATR takes candles of finite numbers');
    }
    const previous = this.#previousClose;
    this.#previousClose = bar.close;
    if (previous === undefined) return;
    const range = Math.max(bar.high, previous) - Math.min(bar.low, previous);
    this.#ranges += 1;
    if (this.#ranges < this.period) this.#value += range;
    else if (this.#ranges === this.period) this.#value = (this.#value + range) / this.period;
    else this.#value = (this.#value * (this.period - 1) + range) / this.period;
  }

  get ready(): boolean {
    return this.#ranges >= this.period;
  }

  /** The average true range in price units, or undefined before n + 1 candles. */
  get value(): number | undefined {
    return this.ready ? this.#value : undefined;
  }
}
