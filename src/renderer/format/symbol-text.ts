/** Market names as traders write them. */

/** Gives a unified symbol without its settle currency: `BTC/USDT:USDT` is `BTC/USDT perp`. */
export function shortSymbol(symbol: string): string {
  const [pair = symbol, settle] = symbol.split(':');
  return settle === undefined ? pair : `${pair} perp`;
}

/** Gives what a market trades in what: `BTC/USDT:USDT` is BTC in USDT; the plain words where it is no such name. */
export function currenciesOf(symbol: string): { readonly base: string; readonly quote: string } {
  const [base = '', quote = ''] = (symbol.split(':')[0] ?? '').split('/');
  return base === '' || quote === '' ? { base: 'base', quote: 'quote' } : { base, quote };
}
