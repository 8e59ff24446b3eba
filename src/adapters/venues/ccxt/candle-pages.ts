/** Candles of a range from a venue, page by page, oldest first; requests keep to the venue's limits. */

import type { Exchange } from 'ccxt';
import type { Candle } from '../../../shared/domain/candle.ts';
import { unifiedCandle } from '../normalise/unified.ts';
import { timeframeName } from './history.ts';
import { patiently } from './patiently.ts';
import { VenueError } from './venue-error.ts';

const pageBars = 1_000;

/** Which candles: those that open from `fromMs` (included) to `toMs` (not included). */
export interface CandleRangeRequest {
  readonly symbol: string;
  readonly timeframeMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly signal: AbortSignal;
}

/** Loads the venue's instruments and checks that it has this one. Throws `VenueError` `unknown-instrument`. */
export async function checkInstrument(exchange: Exchange, symbol: string): Promise<void> {
  await exchange.loadMarkets();
  if (Object.hasOwn(exchange.markets ?? {}, symbol)) return;
  const [base = ''] = symbol.split('/');
  const near = Object.keys(exchange.markets ?? {}).filter((known) => known.startsWith(`${base}/`));
  throw new VenueError({
    code: 'unknown-instrument',
    venue: exchange.id,
    reason: `there is no instrument ${symbol}`,
    hint:
      near.length > 0 ? `It has ${near.slice(0, 8).join(', ')}.` : 'Write it as BTC/USDT or BTC/USDT:USDT.',
  });
}

/**
 * Gives pages of candles, each with where the next one begins; a stretch without candles gives an empty page. A request
 * that fails is made again a few times with growing waits. Throws what the last attempt threw, and stops at `signal`.
 */
export async function* candlePages(
  exchange: Exchange,
  request: CandleRangeRequest,
): AsyncGenerator<{ readonly candles: readonly Candle[]; readonly nextMs: number }> {
  const { symbol, timeframeMs, toMs, signal } = request;
  const timeframe = timeframeName(exchange, timeframeMs);
  let sinceMs = request.fromMs;
  while (sinceMs < toMs) {
    signal.throwIfAborted();
    const limit = Math.min(pageBars, Math.ceil((toMs - sinceMs) / timeframeMs));
    const rows = await patiently(signal, () => exchange.fetchOHLCV(symbol, timeframe, sinceMs, limit));
    const candles = (rows as readonly unknown[])
      .map((row) => unifiedCandle(row))
      .filter(({ openTimeMs }) => openTimeMs >= sinceMs && openTimeMs < toMs)
      .sort((left, right) => left.openTimeMs - right.openTimeMs)
      .filter(({ openTimeMs }, index, all) => openTimeMs !== all[index + 1]?.openTimeMs);
    const last = candles.at(-1);
    const nextMs = last === undefined ? sinceMs + limit * timeframeMs : last.openTimeMs + timeframeMs;
    yield { candles, nextMs };
    sinceMs = nextMs;
  }
}
