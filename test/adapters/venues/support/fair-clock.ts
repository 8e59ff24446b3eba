/**
 * A clock for tests that wait for silence: it stands still while a busy machine has no time for this process. Silence of a
 * venue that runs in the same process is then the venue's own, however long the process was not running.
 */

import { type AdapterClock, systemClock } from '../../../../src/adapters/venues/rate-limit/clock.ts';

/** How often the clock is moved on. */
const everyMs = 5;
/** Longest step: what passed beyond it passed without us. */
const stepMs = 25;

export class FairClock implements AdapterClock {
  readonly after = systemClock.after;
  readonly wallMs = systemClock.wallMs;
  #nowMs = 0;
  #lastMs = performance.now();
  readonly #timer = setInterval(() => this.monotonicMs(), everyMs).unref();

  monotonicMs(): number {
    const lastMs = this.#lastMs;
    this.#lastMs = performance.now();
    this.#nowMs += Math.min(this.#lastMs - lastMs, stepMs);
    return this.#nowMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
