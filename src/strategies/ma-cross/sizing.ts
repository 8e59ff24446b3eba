/** How large an entry is and where its stop lies: the same for the plan and the running bot. */

import { Decimal, decimalMin } from '../../shared/domain/decimal.ts';
import { type Instrument, lotsForQuote, ticksOf } from '../../shared/domain/instrument.ts';
import { type PriceTicks, priceTicks, type QuantityLots } from '../../shared/domain/nominal.ts';
import { quotient } from '../common/decimal-math.ts';
import { buyCostFactor } from '../common/fees.ts';
import type { MaCrossNumbers, MaCrossParams } from './params.ts';
import type { PositionSide } from './state.ts';

/** Part of the free money that is kept back for a price worse than the best one. */
export const priceReserve = Decimal.parse('0.005');

/**
 * Gives the value of an entry in quote currency when the bot has `money` in all; fees come on top. Never more than
 * the money pays for, its fee and the reserve included (that of the account's terms while the bot runs); undefined when a percentage of unknown money is asked for.
 */
export function entryValue(
  instrument: Instrument,
  params: MaCrossParams,
  numbers: MaCrossNumbers,
  money: Decimal | undefined,
  reserve = priceReserve,
): Decimal | undefined {
  const fixed = params.sizeType === 'quote' ? Decimal.parse(params.orderQuote) : undefined;
  if (money === undefined) return fixed;
  const spendable = quotient(
    money.times(Decimal.one.minus(reserve)),
    buyCostFactor(instrument, instrument.takerFeeRate),
  );
  return decimalMin(fixed ?? money.times(numbers.orderFraction), spendable);
}

/** Gives the money an entry of this value needs: with its fee and the reserve for a worse price. */
export function entryFunds(instrument: Instrument, value: Decimal): Decimal {
  return quotient(
    value.times(buyCostFactor(instrument, instrument.takerFeeRate)),
    Decimal.one.minus(priceReserve),
  );
}

/** Gives the whole lots of an entry. */
export function entryLots(instrument: Instrument, value: Decimal, ticks: PriceTicks): QuantityLots {
  return lotsForQuote(instrument, value, ticks);
}

/**
 * Gives the trigger of the stop order: the nearer of stop-loss (from the entry) and trailing stop (from the best
 * price), rounded away from the price; undefined when both are off.
 */
export function stopTicksOf(
  instrument: Instrument,
  numbers: MaCrossNumbers,
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
  numbers: MaCrossNumbers,
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
  numbers: MaCrossNumbers,
  side: PositionSide,
  entryPrice: Decimal,
): PriceTicks | undefined {
  if (numbers.takeProfit.isZero) return undefined;
  const long = side === 'long';
  const factor = long ? Decimal.one.plus(numbers.takeProfit) : Decimal.one.minus(numbers.takeProfit);
  const ticks = ticksOf(instrument, entryPrice.times(factor), long ? 'up' : 'down');
  return ticks > 0 ? priceTicks(ticks) : undefined;
}
