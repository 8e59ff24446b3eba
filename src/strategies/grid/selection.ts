/** Which of the grid's orders rest at the venue: the ones nearest to the price, up to a limit. */

import type { DesiredOrder } from '../../engine/strategy/api.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { PriceTicks } from '../../shared/domain/nominal.ts';
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

/** Gives the items with the nearest prices, at most `count`, in their given order; the lower price wins a tie. */
export function nearest<Item>(
  items: readonly Item[],
  priceOfItem: (item: Item) => number,
  anchorTicks: number,
  count: number,
): readonly Item[] {
  if (items.length <= count) return items;
  const ranked = items
    .map((item, position) => ({ item, position, distance: Math.abs(priceOfItem(item) - anchorTicks) }))
    .sort((left, right) => left.distance - right.distance || left.position - right.position)
    .slice(0, count)
    .sort((left, right) => left.position - right.position);
  return ranked.map((entry) => entry.item);
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
  const rank = (interval: IntervalState) =>
    active.length > maxOpenOrders && isPartlyFilled(currentLeg(interval))
      ? anchor
      : orderTicks(interval, price);
  return nearest(active, rank, anchor, maxOpenOrders).map((interval) => ({
    leg: currentLeg(interval),
    side: interval.side,
    type: 'limit',
    lots: interval.lots,
    priceTicks: orderTicks(interval, price),
    // An exit on a perpetual must never turn into a new position.
    ...(instrument.kind === 'perpetual' && interval.side !== interval.opens ? { reduceOnly: true } : {}),
  }));
}
