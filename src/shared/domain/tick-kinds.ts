/**
 * What a row of trades and order book changes says. `bidClear` and `askClear` take away this price and all better ones,
 * `clearAll` the whole book: a snapshot follows.
 */
export const tickKinds = {
  bidDepth: 0,
  askDepth: 1,
  buyTrade: 2,
  sellTrade: 3,
  bidClear: 4,
  askClear: 5,
  clearAll: 6,
} as const;
