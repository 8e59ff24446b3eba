/**
 * Which kinds of instruments an exchange is asked for. CCXT loads all of them by default, each from a host or an address of its
 * own: a download of a spot market then fails where the futures host cannot be reached.
 */

import { parseSymbol } from '../../../shared/domain/symbol.ts';

type Kind = 'spot' | 'linear' | 'inverse' | 'dated';

/** What CCXT calls the kinds in `options.fetchMarkets.types`; exchanges that are not here are left as CCXT has them. */
const namesByExchange: Readonly<Record<string, Readonly<Record<Kind, string>>>> = {
  binance: { spot: 'spot', linear: 'linear', inverse: 'inverse', dated: 'linear' },
  bybit: { spot: 'spot', linear: 'linear', inverse: 'inverse', dated: 'linear' },
  okx: { spot: 'spot', linear: 'swap', inverse: 'swap', dated: 'future' },
  gate: { spot: 'spot', linear: 'swap', inverse: 'swap', dated: 'future' },
  bitget: { spot: 'spot', linear: 'swap', inverse: 'swap', dated: 'swap' },
};

/** Options of the CCXT class that load only the kinds these symbols are of; empty where CCXT's own are best. */
export function marketTypesFor(exchangeId: string, symbols: readonly string[]): Record<string, unknown> {
  const names = namesByExchange[exchangeId];
  if (names === undefined || symbols.length === 0) return {};
  return { fetchMarkets: { types: [...new Set(symbols.map((symbol) => names[kindOf(symbol)]))] } };
}

function kindOf(symbol: string): Kind {
  const { expiry, quote, settle } = parseSymbol(symbol) ?? {};
  if (settle === undefined) return 'spot';
  if (settle !== quote) return 'inverse';
  return expiry === undefined ? 'linear' : 'dated';
}
