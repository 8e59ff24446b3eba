/** How large an entry is: the same for the plan and the running bot. */

import { Decimal, decimalMin } from '../../shared/domain/decimal.ts';
import { type Instrument, lotsForQuote } from '../../shared/domain/instrument.ts';
import type { PriceTicks, QuantityLots } from '../../shared/domain/nominal.ts';
import { quotient } from '../common/decimal-math.ts';
import { buyCostFactor } from '../common/fees.ts';
import type { MaCrossNumbers, MaCrossParams } from './params.ts';

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
