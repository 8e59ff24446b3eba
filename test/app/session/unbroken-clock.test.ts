import { expect, test } from 'vitest';
import { UnbrokenClock } from '../../../src/app/session/unbroken-clock.ts';

const hourMs = 3_600_000;

function stage(startMs: number) {
  const machine = { wallMs: startMs, monotonicMs: 500 };
  const clock = new UnbrokenClock(
    () => machine.wallMs,
    () => machine.monotonicMs,
  );
  let seenMs = startMs;
  return {
    setBy: (ms: number) => {
      machine.wallMs += ms;
    },
    /** Lets so much time pass, looking every `everyMs`. */
    pass: (ms: number, everyMs = 25) => {
      for (let passedMs = 0; passedMs < ms; passedMs += everyMs) {
        machine.wallMs += everyMs;
        machine.monotonicMs += everyMs;
        const nowMs = clock.nowMs(seenMs);
        expect(nowMs).toBeGreaterThanOrEqual(seenMs);
        seenMs = nowMs;
      }
      return seenMs;
    },
    wallMs: () => machine.wallMs,
    /** What an event of the session said of the time. */
    sees: (ms: number) => {
      seenMs = ms;
    },
  };
}

test('it is the wall clock, also when that is set forward', () => {
  const { pass, setBy, wallMs } = stage(1_700_000_000_000);
  expect(pass(1_000)).toBe(wallMs());
  setBy(hourMs);
  expect(pass(25)).toBe(wallMs());
});

test('set back by an hour it goes on at half its pace, and is the wall clock again two hours later', () => {
  const { pass, setBy, wallMs } = stage(1_700_000_000_000);
  const beforeMs = pass(1_000);
  setBy(-hourMs);
  // A timer of 30 s is due after a minute, not after an hour.
  expect(pass(60_000)).toBe(beforeMs + 30_000);
  expect(pass(hourMs, 1_000)).toBe(beforeMs + 30_000 + hourMs / 2);
  expect(pass(hourMs, 1_000)).toBe(wallMs());
});

test('what the session has seen already is before it', () => {
  const { pass, sees } = stage(1_700_000_000_000);
  sees(1_700_000_090_000);
  expect(pass(2_000)).toBe(1_700_000_091_000);
});
