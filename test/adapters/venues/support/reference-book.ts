/** A small order book by the rule the engine's book follows, for checking streams of book events. */

import type { BookDeltaEvent, MarketEvent } from '../../../../src/shared/events/market.ts';

/** One side; the best level is looked for again only when it was taken away. */
class ReferenceSide extends Map<number, number> {
  readonly #sign: 1 | -1;
  #best: number | undefined;

  constructor(sign: 1 | -1) {
    super();
    this.#sign = sign;
  }

  get best(): number {
    if (this.#best === undefined) {
      this.#best = this.#sign * Number.NEGATIVE_INFINITY;
      for (const ticks of this.keys()) this.#improve(ticks);
    }
    return this.#best;
  }

  reset(flat: readonly number[]): void {
    this.clear();
    this.#best = undefined;
    this.update(flat);
  }

  update(flat: readonly number[]): void {
    for (let index = 0; index < flat.length; index += 2) {
      const ticks = flat[index] as number;
      const lots = flat[index + 1] as number;
      if (lots === 0) {
        this.delete(ticks);
        if (ticks === this.#best) this.#best = undefined;
      } else {
        this.set(ticks, lots);
        if (this.#best !== undefined) this.#improve(ticks);
      }
    }
  }

  #improve(ticks: number): void {
    if ((ticks - (this.#best as number)) * this.#sign > 0) this.#best = ticks;
  }
}

export class ReferenceBook {
  readonly bids = new ReferenceSide(1);
  readonly asks = new ReferenceSide(-1);
  updates = 0;
  snapshots = 0;
  dropped = 0;
  gaps = 0;
  crossed = 0;
  #sequence: number | undefined;
  #afterSnapshot = true;
  #buffer: BookDeltaEvent[] = [];

  apply(event: MarketEvent): void {
    if (event.kind === 'book-snapshot') {
      this.snapshots += 1;
      this.bids.reset(event.bids);
      this.asks.reset(event.asks);
      this.#sequence = event.sequence;
      this.#afterSnapshot = true;
      for (const delta of this.#buffer.splice(0)) this.#delta(delta);
      this.#check();
    } else if (event.kind === 'book-delta') {
      if (this.#sequence === undefined) this.#buffer.push(event);
      else this.#delta(event);
    }
  }

  get bestBid(): number {
    return this.bids.best;
  }

  get bestAsk(): number {
    return this.asks.best;
  }

  #delta(event: BookDeltaEvent): void {
    const sequence = this.#sequence as number;
    if (event.lastSequence <= sequence) {
      this.dropped += 1;
      return;
    }
    const follows = this.#afterSnapshot
      ? event.firstSequence <= sequence + 1
      : event.firstSequence === sequence + 1;
    if (!follows) this.gaps += 1;
    this.#afterSnapshot = false;
    this.#sequence = event.lastSequence;
    this.updates += 1;
    this.bids.update(event.bids);
    this.asks.update(event.asks);
    this.#check();
  }

  #check(): void {
    if (this.bids.size > 0 && this.asks.size > 0 && this.bestBid >= this.bestAsk) this.crossed += 1;
  }
}
