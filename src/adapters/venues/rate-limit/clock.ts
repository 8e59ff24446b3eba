/** The time an adapter lives by, handed in so that tests can run hours in milliseconds. */

/** Two clocks and a timer. Deadlines and ages use the monotonic clock, time stamps the wall clock. */
export interface AdapterClock {
  /** Milliseconds that never run backwards; the origin means nothing. */
  monotonicMs(): number;
  /** Milliseconds since 1970-01-01T00:00Z. */
  wallMs(): number;
  /** Calls back once after `delayMs`; gives a function that calls it off. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Longest delay a Node timer takes; longer waits are re-armed by their owner. */
export const timerDelayMaxMs = 2_147_483_647;

/** The machine's own clocks. Timers do not keep the process alive. */
export const systemClock: AdapterClock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), timerDelayMaxMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Waits `delayMs`, or less when `signal` aborts; never rejects. */
export function waitFor(clock: AdapterClock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const finish = () => {
      callOff();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const callOff = clock.after(delayMs, finish);
    signal?.addEventListener('abort', finish, { once: true });
  });
}
