/**
 * One side of the displayed book as the simulated venue sees it. Kept apart from the engine's own book on
 * purpose: shared code would share bugs. The best level is the last one, where nearly all changes happen.
 */

import { AssertionFailure } from '../../../shared/domain/assert.ts';

const capacityAtStart = 64;
const linearSearchSteps = 6;

/** Price levels of one side with the size other simulated orders have already taken from them. */
export class DepthSide {
  /** +1 for bids, -1 for asks: `sign * ticks` grows toward the best level. */
  readonly sign: 1 | -1;
  private keys = new Float64Array(capacityAtStart);
  private sizes = new Float64Array(capacityAtStart);
  private taken = new Float64Array(capacityAtStart);
  private length = 0;

  constructor(sign: 1 | -1) {
    this.sign = sign;
  }

  get count(): number {
    return this.length;
  }

  clear(): void {
    this.length = 0;
  }

  /** Gives the price of a level counted from the best (0). The caller checks `count`. */
  ticksAt(rank: number): number {
    return this.sign * (this.keys[this.length - 1 - rank] as number);
  }

  /** Gives the displayed size of a level counted from the best, whatever was taken. */
  lotsAtRank(rank: number): number {
    return this.sizes[this.length - 1 - rank] as number;
  }

  /** Gives what can still be taken from a level counted from the best. */
  availableAt(rank: number): number {
    const index = this.length - 1 - rank;
    return (this.sizes[index] as number) - (this.taken[index] as number);
  }

  /** Remembers that `lots` of a level were taken; they come back with the next update of that level. */
  take(rank: number, lots: number): void {
    const index = this.length - 1 - rank;
    this.taken[index] = (this.taken[index] as number) + lots;
  }

  /** Gives the displayed size at a price, 0 where there is no level. */
  lotsAtPrice(ticks: number): number {
    const key = this.sign * ticks;
    const index = this.find(key);
    return index < this.length && this.keys[index] === key ? (this.sizes[index] as number) : 0;
  }

  /** Whether a price lies farther away than the farthest level that is displayed. */
  isBeyondView(ticks: number): boolean {
    return this.length === 0 || this.sign * ticks < (this.keys[0] as number);
  }

  /** Sets the size of a level (0 removes it) and gives the size it had. What was taken there is forgotten. */
  set(ticks: number, lots: number): number {
    if (!(lots >= 0) || !(ticks > 0)) throw new AssertionFailure(`bad book level ${ticks} x ${lots}`);
    const key = this.sign * ticks;
    const index = this.find(key);
    if (index < this.length && this.keys[index] === key) {
      const before = this.sizes[index] as number;
      if (lots === 0) {
        this.remove(index);
      } else {
        this.sizes[index] = lots;
        this.taken[index] = 0;
      }
      return before;
    }
    if (lots > 0) this.insert(index, key, lots);
    return 0;
  }

  /** Gives flat triples (ticks, lots, taken), best first. */
  save(): number[] {
    const triples: number[] = [];
    for (let index = this.length - 1; index >= 0; index -= 1) {
      const key = this.keys[index] as number;
      triples.push(this.sign * key, this.sizes[index] as number, this.taken[index] as number);
    }
    return triples;
  }

  restore(triples: readonly number[]): void {
    this.clear();
    for (let at = 0; at < triples.length; at += 3) {
      const ticks = triples[at] as number;
      this.set(ticks, triples[at + 1] as number);
      const index = this.find(this.sign * ticks);
      this.taken[index] = triples[at + 2] as number;
    }
  }

  /** Gives the index of the first key that is not smaller than `key`. */
  private find(key: number): number {
    const keys = this.keys;
    let high = this.length;
    for (let step = 0; step < linearSearchSteps && high > 0; step += 1) {
      if ((keys[high - 1] as number) < key) return high;
      high -= 1;
    }
    let low = 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] as number) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private insert(index: number, key: number, lots: number): void {
    if (this.length === this.keys.length) this.grow();
    const { keys, sizes, taken } = this;
    for (let at = this.length; at > index; at -= 1) {
      keys[at] = keys[at - 1] as number;
      sizes[at] = sizes[at - 1] as number;
      taken[at] = taken[at - 1] as number;
    }
    keys[index] = key;
    sizes[index] = lots;
    taken[index] = 0;
    this.length += 1;
  }

  private remove(index: number): void {
    const { keys, sizes, taken } = this;
    this.length -= 1;
    for (let at = index; at < this.length; at += 1) {
      keys[at] = keys[at + 1] as number;
      sizes[at] = sizes[at + 1] as number;
      taken[at] = taken[at + 1] as number;
    }
  }

  private grow(): void {
    const enlarge = (old: Float64Array) => {
      const larger = new Float64Array(old.length * 2);
      larger.set(old);
      return larger;
    };
    this.keys = enlarge(this.keys);
    this.sizes = enlarge(this.sizes);
    this.taken = enlarge(this.taken);
  }
}
