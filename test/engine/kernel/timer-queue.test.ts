import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimerQueue } from '../../../src/engine/kernel/timer-queue.ts';
import { epochMs } from '../../../src/shared/domain/nominal.ts';

describe('TimerQueue', () => {
  it('gives timers by time, those of one time as they were set, each once', () => {
    const queue = new TimerQueue();
    queue.set('late', epochMs(30));
    queue.set('b', epochMs(20));
    queue.set('a', epochMs(20));
    queue.set('moved', epochMs(10));
    queue.set('moved', epochMs(25));
    queue.set('gone', epochMs(5));
    queue.clear('gone');
    expect(queue.nextTimeMs()).toBe(20);
    expect(queue.popDue(19)).toBeUndefined();
    const keys: string[] = [];
    for (let timer = queue.popDue(100); timer !== undefined; timer = queue.popDue(100)) keys.push(timer.key);
    expect(keys).toEqual(['b', 'a', 'moved', 'late']);
    expect(queue.nextTimeMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it('tells the timers of one owner only, and clears them only', () => {
    const queue = new TimerQueue();
    queue.set('bot|b1|x', epochMs(5));
    queue.set('bot|b1|a|b', epochMs(4));
    queue.set('bot|b10|x', epochMs(3));
    expect(queue.withPrefix('bot|b1|')).toEqual([
      { name: 'a|b', atMs: 4 },
      { name: 'x', atMs: 5 },
    ]);
    queue.clearPrefix('bot|b1|');
    expect(queue.popDue(10)?.key).toBe('bot|b10|x');
    expect(queue.popDue(10)).toBeUndefined();
  });

  it('does not grow with a timer that is moved for weeks before it is due', () => {
    const queue = new TimerQueue();
    queue.set('other', epochMs(2_000_000));
    for (let count = 0; count < 100_000; count += 1) queue.set('far', epochMs(1_000_000 + count));
    const { heap } = queue as unknown as { heap: unknown[] };
    expect(heap.length).toBeLessThan(1_000);
    expect(queue.popDue(3_000_000)).toMatchObject({ key: 'far', atMs: 1_099_999 });
    expect(queue.popDue(3_000_000)).toMatchObject({ key: 'other' });
  });

  it('behaves like a sorted list under any use', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.constantFrom('set', 'clear', 'pop'),
            fc.constantFrom('a', 'b', 'c', 'd', 'e'),
            fc.integer({ min: 0, max: 50 }),
          ),
          { maxLength: 600 },
        ),
        (steps) => {
          const queue = new TimerQueue();
          let model: { key: string; atMs: number; order: number }[] = [];
          steps.forEach(([what, key, atMs], order) => {
            if (what === 'pop') {
              model.sort((left, right) => left.atMs - right.atMs || left.order - right.order);
              const expected = model[0] !== undefined && model[0].atMs <= atMs ? model.shift() : undefined;
              expect(queue.popDue(atMs)?.key).toBe(expected?.key);
              return;
            }
            model = model.filter((timer) => timer.key !== key);
            if (what === 'set') {
              queue.set(key, epochMs(atMs));
              model.push({ key, atMs, order });
            } else queue.clear(key);
          });
        },
      ),
    );
  });
});
