/** What a simulated venue asks of the part that matches orders, whatever the market is known by. */

import type { ClientOrderId } from '../../../shared/domain/nominal.ts';
import type { Order, Side } from '../../../shared/domain/order.ts';
import type { TakePlan } from './funds.ts';
import type { InstrumentMarket } from './instrument-market.ts';
import type { BookingParts, OrderBooking } from './order-booking.ts';
import type { PaperOrder } from './venue-state.ts';

/** What a desk works on; all of it belongs to one venue. */
export interface DeskParts extends BookingParts {
  readonly booking: OrderBooking;
  /** Called when a stop fires; the venue executes it at the end of the moment, at the book as it then is. */
  readonly onFired: (order: PaperOrder) => void;
}

export interface MatchingDesk {
  /** Takes an order that has arrived: refuses it, executes it, rests it. */
  place(request: Order): void;
  cancel(clientOrderId: ClientOrderId): void;
  /** Lets a print of the tape fill resting orders and fire stops. */
  onTrade(market: InstrumentMarket, ticks: number, lots: number, aggressor: Side): void;
  /** Fills resting orders which the displayed book has come to cross. */
  onDepth(market: InstrumentMarket): void;
  /** Executes a stop that fired earlier, at the market as it is now. */
  executeFired(order: PaperOrder): void;
  /** Puts an open order of a restored ledger back where it was. */
  restoreOpen(order: PaperOrder): void;
  /** Collects what an order of this side can take now; `limitTicks` 0 means at any price. */
  planTake(market: InstrumentMarket, side: Side, lots: number, limitTicks: number): TakePlan;
}
