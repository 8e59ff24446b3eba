/** Follows the best bid and ask of a recording. */

import { tickKinds } from '../../shared/domain/tick-kinds.ts';
import { kindAt, lotsAt, type TickColumns } from './tick-columns.ts';

/** One side: which prices have a size, and the best of them. */
class BookSide {
  /** Sizes in lots by price; 0 for a level that is gone but still in the heap. */
  readonly #lots = new Map<number, number>();
  /** Prices, each once, as a binary heap with the best on top. */
  readonly #heap: number[] = [];
  /** 1: the highest price is best, -1: the lowest. */
  readonly #sign: number;

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  set(ticks: number, lots: number): void {
    const isKnown = this.#lots.has(ticks);
    if (lots === 0 && !isKnown) return;
    this.#lots.set(ticks, lots);
    if (!isKnown) this.#push(ticks);
  }

  /** Takes away this price and all better ones. */
  clearTo(ticks: number): void {
    for (const price of this.#lots.keys()) if ((price - ticks) * this.#sign >= 0) this.#lots.set(price, 0);
  }

  clear(): void {
    this.#lots.clear();
    this.#heap.length = 0;
  }

  /** The best price in ticks; undefined for an empty side. */
  best(): number | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (this.#lots.get(top) !== 0) return top;
      this.#lots.delete(top);
      this.#pop();
    }
    return undefined;
  }

  #isBetter(left: number, right: number): boolean {
    return ((this.#heap[left] as number) - (this.#heap[right] as number)) * this.#sign > 0;
  }

  #swap(left: number, right: number): void {
    const heap = this.#heap;
    [heap[left], heap[right]] = [heap[right] as number, heap[left] as number];
  }

  #push(ticks: number): void {
    this.#heap.push(ticks);
    for (let at = this.#heap.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#isBetter(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    for (let at = 0; ; ) {
      let best = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < this.#heap.length && this.#isBetter(child, best)) best = child;
      if (best === at) return;
      this.#swap(at, best);
      at = best;
    }
  }
}

/** Takes the rows of a recording one after the other. */
export class TopOfBook {
  readonly #bids = new BookSide(1);
  readonly #asks = new BookSide(-1);

  /** Applies a row; trades change nothing. */
  apply(columns: TickColumns, row: number): void {
    const ticks = columns.priceTicks[row] as number;
    switch (kindAt(columns, row)) {
      case tickKinds.bidDepth:
        this.#bids.set(ticks, lotsAt(columns, row));
        break;
      case tickKinds.askDepth:
        this.#asks.set(ticks, lotsAt(columns, row));
        break;
      case tickKinds.bidClear:
        this.#bids.clearTo(ticks);
        break;
      case tickKinds.askClear:
        this.#asks.clearTo(ticks);
        break;
      case tickKinds.clearAll:
        this.#bids.clear();
        this.#asks.clear();
        break;
    }
  }

  /** Highest bid in ticks; undefined while there is none. */
  bid(): number | undefined {
    return this.#bids.best();
  }

  /** Lowest ask in ticks; undefined while there is none. */
  ask(): number | undefined {
    return this.#asks.best();
  }
}
