/** A clock that moves only when told: timers fire in order of their time. */

import type { AdapterClock } from '../../../../src/adapters/venues/rate-limit/clock.ts';

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

export class VirtualClock implements AdapterClock {
  nowMs: number;
  readonly #wallOffsetMs: number;
  #timers: Timer[] = [];
  #order = 0;

  constructor(startMs = 0, wallOffsetMs = 1_700_000_000_000) {
    this.nowMs = startMs;
    this.#wallOffsetMs = wallOffsetMs;
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  wallMs(): number {
    return this.#wallOffsetMs + this.nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    this.#order += 1;
    const timer = { dueMs: this.nowMs + Math.max(0, delayMs), order: this.#order, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get pendingTimers(): number {
    return this.#timers.length;
  }

  /** Lets time pass, running every timer on its way and the promises they settle. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.nowMs + byMs;
    await settle();
    for (;;) {
      const next = this.#timers
        .filter((timer) => timer.dueMs <= endMs)
        .sort((left, right) => left.dueMs - right.dueMs || left.order - right.order)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.nowMs = Math.max(this.nowMs, next.dueMs);
      next.callback();
      await settle();
    }
    this.nowMs = endMs;
    await settle();
  }
}

/** Lets promise reactions run: enough turns for a chain of awaits. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
}
