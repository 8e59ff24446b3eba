/** The part of the contract for looking at stored candles: indicators over a series, pairs that move together. */

import { z } from 'zod';
import { jobView } from './job-view.ts';
import { method } from './method.ts';
import { idText, timeframeText, timeMs, venueText } from './primitives.ts';
import { candleView } from './views.ts';

/** A stored series of candles, at its own or a longer timeframe. */
const storedCandles = {
  venue: venueText,
  instrument: z.string().min(3).max(60),
  timeframe: timeframeText,
};

export const indicatorView = z.object({
  id: z.string(),
  aliases: z.array(z.string()),
  group: z.string(),
  title: z.string(),
  /** Columns it reads, named after the candle column they are by default. */
  inputs: z.array(z.string()),
  params: z.array(
    z.object({
      name: z.string(),
      defaultValue: z.number(),
      minimum: z.number(),
      maximum: z.number(),
      whole: z.boolean(),
    }),
  ),
  outputs: z.array(z.string()),
  formula: z.string(),
  source: z.string(),
  /** Bars before all outputs are known, with the default parameters. */
  warmUpBars: z.number(),
});
export type IndicatorView = z.output<typeof indicatorView>;

/** A pair that passed the test; the first is the dependent series. */
export const pairView = z.object({
  first: z.string(),
  second: z.string(),
  hedgeRatio: z.number(),
  intercept: z.number(),
  /** Statistic and p-value of Engle-Granger; absent with Johansen, which has `trace`. */
  t: z.number().optional(),
  p: z.number().optional(),
  trace: z.number().optional(),
  lag: z.number(),
  halfLifeBars: z.number(),
  hurst: z.number().nullable(),
  zeroCrossings: z.number(),
  correlation: z.number().nullable(),
  lastZ: z.number(),
  /** Whether the legs hedge each other; with a reason where they do not. */
  verdict: z.enum(['pair', 'no-hedge', 'same-side']).default('pair'),
  reason: z.string().optional(),
});
export type PairView = z.output<typeof pairView>;

/** Market makers the native replay of order books has built in. */
export const replayStrategies = ['grid', 'quoter'] as const;

/** What the job of a replay gives: money in quote currency, sizes in base currency, times epoch ms UTC. */
export const replayView = z.object({
  recording: z.object({
    symbol: z.string(),
    rows: z.number(),
    tick: z.string(),
    lot: z.string(),
    firstMs: z.number(),
    lastMs: z.number(),
    gaps: z.number(),
  }),
  /** Combinations that were run. */
  sets: z.number(),
  /** The best of them by equity, best first. */
  results: z.array(
    z.object({
      params: z.record(z.string(), z.number()),
      steps: z.number(),
      requests: z.number(),
      fills: z.number(),
      position: z.number(),
      balance: z.number(),
      fee: z.number(),
      volume: z.number(),
      value: z.number(),
      /** Balance and position at the last mid price, less fees. */
      equity: z.number(),
      maxDrawdown: z.number(),
    }),
  ),
  /** How the first of the results went. */
  best: z.object({
    timesMs: z.array(z.number()),
    equity: z.array(z.number()),
    positions: z.array(z.number()),
  }),
});
export type ReplayView = z.output<typeof replayView>;

/** What the job of a scan gives. */
export const pairScanView = z.object({
  method: z.enum(['engle-granger', 'johansen']),
  /** Largest p-value, or the level of Johansen's test. */
  pMaximum: z.number(),
  timeframeMs: z.number(),
  bars: z.number(),
  fromMs: z.number(),
  toMs: z.number(),
  /** Pairs that were tested, and those that passed the test; `rows` passed the limit of the half-life too. */
  tested: z.number(),
  passed: z.number(),
  rows: z.array(pairView),
});
export type PairScanView = z.output<typeof pairScanView>;

export const researchMethods = {
  'indicators/list': method(
    'read',
    'The catalogue of indicators with formula, source and warm-up',
    z.strictObject({}),
    z.object({ indicators: z.array(indicatorView) }),
  ),
  'indicators/run': method(
    'read',
    'Runs an indicator over a stored series of candles and gives its newest values',
    z.strictObject({
      indicator: idText,
      /** By name; those left out have their default. */
      params: z.record(z.string().max(60), z.number()).default({}),
      ...storedCandles,
      /** Candles that open at or after this are left out. */
      toMs: timeMs.optional(),
      limit: z.number().int().min(1).max(5_000).default(500),
    }),
    z.object({
      candles: z.array(candleView),
      /** A column an output with a value for each candle; null while warming up. */
      outputs: z.record(z.string(), z.array(z.number().nullable())),
      /** Candles it ran over, and how many of them warm up. */
      rows: z.number(),
      warmUpBars: z.number(),
    }),
  ),
  'pairs/scan': method(
    'trade',
    'Tests every pair of stored series for cointegration, as a job',
    z.strictObject({
      series: z.array(z.strictObject(storedCandles)).min(2).max(500),
      /** Joins all to this timeframe; left out, all must have the same. */
      joinedTimeframe: timeframeText.optional(),
      method: z.enum(['engle-granger', 'johansen']).default('engle-granger'),
      /** Largest p-value; Johansen knows 0.1, 0.05 and 0.01. */
      pMaximum: z.number().gt(0).max(1).default(0.05),
      /** Longest half-life of the spread, in bars; left out, all are kept. */
      halfLifeMaximum: z.number().positive().max(1_000_000).optional(),
      prices: z.enum(['log', 'plain']).default('log'),
      /** Only the newest bars that all series have. */
      bars: z.number().int().min(60).max(10_000_000).optional(),
    }),
    z.object({ job: jobView }),
  ),
  'recordings/replay': method(
    'trade',
    'Replays a stored order book for market makers that are built in, every combination of the values given, as a job',
    z.strictObject({
      venue: venueText,
      instrument: z.string().min(1).max(60),
      strategy: z.enum(replayStrategies),
      /** By name: a number, or a list of numbers to try. Sizes are in base currency. */
      params: z.record(z.string().max(60), z.union([z.number(), z.array(z.number()).min(1).max(1_000)])),
      /** Time between two decisions. */
      stepMs: z.number().min(0.001).max(3_600_000).default(100),
      /** What orders take to the exchange, and answers back. */
      latencyMs: z.number().min(0).max(60_000).default(10),
      /** How cancels move an order in its queue; `power` knows the exponent. */
      queue: z.enum(['power', 'risk-averse', 'logarithm']).default('power'),
      queueExponent: z.number().gt(0).max(20).default(2),
      matching: z.enum(['partial', 'whole']).default('partial'),
      /** Parts of the value, below zero for rebates. */
      makerFee: z.number().min(-0.5).max(0.5).default(0.0002),
      takerFee: z.number().min(-0.5).max(0.5).default(0.0005),
      /** Prices outside are left out; both or none. */
      lowestPrice: z.number().positive().max(1e12).optional(),
      highestPrice: z.number().positive().max(1e12).optional(),
      /** Best combinations to give. */
      limit: z.number().int().min(1).max(1_000).default(100),
    }),
    z.object({ job: jobView }),
  ),
} as const;
