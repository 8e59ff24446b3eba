/**
 * Least values of orders: files of candles do not tell them, so a run has none unless it is given one, and makes trades with
 * sums that no venue takes.
 */

import type { Instrument } from '../../shared/domain/instrument.ts';

/** What large venues take at least, by quote currency; a run in another currency is not judged. */
const leastValues: Readonly<Record<string, number>> = {
  ...Object.fromEntries(['USDT', 'USDC', 'FDUSD', 'DAI', 'USD', 'EUR', 'GBP'].map((quote) => [quote, 5])),
  BTC: 0.0001,
  ETH: 0.001,
};

type Market = Pick<Instrument, 'minimumNotional' | 'quote' | 'symbol'>;

/** Gives the value below which real venues refuse an order; undefined where the run has its own minimum or none is known. */
function leastValueOf({ minimumNotional, quote }: Market): number | undefined {
  return minimumNotional.isZero && Object.hasOwn(leastValues, quote) ? leastValues[quote] : undefined;
}

/** Counts the entries of one market that a real venue would have refused. */
export class SmallEntries {
  private readonly market: Market;
  private readonly least: number | undefined;
  private readonly orders = new Set<string>();
  private smallest = Number.POSITIVE_INFINITY;

  constructor(market: Market) {
    this.market = market;
    this.least = leastValueOf(market);
  }

  /** Takes note of an order that opened a position or added to it, by the value of all of it; its further fills change nothing. */
  note(order: string, value: number): void {
    if (this.least === undefined || value >= this.least) return;
    this.orders.add(order);
    this.smallest = Math.min(this.smallest, value);
  }

  /** One sentence where there were some. */
  warnings(): string[] {
    const { quote, symbol } = this.market;
    const { size: count } = this.orders;
    if (count === 0) return [];
    const entries = count === 1 ? '1 entry was' : `${count} entries were`;
    return [
      `${entries} worth less than ${this.least} ${quote} in ${symbol}, the smallest ${Number(this.smallest.toPrecision(2))}: real venues refuse orders that small, and this result cannot be traded. --minimum-notional ${this.least} makes the run refuse them too.`,
    ];
  }
}

/** What the run takes to be the least value of an order, for its assumptions. */
export function leastValueSentences(markets: readonly Market[]): string[] {
  const free = markets.filter(({ minimumNotional }) => minimumNotional.isZero).map(({ symbol }) => symbol);
  return [
    ...markets.flatMap(({ minimumNotional, quote, symbol }) =>
      minimumNotional.isZero ? [] : [`Orders of ${symbol} below ${minimumNotional} ${quote} are refused.`],
    ),
    ...(free.length === 0
      ? []
      : [
          `No least order value of ${free.join(', ')} was given (--minimum-notional): orders of any size are taken, where real venues refuse small ones.`,
        ]),
  ];
}
