/** What a simulated venue answers when it is asked for its view of the account. */

import { Decimal } from '../../../shared/domain/decimal.ts';
import { quantityLots } from '../../../shared/domain/nominal.ts';
import type { AccountReportEvent, VenueCommand, VenueOrderReport } from '../../../shared/events/venue.ts';
import type { PaperAccount } from './account.ts';
import type { VenueLedger } from './venue-ledger.ts';
import type { PaperOrder } from './venue-state.ts';

/** Gives every open order and every one that was asked for, fills and payments since a time, money and positions. */
export function accountReportOf(
  command: Extract<VenueCommand, { kind: 'request-account-report' }>,
  ledger: VenueLedger,
  account: PaperAccount,
): Omit<AccountReportEvent, 'timeMs'> {
  const listed = new Map<string, VenueOrderReport>();
  for (const order of ledger.open.values()) listed.set(order.clientOrderId, reportOf(order));
  const asked = command.clientOrderIds;
  for (const id of asked) {
    const order = ledger.orders.get(id);
    if (order !== undefined) listed.set(id, reportOf(order));
  }
  return {
    kind: 'account-report',
    venue: ledger.venue,
    requestId: command.requestId,
    sinceMs: command.sinceMs,
    orders: [...listed.values()],
    provenAbsent: asked.filter((id) => !ledger.orders.has(id)),
    fills: ledger.fillsSince(command.sinceMs),
    fundingPayments: ledger.fundingPaymentsSince(command.sinceMs),
    balances: account.balances(),
    positions: account.positionStates().map(({ instrument, lots, entryNotional }) => ({
      instrument,
      lots: quantityLots(lots),
      entryCost: Decimal.parse(entryNotional).timesInteger(Math.sign(lots)).toString(),
    })),
  };
}

function reportOf(order: PaperOrder): VenueOrderReport {
  return {
    clientOrderId: order.clientOrderId,
    venueOrderId: order.venueOrderId,
    instrument: order.instrument,
    state: order.status,
    filledLots: quantityLots(order.filledLots),
    message: order.message,
  };
}
