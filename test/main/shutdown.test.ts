/** The end of the program: bounded, once, and honest in its exit code. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '../../src/adapters/logging/log-port.ts';
import { Shutdown, stopTimeoutMs } from '../../src/main/shutdown.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function shutdown(stop: (reason: string) => Promise<unknown>) {
  const exits: number[] = [];
  const made = new Shutdown({
    stop,
    exit: (code) => exits.push(code),
    timeoutMs: stopTimeoutMs,
    log: silentLog,
  });
  return { made, exits };
}

test('an engine with orders in flight has ten seconds, not more', async () => {
  expect(stopTimeoutMs).toBe(10_000);
  const { made, exits } = shutdown(() => new Promise(() => undefined));
  const ended = made.end('quit', 0);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(exits).toEqual([]);
  expect(made.hasStopped).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await ended;
  expect(exits).toEqual([1]);
  expect(made.hasStopped).toBe(true);
});

test('an engine that stops at once ends the program at once, with no timer left', async () => {
  const { made, exits } = shutdown(async () => undefined);
  await made.end('quit', 0);
  expect(exits).toEqual([0]);
  expect(vi.getTimerCount()).toBe(0);
});

test('it is stopped once, whatever happens at the same time', async () => {
  const stop = vi.fn(async () => undefined);
  const { made, exits } = shutdown(stop);
  await Promise.all([
    made.end('the window was closed', 0),
    made.end('SIGTERM', 0),
    made.stopEngine('update'),
  ]);
  expect(stop).toHaveBeenCalledExactlyOnceWith('the window was closed');
  expect(exits).toEqual([0, 0]);
});

test.each([
  [0, 1],
  [7, 7],
])('an engine that fails to stop turns exit code %i into %i', async (wanted, given) => {
  const { made, exits } = shutdown(async () => {
    throw new Error('disk full');
  });
  await made.end('quit', wanted);
  expect(exits).toEqual([given]);
  expect(await made.stopEngine('again')).toBe(false);
});
