/** Trailing: the interval at the far end of the range moves to the other end when the price has left it. */

import { type Instrument, ticksOf } from '../../shared/domain/instrument.ts';
import type { PriceTicks } from '../../shared/domain/nominal.ts';
import { rebuyLots, saleLots } from './intervals.ts';
import type { GridNumbers } from './params.ts';
import type { GridState, IntervalState } from './state.ts';

/** Gives the direction the range should move at this price, within the limits; undefined when it should not. */
export function wantedMove(
  state: GridState,
  price: (level: number) => PriceTicks,
  ticks: PriceTicks,
  numbers: GridNumbers,
  instrument: Instrument,
): 'up' | 'down' | undefined {
  const first = state.intervals[0];
  const last = state.intervals[state.intervals.length - 1];
  if (first === undefined || last === undefined) return undefined;
  const { trailingUpLimit, trailingDownLimit } = numbers;
  if (trailingUpLimit !== undefined && ticks > price(last.index + 1)) {
    const next = price(last.index + 2);
    if (ticks >= next && next <= ticksOf(instrument, trailingUpLimit, 'down')) return 'up';
  }
  if (trailingDownLimit !== undefined && ticks < price(first.index)) {
    const next = price(first.index - 1);
    if (ticks <= next && next >= ticksOf(instrument, trailingDownLimit, 'up')) return 'down';
  }
  return undefined;
}

/** Gives the interval at its new place: the same money and inventory, a new cycle that no leg has used before. */
export function movedInterval(
  instrument: Instrument,
  state: GridState,
  interval: IntervalState,
  price: (level: number) => PriceTicks,
): IntervalState {
  const up = state.moving === 'up';
  const first = state.intervals[0] as IntervalState;
  const last = state.intervals[state.intervals.length - 1] as IntervalState;
  const index = up ? last.index + 1 : first.index - 1;
  const moved: IntervalState = { ...interval, index, cycle: state.lastCycle + 1, waiting: false };
  return {
    ...moved,
    lots: up ? rebuyLots(instrument, moved, price(index)) : saleLots(instrument, moved, price(index + 1)),
  };
}
