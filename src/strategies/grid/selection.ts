/** Which of the grid's orders rest at the venue: the ones nearest to the price, up to a limit. */

import type { DesiredOrder } from '../../engine/strategy/api.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { PriceTicks } from '../../shared/domain/nominal.ts';
import type { Side } from '../../shared/domain/order.ts';
import { gridLeg } from './layout.ts';
import type { GridState, IntervalState } from './state.ts';

/** An interval's order price. */
export function orderTicks(
  interval: Pick<IntervalState, 'index' | 'side'>,
  price: (level: number) => PriceTicks,
): PriceTicks {
  return price(interval.side === 'buy' ? interval.index : interval.index + 1);
}

/** The leg an interval's order has now. */
export function currentLeg(interval: IntervalState): string {
  return gridLeg(interval.index, interval.side, interval.cycle);
}

/** An order as the selection sees it: where it would rest, and on which side. */
export interface Place {
  readonly ticks: number;
  readonly side: Side;
}

/**
 * Gives the items nearest to a price, at most `count`, in their given order. Half of the places belong to each side,
 * so that a move in either direction meets an order; what one side does not need goes to the other. The lower price
 * wins a tie.
 */
export function nearest<Item>(
  items: readonly Item[],
  placeOf: (item: Item) => Place,
  anchorTicks: number,
  count: number,
): readonly Item[] {
  if (items.length <= count) return items;
  const ranked = items
    .map((item, position) => {
      const { ticks, side } = placeOf(item);
      return { item, position, side, distance: Math.abs(ticks - anchorTicks) };
    })
    .sort((left, right) => left.distance - right.distance || left.position - right.position);
  const half = Math.floor(count / 2);
  const first = (side: Side) => ranked.filter((entry) => entry.side === side).slice(0, half);
  const chosen = new Set([...first('buy'), ...first('sell')]);
  for (const entry of ranked) {
    if (chosen.size >= count) break;
    chosen.add(entry);
  }
  return [...chosen].sort((left, right) => left.position - right.position).map((entry) => entry.item);
}

/** The interval that is being moved and therefore has no order, or undefined. */
export function movingInterval(state: GridState): IntervalState | undefined {
  if (state.moving === null) return undefined;
  return state.moving === 'up' ? state.intervals[0] : state.intervals[state.intervals.length - 1];
}

/** Gives the complete list of orders that should rest now. */
export function desiredOrders(
  instrument: Instrument,
  state: GridState,
  price: (level: number) => PriceTicks,
  maxOpenOrders: number,
  isPartlyFilled: (leg: string) => boolean,
): readonly DesiredOrder[] {
  if (state.phase !== 'running') return [];
  const moving = movingInterval(state);
  const active = state.intervals.filter(
    (interval) => interval !== moving && !interval.waiting && interval.lots > 0,
  );
  const anchor = state.anchorTicks ?? state.startTicks ?? 0;
  // A partly filled order counts as nearest: it stays until it is complete.
  const placeOf = (interval: IntervalState): Place => ({
    side: interval.side,
    ticks:
      active.length > maxOpenOrders && isPartlyFilled(currentLeg(interval))
        ? anchor
        : orderTicks(interval, price),
  });
  return nearest(active, placeOf, anchor, maxOpenOrders).map((interval) => ({
    leg: currentLeg(interval),
    side: interval.side,
    type: 'limit',
    lots: interval.lots,
    priceTicks: orderTicks(interval, price),
    // An exit on a perpetual must never turn into a new position.
    ...(instrument.kind === 'perpetual' && interval.side !== interval.opens ? { reduceOnly: true } : {}),
  }));
}
