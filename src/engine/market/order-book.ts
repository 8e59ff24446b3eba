/**
 * One instrument's order book, built from snapshots and deltas. It is `waiting` until a snapshot has come, `gap`
 * when an update number is missing and `crossed` when the best bid is not below the best ask; nothing may be
 * priced from a book that is not `valid`.
 */

import type { BookDeltaEvent, BookSnapshotEvent } from '../../shared/events/market.ts';

export type BookStatus = 'waiting' | 'valid' | 'gap' | 'crossed';

/** Deltas kept while no snapshot has come; older ones are dropped first. */
const bufferedDeltasMax = 5000;

/** Levels of one side, worst first, so that changes near the touch move little memory. */
class BookSide {
  readonly ticks: number[] = [];
  readonly lots: number[] = [];
  /** +1 for bids (ascending prices), -1 for asks (stored descending). */
  private readonly sign: 1 | -1;

  constructor(sign: 1 | -1) {
    this.sign = sign;
  }

  get count(): number {
    return this.ticks.length;
  }

  get bestTicks(): number {
    return this.ticks.length === 0 ? 0 : (this.ticks[this.ticks.length - 1] as number);
  }

  get bestLots(): number {
    return this.lots.length === 0 ? 0 : (this.lots[this.lots.length - 1] as number);
  }

  clear(): void {
    this.ticks.length = 0;
    this.lots.length = 0;
  }

  set(ticks: number, lots: number): void {
    const { sign } = this;
    const key = ticks * sign;
    let low = 0;
    let high = this.ticks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.ticks[middle] as number) * sign < key) low = middle + 1;
      else high = middle;
    }
    const found = low < this.ticks.length && this.ticks[low] === ticks;
    if (lots === 0) {
      if (found) {
        this.ticks.splice(low, 1);
        this.lots.splice(low, 1);
      }
    } else if (found) this.lots[low] = lots;
    else if (low === this.ticks.length) {
      this.ticks.push(ticks);
      this.lots.push(lots);
    } else {
      this.ticks.splice(low, 0, ticks);
      this.lots.splice(low, 0, lots);
    }
  }

  apply(levels: readonly number[]): void {
    for (let index = 0; index + 1 < levels.length; index += 2) {
      this.set(levels[index] as number, levels[index + 1] as number);
    }
  }
}

/** Counts of what happened to a book, for reports. */
export interface BookCounters {
  updates: number;
  snapshots: number;
  gaps: number;
  resyncs: number;
  crossed: number;
}

export class OrderBook {
  status: BookStatus = 'waiting';
  reason = 'no snapshot yet';
  sequence = 0;
  timeMs = 0;
  readonly counters: BookCounters = { updates: 0, snapshots: 0, gaps: 0, resyncs: 0, crossed: 0 };
  private readonly bids = new BookSide(1);
  private readonly asks = new BookSide(-1);
  private readonly buffered: BookDeltaEvent[] = [];

  get bestBidTicks(): number {
    return this.bids.bestTicks;
  }
  get bestBidLots(): number {
    return this.bids.bestLots;
  }
  get bestAskTicks(): number {
    return this.asks.bestTicks;
  }
  get bestAskLots(): number {
    return this.asks.bestLots;
  }

  /** Replaces the book. Deltas that came before it are applied where they follow on. */
  applySnapshot(event: BookSnapshotEvent): void {
    this.counters.snapshots += 1;
    if (this.status === 'gap') this.counters.resyncs += 1;
    this.bids.clear();
    this.asks.clear();
    this.bids.apply(event.bids);
    this.asks.apply(event.asks);
    this.sequence = event.sequence;
    this.timeMs = event.receiveTimeMs;
    this.status = 'valid';
    this.reason = '';
    const pending = this.buffered.splice(0);
    for (const delta of pending) {
      if (delta.lastSequence > this.sequence) this.applyInOrder(delta);
    }
    this.checkTouch();
  }

  /** Applies a delta; buffers it while no snapshot has come; detects a hole in the numbers. */
  applyDelta(event: BookDeltaEvent): void {
    this.counters.updates += 1;
    if (this.status === 'waiting' || this.status === 'gap') {
      if (this.buffered.length >= bufferedDeltasMax) this.buffered.shift();
      this.buffered.push(event);
      return;
    }
    if (event.lastSequence <= this.sequence) return;
    this.applyInOrder(event);
    this.checkTouch();
  }

  /** Drops everything: the connection was lost and the book is worth nothing. */
  invalidate(reason: string): void {
    this.status = 'waiting';
    this.reason = reason;
    this.buffered.length = 0;
    this.bids.clear();
    this.asks.clear();
  }

  /** Gives up to `depth` levels a side, best first, as [ticks, lots]. */
  levels(side: 'bid' | 'ask', depth: number): [number, number][] {
    const source = side === 'bid' ? this.bids : this.asks;
    const result: [number, number][] = [];
    for (let index = source.count - 1; index >= 0 && result.length < depth; index -= 1) {
      result.push([source.ticks[index] as number, source.lots[index] as number]);
    }
    return result;
  }

  private applyInOrder(event: BookDeltaEvent): void {
    if (event.firstSequence > this.sequence + 1) {
      this.counters.gaps += 1;
      this.status = 'gap';
      this.reason = `updates ${this.sequence + 1} to ${event.firstSequence - 1} are missing`;
      this.buffered.push(event);
      return;
    }
    this.bids.apply(event.bids);
    this.asks.apply(event.asks);
    this.sequence = event.lastSequence;
    this.timeMs = event.receiveTimeMs;
  }

  private checkTouch(): void {
    if (this.status === 'gap') return;
    const bid = this.bids.bestTicks;
    const ask = this.asks.bestTicks;
    if (this.bids.count === 0 || this.asks.count === 0) {
      this.status = 'crossed';
      this.reason = 'one side of the book is empty';
    } else if (bid >= ask) {
      if (this.status !== 'crossed') this.counters.crossed += 1;
      this.status = 'crossed';
      this.reason = `best bid ${bid} is not below best ask ${ask} (ticks)`;
    } else if (this.status !== 'valid') {
      this.status = 'valid';
      this.reason = '';
    }
  }
}
