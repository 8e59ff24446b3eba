/** All orders the kernel knows: those that may still fill, and those closed recently enough for a late fill. */

import { ensureDefined } from '../../shared/domain/assert.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, notionalOf } from '../../shared/domain/instrument.ts';
import type { BotId, ClientOrderId, EpochMs, QuantityLots } from '../../shared/domain/nominal.ts';
import { type Fill, liveOrderStates, type Order, type OrderState } from '../../shared/domain/order.ts';
import { isLegalTransition } from './transitions.ts';

/** Closed orders kept in memory for late fills. */
const closedKeptMax = 5000;

/** Thrown when an order is asked to go where the table of transitions does not lead. */
export class IllegalTransitionError extends Error {
  override readonly name = 'IllegalTransitionError';
}

export class OrderStore {
  private readonly all = new Map<ClientOrderId, Order>();
  private readonly liveByBot = new Map<BotId, Map<ClientOrderId, Order>>();
  private readonly closed: ClientOrderId[] = [];
  private liveTotal = 0;

  constructor(orders: readonly Order[] = []) {
    for (const order of orders) this.put(order);
  }

  get(id: ClientOrderId): Order | undefined {
    return this.all.get(id);
  }

  /** Number of orders that may still fill. */
  get liveCount(): number {
    return this.liveTotal;
  }

  /** Live orders of one bot, oldest first. */
  liveOf(bot: BotId): Iterable<Order> {
    return this.liveByBot.get(bot)?.values() ?? [];
  }

  liveCountOf(bot: BotId): number {
    return this.liveByBot.get(bot)?.size ?? 0;
  }

  /** Every live order. */
  *live(): Iterable<Order> {
    for (const orders of this.liveByBot.values()) yield* orders.values();
  }

  /** Adds a new order. */
  add(order: Order): void {
    if (this.all.has(order.clientOrderId))
      throw new IllegalTransitionError(`order ${order.clientOrderId} exists`);
    this.put(order);
  }

  /** Moves an order to another state; throws `IllegalTransitionError` when the table forbids it. */
  move(
    id: ClientOrderId,
    to: OrderState,
    atMs: EpochMs,
    change: Partial<Pick<Order, 'reason' | 'venueOrderId'>>,
  ): Order {
    const before = ensureDefined(this.all.get(id), `order ${id}`);
    if (!isLegalTransition(before.state, to)) {
      throw new IllegalTransitionError(`order ${id} cannot go from ${before.state} to ${to}`);
    }
    return this.replace(before, { ...before, ...change, state: to, updatedAtMs: atMs });
  }

  /** Remembers the venue's id without a change of state. */
  setVenueOrderId(id: ClientOrderId, venueOrderId: Order['venueOrderId']): void {
    const before = ensureDefined(this.all.get(id), `order ${id}`);
    this.replace(before, { ...before, venueOrderId });
  }

  /** Adds a unique fill to the order's sums. The state is moved apart from it. */
  addFill(id: ClientOrderId, fill: Fill, instrument: Instrument, atMs: EpochMs): Order {
    const before = ensureDefined(this.all.get(id), `order ${id}`);
    return this.replace(before, {
      ...before,
      filledLots: (before.filledLots + fill.lots) as QuantityLots,
      filledNotional: Decimal.parse(before.filledNotional)
        .plus(notionalOf(instrument, fill.priceTicks, fill.lots))
        .toString(),
      venueOrderId: before.venueOrderId ?? fill.venueOrderId,
      updatedAtMs: atMs,
    });
  }

  private put(order: Order): void {
    this.all.set(order.clientOrderId, order);
    if (liveOrderStates.has(order.state)) this.link(order);
    else this.rememberClosed(order.clientOrderId);
  }

  private link(order: Order): void {
    let orders = this.liveByBot.get(order.bot);
    if (orders === undefined) {
      orders = new Map();
      this.liveByBot.set(order.bot, orders);
    }
    if (!orders.has(order.clientOrderId)) this.liveTotal += 1;
    orders.set(order.clientOrderId, order);
  }

  private replace(before: Order, after: Order): Order {
    this.all.set(after.clientOrderId, after);
    const wasLive = liveOrderStates.has(before.state);
    if (liveOrderStates.has(after.state)) this.link(after);
    else if (wasLive) {
      this.liveByBot.get(after.bot)?.delete(after.clientOrderId);
      this.liveTotal -= 1;
      this.rememberClosed(after.clientOrderId);
    }
    return after;
  }

  private rememberClosed(id: ClientOrderId): void {
    this.closed.push(id);
    if (this.closed.length > closedKeptMax * 2) {
      for (const old of this.closed.splice(0, closedKeptMax)) this.all.delete(old);
    }
  }
}

/** Gives the lots that may still fill; UNKNOWN and pending orders count whole. */
export function remainingLots(order: Order): number {
  return Math.max(0, order.lots - order.filledLots);
}
