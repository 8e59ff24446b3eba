/** The time a session on real venues lives by. */

/**
 * A wall clock that is never behind what it said and never stands still: when somebody sets the machine's clock back, time goes on
 * at half its pace until the machine's clock is reached again. Timers, deadlines of orders and retries stay alive meanwhile;
 * a clock that waited would keep them in for as long as it was set back, an hour perhaps.
 */
export class UnbrokenClock {
  readonly #wallMs: () => number;
  readonly #monotonicMs: () => number;
  #saidMs = Number.NEGATIVE_INFINITY;
  #atMs: number;

  constructor(wallMs: () => number, monotonicMs: () => number = () => performance.now()) {
    this.#wallMs = wallMs;
    this.#monotonicMs = monotonicMs;
    this.#atMs = monotonicMs();
  }

  /** Gives the time in whole milliseconds, not before `leastMs`, what the session has already seen. */
  nowMs(leastMs: number): number {
    const atMs = this.#monotonicMs();
    const passedMs = Math.max(0, atMs - this.#atMs);
    this.#atMs = atMs;
    this.#saidMs = Math.max(this.#wallMs(), Math.max(this.#saidMs, leastMs) + passedMs / 2);
    return Math.floor(this.#saidMs);
  }
}
