/** Answers that tables show: asked once at a time, again when they grow old, kept when asking fails. */
import { describe, expect, it } from 'vitest';
import { QueryCache, queryKey } from '../../src/renderer/store/query-cache.ts';

const request = { limit: 10 };
const key = queryKey('fills/list', request);

function harness() {
  const answers: ((value: unknown) => void)[] = [];
  let timers: (() => void)[] = [];
  const cache = new QueryCache(
    (() => new Promise((resolve) => answers.push(resolve as (value: unknown) => void))) as never,
    400,
    (run) => {
      timers.push(run);
      return () => undefined;
    },
  );
  const settle = async (value: unknown): Promise<void> => {
    answers[answers.length - 1]?.(value);
    await Promise.resolve();
    await Promise.resolve();
  };
  const ok = (total: number) => ({ ok: true, value: { rows: [], total } });
  return {
    cache,
    answers,
    settle,
    ok,
    timers: () => timers.length,
    tick: () => {
      const due = timers;
      timers = [];
      for (const run of due) run();
    },
    subscribe: (listener = (): void => undefined) =>
      cache.subscribe(key, 'fills/list', request, ['fills'], listener),
    state: () => cache.state('fills/list', request),
  };
}

describe('QueryCache', () => {
  it('two followers of one question ask once and both hear', async () => {
    const { subscribe, answers, settle, ok, state } = harness();
    let heard = 0;
    subscribe(() => {
      heard += 1;
    });
    subscribe(() => {
      heard += 1;
    });
    expect([answers.length, state().isLoading]).toEqual([1, true]);
    await settle(ok(3));
    expect([heard, state().value?.total, state().isLoading]).toEqual([2, 3, false]);
  });
  it('a hundred touches make one new question, after the pause', async () => {
    const { subscribe, cache, answers, settle, ok, timers, tick } = harness();
    subscribe();
    await settle(ok(1));
    for (let count = 0; count < 100; count += 1) cache.touch(new Set(['fills'] as const));
    cache.touch(new Set(['bots'] as const));
    expect([answers.length, timers()]).toEqual([1, 1]);
    tick();
    expect(answers.length).toBe(2);
  });
  it('what was touched while the answer was on its way is asked again', async () => {
    const { subscribe, cache, answers, settle, ok, tick, timers } = harness();
    subscribe();
    cache.touch(new Set(['fills'] as const));
    expect(timers()).toBe(0);
    await settle(ok(1));
    tick();
    expect(answers.length).toBe(2);
  });
  it('a failure keeps the last answer and says why', async () => {
    const { subscribe, cache, settle, ok, tick, state } = harness();
    subscribe();
    await settle(ok(5));
    cache.touchAll();
    tick();
    await settle({ ok: false, code: 'internal', message: 'no' });
    expect([state().value?.total, state().failure?.message]).toEqual([5, 'no']);
  });
  it('what nobody follows is not asked, and is asked anew for the next follower', async () => {
    const { subscribe, cache, answers, settle, ok, timers } = harness();
    const leave = subscribe();
    await settle(ok(1));
    leave();
    cache.touchAll();
    expect([answers.length, timers()]).toEqual([1, 0]);
    subscribe();
    expect(answers.length).toBe(2);
  });
});
