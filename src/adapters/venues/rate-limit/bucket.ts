/**
 * One bucket of request tokens. A token comes back exactly one window after it was taken (rounded up to a slot),
 * so no window of that length, wherever it starts, ever sees more than `limit`: a bucket that refills evenly
 * would let through twice the limit around a burst, which a venue with fixed windows answers with 429.
 */

/** A limit a venue states: at most `limit` weight in any `windowMs`. */
export interface RatePool {
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
}

const slotsPerWindow = 60;

/** Token bucket with delayed return. Times are monotonic milliseconds. */
export class TokenBucket {
  readonly pool: RatePool;
  readonly #slotMs: number;
  /** Weight taken in each slot of the ring, and which slot number each cell holds. */
  readonly #weights: Float64Array;
  readonly #slotNumbers: Float64Array;
  #used = 0;
  #expiredUpTo = Number.NEGATIVE_INFINITY;

  constructor(pool: RatePool) {
    if (!(pool.limit > 0) || !(pool.windowMs > 0)) {
      throw new RangeError(`rate pool ${pool.name} needs a limit and a window above zero`);
    }
    this.pool = pool;
    this.#slotMs = pool.windowMs / slotsPerWindow;
    this.#weights = new Float64Array(slotsPerWindow + 2);
    this.#slotNumbers = new Float64Array(slotsPerWindow + 2).fill(Number.NEGATIVE_INFINITY);
  }

  /** Gives the weight taken during the window that ends at `nowMs`. */
  used(nowMs: number): number {
    this.#expire(nowMs);
    return this.#used;
  }

  /** Takes `weight` whether or not it is there. */
  take(weight: number, nowMs: number): void {
    this.#expire(nowMs);
    const slot = Math.floor(nowMs / this.#slotMs);
    const cell = this.#cellOf(slot);
    if (this.#slotNumbers[cell] !== slot) {
      this.#slotNumbers[cell] = slot;
      this.#weights[cell] = 0;
    }
    this.#weights[cell] = (this.#weights[cell] as number) + weight;
    this.#used += weight;
  }

  /** Gives the time to wait until `weight` fits below `ceiling`; Infinity when it never will. */
  waitMs(weight: number, ceiling: number, nowMs: number): number {
    this.#expire(nowMs);
    if (weight > ceiling) return Number.POSITIVE_INFINITY;
    let toReturn = this.#used + weight - ceiling;
    if (toReturn <= 0) return 0;
    const slotNow = Math.floor(nowMs / this.#slotMs);
    for (let slot = slotNow - slotsPerWindow; slot <= slotNow; slot += 1) {
      const cell = this.#cellOf(slot);
      if (this.#slotNumbers[cell] !== slot) continue;
      toReturn -= this.#weights[cell] as number;
      if (toReturn <= 0) return Math.max(1, (slot + 1 + slotsPerWindow) * this.#slotMs - nowMs);
    }
    return this.pool.windowMs;
  }

  /** Believes a venue that counts more than we do: somebody else uses the same address or key. */
  raiseTo(usedAtVenue: number, nowMs: number): void {
    const missing = usedAtVenue - this.used(nowMs);
    if (missing > 0) this.take(missing, nowMs);
  }

  #cellOf(slot: number): number {
    const size = this.#weights.length;
    return ((slot % size) + size) % size;
  }

  #expire(nowMs: number): void {
    const slotNow = Math.floor(nowMs / this.#slotMs);
    if (slotNow === this.#expiredUpTo) return;
    this.#expiredUpTo = slotNow;
    let used = 0;
    for (let cell = 0; cell < this.#weights.length; cell += 1) {
      if ((this.#slotNumbers[cell] as number) < slotNow - slotsPerWindow) {
        this.#weights[cell] = 0;
        this.#slotNumbers[cell] = Number.NEGATIVE_INFINITY;
      }
      used += this.#weights[cell] as number;
    }
    this.#used = used;
  }
}
