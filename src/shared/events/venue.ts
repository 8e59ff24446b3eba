/** Venue events: what a venue says about our account and orders. */

import type {
  ClientOrderId,
  EpochMs,
  InstrumentId,
  QuantityLots,
  VenueId,
  VenueOrderId,
} from '../domain/nominal.ts';
import type { Fill, Order } from '../domain/order.ts';

/** Coded reasons a venue may give; `other` carries the venue's words in `message`. */
export type RejectCode =
  | 'insufficient-funds'
  | 'minimum-notional'
  | 'minimum-quantity'
  | 'maximum-quantity'
  | 'price-filter'
  | 'post-only-would-cross'
  | 'reduce-only-would-increase'
  | 'duplicate-client-order-id'
  | 'no-liquidity'
  | 'unknown-instrument'
  | 'other';

export interface OrderAcceptedEvent {
  readonly kind: 'order-accepted';
  readonly venue: VenueId;
  readonly clientOrderId: ClientOrderId;
  readonly venueOrderId: VenueOrderId;
  /** Set where the venue made the order itself, to liquidate a position. */
  readonly liquidation?: true | undefined;
  readonly timeMs: EpochMs;
}

/** A proven refusal: the venue did not and will not execute it. */
export interface OrderRejectedEvent {
  readonly kind: 'order-rejected';
  readonly venue: VenueId;
  readonly clientOrderId: ClientOrderId;
  readonly code: RejectCode;
  readonly message: string;
  readonly timeMs: EpochMs;
}

/** The outcome of sending is not known (time-out, cut connection, 5xx): never treated as refused. */
export interface OrderOutcomeUnknownEvent {
  readonly kind: 'order-outcome-unknown';
  readonly venue: VenueId;
  readonly clientOrderId: ClientOrderId;
  readonly message: string;
  readonly timeMs: EpochMs;
}

export interface OrderFilledEvent {
  readonly kind: 'order-filled';
  readonly venue: VenueId;
  readonly fill: Fill;
  readonly timeMs: EpochMs;
}

/** The order has left the book: cancelled by us, or expired by the venue (IOC rest, FOK, post-only). */
export interface OrderClosedEvent {
  readonly kind: 'order-closed';
  readonly venue: VenueId;
  readonly clientOrderId: ClientOrderId;
  readonly outcome: 'canceled' | 'expired';
  readonly message: string;
  readonly timeMs: EpochMs;
}

/** The venue refused to cancel, usually because the order is already closed. */
export interface CancelRejectedEvent {
  readonly kind: 'cancel-rejected';
  readonly venue: VenueId;
  readonly clientOrderId: ClientOrderId;
  readonly message: string;
  readonly timeMs: EpochMs;
}

/** A funding payment booked by the venue; the amount is signed from the account's view. */
export interface FundingPaidEvent {
  readonly kind: 'funding-paid';
  readonly venue: VenueId;
  readonly instrument: InstrumentId;
  readonly paymentId: string;
  readonly amount: string;
  readonly currency: string;
  /** Position the payment was computed on, in signed lots. */
  readonly positionLots: QuantityLots;
  readonly timeMs: EpochMs;
}

export type ConnectionState = 'connecting' | 'connected' | 'stale' | 'disconnected';

/** The link to a venue changed; entries are blocked while it is not `connected`. */
export interface VenueConnectionEvent {
  readonly kind: 'venue-connection';
  readonly venue: VenueId;
  readonly state: ConnectionState;
  readonly message: string;
  readonly timeMs: EpochMs;
}

/** A balance at the venue, exact decimal texts. */
export interface VenueBalance {
  readonly currency: string;
  readonly free: string;
  readonly locked: string;
}

/** An order as the venue lists it. */
export interface VenueOrderReport {
  readonly clientOrderId: ClientOrderId;
  readonly venueOrderId: VenueOrderId;
  readonly instrument: InstrumentId;
  readonly state: 'open' | 'filled' | 'canceled' | 'expired' | 'rejected';
  readonly filledLots: QuantityLots;
  readonly message: string;
}

/** A position at the venue (perpetuals). */
export interface VenuePosition {
  readonly instrument: InstrumentId;
  /** Signed lots of the whole account: a venue nets what several bots hold. */
  readonly lots: QuantityLots;
  /** Signed entry value in settle currency, exact decimal text; realised profit at the venue depends on it. */
  readonly entryCost: string;
}

/**
 * The venue's own view of our account, asked for at start, after a reconnect and every few seconds.
 * `orders` holds every open order and every order that was asked for by id; `fills` holds all since `sinceMs`.
 */
export interface AccountReportEvent {
  readonly kind: 'account-report';
  readonly venue: VenueId;
  readonly requestId: number;
  readonly sinceMs: EpochMs;
  readonly orders: readonly VenueOrderReport[];
  /** Ids that were asked for and that the venue proves it never accepted. */
  readonly provenAbsent: readonly ClientOrderId[];
  readonly fills: readonly Fill[];
  readonly fundingPayments: readonly FundingPaidEvent[];
  readonly balances: readonly VenueBalance[];
  readonly positions: readonly VenuePosition[];
  readonly timeMs: EpochMs;
}

export type VenueEvent =
  | OrderAcceptedEvent
  | OrderRejectedEvent
  | OrderOutcomeUnknownEvent
  | OrderFilledEvent
  | OrderClosedEvent
  | CancelRejectedEvent
  | FundingPaidEvent
  | VenueConnectionEvent
  | AccountReportEvent;

/** Effects that leave the kernel for a venue. An order leaves only once its intent is durable. */
export type VenueCommand =
  | {
      readonly kind: 'submit-order';
      readonly venue: VenueId;
      readonly order: Order;
      readonly auditSequence: number;
    }
  | {
      readonly kind: 'cancel-order';
      readonly venue: VenueId;
      readonly instrument: InstrumentId;
      readonly clientOrderId: ClientOrderId;
      readonly venueOrderId?: VenueOrderId | undefined;
      readonly auditSequence: number;
    }
  | {
      readonly kind: 'request-account-report';
      readonly venue: VenueId;
      readonly requestId: number;
      readonly sinceMs: EpochMs;
      readonly clientOrderIds: readonly ClientOrderId[];
      readonly auditSequence: number;
    };
