/**
 * A backtest as it is asked for: what runs over which data, with what money and under which assumptions about the
 * market. The same object serves command line, API, optimiser and stored runs; everything that changes a result is in
 * it, so that equal specifications give equal results.
 */

import { z } from 'zod';
import { idText, positiveDecimalText, timeframeText, timeMs, venueText } from '../api/primitives.ts';

/** A path on the machine the backtest runs on. */
const filePath = z.string().min(1).max(4096);

/** A rate such as 0.0005: a fraction, not percent. */
const fraction = z.number().min(0).max(0.5);

/** Where the candles of a series come from. */
export const candleSourceSpec = z.discriminatedUnion('kind', [
  /** CSV (plain or gzip), Parquet or JSON, one candle a row. */
  z.strictObject({ kind: z.literal('file'), path: filePath }),
  /** What was imported into the data folder earlier. */
  z.strictObject({
    kind: z.literal('store'),
    venue: venueText,
    instrument: z.string().min(3).max(60),
    timeframe: timeframeText,
    /**
     * Single trades or an order book recording instead of candles. Both are joined to candles of the timeframe for the strategy;
     * the venue meets trades one by one, or matches on the recorded book.
     */
    data: z.enum(['trades', 'l2']).optional(),
  }),
]);
export type CandleSourceSpec = z.infer<typeof candleSourceSpec>;

/** Where finer data comes from: what happens inside a candle is then known instead of assumed. */
export const detailSourceSpec = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('candles'), source: candleSourceSpec }),
  /** A file of trades (CSV: timestamp, price, amount; or the formats `data import` reads). */
  z.strictObject({ kind: z.literal('trades'), path: filePath }),
]);
export type DetailSourceSpec = z.infer<typeof detailSourceSpec>;

/** Mark prices of a perpetual: a file of candles, volume apart, or those imported for its venue and instrument. */
export const marksSpec = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), path: filePath }),
  z.strictObject({ kind: z.literal('store') }),
]);
export type MarksSpec = z.infer<typeof marksSpec>;

/**
 * Funding rates of a perpetual: a file (`timestamp,funding_rate`), those imported for its venue and instrument, one rate for
 * every funding time, or none.
 */
export const fundingSpec = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('file'), path: filePath }),
  z.strictObject({ kind: z.literal('store') }),
  z.strictObject({ kind: z.literal('constant'), rate: z.number().min(-0.1).max(0.1) }),
]);
export type FundingSpec = z.infer<typeof fundingSpec>;

/**
 * Trades a spot market on margin: long beyond one's own money, or short, in one cross-margin account of the quote currency.
 * Fractions of the borrowed value for a day; a 24th is charged each full hour.
 */
export const borrowSpec = z.strictObject({
  /** On goods that were sold short, at their price of the hour. */
  baseRatePerDay: z.number().min(0).max(0.1),
  /** On money a long position costs beyond one's own. */
  quoteRatePerDay: z.number().min(0).max(0.1),
});
export type BorrowSpec = z.infer<typeof borrowSpec>;

/** A maintenance margin step: positions worth up to `notionalMax` (quote currency; null: any) need this rate. */
export const marginTierSpec = z.strictObject({
  notionalMax: z.number().positive().nullable(),
  maintenanceRate: z.number().min(0).max(0.5),
});
export type MarginTierSpec = z.infer<typeof marginTierSpec>;

/** Highest leverage an account or a market may be given. */
export const leverageLimit = 200;

/** The venue's rules for an instrument; what is left out is read off the file, or zero. */
export const instrumentRulesSpec = z.strictObject({
  tickSize: positiveDecimalText.optional(),
  lotSize: positiveDecimalText.optional(),
  /** Least order value in quote currency, as decimal text. */
  minimumNotional: positiveDecimalText.optional(),
  /** Highest first; the account's own leverage may be less. */
  leverageMax: z.number().int().min(1).max(leverageLimit).optional(),
  maintenanceTiers: z.array(marginTierSpec).min(1).max(20).optional(),
});
export type InstrumentRulesSpec = z.infer<typeof instrumentRulesSpec>;

/** One market of a run. */
export const seriesSpec = z.strictObject({
  source: candleSourceSpec,
  /** Venue the account is kept at; several series of one venue share their money. */
  venue: venueText.default('backtest'),
  /** Unified symbol: `BTC/USDT` is spot, `BTC/USDT:USDT` a perpetual. A stored series names it itself. */
  instrument: z.string().min(3).max(60).optional(),
  /** Length of a candle; the smallest distance in the data when left out. */
  timeframe: timeframeText.optional(),
  rules: instrumentRulesSpec.optional(),
  detail: detailSourceSpec.optional(),
  funding: fundingSpec.optional(),
  borrow: borrowSpec.optional(),
  /** Mark prices for funding and liquidation (time, open, high, low, close); the candles' own prices when left out. */
  marks: marksSpec.optional(),
  /** Marks the series as data only: told to strategies that ask for it, traded by none. */
  tradable: z.boolean().default(true),
});
export type SeriesSpec = z.infer<typeof seriesSpec>;

export const fillConventions = ['next-open', 'close'] as const;
/** Where a market order sent at the close of a candle fills. */
export type FillConvention = (typeof fillConventions)[number];

export const intrabarPolicies = [
  'adverse-first',
  'by-direction',
  'open-low-high-close',
  'open-high-low-close',
] as const;
/** The order in which a candle's extremes are assumed to come. */
export type IntrabarPolicy = (typeof intrabarPolicies)[number];

export const limitFillRules = ['through', 'touch'] as const;
/** When a resting limit order fills: one tick beyond its price (somebody stood before us), or at its price. */
export type LimitFillRule = (typeof limitFillRules)[number];

export const backtestPaths = ['auto', 'event', 'sweep'] as const;
/**
 * `event`: kernel and simulated venue, any strategy. `sweep`: compiled rules over columns. Both make the same trades;
 * `auto` takes the sweep path where it knows everything that is asked for.
 */
export type BacktestPath = (typeof backtestPaths)[number];

/** One-way delay between us and the venue. */
export const latencySpec = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('constant'), ms: z.number().int().min(0).max(60_000) }),
  /** Log-normal around a median, cut at a maximum; drawn from the seed. */
  z.strictObject({
    kind: z.literal('log-normal'),
    medianMs: z.number().positive().max(60_000),
    sigma: z.number().min(0).max(3),
    maxMs: z.number().positive().max(600_000),
  }),
  /** Measured delays (CSV: timestamp, milliseconds): the newest one not after the moment holds. */
  z.strictObject({ kind: z.literal('recorded'), path: filePath }),
]);
export type LatencySpec = z.infer<typeof latencySpec>;

/**
 * What a taking order adds to its own price, beyond slippage: `coefficient × candle range × (share of the candle's
 * volume) ^ exponent`. The exponent 0.5 is the square-root law.
 */
export const marketImpactSpec = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('volume-share'),
    coefficient: z.number().min(0).max(10),
    exponent: z.number().min(0.1).max(2).default(0.5),
  }),
]);
export type MarketImpactSpec = z.infer<typeof marketImpactSpec>;

/** A backtest as it is asked for. Unknown keys are refused. */
export const backtestSpec = z
  .strictObject({
    strategy: idText,
    /** The strategy's own parameters; checked by its schema. */
    params: z.record(z.string(), z.unknown()).default({}),
    /** The first series is the one charts and single-market strategies mean. */
    series: z.array(seriesSpec).min(1).max(500),
    /** Trading begins with the first candle that opens at or after this; earlier ones warm up. Epoch ms UTC. */
    fromMs: timeMs.optional(),
    /** Candles that open before this are not seen at all, not even to warm up. Epoch ms UTC. */
    dataFromMs: timeMs.optional(),
    /** Candles that open at or after this are not seen. Epoch ms UTC. */
    toMs: timeMs.optional(),
    /** Starting money in the quote (settle) currency of each venue, decimal text. */
    capital: positiveDecimalText.default('10000'),
    /** Base currency there is from the start, by currency, decimal texts (for grids that begin with a stock). */
    holdings: z.record(z.string().max(20), positiveDecimalText).optional(),
    /** Fractions; the usual rates of the instrument's kind when left out. */
    makerFee: fraction.optional(),
    takerFee: fraction.optional(),
    /** What a taking order loses against the price it aims at, a fraction. */
    slippage: fraction.default(0.0005),
    fill: z.enum(fillConventions).default('next-open'),
    path: z.enum(backtestPaths).default('auto'),
    intrabar: z.enum(intrabarPolicies).default('adverse-first'),
    limitFill: z.enum(limitFillRules).default('through'),
    /** Share of the money an entry leaves untouched; 0 with `close`, 0.005 with `next-open` when left out. */
    reserve: fraction.optional(),
    /** Leverage of perpetuals, cross margin. */
    leverage: z.number().int().min(1).max(leverageLimit).default(1),
    latency: latencySpec.default({ kind: 'none' }),
    impact: marketImpactSpec.default({ kind: 'none' }),
    /** Closed candles before the first decision; what the strategy asks for when left out. */
    warmupBars: z.number().int().min(0).max(100_000).optional(),
    /** Seed of every chance in the run (latency). */
    seed: z.string().max(60).default('backtest'),
    /** Without a candle for this long (wall time) the strategy is taken to loop, and is ended. */
    stallTimeoutMs: z.number().int().min(100).max(3_600_000).default(30_000),
  })
  .refine((spec) => spec.fromMs === undefined || spec.toMs === undefined || spec.fromMs < spec.toMs, {
    path: ['toMs'],
    message: 'must be after fromMs',
  });

/** A checked specification with every default filled in. */
export type BacktestSpec = z.output<typeof backtestSpec>;
/** A specification as a caller writes it. */
export type BacktestSpecInput = z.input<typeof backtestSpec>;

/** Whether orders of a series meet a recorded order book, not candles. */
export function isOnBook({ source }: Pick<SeriesSpec, 'source'>): boolean {
  return source.kind === 'store' && source.data === 'l2';
}

/** Gives the share of the money an entry leaves untouched. */
export function reserveOf(spec: Pick<BacktestSpec, 'fill' | 'reserve'>): number {
  return spec.reserve ?? (spec.fill === 'close' ? 0 : 0.005);
}
