/** How an instrument's fees act on sizes and prices. */

import type { TradingTerms } from '../../engine/strategy/api.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import { quotient } from './decimal-math.ts';

/** True when a buy's fee is taken out of the base it bought; then less can be sold than was bought. */
export function buyFeeInBase(instrument: Instrument): boolean {
  return instrument.kind === 'spot' && instrument.feeCurrencyRule === 'received';
}

/** Money a buy costs per unit of notional: 1, or 1 + fee where the fee is paid in money. */
export function buyCostFactor(instrument: Instrument, feeRate: Decimal): Decimal {
  return buyFeeInBase(instrument) ? Decimal.one : Decimal.one.plus(feeRate);
}

/** Digits after the point of a margin that does not divide evenly, as risk rounds it. */
const marginScale = 12;

/**
 * Money an order that opens or buys must find free: its value with the fee that is paid in money; on a perpetual the margin
 * at the leverage of the account (or the market's highest, where that is less), and the fee.
 */
export function orderMoney(
  { instrument, terms }: { readonly instrument: Instrument; readonly terms: Pick<TradingTerms, 'leverage'> },
  notional: Decimal,
  feeRate: Decimal,
): Decimal {
  const leverage = instrument.kind === 'perpetual' ? Math.min(terms.leverage, instrument.leverageMax) : 1;
  if (leverage <= 1) return notional.times(buyCostFactor(instrument, feeRate));
  const margin = notional.dividedBy(Decimal.fromInteger(leverage), marginScale, 'up');
  return margin.plus(notional.times(feeRate));
}

/** Base a buy leaves per unit bought: 1, or 1 - fee where the fee is taken in base. */
export function buyKeepFactor(instrument: Instrument, feeRate: Decimal): Decimal {
  return buyFeeInBase(instrument) ? Decimal.one.minus(feeRate) : Decimal.one;
}

/** Money a sale brings per unit of notional: 1 - fee. Sales always pay in money. */
export function saleFactor(feeRate: Decimal): Decimal {
  return Decimal.one.minus(feeRate);
}

/**
 * Smallest ratio of selling to buying price that pays both fees: (1 + f)/(1 - f) where fees are paid in money,
 * 1/((1 - f)(1 - f)) where the buy's fee is taken in base.
 */
export function breakEvenRatio(instrument: Instrument, buyFee: Decimal, sellFee: Decimal): Decimal {
  return quotient(
    buyCostFactor(instrument, buyFee),
    buyKeepFactor(instrument, buyFee).times(saleFactor(sellFee)),
  );
}

/** Net profit of buying at one price and selling at another, after both fees, as a fraction of the money used. */
export function roundTripRate(
  instrument: Instrument,
  buyPrice: Decimal,
  sellPrice: Decimal,
  buyFee: Decimal,
  sellFee: Decimal,
): Decimal {
  return quotient(quotient(sellPrice, buyPrice), breakEvenRatio(instrument, buyFee, sellFee)).minus(
    Decimal.one,
  );
}
