/** How large an entry of the rule strategy is. The sweep path computes the same, operation for operation. */

import type { TradingTerms } from '../../engine/strategy/api.ts';
import { type Instrument, notionalOf } from '../../shared/domain/instrument.ts';
import { type QuantityLots, quantityLots } from '../../shared/domain/nominal.ts';
import type { RuleParams } from './params.ts';

/** A quotient that is a whole number shall not lose a lot to the rounding of doubles. */
const slack = 1e-12;

/** What an entry costs per unit of quantity at a price: with slippage, fee and the reserve for a worse price. */
function unitCost(instrument: Instrument, terms: TradingTerms, price: number): number {
  return price * (1 + terms.slippage) * (1 + instrument.takerFeeRate.toNumber()) * (1 + terms.priceReserve);
}

/** Gives the value an entry may cost. `equity` is the bot's money. */
export function entryValue(
  params: RuleParams,
  instrument: Instrument,
  terms: TradingTerms,
  equity: number,
): number {
  if (params.sizeType === 'quote') return Number(params.orderQuote);
  const part = Number(params.orderPercent) / 100;
  // The venue lets an account have no more than the instrument's own leverage.
  const leverage = Math.min(terms.leverage, instrument.leverageMax);
  return instrument.kind === 'perpetual' ? part * equity * leverage : part * equity;
}

/** Gives the whole lots of an entry of this value at `ticks`; 0 when the venue would not take so few. */
export function entryLots(
  instrument: Instrument,
  terms: TradingTerms,
  value: number,
  ticks: number,
): QuantityLots {
  const price = instrument.tickSize.timesInteger(ticks).toNumber();
  const quantity = value / unitCost(instrument, terms, price);
  const whole = Math.floor((quantity / instrument.lotSize.toNumber()) * (1 + slack));
  const lots = Math.min(whole, instrument.maximumLots);
  const isEnough =
    lots > 0 &&
    lots >= instrument.minimumLots &&
    notionalOf(instrument, ticks, lots).compare(instrument.minimumNotional) >= 0;
  return quantityLots(isEnough ? lots : 0);
}
