/** Exits that a backtest makes at the very last close: the run makes them only after the compared time. */

import { takerTicks } from '../../shared/lab/fill-price.ts';
import type { ShadowTrip } from '../../shared/lab/shadow.ts';

/** How the compared time ends. */
export interface ComparedEnd {
  readonly toMs: number;
  readonly lastClose: number;
  readonly tickSize: number;
  readonly takerFee: number;
  /** What the backtest takes off market orders. */
  readonly slippage: number;
}

/**
 * Gives a trip of the backtest as the run has it at the end: one that left at market on the last close is still open there, valued
 * at that close without the costs of its exit. Other trips stay, those that left in parts among them.
 */
export function openAtEnd(trip: ShadowTrip, end: ComparedEnd): ShadowTrip {
  const { entryPrice, exitPrice, exitTimeMs, quantity, side } = trip;
  if (trip.isOpen || exitTimeMs < end.toMs) return trip;
  const lastTicks = Math.round(end.lastClose / end.tickSize);
  const taken = takerTicks(lastTicks, side > 0 ? 'sell' : 'buy', end.slippage) * end.tickSize;
  if (Math.abs(taken - exitPrice) > end.tickSize / 2) return trip;
  const fees = trip.fees - exitPrice * quantity * end.takerFee;
  return {
    ...trip,
    exitTimeMs: end.toMs,
    exitPrice: end.lastClose,
    fees,
    slippage: trip.slippage - Math.abs(exitPrice - end.lastClose) * quantity,
    profit: side * (end.lastClose - entryPrice) * quantity - fees + trip.funding,
    isOpen: true,
    exitReason: 'open',
  };
}
