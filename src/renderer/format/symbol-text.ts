/** Market names as traders write them. */

/** Gives a unified symbol without its settle currency: `BTC/USDT:USDT` is `BTC/USDT perp`. */
export function shortSymbol(symbol: string): string {
  const [pair = symbol, settle] = symbol.split(':');
  return settle === undefined ? pair : `${pair} perp`;
}
