/** Says that the venue closed positions by force, before anything else: it explains whatever follows. */

import { moneyPlaces } from '../../shared/lab/money-places.ts';
import { exitReasons, type TradeTable } from '../../shared/lab/result.ts';

/** A fill by which a venue closed a position or a part of it. */
export interface LiquidationFill {
  /** Index of the series. */
  readonly track: number;
  readonly timeMs: number;
  readonly price: number;
  /** In base currency, positive. */
  readonly quantity: number;
}

interface Market {
  readonly symbol: string;
  readonly quote: string;
  readonly tickSize: string;
}

const liquidation = exitReasons.indexOf('liquidation');

/**
 * One sentence for a run with liquidations, none for others: when, what was closed at what price, and what the trade that ended
 * so lost. Without `fills` (a path that leaves with one fill) the trade's own exit is the liquidation.
 */
export function liquidationWarnings(
  trades: TradeTable,
  markets: readonly Market[],
  fills: readonly LiquidationFill[] = [],
): string[] {
  const rows = Array.from({ length: trades.length }, (_, row) => row)
    .filter((row) => trades.exitReason[row] === liquidation)
    .sort((left, right) => (trades.exitTimeMs[left] as number) - (trades.exitTimeMs[right] as number));
  const [first] = rows;
  if (first === undefined) return [];
  const track = trades.instrument[first] as number;
  const { quote, symbol, tickSize } = markets[track] as Market;
  const timeMs = trades.exitTimeMs[first] as number;
  const own = fills.filter((fill) => fill.track === track && fill.timeMs === timeMs);
  const closed = own.reduce((sum, { quantity }) => sum + quantity, 0);
  const price =
    closed > 0
      ? own.reduce((sum, fill) => sum + fill.price * fill.quantity, 0) / closed
      : (trades.exitPrice[first] as number);
  const quantity = closed > 0 ? closed : (trades.quantity[first] as number);
  const side = (trades.side[first] as number) > 0 ? 'long' : 'short';
  const minute = new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ');
  const what = `${side} position of ${Number(quantity.toPrecision(12))} in ${symbol} at ${price.toFixed(placesOf(tickSize))}`;
  const often = rows.length === 1 ? 'Liquidated' : `Liquidated ${rows.length} times, first`;
  const all =
    rows.length === 1
      ? ''
      : `; all of them together ${resultOf(
          rows.reduce((sum, row) => sum + (trades.profit[row] as number), 0),
          quote,
        )}`;
  return [
    `${often} on ${minute} UTC: equity no longer covered the maintenance margin, and the venue closed the ${what}. The trade it ended ${resultOf(trades.profit[first] as number, quote)}${all}. Lower leverage, smaller orders or a stop-loss keep a position away from it.`,
  ];
}

/** A trade that took profits on its way can have made money in spite of its end. */
function resultOf(profit: number, quote: string): string {
  return `${profit < 0 ? 'lost' : 'made'} ${Math.abs(profit).toFixed(moneyPlaces([profit]))} ${quote}`;
}

function placesOf(tickSize: string): number {
  return tickSize.split('.')[1]?.length ?? 0;
}
