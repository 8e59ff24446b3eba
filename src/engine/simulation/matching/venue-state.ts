/** What a simulated venue must not forget: plain data, safe for JSON, small enough to write after every change. */

import type { ClientOrderId, InstrumentId, VenueId, VenueOrderId } from '../../../shared/domain/nominal.ts';
import type { Fill, OrderType, Side, TimeInForce } from '../../../shared/domain/order.ts';
import type { FundingPaidEvent, VenueOrderReport } from '../../../shared/events/venue.ts';
import type { RandomState } from '../random.ts';

export type PaperOrderStatus = VenueOrderReport['state'];

/**
 * Where an open order is: just arrived, a stop waiting for its trigger, a stop that has fired, in the book; or one the
 * venue made itself to close a position.
 */
export type PaperOrderStage = 'new' | 'waiting' | 'fired' | 'resting' | 'liquidation';

/** An order as the simulated venue keeps it. Mutable inside the venue, copied at its borders. */
export interface PaperOrder {
  readonly clientOrderId: ClientOrderId;
  readonly venueOrderId: VenueOrderId;
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly type: OrderType;
  readonly lots: number;
  /** Limit price; 0 for market and stop orders. */
  readonly priceTicks: number;
  /** Trigger price; 0 where there is none. */
  readonly triggerTicks: number;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  /** Place in the order of acceptance: time priority among equal prices. */
  readonly acceptedNumber: number;
  readonly acceptedAtMs: number;
  status: PaperOrderStatus;
  filledLots: number;
  stage: PaperOrderStage;
  /** Lots for which money is bound at this moment. */
  boundLots: number;
  /** Estimated size before us at our price; -1 while the level lies outside the displayed book. */
  queueAheadLots: number;
  message: string;
}

/** A position of a perpetual. `entryNotional` is the exact cost of what is open, always positive. */
export interface PaperPositionState {
  readonly instrument: InstrumentId;
  readonly lots: number;
  readonly entryNotional: string;
}

/** Counters from which ids are made; they never go back. */
export interface PaperCounters {
  readonly nextOrderNumber: number;
  readonly nextTradeNumber: number;
  readonly nextLiquidationNumber: number;
}

/** The venue's whole truth about one account. */
export interface PaperVenueState {
  readonly version: 1;
  readonly venue: VenueId;
  /** Everything up to this time has been matched; market events not later than this are only looked at. */
  readonly asOfMs: number;
  readonly counters: PaperCounters;
  readonly orders: readonly PaperOrder[];
  readonly fills: readonly Fill[];
  readonly fundingPayments: readonly FundingPaidEvent[];
  /** Whole amount by currency, decimal texts. */
  readonly balances: Readonly<Record<string, string>>;
  readonly positions: readonly PaperPositionState[];
  /** Set where orders, fills and payments were left out because the venue's own file has them. */
  readonly incomplete?: true | undefined;
}

/** What changed since the last drain. Applying all changes in order to the first state gives the present one. */
export interface PaperVenueChanges {
  readonly venue: VenueId;
  readonly asOfMs: number;
  readonly counters: PaperCounters;
  /** Full new contents of each changed order. */
  readonly orders: readonly PaperOrder[];
  readonly fills: readonly Fill[];
  readonly fundingPayments: readonly FundingPaidEvent[];
  readonly balances: Readonly<Record<string, string>>;
  /** Changed positions; zero lots where one was closed. */
  readonly positions: readonly PaperPositionState[];
}

/** What the venue has seen of one instrument: needed only to go on exactly where a world was saved. */
export interface PaperMarketState {
  readonly instrument: InstrumentId;
  readonly source: 'none' | 'quote' | 'book';
  readonly sequence: number;
  readonly bids: readonly number[];
  readonly asks: readonly number[];
  readonly lastTradeTicks: number;
  readonly markTicks: number;
  readonly fundingRate: string;
  readonly nextFundingMs: number;
  /** Flat pairs (ticks, lots traded since the level was last updated) of levels where own orders rest. */
  readonly tradedBids: readonly number[];
  readonly tradedAsks: readonly number[];
}

/** Market view of all instruments and the state of the latency generator. */
export interface PaperVenueMarketState {
  readonly asOfMs: number;
  readonly instruments: readonly PaperMarketState[];
  readonly random: RandomState;
}

/** Gives the state after some changes. Orders keep their first place; a changed one is replaced where it stands. */
export function applyPaperVenueChanges(state: PaperVenueState, changes: PaperVenueChanges): PaperVenueState {
  const orders = new Map(state.orders.map((order) => [order.clientOrderId, order]));
  for (const order of changes.orders) orders.set(order.clientOrderId, order);
  const positions = new Map(state.positions.map((position) => [position.instrument, position]));
  for (const position of changes.positions) {
    if (position.lots === 0) positions.delete(position.instrument);
    else positions.set(position.instrument, position);
  }
  return {
    version: 1,
    venue: state.venue,
    asOfMs: changes.asOfMs,
    counters: changes.counters,
    orders: [...orders.values()],
    fills: [...state.fills, ...changes.fills],
    fundingPayments: [...state.fundingPayments, ...changes.fundingPayments],
    balances: { ...state.balances, ...changes.balances },
    positions: [...positions.values()],
  };
}
