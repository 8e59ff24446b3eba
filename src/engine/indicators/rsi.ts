/** Relative strength index after Wilder, fed one close at a time in constant time. */

/** Averages below this are what is left of moves long gone: they halve every few bars but never reach zero. */
const noMove = 1e-290;

/** What an `Rsi` needs to go on after a restart. */
export interface RsiSnapshot {
  readonly changes: number;
  readonly previous: number | null;
  readonly averageGain: number;
  readonly averageLoss: number;
}

/**
 * RSI with Wilder smoothing, seeded by the mean of the first n changes (so it is ready after n + 1 closes).
 * A market that only rises gives 100, one that only falls 0, one that does not move at all 50.
 */
export class Rsi {
  readonly period: number;
  #changes = 0;
  #previous: number | null = null;
  #averageGain = 0;
  #averageLoss = 0;

  constructor(period: number, snapshot?: RsiSnapshot) {
    if (!Number.isSafeInteger(period) || period < 1) {
      throw new RangeError(`period must be a whole number of at least 1, not ${period}`);
    }
    this.period = period;
    if (snapshot !== undefined) {
      this.#changes = snapshot.changes;
      this.#previous = snapshot.previous;
      this.#averageGain = snapshot.averageGain;
      this.#averageLoss = snapshot.averageLoss;
    }
  }

  /** Takes the next close. Throws for NaN and infinities. */
  push(close: number): void {
    if (!Number.isFinite(close)) throw new RangeError(`RSI takes finite numbers, not ${close}`);
    const previous = this.#previous;
    this.#previous = close;
    if (previous === null) return;
    const change = close - previous;
    const gain = change > 0 ? change : 0;
    const loss = change < 0 ? -change : 0;
    this.#changes += 1;
    if (this.#changes <= this.period) {
      // Sums until the seed is complete, averages from then on.
      this.#averageGain += gain;
      this.#averageLoss += loss;
      if (this.#changes === this.period) {
        this.#averageGain /= this.period;
        this.#averageLoss /= this.period;
      }
      return;
    }
    this.#averageGain = (this.#averageGain * (this.period - 1) + gain) / this.period;
    this.#averageLoss = (this.#averageLoss * (this.period - 1) + loss) / this.period;
  }

  get ready(): boolean {
    return this.#changes >= this.period;
  }

  /** The index from 0 to 100, or undefined before n + 1 closes. */
  get value(): number | undefined {
    if (!this.ready) return undefined;
    const total = this.#averageGain + this.#averageLoss;
    // A hundred times a gain can round up: the quotient may end a hair above 100 when there is no loss at all.
    return total > noMove ? Math.min(100, (100 * this.#averageGain) / total) : 50;
  }

  snapshot(): RsiSnapshot {
    return {
      changes: this.#changes,
      previous: this.#previous,
      averageGain: this.#averageGain,
      averageLoss: this.#averageLoss,
    };
  }
}
