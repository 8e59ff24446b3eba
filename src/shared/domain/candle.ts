/** Candles and timeframes. */

import type { EpochMs } from './nominal.ts';

/** Open time, prices in quote currency, volume in base currency. Doubles: for analysis, never for the ledger. */
export interface Candle {
  readonly openTimeMs: EpochMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export const timeframes = [
  '1m',
  '3m',
  '5m',
  '15m',
  '30m',
  '1h',
  '2h',
  '4h',
  '6h',
  '12h',
  '1d',
  '1w',
] as const;
export type Timeframe = (typeof timeframes)[number];

const minuteMs = 60_000;
const timeframeMinutes: Record<Timeframe, number> = {
  '1m': 1,
  '3m': 3,
  '5m': 5,
  '15m': 15,
  '30m': 30,
  '1h': 60,
  '2h': 120,
  '4h': 240,
  '6h': 360,
  '12h': 720,
  '1d': 1440,
  '1w': 10_080,
};

/** Monday 1970-01-05: weeks begin there, everything else at midnight of 1970-01-01. */
const firstMondayMs = 345_600_000;
const weekMs = 604_800_000;

/** Gives the begin of the candle that a time lies in; candles of whole weeks open on Mondays, 0:00 UTC. */
export function bucketOpenMs(timeMs: number, lengthMs: number): number {
  const originMs = lengthMs % weekMs === 0 ? firstMondayMs : 0;
  return originMs + Math.floor((timeMs - originMs) / lengthMs) * lengthMs;
}

/** Gives the length of a timeframe in milliseconds. */
export function timeframeMs(timeframe: Timeframe): number {
  return timeframeMinutes[timeframe] * minuteMs;
}
