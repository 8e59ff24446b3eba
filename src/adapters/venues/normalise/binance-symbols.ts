/** Binance's own symbols (`BTCUSDT`, `BTCUSD_PERP`) to unified ones, where no exchange rules are at hand. */

/** The three market types of Binance; each has its own frames and symbols. */
export type BinanceMarket = 'spot' | 'usdm' | 'cm';

const quoteCurrencies = [
  'FDUSD',
  'USDT',
  'USDC',
  'TUSD',
  'BUSD',
  'USD1',
  'USDP',
  'DAI',
  'EUR',
  'GBP',
  'TRY',
  'BRL',
  'JPY',
  'AUD',
  'UAH',
  'RUB',
  'ZAR',
  'PLN',
  'RON',
  'ARS',
  'MXN',
  'COP',
  'IDRT',
  'BTC',
  'ETH',
  'BNB',
  'TRX',
  'XRP',
  'DOGE',
  'SOL',
  'USD',
];

/** The parts of a unified symbol. */
export interface UnifiedSymbol {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly settle: string;
}

/** Gives the unified symbol of a Binance one; undefined when its quote currency is not known. */
export function unifyBinanceSymbol(venueSymbol: string, market: BinanceMarket): UnifiedSymbol | undefined {
  if (market === 'cm') {
    const base = /^([A-Z0-9]{1,15})USD_PERP$/.exec(venueSymbol)?.[1];
    return base === undefined
      ? undefined
      : { symbol: `${base}/USD:${base}`, base, quote: 'USD', settle: base };
  }
  const quote = quoteCurrencies.find(
    (currency) => venueSymbol.endsWith(currency) && venueSymbol.length > currency.length,
  );
  if (quote === undefined || !/^[A-Z0-9]{2,25}$/.test(venueSymbol)) return undefined;
  const base = venueSymbol.slice(0, -quote.length);
  return {
    symbol: market === 'spot' ? `${base}/${quote}` : `${base}/${quote}:${quote}`,
    base,
    quote,
    settle: quote,
  };
}
