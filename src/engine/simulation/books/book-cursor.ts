/**
 * Goes through a recording on one of its two clocks and makes market events of it: at the exchange's own times for the venue, at
 * the times of receipt for the trader. A message of a recording is one event, so that nobody sees half of it.
 */

import type { EpochMs, InstrumentId, PriceTicks, QuantityLots } from '../../../shared/domain/nominal.ts';
import { tickKinds } from '../../../shared/domain/tick-kinds.ts';
import type { BookDeltaEvent, BookSnapshotEvent, TradeEvent } from '../../../shared/events/market.ts';
import { type BookRows, messageStart } from './book-rows.ts';

/** Whose times events have. */
export type BookClock = 'exchange' | 'receipt';

export type BookEvent = BookSnapshotEvent | BookDeltaEvent | TradeEvent;

/** Sizes by price; prices without a size are not in it. */
type Levels = Map<number, number>;

export class BookCursor {
  readonly #rows: BookRows;
  readonly #instrument: InstrumentId;
  readonly #times: Float64Array;
  readonly #order: Uint32Array | undefined;
  readonly #bids: Levels = new Map();
  readonly #asks: Levels = new Map();
  /** Place in the order of this clock. */
  #at = 0;
  #sequence = 0;
  /** False until a first snapshot was given. */
  #isKnown = false;

  constructor(rows: BookRows, instrument: InstrumentId, clock: BookClock) {
    this.#rows = rows;
    this.#instrument = instrument;
    this.#times = clock === 'exchange' ? rows.exchangeMs : rows.receiveMs;
    this.#order = clock === 'exchange' ? rows.exchangeOrder : undefined;
  }

  /** When the next event happens; Infinity behind the last one. */
  get nextTimeMs(): number {
    return this.#at < this.#rows.kinds.length
      ? (this.#times[this.#row(this.#at)] as number)
      : Number.POSITIVE_INFINITY;
  }

  /** Passes everything before a time without a word of it; gives the book as it is then, undefined while none is known. */
  skipTo(timeMs: EpochMs): BookSnapshotEvent | undefined {
    while (this.nextTimeMs < timeMs) {
      const end = this.#endOfMessage();
      for (let at = this.#at; at < end; at += 1) this.#apply(this.#row(at));
      this.#at = end;
    }
    if (this.#bids.size === 0 && this.#asks.size === 0) return undefined;
    return this.#snapshot(timeMs, timeMs);
  }

  /** Gives the next event; there must be one. */
  next(): BookEvent {
    const row = this.#row(this.#at);
    const kind = this.#kind(row);
    const receiveTimeMs = this.#times[row] as EpochMs;
    const venueTimeMs = this.#rows.exchangeMs[row] as EpochMs;
    if (kind === tickKinds.buyTrade || kind === tickKinds.sellTrade) {
      this.#at += 1;
      return {
        kind: 'trade',
        instrument: this.#instrument,
        venueTimeMs,
        receiveTimeMs,
        tradeId: String(row),
        priceTicks: this.#rows.ticks[row] as PriceTicks,
        lots: this.#rows.lots[row] as QuantityLots,
        aggressor: kind === tickKinds.buyTrade ? 'buy' : 'sell',
      };
    }
    const from = this.#at;
    this.#at = this.#endOfMessage();
    let [clears, clearsAll] = [false, !this.#isKnown];
    for (let at = from; at < this.#at; at += 1) {
      const what = this.#kind(this.#row(at));
      if (what === tickKinds.clearAll) clearsAll = true;
      else if (what >= tickKinds.bidClear) clears = true;
    }
    if (clearsAll) {
      for (let at = from; at < this.#at; at += 1) this.#apply(this.#row(at));
      return this.#snapshot(venueTimeMs, receiveTimeMs);
    }
    if (clears) return this.#netChange(from, venueTimeMs, receiveTimeMs);
    const bids: number[] = [];
    const asks: number[] = [];
    for (let at = from; at < this.#at; at += 1) {
      const changed = this.#row(at);
      this.#apply(changed);
      const side = this.#kind(changed) === tickKinds.bidDepth ? bids : asks;
      side.push(this.#rows.ticks[changed] as number, this.#rows.lots[changed] as number);
    }
    return this.#delta(bids, asks, venueTimeMs, receiveTimeMs);
  }

  /** What a message with a clear comes to: a level that it takes away and brings again has a new size, and was never gone. */
  #netChange(from: number, venueTimeMs: EpochMs, receiveTimeMs: EpochMs): BookDeltaEvent {
    const before = [this.#bids, this.#asks].map((levels) => new Map(levels));
    const named = [new Set<number>(), new Set<number>()] as const;
    for (let at = from; at < this.#at; at += 1) {
      const row = this.#row(at);
      const kind = this.#kind(row);
      if (kind < tickKinds.bidClear)
        named[kind === tickKinds.bidDepth ? 0 : 1].add(this.#rows.ticks[row] as number);
      this.#apply(row);
    }
    const [bids, asks] = [this.#bids, this.#asks].map((levels, side) => {
      const pairs: number[] = [];
      for (const ticks of before[side]?.keys() ?? []) if (!levels.has(ticks)) pairs.push(ticks, 0);
      for (const ticks of named[side as 0 | 1])
        if (levels.has(ticks)) pairs.push(ticks, levels.get(ticks) as number);
      return pairs;
    }) as [number[], number[]];
    return this.#delta(bids, asks, venueTimeMs, receiveTimeMs);
  }

  #delta(bids: number[], asks: number[], venueTimeMs: EpochMs, receiveTimeMs: EpochMs): BookDeltaEvent {
    this.#sequence += 1;
    return {
      kind: 'book-delta',
      instrument: this.#instrument,
      venueTimeMs,
      receiveTimeMs,
      firstSequence: this.#sequence,
      lastSequence: this.#sequence,
      bids,
      asks,
    };
  }

  #snapshot(venueTimeMs: EpochMs, receiveTimeMs: EpochMs): BookSnapshotEvent {
    this.#isKnown = true;
    this.#sequence += 1;
    return {
      kind: 'book-snapshot',
      instrument: this.#instrument,
      venueTimeMs,
      receiveTimeMs,
      sequence: this.#sequence,
      bids: [...this.#bids].sort(([left], [right]) => right - left).flat(),
      asks: [...this.#asks].sort(([left], [right]) => left - right).flat(),
    };
  }

  #row(at: number): number {
    return this.#order === undefined ? at : (this.#order[at] as number);
  }

  #kind(row: number): number {
    return (this.#rows.kinds[row] as number) & ~messageStart;
  }

  /** The place behind the message that begins here; a trade is one by itself. */
  #endOfMessage(): number {
    const { kinds } = this.#rows;
    let row = this.#row(this.#at);
    let end = this.#at + 1;
    if (isTrade(this.#kind(row))) return end;
    for (; end < kinds.length; end += 1) {
      const next = this.#row(end);
      const kind = kinds[next] as number;
      if (next !== row + 1 || (kind & messageStart) !== 0 || isTrade(kind)) break;
      row = next;
    }
    return end;
  }

  #apply(row: number): void {
    const ticks = this.#rows.ticks[row] as number;
    const lots = this.#rows.lots[row] as number;
    switch (this.#kind(row)) {
      case tickKinds.bidDepth:
        setLevel(this.#bids, ticks, lots);
        return;
      case tickKinds.askDepth:
        setLevel(this.#asks, ticks, lots);
        return;
      case tickKinds.bidClear:
        for (const price of this.#bids.keys()) if (price >= ticks) this.#bids.delete(price);
        return;
      case tickKinds.askClear:
        for (const price of this.#asks.keys()) if (price <= ticks) this.#asks.delete(price);
        return;
      case tickKinds.clearAll:
        this.#bids.clear();
        this.#asks.clear();
        return;
    }
  }
}

function isTrade(kind: number): boolean {
  return kind === tickKinds.buyTrade || kind === tickKinds.sellTrade;
}

function setLevel(levels: Levels, ticks: number, lots: number): void {
  if (lots === 0) levels.delete(ticks);
  else levels.set(ticks, lots);
}
