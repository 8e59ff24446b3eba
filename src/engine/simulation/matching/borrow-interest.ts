/** Interest on what a margin position borrows: goods that were sold short, or money beyond one's own. */

import { Decimal } from '../../../shared/domain/decimal.ts';
import { type Instrument, notionalOf } from '../../../shared/domain/instrument.ts';
import type { PaperAccount } from './account.ts';

/** Fractions of the borrowed value for a day; a 24th of them is charged each hour. */
export interface BorrowRates {
  readonly basePerDay: Decimal;
  readonly quotePerDay: Decimal;
}

const hoursPerDay = Decimal.fromInteger(24);
const amountScale = 18;

/**
 * Gives an hour's interest on a position, zero or more, in the settle currency. A short one owes its goods, worth
 * `ticks` each lot. A long one owes what its entry cost beyond the account's money; several share that debt by their cost.
 */
export function hourlyInterest(
  account: PaperAccount,
  instrument: Instrument,
  rates: BorrowRates,
  ticks: number,
): Decimal {
  const lots = account.positionLots(instrument.id);
  if (lots === 0) return Decimal.zero;
  if (lots < 0) return perHour(notionalOf(instrument, ticks, -lots).times(rates.basePerDay));
  const { settle } = instrument;
  const longs = account.openPositions(settle).filter(({ id }) => account.positionLots(id) > 0);
  const cost = Decimal.sum(longs.map(({ id }) => account.entryNotional(id)));
  const debt = cost.minus(account.total(settle));
  if (debt.compare(Decimal.zero) <= 0) return Decimal.zero;
  const own =
    longs.length === 1 ? debt : debt.times(account.entryNotional(instrument.id)).dividedBy(cost, amountScale);
  return perHour(own.times(rates.quotePerDay));
}

function perHour(perDay: Decimal): Decimal {
  return perDay.dividedBy(hoursPerDay, amountScale);
}
