/** The price of a taking order in a backtest: one formula for both paths, in whole ticks. */

import type { Side } from '../domain/order.ts';

/** Products within this share of a whole tick are that tick: the rounding of doubles must not cost one. */
const tickTolerance = 1e-12;

/**
 * Gives the ticks a taker pays or gets when it aims at `ticks`: a buy at `ticks × (1 + slippage)` rounded up, a sell
 * at `ticks × (1 − slippage)` rounded down, never below one tick.
 */
export function takerTicks(ticks: number, side: Side, slippage: number): number {
  if (slippage === 0) return ticks;
  const exact = side === 'buy' ? ticks * (1 + slippage) : ticks * (1 - slippage);
  const nearest = Math.round(exact);
  if (Math.abs(exact - nearest) <= ticks * tickTolerance) return Math.max(1, nearest);
  return Math.max(1, side === 'buy' ? Math.ceil(exact) : Math.floor(exact));
}
