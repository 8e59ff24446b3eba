/**
 * What differs between a venue's view of our account and the journal's: balances and positions. A venue nets the
 * positions of all bots in one instrument and books profit on the net one; the journal books it for each bot. So money
 * is compared without what both have not realised yet: balance minus the entry cost of what is held.
 */

import { Decimal } from '../../shared/domain/decimal.ts';
import type { AccountReportEvent } from '../../shared/events/venue.ts';
import type { KernelServices } from '../kernel/services.ts';

/** Balances are compared at this precision: venues round to eight digits. */
const balanceTolerance = Decimal.parse('0.00000001');

/** Gives each difference in words; empty when both agree. */
export function accountDifferences(services: KernelServices, report: AccountReportEvent): string[] {
  const differences: string[] = [];
  const venueMoney = new Map<string, Decimal>();
  const ownMoney = new Map<string, Decimal>();
  const add = (sums: Map<string, Decimal>, currency: string, amount: Decimal) =>
    sums.set(currency, (sums.get(currency) ?? Decimal.zero).plus(amount));

  for (const balance of report.balances) {
    add(venueMoney, balance.currency, Decimal.parse(balance.free).plus(Decimal.parse(balance.locked)));
  }
  for (const entry of services.portfolio.ledger.entries()) {
    if (entry.venue === report.venue && !ownMoney.has(entry.currency)) {
      add(ownMoney, entry.currency, services.portfolio.ledger.ownTotal(report.venue, entry.currency));
    }
  }

  const lots = new Map<string, { own: Decimal; venue: number }>();
  for (const { position } of services.portfolio.allPositions()) {
    const { instrument } = position;
    if (instrument.kind !== 'perpetual' || instrument.venue !== report.venue) continue;
    const sum = lots.get(instrument.id) ?? { own: Decimal.zero, venue: 0 };
    lots.set(instrument.id, { ...sum, own: sum.own.plus(position.held) });
    add(ownMoney, instrument.settle, position.cost.negated());
  }
  for (const position of report.positions) {
    const instrument = services.instrument(position.instrument);
    if (instrument === undefined) continue;
    const sum = lots.get(position.instrument) ?? { own: Decimal.zero, venue: 0 };
    lots.set(position.instrument, { ...sum, venue: position.lots });
    add(venueMoney, instrument.settle, Decimal.parse(position.entryCost).negated());
  }

  for (const currency of new Set([...venueMoney.keys(), ...ownMoney.keys()])) {
    const venue = venueMoney.get(currency) ?? Decimal.zero;
    const own = ownMoney.get(currency) ?? Decimal.zero;
    if (own.minus(venue).absolute().compare(balanceTolerance) > 0) {
      differences.push(`${currency}: the venue has ${venue}, the journal says ${own}`);
    }
  }
  for (const [id, { own, venue }] of lots) {
    const instrument = services.instrument(id as Parameters<typeof services.instrument>[0]);
    if (instrument === undefined || own.equals(instrument.lotSize.timesInteger(venue))) continue;
    differences.push(
      `${id}: the venue holds ${instrument.lotSize.timesInteger(venue)}, the journal says ${own}`,
    );
  }
  return differences;
}
