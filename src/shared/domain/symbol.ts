/**
 * Names of markets as CCXT unifies them: `BTC/USDT` is spot, `BTC/USDT:USDT` a perpetual, `BTC/USDT:USDT-240329` a dated
 * future. One reading for imports, downloads and backtests, so that what one of them takes the others find.
 */

/** Base, quote and settle currency; spot has no settle currency, and only dated contracts have an `expiry`. */
export interface SymbolParts {
  readonly base: string;
  readonly quote: string;
  readonly settle: string | undefined;
  /** What stands behind the settle currency: `240329`, `240329-60000-C`. */
  readonly expiry: string | undefined;
}

/** Capitals and digits, after a small prefix as in `stETH`; a few tokens are named in scripts without capitals. */
const code = String.raw`([a-z]{0,4}[A-Z0-9\p{Lo}]{1,20})`;
const pattern = new RegExp(`^${code}/${code}(?::${code}(?:-([0-9A-Z-]{6,20}))?)?$`, 'u');
/** Quote currencies that a symbol written in one may end with; longer ones first. */
const quotes = ['FDUSD', 'USDT', 'USDC', 'BUSD', 'TUSD', 'USD', 'EUR', 'GBP', 'BTC', 'ETH', 'BNB'];

/** Reads a symbol; undefined for what is none. */
export function parseSymbol(text: string): SymbolParts | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, base = '', quote = '', settle, expiry] = match;
  return { base, quote, settle, expiry };
}

/** The spot symbol that a name in one word stands for: `BTCUSDT` is `BTC/USDT`; undefined where no known quote ends it. */
export function spotSymbolOf(word: string): string | undefined {
  const quote = quotes.find((candidate) => word.endsWith(candidate) && word.length > candidate.length + 1);
  return quote === undefined ? undefined : `${word.slice(0, -quote.length)}/${quote}`;
}

/** The standard form of what was probably meant, such as `BTC/USDT` for `btcusdt` or `btc-usdt`; undefined where none is near. */
export function nearestSymbol(text: string): string | undefined {
  const [market = '', settle] = text.toUpperCase().split(':');
  const parts = market.split(/[-_/ ]+/).filter((part) => part !== '');
  const spot = parts.length === 2 ? parts.join('/') : spotSymbolOf(parts.join(''));
  const symbol = settle === undefined ? spot : `${spot}:${settle}`;
  return symbol !== undefined && parseSymbol(symbol) !== undefined ? symbol : undefined;
}

/** Gives what two ways to write one market have in common: `btcusdt`, `BTC-USDT` and `BTC/USDT` are equal. */
export function symbolKey(text: string): string {
  return text.toUpperCase().replace(/[^\p{L}\p{N}:]/gu, '');
}
