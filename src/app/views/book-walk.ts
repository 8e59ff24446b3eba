/** What an order would do to the book as it stands: average price and slippage before it is sent. */

import type { InstrumentMarket } from '../../engine/market/instrument-market.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { notionalOf, priceOf, quantityOf } from '../../shared/domain/instrument.ts';
import type { OrderRequest } from '../../shared/domain/order.ts';

const levelsMax = 200;

export interface BookWalk {
  /** Lots that would fill at once. */
  readonly filledLots: number;
  readonly notional: Decimal | undefined;
  readonly averagePrice: Decimal | undefined;
  readonly averageTicks: number | undefined;
  /** Average price against the mid, as a fraction; positive is worse. */
  readonly slippageRate: Decimal | undefined;
}

const nothing: BookWalk = {
  filledLots: 0,
  notional: undefined,
  averagePrice: undefined,
  averageTicks: undefined,
  slippageRate: undefined,
};

/** Walks the opposite side of the book with a market or limit order; stop orders walk nothing yet. */
export function walkBook(market: InstrumentMarket, order: OrderRequest): BookWalk {
  const twiceMid = market.twiceMidTicks();
  if (twiceMid === undefined || order.type === 'stop' || order.type === 'stop-limit' || order.postOnly)
    return nothing;
  const { instrument } = market;
  let left: number = order.lots;
  let notional = Decimal.zero;
  for (const [ticks, lots] of market.book.levels(order.side === 'buy' ? 'ask' : 'bid', levelsMax)) {
    const reachable =
      order.priceTicks === undefined ||
      (order.side === 'buy' ? ticks <= order.priceTicks : ticks >= order.priceTicks);
    if (left === 0 || !reachable) break;
    const taken = Math.min(left, lots);
    notional = notional.plus(notionalOf(instrument, ticks, taken));
    left -= taken;
  }
  const filledLots = order.lots - left;
  if (filledLots === 0) return nothing;
  const averagePrice = notional.dividedBy(quantityOf(instrument, filledLots), instrument.tickSize.scale + 4);
  const mid = instrument.tickSize.times(Decimal.of(BigInt(twiceMid) * 5n, 1));
  const difference = order.side === 'buy' ? averagePrice.minus(mid) : mid.minus(averagePrice);
  const whole = filledLots === order.lots;
  return {
    filledLots,
    notional: whole
      ? notional
      : notional.plus(notionalOf(instrument, order.priceTicks ?? Math.ceil(twiceMid / 2), left)),
    averagePrice,
    averageTicks: Number(averagePrice.dividedBy(priceOf(instrument, 1), 0).coefficient),
    slippageRate: difference.dividedBy(mid, 8),
  };
}
