/** Waiting times between attempts to connect: exponential, jittered, and bounded in number. */

/** A source of numbers in [0, 1); seeded in tests, `Math.random` in production. */
export type RandomSource = () => number;

export interface BackoffOptions {
  readonly random: RandomSource;
  /** Upper end of the first wait. */
  readonly baseMs?: number;
  /** No wait is longer. */
  readonly maximumMs?: number;
  /** A connection that lived this long starts the count afresh. */
  readonly stableAfterMs?: number;
}

/** Counts attempts and gives the next wait: between half and all of base × 2^attempts, so that clients spread out. */
export class JitteredBackoff {
  readonly #random: RandomSource;
  readonly #baseMs: number;
  readonly #maximumMs: number;
  readonly #stableAfterMs: number;
  #attempts = 0;
  #openedAtMs: number | undefined;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(options: BackoffOptions) {
    this.#random = options.random;
    this.#baseMs = options.baseMs ?? 500;
    this.#maximumMs = options.maximumMs ?? 30_000;
    this.#stableAfterMs = options.stableAfterMs ?? 30_000;
  }

  get attempts(): number {
    return this.#attempts;
  }

  /** Notes that a connection works. */
  opened(nowMs: number): void {
    this.#openedAtMs = nowMs;
  }

  /**
   * Notes a failure or a cut and gives the wait until the next attempt, in ms. Failures while a wait is running
   * belong to the same outage and count once.
   */
  failed(nowMs: number): number {
    if (nowMs < this.#notBeforeMs) return this.#notBeforeMs - nowMs;
    if (this.#openedAtMs !== undefined && nowMs - this.#openedAtMs >= this.#stableAfterMs) this.#attempts = 0;
    this.#openedAtMs = undefined;
    const fullMs = Math.min(this.#maximumMs, this.#baseMs * 2 ** Math.min(this.#attempts, 20));
    this.#attempts += 1;
    const waitMs = fullMs / 2 + (this.#random() * fullMs) / 2;
    this.#notBeforeMs = nowMs + waitMs;
    return waitMs;
  }

  /** Gives how long to wait from now on before connecting; 0 when it may be now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#notBeforeMs - nowMs);
  }
}
