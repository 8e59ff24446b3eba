/** Timers in kernel time: a binary heap ordered by time, then by when they were set, so that ties are fair and repeatable. */

import type { EpochMs } from '../../shared/domain/nominal.ts';

interface Timer {
  readonly key: string;
  readonly atMs: EpochMs;
  readonly order: number;
}

/** Entries of moved or cleared timers that may stay in the heap. */
const staleKeptMax = 256;

function before(left: Timer, right: Timer): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}

export class TimerQueue {
  private readonly heap: Timer[] = [];
  private readonly active = new Map<string, Timer>();
  private nextOrder = 0;

  /** When the next timer is due; Infinity when there is none. */
  nextTimeMs(): number {
    this.dropCleared();
    return this.heap.length === 0 ? Number.POSITIVE_INFINITY : (this.heap[0] as Timer).atMs;
  }

  /** Sets or moves the timer of this key. */
  set(key: string, atMs: EpochMs): void {
    if (this.heap.length > 2 * this.active.size + staleKeptMax) this.dropStale();
    const timer: Timer = { key, atMs, order: this.nextOrder };
    this.nextOrder += 1;
    this.active.set(key, timer);
    this.heap.push(timer);
    let index = this.heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >>> 1;
      if (!before(this.heap[index] as Timer, this.heap[parent] as Timer)) break;
      this.swap(index, parent);
      index = parent;
    }
  }

  clear(key: string): void {
    this.active.delete(key);
  }

  /** Takes the next timer due at or before `nowMs`. */
  popDue(nowMs: number): { key: string; atMs: EpochMs } | undefined {
    if (this.nextTimeMs() > nowMs) return undefined;
    const timer = this.removeTop();
    this.active.delete(timer.key);
    return timer;
  }

  /** Gives the timers whose key starts with `prefix`, without it. */
  withPrefix(prefix: string): { name: string; atMs: EpochMs }[] {
    const result: { name: string; atMs: EpochMs }[] = [];
    for (const timer of this.active.values()) {
      if (timer.key.startsWith(prefix))
        result.push({ name: timer.key.slice(prefix.length), atMs: timer.atMs });
    }
    return result.sort((left, right) => left.atMs - right.atMs || (left.name < right.name ? -1 : 1));
  }

  clearPrefix(prefix: string): void {
    for (const key of this.active.keys()) if (key.startsWith(prefix)) this.active.delete(key);
  }

  /** Forgets what was moved or cleared but is not due for long; otherwise a timer moved often would fill memory. */
  private dropStale(): void {
    const kept = this.heap.filter((timer) => this.active.get(timer.key) === timer);
    // A sorted list is a heap.
    kept.sort((left, right) => (before(left, right) ? -1 : 1));
    this.heap.splice(0, this.heap.length, ...kept);
  }

  private dropCleared(): void {
    while (this.heap.length > 0) {
      const top = this.heap[0] as Timer;
      if (this.active.get(top.key) === top) return;
      this.removeTop();
    }
  }

  private removeTop(): Timer {
    const top = this.heap[0] as Timer;
    const last = this.heap.pop() as Timer;
    if (this.heap.length > 0) {
      this.heap[0] = last;
      let index = 0;
      for (;;) {
        const left = 2 * index + 1;
        const right = left + 1;
        let least = index;
        if (left < this.heap.length && before(this.heap[left] as Timer, this.heap[least] as Timer))
          least = left;
        if (right < this.heap.length && before(this.heap[right] as Timer, this.heap[least] as Timer))
          least = right;
        if (least === index) break;
        this.swap(index, least);
        index = least;
      }
    }
    return top;
  }

  private swap(left: number, right: number): void {
    const kept = this.heap[left] as Timer;
    this.heap[left] = this.heap[right] as Timer;
    this.heap[right] = kept;
  }
}
