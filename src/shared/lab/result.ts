/** What a backtest gives, whichever path ran it: round trips and equity in columns, counts, money, assumptions. */

import type { SeriesParams } from './run-params.ts';
import type { BacktestPath, BacktestSpec } from './spec.ts';

/** Why a round trip ended. The index in this list is what `TradeTable.exitReason` holds; only append. */
export const exitReasons = [
  'open',
  'signal',
  'stop',
  'target',
  'trailing',
  'roi',
  'time',
  'liquidation',
  'manual',
] as const;
export type ExitReason = (typeof exitReasons)[number];

/**
 * Round trips (from flat to flat) in the order of their entries; every column has `length` rows. Money is in the
 * quote (settle) currency of the trade's instrument.
 */
export interface TradeTable {
  readonly length: number;
  /** Index into `BacktestResult.instruments`. */
  readonly instrument: Uint16Array;
  /** 1 long, -1 short. */
  readonly side: Int8Array;
  readonly entryTimeMs: Float64Array;
  /** The last candle's close time for a trade still open at the end. */
  readonly exitTimeMs: Float64Array;
  /** Candle of the series in which the trade began and ended, counted from the first traded candle (0). */
  readonly entryBar: Int32Array;
  readonly exitBar: Int32Array;
  /** Base currency bought (sold, for a short) over the whole trip. */
  readonly quantity: Float64Array;
  /** Average prices over all fills; of an open trade the last close is the exit. */
  readonly entryPrice: Float64Array;
  readonly exitPrice: Float64Array;
  /** Fees paid (positive costs). */
  readonly fees: Float64Array;
  /** Funding and borrow interest, signed from our view: negative was paid. */
  readonly funding: Float64Array;
  /** What slippage and impact cost against the price aimed at (positive costs). */
  readonly slippage: Float64Array;
  /** Net profit: after fees and funding. */
  readonly profit: Float64Array;
  /** Profit over the entry value (quantity × entry price). */
  readonly profitRatio: Float64Array;
  /** Worst and best price while open against the entry price, ratios: `mae` <= 0 <= `mfe`. */
  readonly mae: Float64Array;
  readonly mfe: Float64Array;
  /** Index into `exitReasons`. */
  readonly exitReason: Uint8Array;
}

/** One row at the close of each candle of the first series (of every close time, with several series). */
export interface EquityTable {
  readonly length: number;
  /** Close time of the candle, epoch ms UTC. */
  readonly timeMs: Float64Array;
  /** Money plus open positions at the close, in the quote (settle) currency. */
  readonly equity: Float64Array;
  /** Signed value of open positions over equity. */
  readonly exposure: Float64Array;
}

export interface BacktestCounts {
  /** Candles traded over, warm-up apart; all series together. */
  readonly bars: number;
  /** Of these, candles in gaps that a repair of the data filled; 0 when left out. */
  readonly filledBars?: number | undefined;
  /** Orders sent. The sweep path counts those that filled: stops that rested and were never hit are not among them. */
  readonly orders: number;
  readonly fills: number;
  /** Of the fills, those that closed a position or a part of it; parts of one order in a row are one. Left out in results of older versions. */
  readonly closingFills?: number | undefined;
  /** Orders the risk checks or the venue refused. */
  readonly rejected: number;
  /** Entries that met a price at which the money did not suffice. */
  readonly refusedEntries: number;
  readonly liquidations: number;
}

/** A market of the run, as reports name it. */
export interface BacktestInstrument {
  readonly venue: string;
  readonly symbol: string;
  readonly kind: 'spot' | 'perpetual';
  /** Currency of its money columns. */
  readonly quote: string;
  readonly timeframeMs: number;
  /** Decimal texts. */
  readonly tickSize: string;
  readonly lotSize: string;
}

/** What is still open when a run ends, and what closing it would cost. */
export interface OpenPosition {
  /** Row of the trade table. */
  readonly trade: number;
  /** What is left of the trade, in base currency. */
  readonly quantity: number;
  /** Close of the last candle. */
  readonly lastPrice: number;
  /** A fraction of the value. */
  readonly takerFee: number;
}

/** The outcome of one run. Everything but `wallMs` and `barsPerSecond` is equal for equal specifications and data. */
export interface BacktestResult {
  readonly spec: BacktestSpec;
  /** The path that ran it. */
  readonly path: Exclude<BacktestPath, 'auto'>;
  /** What the traded series ran with, given or suggested. Left out in results of older versions. */
  readonly params?: readonly SeriesParams[] | undefined;
  readonly instruments: readonly BacktestInstrument[];
  readonly trades: TradeTable;
  readonly equity: EquityTable;
  /** By rows of the trade table; valued in `equity` at the last close, without a fee. */
  readonly openPositions: readonly OpenPosition[];
  /** Close of the first series for each row of the equity, and its first open; absent where rows do not match. */
  readonly price?: { readonly close: Float64Array; readonly start: number } | undefined;
  readonly counts: BacktestCounts;
  /** Sums over all trades, in quote currency; signs as in the trade table. */
  readonly fees: number;
  readonly funding: number;
  readonly slippage: number;
  readonly startEquity: number;
  readonly finalEquity: number;
  /** Open and close time of the traded candles, epoch ms UTC. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Sentences: every convention and inferred rule the figures rest on. */
  readonly assumptions: readonly string[];
  /** Sentences: what in data or run makes the figures weaker. */
  readonly warnings: readonly string[];
  readonly wallMs: number;
  readonly barsPerSecond: number;
  /** Hash of the last audit record; event path with audit on. */
  readonly auditHash?: string | undefined;
}

/** Names of the columns of a trade table, in their order. */
export const tradeColumns = [
  'instrument',
  'side',
  'entryTimeMs',
  'exitTimeMs',
  'entryBar',
  'exitBar',
  'quantity',
  'entryPrice',
  'exitPrice',
  'fees',
  'funding',
  'slippage',
  'profit',
  'profitRatio',
  'mae',
  'mfe',
  'exitReason',
] as const satisfies readonly (keyof TradeTable)[];

/** Makes a trade table of zeros. */
export function emptyTrades(length: number): TradeTable {
  return {
    length,
    instrument: new Uint16Array(length),
    side: new Int8Array(length),
    entryTimeMs: new Float64Array(length),
    exitTimeMs: new Float64Array(length),
    entryBar: new Int32Array(length),
    exitBar: new Int32Array(length),
    quantity: new Float64Array(length),
    entryPrice: new Float64Array(length),
    exitPrice: new Float64Array(length),
    fees: new Float64Array(length),
    funding: new Float64Array(length),
    slippage: new Float64Array(length),
    profit: new Float64Array(length),
    profitRatio: new Float64Array(length),
    mae: new Float64Array(length),
    mfe: new Float64Array(length),
    exitReason: new Uint8Array(length),
  };
}
