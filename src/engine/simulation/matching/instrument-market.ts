/** What the simulated venue knows of one instrument: depth, last trade, mark, and our orders waiting in it. */

import { Decimal } from '../../../shared/domain/decimal.ts';
import type { Instrument } from '../../../shared/domain/instrument.ts';
import type { Side } from '../../../shared/domain/order.ts';
import type {
  BookDeltaEvent,
  BookSnapshotEvent,
  FundingRateEvent,
  QuoteEvent,
} from '../../../shared/events/market.ts';
import { DepthSide } from './depth.ts';
import { RestingSide } from './resting-orders.ts';
import { StopSide } from './stop-orders.ts';
import type { PaperMarketState } from './venue-state.ts';

/** Deltas held while no book is known; older ones are dropped first. */
const heldDeltasMax = 5000;

export class InstrumentMarket {
  readonly instrument: Instrument;
  readonly bids = new DepthSide(1);
  readonly asks = new DepthSide(-1);
  readonly ownBuys = new RestingSide(1);
  readonly ownSells = new RestingSide(-1);
  readonly buyStops = new StopSide(1);
  readonly sellStops = new StopSide(-1);
  /** Where the depth comes from. Quotes are a one-level book while there is no valid full book. */
  source: 'none' | 'quote' | 'book' = 'none';
  lastTradeTicks = 0;
  /** Makes a mark price of the price there is, where marks come from elsewhere. */
  markOfPrice: ((ticks: number) => number) | undefined;
  fundingRate = Decimal.zero;
  nextFundingMs = 0;
  /** While true the book is only followed: queue estimates of own orders are newer than what it shows. */
  queuesFrozen = false;
  private fundingMarkTicks = 0;
  private sequence = 0;
  /** Deltas that came while no book was known: a snapshot may be older than the newest of them. */
  private held: BookDeltaEvent[] = [];

  constructor(instrument: Instrument) {
    this.instrument = instrument;
  }

  get hasOwnResting(): boolean {
    return !this.ownBuys.isEmpty || !this.ownSells.isEmpty;
  }

  /** Whether the venue announces its own mark price. */
  get hasVenueMark(): boolean {
    return this.fundingMarkTicks > 0;
  }

  /** Gives the mark price: the venue's own where it sends one, else the last trade, else the mid, else 0. */
  get markTicks(): number {
    if (this.fundingMarkTicks > 0) return this.fundingMarkTicks;
    if (this.lastTradeTicks > 0) return this.markOfPrice?.(this.lastTradeTicks) ?? this.lastTradeTicks;
    if (this.bids.count === 0 || this.asks.count === 0) return 0;
    return Math.round((this.bids.ticksAt(0) + this.asks.ticksAt(0)) / 2);
  }

  /** Gives the price an order aims at, which slippage is counted from: the middle of the book, else the last trade. */
  get aimTicks(): number {
    if (this.bids.count === 0 || this.asks.count === 0) return this.lastTradeTicks;
    return (this.bids.ticksAt(0) + this.asks.ticksAt(0)) / 2;
  }

  /** Gives the depth an order of this side takes from. */
  depthAgainst(side: Side): DepthSide {
    return side === 'buy' ? this.asks : this.bids;
  }

  /** Gives the depth an order of this side would stand in. */
  depthOf(side: Side): DepthSide {
    return side === 'buy' ? this.bids : this.asks;
  }

  restingOf(side: Side): RestingSide {
    return side === 'buy' ? this.ownBuys : this.ownSells;
  }

  stopsOf(side: Side): StopSide {
    return side === 'buy' ? this.buyStops : this.sellStops;
  }

  onSnapshot(event: BookSnapshotEvent): void {
    this.source = 'book';
    this.sequence = event.sequence;
    fillSide(this.bids, event.bids);
    fillSide(this.asks, event.asks);
    this.resetQueues();
    const held = this.held;
    this.held = [];
    for (const delta of held) this.onDelta(delta);
  }

  /** Applies a delta; gives false when it must be ignored because the book has a hole or none is known. */
  onDelta(event: BookDeltaEvent): boolean {
    if (this.source !== 'book') {
      this.hold(event);
      return false;
    }
    if (event.lastSequence <= this.sequence) return false;
    if (event.firstSequence > this.sequence + 1) {
      // A hole: what is displayed can no longer be trusted, so quotes take over until the next snapshot.
      this.source = 'none';
      this.bids.clear();
      this.asks.clear();
      this.hold(event);
      return false;
    }
    this.sequence = event.lastSequence;
    changeSide(this.bids, this.queuesFrozen ? undefined : this.ownBuys, event.bids);
    changeSide(this.asks, this.queuesFrozen ? undefined : this.ownSells, event.asks);
    return true;
  }

  private hold(event: BookDeltaEvent): void {
    if (this.held.length >= heldDeltasMax) this.held.shift();
    this.held.push(event);
  }

  /** Takes a quote as a one-level book; ignored while a full book is known. Gives whether it was used. */
  onQuote(event: QuoteEvent): boolean {
    if (this.source === 'book') return false;
    const first = this.source === 'none';
    this.source = 'quote';
    quoteSide(this.bids, this.queuesFrozen ? undefined : this.ownBuys, event.bidTicks, event.bidLots);
    quoteSide(this.asks, this.queuesFrozen ? undefined : this.ownSells, event.askTicks, event.askLots);
    if (first) this.resetQueues();
    return true;
  }

  onFundingRate(event: FundingRateEvent): void {
    this.fundingMarkTicks = event.markTicks;
    this.fundingRate = Decimal.parse(event.rate);
    this.nextFundingMs = event.nextFundingMs;
  }

  save(): PaperMarketState {
    return {
      instrument: this.instrument.id,
      source: this.source,
      sequence: this.sequence,
      bids: this.bids.save(),
      asks: this.asks.save(),
      lastTradeTicks: this.lastTradeTicks,
      markTicks: this.fundingMarkTicks,
      fundingRate: this.fundingRate.toString(),
      nextFundingMs: this.nextFundingMs,
      tradedBids: this.ownBuys.levels.flatMap((level) => [level.ticks, level.tradedLots]),
      tradedAsks: this.ownSells.levels.flatMap((level) => [level.ticks, level.tradedLots]),
    };
  }

  /** Takes a saved view; the own orders must already rest here. */
  restore(state: PaperMarketState): void {
    this.source = state.source;
    this.sequence = state.sequence;
    this.bids.restore(state.bids);
    this.asks.restore(state.asks);
    this.lastTradeTicks = state.lastTradeTicks;
    this.fundingMarkTicks = state.markTicks;
    this.fundingRate = Decimal.parse(state.fundingRate);
    this.nextFundingMs = state.nextFundingMs;
    restoreTraded(this.ownBuys, state.tradedBids);
    restoreTraded(this.ownSells, state.tradedAsks);
  }

  /** Ends the freeze: nobody stands behind more than is displayed. */
  thawQueues(): void {
    this.queuesFrozen = false;
    this.resetQueues();
  }

  private resetQueues(): void {
    if (!this.hasOwnResting || this.queuesFrozen) return;
    this.ownBuys.onSnapshot((ticks) => this.bids.lotsAtPrice(ticks));
    this.ownSells.onSnapshot((ticks) => this.asks.lotsAtPrice(ticks));
  }
}

function fillSide(side: DepthSide, levels: readonly number[]): void {
  side.clear();
  // Snapshots list the best level first: from the back, every level is simply appended.
  for (let at = levels.length - 2; at >= 0; at -= 2) {
    side.set(levels[at] as number, levels[at + 1] as number);
  }
}

function changeSide(side: DepthSide, own: RestingSide | undefined, levels: readonly number[]): void {
  const watched = own !== undefined && !own.isEmpty;
  for (let at = 0; at < levels.length; at += 2) {
    const ticks = levels[at] as number;
    const lots = levels[at + 1] as number;
    const before = side.set(ticks, lots);
    if (watched) own.onLevelChange(ticks, before, lots);
  }
}

function quoteSide(side: DepthSide, own: RestingSide | undefined, ticks: number, lots: number): void {
  const same = side.count === 1 && side.ticksAt(0) === ticks;
  const before = same ? side.lotsAtRank(0) : 0;
  side.clear();
  if (ticks > 0) side.set(ticks, lots);
  // A price that was not displayed before tells nothing about a queue, except that it is not longer than this.
  if (own !== undefined && !own.isEmpty) own.onLevelChange(ticks, same ? before : lots, lots);
}

function restoreTraded(side: RestingSide, pairs: readonly number[]): void {
  for (let at = 0; at < pairs.length; at += 2) {
    const level = side.levels.find((candidate) => candidate.ticks === pairs[at]);
    if (level !== undefined) level.tradedLots = pairs[at + 1] as number;
  }
}
