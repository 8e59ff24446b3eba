/** Ledger legs of what can happen to money: opening, allocation, fills, fees, funding, adjustments. */

import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, notionalOf, quantityOf } from '../../shared/domain/instrument.ts';
import type { VenueId } from '../../shared/domain/nominal.ts';
import type { Fill } from '../../shared/domain/order.ts';
import type { LedgerLeg } from '../../shared/events/audit.ts';

/** Gives the two legs that move `amount` from one account to another. */
export function transferLegs(
  from: string,
  to: string,
  venue: VenueId,
  currency: string,
  amount: Decimal,
): readonly LedgerLeg[] {
  return [
    { account: from, venue, currency, amount: amount.negated().toString() },
    { account: to, venue, currency, amount: amount.toString() },
  ];
}

/**
 * Gives the legs of a fill. Spot: base and quote change hands with the market. Perpetual: nothing but the realised
 * profit moves, in the settle currency. The fee goes to the venue's fee account in its own currency.
 */
export function fillLegs(
  account: string,
  instrument: Instrument,
  fill: Fill,
  realised: Decimal,
): readonly LedgerLeg[] {
  const { venue } = instrument;
  const legs: LedgerLeg[] = [];
  if (instrument.kind === 'spot') {
    const quantity = quantityOf(instrument, fill.lots);
    const notional = notionalOf(instrument, fill.priceTicks, fill.lots);
    const bought = fill.side === 'buy';
    legs.push(
      ...transferLegs('market', account, venue, instrument.base, bought ? quantity : quantity.negated()),
      ...transferLegs('market', account, venue, instrument.quote, bought ? notional.negated() : notional),
    );
  } else if (!realised.isZero) {
    legs.push(...transferLegs('market', account, venue, instrument.settle, realised));
  }
  const fee = Decimal.parse(fill.fee);
  if (!fee.isZero) legs.push(...transferLegs(account, 'fees', venue, fill.feeCurrency, fee));
  return legs;
}
