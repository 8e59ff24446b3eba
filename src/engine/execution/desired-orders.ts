/**
 * Compares the orders a strategy wants with those that rest, and says what to do. An order whose price and open
 * size agree keeps its place in the queue; a leg is only placed anew once its old order is proven closed.
 */

import type { Order } from '../../shared/domain/order.ts';
import type { DesiredOrder } from '../strategy/api.ts';
import { remainingLots } from './order-store.ts';

export interface DesiredDifference {
  readonly cancel: readonly Order[];
  /** What to place, with the size still missing in the leg. */
  readonly place: readonly { readonly desired: DesiredOrder; readonly lots: number }[];
  /** Legs that wait, with the reason in words. */
  readonly waiting: readonly { readonly leg: string; readonly reason: string }[];
}

function agrees(
  order: Order,
  desired: DesiredOrder,
  missingLots: number,
  closableLotsOf: (order: Order) => number,
): boolean {
  const rest = remainingLots(order);
  return (
    order.side === desired.side &&
    order.type === desired.type &&
    order.priceTicks === desired.priceTicks &&
    order.triggerTicks === desired.triggerTicks &&
    order.postOnly === (desired.postOnly ?? false) &&
    order.reduceOnly === (desired.reduceOnly ?? false) &&
    // Risk cuts a reduce-only order to what can be closed: then that is all that can rest.
    (rest === missingLots || (order.reduceOnly && rest === Math.min(missingLots, closableLotsOf(order))))
  );
}

/**
 * Computes the difference. `live` are the bot's live orders that come from a declared list; `closableLotsOf` gives how
 * many lots a live reduce-only order could have if it were placed now.
 */
export function compareDesired(
  desired: readonly DesiredOrder[],
  live: readonly Order[],
  filledLotsOf: (leg: string) => number,
  closableLotsOf: (order: Order) => number,
): DesiredDifference {
  const wanted = new Map<string, DesiredOrder>();
  for (const order of desired) wanted.set(order.leg, order);
  const cancel: Order[] = [];
  const waiting: { leg: string; reason: string }[] = [];
  const occupied = new Set<string>();
  for (const order of live) {
    const want = wanted.get(order.leg);
    if (want !== undefined) {
      const missing = want.lots - filledLotsOf(order.leg);
      if (
        !occupied.has(order.leg) &&
        order.state !== 'PENDING_CANCEL' &&
        agrees(order, want, missing, closableLotsOf)
      ) {
        occupied.add(order.leg);
        continue;
      }
      occupied.add(order.leg);
      waiting.push({ leg: order.leg, reason: waitReason(order) });
    }
    if (order.state === 'OPEN' || order.state === 'PARTIALLY_FILLED') cancel.push(order);
  }
  const place: { desired: DesiredOrder; lots: number }[] = [];
  for (const order of wanted.values()) {
    if (occupied.has(order.leg)) continue;
    const missing = order.lots - filledLotsOf(order.leg);
    if (missing > 0) place.push({ desired: order, lots: missing });
  }
  return { cancel, place, waiting };
}

function waitReason(order: Order): string {
  switch (order.state) {
    case 'PENDING_CREATE':
      return 'an older order of this level is being sent; it is changed once the venue has answered';
    case 'UNKNOWN':
      return 'the venue has not said what became of an older order of this level';
    default:
      return 'an older order of this level is being cancelled first';
  }
}
