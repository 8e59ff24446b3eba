/**
 * Market events: what a venue says about prices, after normalisation. Prices are ticks, sizes are lots.
 * Level lists are flat pairs (ticks, lots, ticks, lots …); in a delta zero lots removes the level.
 */

import type { Candle } from '../domain/candle.ts';
import type { EpochMs, InstrumentId, PriceTicks, QuantityLots } from '../domain/nominal.ts';
import type { Side } from '../domain/order.ts';

interface MarketEventBase {
  readonly instrument: InstrumentId;
  /** The venue's time stamp; equal to `receiveTimeMs` where the venue gives none. */
  readonly venueTimeMs: EpochMs;
  /** When this machine received it: the kernel's clock. */
  readonly receiveTimeMs: EpochMs;
}

export interface QuoteEvent extends MarketEventBase {
  readonly kind: 'quote';
  readonly bidTicks: PriceTicks;
  readonly bidLots: QuantityLots;
  readonly askTicks: PriceTicks;
  readonly askLots: QuantityLots;
}

export interface TradeEvent extends MarketEventBase {
  readonly kind: 'trade';
  readonly tradeId: string;
  readonly priceTicks: PriceTicks;
  readonly lots: QuantityLots;
  /** The side of the order that took liquidity. */
  readonly aggressor: Side;
}

export interface BookSnapshotEvent extends MarketEventBase {
  readonly kind: 'book-snapshot';
  /** The last update the snapshot contains. */
  readonly sequence: number;
  readonly bids: readonly number[];
  readonly asks: readonly number[];
}

export interface BookDeltaEvent extends MarketEventBase {
  readonly kind: 'book-delta';
  /** First and last update number in this delta; consecutive deltas leave no hole. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly bids: readonly number[];
  readonly asks: readonly number[];
}

/** A candle the venue made; `final` once its time is over and the venue will not change it. */
export interface CandleEvent extends MarketEventBase {
  readonly kind: 'candle';
  readonly timeframeMs: number;
  readonly candle: Candle;
  readonly final: boolean;
  /** The close in ticks, given by feeds whose candles are all that is known of the market: the price from now on. */
  readonly closeTicks?: PriceTicks | undefined;
}

/** The price of a market known by its candles alone: one price for both sides, no size, no spread. */
export interface PriceEvent extends MarketEventBase {
  readonly kind: 'price';
  readonly priceTicks: PriceTicks;
}

/** The mark price and the funding rate that will be charged at `nextFundingMs` (perpetuals). */
export interface FundingRateEvent extends MarketEventBase {
  readonly kind: 'funding-rate';
  readonly markTicks: PriceTicks;
  /** Decimal text, for example `0.0001`; positive: longs pay shorts. */
  readonly rate: string;
  readonly nextFundingMs: EpochMs;
}

export type MarketEvent =
  | QuoteEvent
  | TradeEvent
  | BookSnapshotEvent
  | BookDeltaEvent
  | CandleEvent
  | PriceEvent
  | FundingRateEvent;
