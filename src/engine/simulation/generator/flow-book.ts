/** The generator's own book: what is on display, changed by its order flow. Every change is noted for the delta. */

import { AssertionFailure } from '../../../shared/domain/assert.ts';

/** One side of the book; plain arrays with the best level last. */
export class FlowSide {
  /** +1 for bids, -1 for asks. */
  readonly sign: 1 | -1;
  readonly ticks: number[] = [];
  readonly lots: number[] = [];
  /** Flat pairs (ticks, new lots) changed since `takeChanges`. */
  private changes: number[] = [];

  constructor(sign: 1 | -1) {
    this.sign = sign;
  }

  get count(): number {
    return this.ticks.length;
  }

  get bestTicks(): number {
    return this.ticks[this.ticks.length - 1] as number;
  }

  get bestLots(): number {
    return this.lots[this.lots.length - 1] as number;
  }

  get worstTicks(): number {
    return this.ticks[0] as number;
  }

  /** Gives the price of the level at a rank counted from the best. */
  ticksAt(rank: number): number {
    return this.ticks[this.ticks.length - 1 - rank] as number;
  }

  lotsAt(rank: number): number {
    return this.lots[this.lots.length - 1 - rank] as number;
  }

  /** Sets the size of the level at a rank; 0 removes it. */
  setAt(rank: number, lots: number): void {
    const index = this.ticks.length - 1 - rank;
    const ticks = this.ticks[index] as number;
    if (lots > 0) {
      this.lots[index] = lots;
    } else if (rank === 0) {
      this.ticks.pop();
      this.lots.pop();
    } else {
      this.ticks.splice(index, 1);
      this.lots.splice(index, 1);
    }
    this.changes.push(ticks, lots > 0 ? lots : 0);
  }

  /** Adds size at a price, opening the level where there is none. */
  add(ticks: number, lots: number): void {
    if (!(ticks > 0) || !(lots > 0)) throw new AssertionFailure(`bad generated level ${ticks} x ${lots}`);
    let index = this.ticks.length;
    const key = this.sign * ticks;
    while (index > 0 && this.sign * (this.ticks[index - 1] as number) > key) index -= 1;
    if (index > 0 && this.ticks[index - 1] === ticks) {
      const sum = (this.lots[index - 1] as number) + lots;
      this.lots[index - 1] = sum;
      this.changes.push(ticks, sum);
      return;
    }
    if (index === this.ticks.length) {
      this.ticks.push(ticks);
      this.lots.push(lots);
    } else {
      this.ticks.splice(index, 0, ticks);
      this.lots.splice(index, 0, lots);
    }
    this.changes.push(ticks, lots);
  }

  /** Removes the level farthest from the best. */
  dropWorst(): void {
    const ticks = this.ticks.shift();
    this.lots.shift();
    if (ticks !== undefined) this.changes.push(ticks, 0);
  }

  /** Gives and forgets the changes since the last call. */
  takeChanges(): number[] {
    const { changes } = this;
    this.changes = [];
    return changes;
  }

  get hasChanges(): boolean {
    return this.changes.length > 0;
  }

  /** Gives flat pairs (ticks, lots), best first. */
  levels(): number[] {
    const pairs: number[] = [];
    for (let rank = 0; rank < this.count; rank += 1) pairs.push(this.ticksAt(rank), this.lotsAt(rank));
    return pairs;
  }

  restore(pairs: readonly number[]): void {
    this.ticks.length = 0;
    this.lots.length = 0;
    for (let at = pairs.length - 2; at >= 0; at -= 2) {
      this.ticks.push(pairs[at] as number);
      this.lots.push(pairs[at + 1] as number);
    }
    this.changes = [];
  }
}
