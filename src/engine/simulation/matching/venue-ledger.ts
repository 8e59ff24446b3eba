/** The venue's memory: every order id it ever saw, fills, funding payments, and what changed since the last drain. */

import type { ClientOrderId, EpochMs, VenueId } from '../../../shared/domain/nominal.ts';
import type { Fill } from '../../../shared/domain/order.ts';
import type { FundingPaidEvent } from '../../../shared/events/venue.ts';
import type { PaperAccount } from './account.ts';
import type { PaperCounters, PaperOrder, PaperVenueChanges, PaperVenueState } from './venue-state.ts';

export class VenueLedger {
  readonly venue: VenueId;
  readonly orders = new Map<ClientOrderId, PaperOrder>();
  /** Orders that may still fill, in the order of their acceptance. */
  readonly open = new Map<ClientOrderId, PaperOrder>();
  readonly fills: Fill[] = [];
  readonly fundingPayments: FundingPaidEvent[] = [];
  private readonly paymentIds = new Set<string>();
  private readonly changedOrders = new Set<PaperOrder>();
  private drainedFills = 0;
  private drainedPayments = 0;
  private nextOrderNumber = 1;
  private nextTradeNumber = 1;
  private nextLiquidationNumber = 1;
  private changed = false;
  private lastChangeMs = 0;

  constructor(venue: VenueId) {
    this.venue = venue;
  }

  /** Whether anything changed since the last drain; cheap enough to ask after every step. */
  get hasChanges(): boolean {
    return this.changed;
  }

  get asOfMs(): number {
    return this.lastChangeMs;
  }

  takeOrderNumber(): number {
    this.nextOrderNumber += 1;
    return this.nextOrderNumber - 1;
  }

  takeTradeNumber(): number {
    this.nextTradeNumber += 1;
    return this.nextTradeNumber - 1;
  }

  takeLiquidationNumber(): number {
    this.nextLiquidationNumber += 1;
    return this.nextLiquidationNumber - 1;
  }

  /** Remembers a new order, open or refused, for ever. */
  add(order: PaperOrder, nowMs: number): void {
    this.orders.set(order.clientOrderId, order);
    if (order.status === 'open') this.open.set(order.clientOrderId, order);
    this.touch(order, nowMs);
  }

  /** Notes that an order changed; a closed one leaves the open orders. */
  touch(order: PaperOrder, nowMs: number): void {
    if (order.status !== 'open') this.open.delete(order.clientOrderId);
    this.changedOrders.add(order);
    this.touchTime(nowMs);
  }

  touchTime(nowMs: number): void {
    this.changed = true;
    this.lastChangeMs = nowMs;
  }

  addFill(fill: Fill): void {
    this.fills.push(fill);
    this.touchTime(fill.venueTimeMs);
  }

  hasPayment(paymentId: string): boolean {
    return this.paymentIds.has(paymentId);
  }

  addPayment(payment: FundingPaidEvent, nowMs: number): void {
    this.paymentIds.add(payment.paymentId);
    this.fundingPayments.push(payment);
    this.touchTime(nowMs);
  }

  fillsSince(sinceMs: EpochMs): readonly Fill[] {
    return tailSince(this.fills, (fill) => fill.venueTimeMs, sinceMs);
  }

  fundingPaymentsSince(sinceMs: EpochMs): readonly FundingPaidEvent[] {
    return tailSince(this.fundingPayments, (payment) => payment.timeMs, sinceMs);
  }

  snapshot(account: PaperAccount): PaperVenueState {
    return {
      version: 1,
      venue: this.venue,
      asOfMs: this.lastChangeMs,
      counters: this.counters(),
      orders: [...this.orders.values()].map((order) => ({ ...order })),
      fills: [...this.fills],
      fundingPayments: [...this.fundingPayments],
      balances: account.totalsAsTexts(),
      positions: account.positionStates(),
    };
  }

  /** Gives the small part of the truth: what a host keeps beside its own file of orders and fills. */
  summary(account: PaperAccount): PaperVenueState {
    return {
      version: 1,
      venue: this.venue,
      asOfMs: this.lastChangeMs,
      counters: this.counters(),
      orders: [],
      fills: [],
      fundingPayments: [],
      balances: account.totalsAsTexts(),
      positions: account.positionStates(),
      incomplete: true,
    };
  }

  drainChanges(account: PaperAccount): PaperVenueChanges {
    const { balances, positions } = account.drainChanges();
    const changes: PaperVenueChanges = {
      venue: this.venue,
      asOfMs: this.lastChangeMs,
      counters: this.counters(),
      orders: [...this.changedOrders].map((order) => ({ ...order })),
      fills: this.fills.slice(this.drainedFills),
      fundingPayments: this.fundingPayments.slice(this.drainedPayments),
      balances,
      positions,
    };
    this.changedOrders.clear();
    this.drainedFills = this.fills.length;
    this.drainedPayments = this.fundingPayments.length;
    this.changed = false;
    return changes;
  }

  /** Takes a saved truth; the ledger must be new. */
  restore(state: PaperVenueState): void {
    for (const saved of state.orders) {
      const order: PaperOrder = { ...saved };
      this.orders.set(order.clientOrderId, order);
    }
    const open = [...this.orders.values()].filter((order) => order.status === 'open');
    open.sort((left, right) => left.acceptedNumber - right.acceptedNumber);
    for (const order of open) this.open.set(order.clientOrderId, order);
    this.fills.push(...state.fills);
    this.fundingPayments.push(...state.fundingPayments);
    for (const payment of state.fundingPayments) this.paymentIds.add(payment.paymentId);
    this.drainedFills = this.fills.length;
    this.drainedPayments = this.fundingPayments.length;
    this.nextOrderNumber = state.counters.nextOrderNumber;
    this.nextTradeNumber = state.counters.nextTradeNumber;
    this.nextLiquidationNumber = state.counters.nextLiquidationNumber;
    this.lastChangeMs = state.asOfMs;
  }

  private counters(): PaperCounters {
    return {
      nextOrderNumber: this.nextOrderNumber,
      nextTradeNumber: this.nextTradeNumber,
      nextLiquidationNumber: this.nextLiquidationNumber,
    };
  }
}

function tailSince<Item>(items: readonly Item[], timeOf: (item: Item) => number, sinceMs: number): Item[] {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeOf(items[middle] as Item) < sinceMs) low = middle + 1;
    else high = middle;
  }
  return items.slice(low);
}
