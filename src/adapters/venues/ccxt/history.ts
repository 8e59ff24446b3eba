/** Closed candles from before now, page by page, checked and without doubles. */

import type { Exchange } from 'ccxt';
import { bucketOpenMs, type Candle } from '../../../shared/domain/candle.ts';
import { Refusal, type RefusalLog } from '../normalise/refusal.ts';
import { unifiedCandle } from '../normalise/unified.ts';
import { VenueError } from './venue-error.ts';

const pageBarsMaximum = 1_000;
const pagesMaximum = 200;

/** Gives CCXT's name of a timeframe. Throws `VenueError` naming those the venue has. */
export function timeframeName(exchange: Exchange, timeframeMs: number): string {
  const known = Object.keys(exchange.timeframes ?? {});
  const found = known.find((name) => exchange.parseTimeframe(name) * 1_000 === timeframeMs);
  if (found !== undefined) return found;
  throw new VenueError({
    code: 'unsupported-timeframe',
    venue: exchange.id,
    reason: `there are no candles of ${timeframeMs / 60_000} minutes`,
    hint: `Choose one of ${known.join(', ')}.`,
  });
}

/** Gives up to `bars` closed candles, oldest first; fewer where the venue has fewer. */
export async function fetchHistory(
  exchange: Exchange,
  symbol: string,
  timeframeMs: number,
  bars: number,
  venueNowMs: number,
  refusals: RefusalLog,
): Promise<readonly Candle[]> {
  const timeframe = timeframeName(exchange, timeframeMs);
  const candles = new Map<number, Candle>();
  const formingMs = bucketOpenMs(venueNowMs, timeframeMs);
  let sinceMs = formingMs - bars * timeframeMs;
  for (let page = 0; page < pagesMaximum && sinceMs < formingMs; page += 1) {
    const limit = Math.min(pageBarsMaximum, Math.ceil((formingMs - sinceMs) / timeframeMs) + 1);
    const rows = (await exchange.fetchOHLCV(symbol, timeframe, sinceMs, limit)) as readonly unknown[];
    let lastMs = Number.NEGATIVE_INFINITY;
    for (const row of rows) {
      try {
        const candle = unifiedCandle(row);
        lastMs = Math.max(lastMs, candle.openTimeMs);
        if (candle.openTimeMs < formingMs) candles.set(candle.openTimeMs, candle);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refusals.note(error, `${symbol} history`);
      }
    }
    if (lastMs < sinceMs) break;
    sinceMs = lastMs + timeframeMs;
  }
  return [...candles.values()].sort((left, right) => left.openTimeMs - right.openTimeMs).slice(-bars);
}
