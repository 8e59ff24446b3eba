/**
 * Candles of one instrument and timeframe, made from the tape. The candle in the making is provisional; it becomes
 * final when its time is over. A minute without a trade gives a flat candle without volume, as exchanges do.
 */

import { bucketOpenMs, type Candle } from '../../shared/domain/candle.ts';
import type { EpochMs } from '../../shared/domain/nominal.ts';

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Closed candles kept in memory; older ones are in the candle store. Twice as many before the older half is dropped. */
const keptMax = 4000;

export class CandleSeries {
  readonly timeframeMs: number;
  /** Closed candles, oldest first. */
  readonly closed: Candle[] = [];
  private openTimeMs = -1;
  private open = 0;
  private high = 0;
  private low = 0;
  private close = 0;
  private volume = 0;
  /** Candles after the one in the making, oldest first: begun by trades that came before it was final. */
  private readonly begun: Mutable<Candle>[] = [];

  constructor(timeframeMs: number) {
    this.timeframeMs = timeframeMs;
  }

  /** When the candle in the making is over; Infinity before the first price. */
  get closesAtMs(): number {
    return this.openTimeMs < 0 ? Number.POSITIVE_INFINITY : this.openTimeMs + this.timeframeMs;
  }

  /** The newest provisional candle, or undefined before the first price. */
  get current(): Candle | undefined {
    const newest = this.begun.at(-1);
    if (newest !== undefined) return { ...newest };
    return this.openTimeMs < 0 ? undefined : this.inTheMaking();
  }

  private inTheMaking(): Candle {
    return {
      openTimeMs: this.openTimeMs as EpochMs,
      open: this.open,
      high: this.high,
      low: this.low,
      close: this.close,
      volume: this.volume,
    };
  }

  /** Puts closed candles before and after those that are there; used to warm up. They must be in order and in the past. */
  seed(candles: readonly Candle[]): void {
    const firstKnownMs = this.closed.at(0)?.openTimeMs ?? Number.POSITIVE_INFINITY;
    const lastKnownMs = this.closed.at(-1)?.openTimeMs ?? Number.NEGATIVE_INFINITY;
    const older: Candle[] = [];
    for (const candle of candles) {
      if (this.openTimeMs >= 0 && candle.openTimeMs >= this.openTimeMs) continue;
      if (candle.openTimeMs < firstKnownMs && firstKnownMs !== Number.POSITIVE_INFINITY) older.push(candle);
      else if (candle.openTimeMs > lastKnownMs) this.closed.push(candle);
    }
    if (older.length > 0) this.closed.unshift(...older);
    this.trim();
    if (this.openTimeMs < 0) {
      const last = this.closed.at(-1);
      if (last !== undefined) {
        this.openTimeMs = last.openTimeMs + this.timeframeMs;
        this.open = this.high = this.low = this.close = last.close;
        this.volume = 0;
      }
    }
  }

  /**
   * Adds a trade. A trade of a time that is already closed is left out: a final candle never changes. One of a later
   * time does not close the candle in the making: late trades of that may still come.
   */
  addTrade(timeMs: number, price: number, quantity: number): void {
    const bucketMs = bucketOpenMs(timeMs, this.timeframeMs);
    if (bucketMs < this.openTimeMs) return;
    if (bucketMs > this.openTimeMs) {
      if (this.openTimeMs >= 0) {
        this.addAhead(bucketMs, price, quantity);
        return;
      }
      this.openTimeMs = bucketMs;
      this.open = this.high = this.low = price;
      this.volume = 0;
    } else if (this.volume === 0) {
      this.open = this.high = this.low = price;
    } else if (price > this.high) this.high = price;
    else if (price < this.low) this.low = price;
    this.close = price;
    this.volume += quantity;
  }

  /** Takes a finer candle into the one in the making: what was traded in this bucket before the series existed. */
  absorb(candle: Candle): void {
    if (candle.openTimeMs < this.openTimeMs || candle.openTimeMs >= this.closesAtMs) return;
    if (this.volume === 0) {
      this.open = candle.open;
      this.high = candle.high;
      this.low = candle.low;
    } else {
      this.high = Math.max(this.high, candle.high);
      this.low = Math.min(this.low, candle.low);
    }
    this.close = candle.close;
    this.volume += candle.volume;
  }

  /** Closes the candle in the making when its time is over at `nowMs`; gives it, or undefined. Call until undefined. */
  closeDue(nowMs: number): Candle | undefined {
    if (this.openTimeMs < 0 || nowMs < this.openTimeMs + this.timeframeMs) return undefined;
    const candle = this.inTheMaking();
    this.closed.push(candle);
    this.trim();
    this.goOnFrom(this.openTimeMs + this.timeframeMs, candle.close);
    return candle;
  }

  /** Begins the candle of a time, flat at `close` or as far as trades that came early have made it. */
  private goOnFrom(openTimeMs: number, close: number): void {
    while ((this.begun[0]?.openTimeMs ?? Number.POSITIVE_INFINITY) < openTimeMs) this.begun.shift();
    this.openTimeMs = openTimeMs;
    const begun = this.begun[0]?.openTimeMs === openTimeMs ? this.begun.shift() : undefined;
    this.open = begun?.open ?? close;
    this.high = begun?.high ?? close;
    this.low = begun?.low ?? close;
    this.close = begun?.close ?? close;
    this.volume = begun?.volume ?? 0;
  }

  private addAhead(bucketMs: number, price: number, quantity: number): void {
    let index = this.begun.length;
    while (index > 0 && (this.begun[index - 1] as Candle).openTimeMs > bucketMs) index -= 1;
    const known = this.begun[index - 1];
    if (known?.openTimeMs === bucketMs) {
      known.high = Math.max(known.high, price);
      known.low = Math.min(known.low, price);
      known.close = price;
      known.volume += quantity;
      return;
    }
    const candle = { open: price, high: price, low: price, close: price, volume: quantity };
    this.begun.splice(index, 0, { openTimeMs: bucketMs as EpochMs, ...candle });
  }

  /** Takes a final candle the venue or a recording gives; replaces one of the same time. */
  addFinal(candle: Candle): boolean {
    const last = this.closed.at(-1);
    if (last !== undefined && candle.openTimeMs <= last.openTimeMs) {
      if (candle.openTimeMs === last.openTimeMs) this.closed[this.closed.length - 1] = candle;
      return false;
    }
    this.closed.push(candle);
    this.trim();
    if (this.openTimeMs <= candle.openTimeMs)
      this.goOnFrom(candle.openTimeMs + this.timeframeMs, candle.close);
    return true;
  }

  /** Jumps over a time in which nothing was heard of the market: no candles are invented for it. */
  skipTo(nowMs: number): void {
    if (this.openTimeMs < 0) return;
    const bucketMs = bucketOpenMs(nowMs, this.timeframeMs);
    if (bucketMs > this.openTimeMs) this.goOnFrom(bucketMs, this.close);
  }

  private trim(): void {
    if (this.closed.length > keptMax * 2) this.closed.splice(0, this.closed.length - keptMax);
  }
}
