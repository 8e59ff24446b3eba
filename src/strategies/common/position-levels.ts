/** Where the stop and the target of a position lie: the same for plans and running bots. */

import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, ticksOf } from '../../shared/domain/instrument.ts';
import { type PriceTicks, priceTicks } from '../../shared/domain/nominal.ts';

export type PositionSide = 'long' | 'short';

/** Distances from the entry (trailing: from the best price) as exact fractions; zero is off. */
export interface PositionLevels {
  readonly stopLoss: Decimal;
  readonly takeProfit: Decimal;
  readonly trailingStop: Decimal;
}

/**
 * Gives the trigger of the stop order: the nearer of stop-loss (from the entry) and trailing stop (from the best
 * price), rounded away from the price; undefined when both are off.
 */
export function stopTicksOf(
  instrument: Instrument,
  numbers: PositionLevels,
  side: PositionSide,
  entryPrice: Decimal,
  bestPrice: Decimal,
): PriceTicks | undefined {
  const long = side === 'long';
  const at = (from: Decimal, distance: Decimal) =>
    ticksOf(
      instrument,
      from.times(long ? Decimal.one.minus(distance) : Decimal.one.plus(distance)),
      long ? 'down' : 'up',
    );
  const stops: number[] = [];
  if (numbers.stopLoss.isPositive) stops.push(at(entryPrice, numbers.stopLoss));
  if (numbers.trailingStop.isPositive) stops.push(at(bestPrice, numbers.trailingStop));
  if (stops.length === 0) return undefined;
  return priceTicks(Math.max(1, long ? Math.max(...stops) : Math.min(...stops)));
}

/** Gives what a stop order at this trigger is: the stop-loss, or the trailing stop that has moved past it. */
export function stopPurpose(
  instrument: Instrument,
  numbers: PositionLevels,
  side: PositionSide,
  entryPrice: Decimal,
  stopTicks: PriceTicks,
): 'stop' | 'trailing' {
  if (!numbers.trailingStop.isPositive) return 'stop';
  const fixed = { ...numbers, trailingStop: Decimal.zero };
  return stopTicks === stopTicksOf(instrument, fixed, side, entryPrice, entryPrice) ? 'stop' : 'trailing';
}

/** Gives the price at which the take-profit closes, rounded to the winning side; undefined when it is off. */
export function targetTicksOf(
  instrument: Instrument,
  numbers: PositionLevels,
  side: PositionSide,
  entryPrice: Decimal,
): PriceTicks | undefined {
  if (numbers.takeProfit.isZero) return undefined;
  const long = side === 'long';
  const factor = long ? Decimal.one.plus(numbers.takeProfit) : Decimal.one.minus(numbers.takeProfit);
  const ticks = ticksOf(instrument, entryPrice.times(factor), long ? 'up' : 'down');
  return ticks > 0 ? priceTicks(ticks) : undefined;
}
