/** What the order book pane shows: rows of cumulative depth, own size at each price. Pure, so that it can be tested. */

import type { BookView, OrderView } from '../../shared/api/views.ts';
import { Decimal } from '../../shared/domain/decimal.ts';

export interface BookRow {
  readonly price: string;
  readonly quantity: string;
  /** Sum from the best price to here, in base units; a double, for the bar only. */
  readonly total: number;
  /** Share of the largest total shown, 0 to 1. */
  readonly depth: number;
}

/** Gives the rows of one side, best first, with their share of `largest` filled in by the caller's total. */
export function depthRows(
  levels: BookView['bids'],
  count: number,
): { rows: Omit<BookRow, 'depth'>[]; total: number } {
  const rows: Omit<BookRow, 'depth'>[] = [];
  let total = 0;
  for (const [price, quantity] of levels.slice(0, count)) {
    total += Number(quantity);
    rows.push({ price, quantity, total });
  }
  return { rows, total };
}

/** Gives both sides, best first; the bars of both share one scale. */
export function bookRows(book: BookView, count: number): { bids: BookRow[]; asks: BookRow[] } {
  const bids = depthRows(book.bids, count);
  const asks = depthRows(book.asks, count);
  const largest = Math.max(bids.total, asks.total) || 1;
  const withDepth = (row: Omit<BookRow, 'depth'>): BookRow => ({ ...row, depth: row.total / largest });
  return { bids: bids.rows.map(withDepth), asks: asks.rows.map(withDepth) };
}

/** Gives the quantity of own resting orders by price text in its canonical form. */
export function ownSizes(orders: readonly OrderView[], instrument: string): ReadonlyMap<string, string> {
  const sizes = new Map<string, Decimal>();
  for (const order of orders) {
    if (order.instrument !== instrument || order.type !== 'limit' || order.price === null) continue;
    const key = Decimal.parse(order.price).toString();
    const left = Decimal.parse(order.quantity).minus(Decimal.parse(order.filled));
    sizes.set(key, (sizes.get(key) ?? Decimal.zero).plus(left));
  }
  return new Map([...sizes].map(([price, size]) => [price, size.toString()]));
}

/** Gives ask minus bid, and its share of the middle, or null without both. */
export function spreadOf(book: BookView): { amount: string; rate: string } | null {
  const bid = book.bids[0]?.[0];
  const ask = book.asks[0]?.[0];
  if (bid === undefined || ask === undefined) return null;
  const amount = Decimal.parse(ask).minus(Decimal.parse(bid));
  const middle = Decimal.parse(ask).plus(Decimal.parse(bid)).dividedBy(Decimal.fromInteger(2), 20);
  if (!middle.isPositive) return null;
  return { amount: amount.toString(), rate: amount.dividedBy(middle, 8).toString() };
}
