/** What a trade is to somebody whose position grows and shrinks in steps, as a grid's does. */

/** Sentence for reports, beside the number of pairs. */
export const pairsMeaning =
  'Fills that closed part of a position: each ends a buy and a sale of a grid. A trade is the whole way from flat to flat, and can have many.';

/**
 * Gives the round trips inside the trades, as a person counts those of a grid: a fill that opened with one that closed.
 * Several fills that close what one opened are one; undefined where there are no more of them than trades that ended.
 */
export function roundTripsOf(
  { closingFills, fills }: { readonly closingFills?: number | undefined; readonly fills: number },
  closedTrades: number,
): number | undefined {
  if (closingFills === undefined) return undefined;
  const roundTrips = Math.min(closingFills, fills - closingFills);
  return roundTrips > closedTrades ? roundTrips : undefined;
}

/**
 * Gives the fills that closed a part of a position, where there are more of them than trades that ended; undefined where each
 * trade was closed by one fill, or where the run did not count them.
 */
export function pairsOf(counts: { readonly closingFills?: number | undefined }, closedTrades: number) {
  const { closingFills } = counts;
  return closingFills !== undefined && closingFills > closedTrades ? closingFills : undefined;
}
