/** What a trade is to somebody whose position grows and shrinks in steps, as a grid's does. */

import type { MetricValues } from './metrics.ts';

/** Trades that have ended. */
export const closedTrades = (values: MetricValues): number =>
  (values['trades'] ?? 0) - (values['openTrades'] ?? 0);

/** Sentence for reports, beside the number of round trips. */
export const roundTripsMeaning =
  'Orders that opened a part of the position and were followed by one that closed it: each is a buy and a sale of a grid. A trade is the whole way from flat to flat, and can hold many.';

/**
 * Gives the round trips inside the trades, as a person counts those of a grid: an order that opened with one that closed.
 * Several that close what one opened are one, and so are the fills of one order; undefined where there are no more of them
 * than trades that ended, or where the run did not count them.
 */
export function roundTripsOf(
  {
    closingFills,
    fills,
  }: { readonly closingFills?: number | undefined; readonly fills?: number | undefined },
  closedTrades: number,
): number | undefined {
  if (closingFills === undefined || fills === undefined) return undefined;
  const roundTrips = Math.min(closingFills, fills - closingFills);
  return roundTrips > closedTrades ? roundTrips : undefined;
}
