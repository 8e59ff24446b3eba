/** What closing a position at market has in common, for bots and for positions made by hand. */

import type { Instrument } from '../../shared/domain/instrument.ts';
import type { QuantityLots } from '../../shared/domain/nominal.ts';
import type { OrderRequest } from '../../shared/domain/order.ts';
import type { RiskCode } from '../../shared/domain/risk.ts';

/** Denials that pass: the position is closed once they have. */
export const passingDenials: ReadonlySet<RiskCode> = new Set<RiskCode>([
  'VENUE_DISCONNECTED',
  'VENUE_RECONCILING',
  'BOOK_INVALID',
  'DATA_STALE',
  'HALTED',
]);

/** Gives the market order that closes a position of signed lots, or as much of it as the venue takes in one. */
export function closeRequest(instrument: Instrument, lots: number): OrderRequest {
  return {
    instrument: instrument.id,
    side: lots > 0 ? 'sell' : 'buy',
    type: 'market',
    lots: Math.min(Math.abs(lots), instrument.maximumLots) as QuantityLots,
    timeInForce: 'ioc',
    postOnly: false,
    reduceOnly: instrument.kind === 'perpetual',
  };
}
