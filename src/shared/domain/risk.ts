/** Risk: limits, states and the verdict on one order. */

import type { Decimal } from './decimal.ts';
import type { BotId, ClientOrderId, InstrumentId, VenueId } from './nominal.ts';

/** ACTIVE trades, REDUCING only makes exposure smaller, HALTED sends nothing but cancels. */
export type RiskState = 'ACTIVE' | 'REDUCING' | 'HALTED';

/** Where a state holds; the strictest of all scopes an order lies in counts. */
export type RiskScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'venue'; readonly venue: VenueId }
  | { readonly kind: 'bot'; readonly bot: BotId }
  | { readonly kind: 'instrument'; readonly instrument: InstrumentId };

/** Limits of the first set of checks. Money in the quote currency of the order's instrument, decimal texts. */
export interface RiskLimits {
  /** Largest notional of one order; what only closes the position of a bot may be larger. */
  readonly orderNotionalMax: string;
  /** Largest worst-case exposure of one bot: position plus all its open orders in the bad direction. */
  readonly botExposureMax: string;
  /** Largest worst-case exposure over all bots, per quote currency. */
  readonly totalExposureMax: string;
  readonly openOrdersPerBotMax: number;
  readonly openOrdersTotalMax: number;
  /** How far a limit price may lie through the market (a buy above, a sell below the mid), as a fraction: 0.1 is 10 %. */
  readonly priceBand: string;
  /** Oldest market data an order that raises exposure may rest on. */
  readonly dataAgeMsMax: number;
  /** Most orders a bot may send in any ten seconds. */
  readonly ordersPerTenSecondsMax: number;
}

export const defaultRiskLimits: RiskLimits = {
  orderNotionalMax: '50000',
  botExposureMax: '100000',
  totalExposureMax: '500000',
  openOrdersPerBotMax: 200,
  openOrdersTotalMax: 1000,
  priceBand: '0.1',
  dataAgeMsMax: 5000,
  ordersPerTenSecondsMax: 300,
};

export const riskCodes = [
  'HALTED',
  'REDUCING',
  'BOT_NOT_RUNNING',
  'QUANTITY_INVALID',
  'PRICE_INVALID',
  'MIN_QUANTITY',
  'MAX_QUANTITY',
  'MIN_NOTIONAL',
  'ORDER_NOTIONAL_MAX',
  'BOT_EXPOSURE_MAX',
  'TOTAL_EXPOSURE_MAX',
  'OPEN_ORDERS_MAX',
  'ORDER_RATE_MAX',
  'PRICE_BAND',
  'DATA_STALE',
  'BOOK_INVALID',
  'VENUE_DISCONNECTED',
  'VENUE_RECONCILING',
  'INSUFFICIENT_FUNDS',
  'REDUCE_ONLY_WOULD_INCREASE',
  'SELF_TRADE',
] as const;
export type RiskCode = (typeof riskCodes)[number];

/** Money an order needs. */
export interface NeededMoney {
  readonly currency: string;
  readonly amount: Decimal;
}

/** What risk says of one order; `message` names the rule and its numbers in words. */
export type RiskVerdict =
  | { readonly outcome: 'approved' }
  | { readonly outcome: 'reduced'; readonly lots: number; readonly code: RiskCode; readonly message: string }
  | {
      readonly outcome: 'denied';
      readonly code: RiskCode;
      readonly message: string;
      /** What the order needs where that is what is missing. */
      readonly need?: NeededMoney | undefined;
      /** Our own order it would trade with, where that is the reason. */
      readonly crossing?: ClientOrderId | undefined;
    };
