/**
 * A shadow backtest: what one bot did, beside what the backtest of the same time, parameters and money would have done.
 * Amounts are exact decimal texts in the quote (settle) currency of the bot's market, rounded to eight digits before
 * they are compared, so that every sum here adds up to the last digit.
 */

import type { ExitReason } from './result.ts';

/** One round trip, from flat to flat, of the run or of the backtest. */
export interface ShadowTrip {
  /** 1 long, -1 short. */
  readonly side: 1 | -1;
  readonly entryTimeMs: number;
  /** The end of the compared time for a trip that is still open. */
  readonly exitTimeMs: number;
  /** Base currency held: bought (sold, for a short) less fees taken in it. */
  readonly quantity: number;
  /** Average prices over all fills; what is open is valued at the last close. */
  readonly entryPrice: number;
  readonly exitPrice: number;
  /** Fees paid, positive costs, in quote currency. */
  readonly fees: number;
  /** Negative was paid. */
  readonly funding: number;
  /** What taking orders lost against the price they were decided at, positive costs. */
  readonly slippage: number;
  /** Net, after fees and funding. */
  readonly profit: number;
  readonly isOpen: boolean;
  readonly exitReason: ExitReason;
}

/** Parts of a profit difference (run less backtest). They sum to the difference exactly. */
export interface ShadowParts {
  /** Decision prices: the run decided at another candle or price than the backtest. */
  readonly timing: string;
  /** The run's slippage against the modelled one. */
  readonly slippage: string;
  readonly fees: string;
  readonly funding: string;
  /** The same trade with more or less money in it. */
  readonly size: string;
}
export type ShadowPart = keyof ShadowParts;
export const shadowParts = ['timing', 'slippage', 'fees', 'funding', 'size'] as const satisfies ShadowPart[];

/** A trip of the run and the one of the backtest that stands for the same decision. */
export interface ShadowPair {
  readonly run: ShadowTrip;
  readonly backtest: ShadowTrip;
  /** Run less backtest, milliseconds: positive when the run came later. */
  readonly entryDelayMs: number;
  readonly exitDelayMs: number;
  /** What entry and exit price cost the run against the backtest, quote currency a base unit; positive is worse. */
  readonly entryPriceCost: number;
  readonly exitPriceCost: number;
  readonly difference: string;
  readonly parts: ShadowParts;
}

export const shadowReasonCodes = [
  'carried-position',
  'host-off',
  'not-running',
  'halted',
  'denied',
  'order-failed',
  'order-unfilled',
  'out-of-step',
  'bot-waited',
  'manual',
  'reconciled',
  'unknown',
] as const;
export type ShadowReasonCode = (typeof shadowReasonCodes)[number];

/** A trip that only one side has, with the likeliest reason the journal gives. */
export interface ShadowLoneTrip {
  readonly trip: ShadowTrip;
  readonly reason: { readonly code: ShadowReasonCode; readonly text: string };
}

export interface ShadowTotals {
  readonly run: string;
  readonly backtest: string;
  /** `run` less `backtest`: the sum of `parts`, `missed` and `extra`. */
  readonly difference: string;
  /** Sums over the matched pairs. */
  readonly parts: ShadowParts;
  /** Profit of the missed trades, negated: what the run did not earn. */
  readonly missed: string;
  /** Profit of the extra trades. */
  readonly extra: string;
}

/** The outcome of a shadow backtest. */
export interface ShadowResult {
  readonly bot: string;
  readonly name: string;
  readonly strategy: string;
  readonly venue: string;
  readonly symbol: string;
  /** Currency of every amount. */
  readonly quote: string;
  /** The compared time: open of its first minute, close of its last. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Length of the candles the bot decides on. */
  readonly timeframeMs: number;
  /** Candles two entries may lie apart and still be the same trade. */
  readonly toleranceBars: number;
  readonly pairs: readonly ShadowPair[];
  /** Trades only the backtest has. */
  readonly missed: readonly ShadowLoneTrip[];
  /** Trades only the run has. */
  readonly extra: readonly ShadowLoneTrip[];
  readonly totals: ShadowTotals;
  /** The outcome in sentences, the most important first. */
  readonly verdict: readonly string[];
  /** What the comparison rests on and what weakens it. */
  readonly notes: readonly string[];
}
