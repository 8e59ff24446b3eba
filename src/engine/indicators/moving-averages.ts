/**
 * Moving averages, fed one value at a time in constant time. The definitions are those of the native core:
 * SMA is the mean of the last n values; EMA is seeded by the SMA of the first n values, then moves by 2/(n+1) of
 * the distance.
 */

/** A sum that keeps the rounding error of every addition, so that adding and removing values leaves no drift. */
class ErrorFreeSum {
  #high = 0;
  #low = 0;

  add(value: number): void {
    const sum = this.#high + value;
    const part = sum - this.#high;
    this.#low += this.#high - (sum - part) + (value - part);
    this.#high = sum;
  }

  get value(): number {
    return this.#high + this.#low;
  }
}

function checkPeriod(period: number): void {
  if (!Number.isSafeInteger(period) || period < 1)
    throw new RangeError(`period must be a whole number of at least 1, not ${period}`);
}

function checkValue(value: number): void {
  if (!Number.isFinite(value)) throw new RangeError(`an average takes finite numbers, not ${value}`);
}

/**
 * Simple moving average. Exact for whole numbers (prices in ticks) while the sum stays below 2^53; for other
 * values the running sum carries its own rounding error along, so it does not drift.
 */
export class Sma {
  readonly period: number;
  readonly #window: Float64Array;
  readonly #sum = new ErrorFreeSum();
  #count = 0;
  #next = 0;

  constructor(period: number) {
    checkPeriod(period);
    this.period = period;
    this.#window = new Float64Array(period);
  }

  /** Takes the next value. Throws for NaN and infinities. */
  push(value: number): void {
    checkValue(value);
    if (this.#count >= this.period) this.#sum.add(-(this.#window[this.#next] as number));
    this.#sum.add(value);
    this.#window[this.#next] = value;
    this.#next = (this.#next + 1) % this.period;
    this.#count = Math.min(this.#count + 1, this.period);
  }

  get ready(): boolean {
    return this.#count >= this.period;
  }

  /** The sum of the window; exact for whole numbers. */
  get sum(): number {
    return this.#sum.value;
  }

  /** The average, or undefined before n values. */
  get value(): number | undefined {
    return this.ready ? this.#sum.value / this.period : undefined;
  }
}

/** What an `Ema` needs to go on after a restart. */
export interface EmaSnapshot {
  readonly count: number;
  readonly seedSum: number;
  readonly value: number;
}

/** Exponential moving average, seeded by the mean of the first n values. */
export class Ema {
  readonly period: number;
  readonly #factor: number;
  #count = 0;
  #seedSum = 0;
  #value = 0;

  constructor(period: number, snapshot?: EmaSnapshot) {
    checkPeriod(period);
    this.period = period;
    this.#factor = 2 / (period + 1);
    if (snapshot !== undefined) {
      this.#count = snapshot.count;
      this.#seedSum = snapshot.seedSum;
      this.#value = snapshot.value;
    }
  }

  /** Takes the next value. Throws for NaN and infinities. */
  push(value: number): void {
    checkValue(value);
    this.#count += 1;
    if (this.#count < this.period) {
      this.#seedSum += value;
    } else if (this.#count === this.period) {
      this.#seedSum += value;
      this.#value = this.#seedSum / this.period;
    } else {
      this.#value += this.#factor * (value - this.#value);
    }
  }

  get ready(): boolean {
    return this.#count >= this.period;
  }

  /** The average, or undefined before n values. */
  get value(): number | undefined {
    return this.ready ? this.#value : undefined;
  }

  snapshot(): EmaSnapshot {
    return { count: this.#count, seedSum: this.#seedSum, value: this.#value };
  }
}

function compareProducts(a: number, b: number, c: number, d: number): -1 | 0 | 1 {
  const left = a * b;
  const right = c * d;
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right))
    return left < right ? -1 : left > right ? 1 : 0;
  if (Number.isSafeInteger(a) && Number.isSafeInteger(c)) {
    const exactLeft = BigInt(a) * BigInt(b);
    const exactRight = BigInt(c) * BigInt(d);
    return exactLeft < exactRight ? -1 : exactLeft > exactRight ? 1 : 0;
  }
  return compareWithTolerance(left, right);
}

/** Two doubles that came out of different roundings count as equal within a few units of the last place. */
const relativeTolerance = 1e-12;

function compareWithTolerance(left: number, right: number): -1 | 0 | 1 {
  const difference = left - right;
  if (Math.abs(difference) <= relativeTolerance * Math.max(Math.abs(left), Math.abs(right))) return 0;
  return difference < 0 ? -1 : 1;
}

/**
 * Compares two averages: -1 when the first is lower, 0 for a tie, 1 when it is higher; undefined until both are
 * ready. Two SMAs of whole numbers are compared exactly (sums cross-multiplied, no division); all others within a
 * relative tolerance of 1e-12, so that rounding cannot turn a tie into a signal.
 */
export function compareAverages(first: Sma | Ema, second: Sma | Ema): -1 | 0 | 1 | undefined {
  if (!first.ready || !second.ready) return undefined;
  if (first instanceof Sma && second instanceof Sma) {
    return compareProducts(first.sum, second.period, second.sum, first.period);
  }
  return compareWithTolerance(first.value as number, second.value as number);
}
