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

export const timeframes = ['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '12h', '1d'] as const;
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
};

/** Gives the length of a timeframe in milliseconds. */
export function timeframeMs(timeframe: Timeframe): number {
  return timeframeMinutes[timeframe] * minuteMs;
}
