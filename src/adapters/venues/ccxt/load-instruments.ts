/** Loads an exchange's markets and reads them as instruments. */

import type { Exchange } from 'ccxt';
import type { VenueId } from '../../../shared/domain/nominal.ts';
import { type InstrumentTable, type MarketFields, precisionModes, readInstruments } from './instruments.ts';
import { supports } from './stream-handler.ts';
import { VenueError } from './venue-error.ts';

/** Gives the usable instruments, of `symbols` only where given. Throws `VenueError` when there are none. */
export async function loadInstruments(
  exchange: Exchange,
  venue: VenueId,
  symbols: readonly string[] | undefined,
): Promise<InstrumentTable> {
  const markets = Object.values(await exchange.loadMarkets()) as unknown as MarketFields[];
  const wanted = symbols === undefined ? undefined : new Set(symbols);
  const chosen =
    wanted === undefined ? markets : markets.filter((market) => wanted.has(String(market['symbol'])));
  const trading = (
    exchange.fees as { readonly trading?: { readonly maker?: unknown; readonly taker?: unknown } } | undefined
  )?.trading;
  const precisionMode = exchange.precisionMode ?? precisionModes.tickSize;
  const prices =
    precisionMode === precisionModes.significantDigits ? await lastPrices(exchange, symbols) : undefined;
  const table = readInstruments(venue, chosen, {
    precisionMode,
    makerFeeRate: trading?.maker,
    takerFeeRate: trading?.taker,
    referencePrice: (symbol) => prices?.get(symbol),
  });
  if (table.bySymbol.size > 0) return table;
  const reasons = table.refused.slice(0, 3).map((entry) => entry.reason);
  throw new VenueError({
    code: 'no-instruments',
    venue,
    reason: `none of ${chosen.length} markets can be used${reasons.length === 0 ? '' : ` (${reasons.join('; ')})`}`,
    hint: 'Check the symbols in the configuration.',
  });
}

/** Last prices by symbol; only for venues that state precision in significant digits. */
async function lastPrices(
  exchange: Exchange,
  symbols: readonly string[] | undefined,
): Promise<ReadonlyMap<string, number>> {
  if (!supports(exchange, 'fetchTickers')) return new Map();
  const tickers = await exchange.fetchTickers(symbols === undefined ? undefined : [...symbols]);
  return new Map(Object.entries(tickers).map(([symbol, ticker]) => [symbol, Number(ticker.last)]));
}
