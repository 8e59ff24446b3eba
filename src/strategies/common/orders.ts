/** Questions every strategy asks of its context: the price now, whether a leg is done, how much can be sold. */

import type { StrategyContext } from '../../engine/strategy/api.ts';
import { Decimal, decimalMin } from '../../shared/domain/decimal.ts';
import { type Instrument, lotsOf, notionalOf } from '../../shared/domain/instrument.ts';
import { type PriceTicks, priceTicks, type QuantityLots } from '../../shared/domain/nominal.ts';
import { liveOrderStates, type Side } from '../../shared/domain/order.ts';
import { takerTicks } from '../../shared/lab/fill-price.ts';

/** The middle of the quote in ticks (rounded down), else the last traded price, else undefined. */
export function marketTicks<State>(context: StrategyContext<State>): PriceTicks | undefined {
  const quote = context.quote();
  if (quote !== undefined) return priceTicks(Math.floor((quote.bidTicks + quote.askTicks) / 2));
  return context.lastTradeTicks();
}

/** The price at which `side` could trade at once: the ask for a buy, the bid for a sell. */
export function takingTicks<State>(context: StrategyContext<State>, side: Side): PriceTicks | undefined {
  const quote = context.quote();
  if (quote === undefined) return context.lastTradeTicks();
  return side === 'buy' ? quote.askTicks : quote.bidTicks;
}

/** The price `side` should expect when it trades at once: the touch, and the slippage the account's terms know of. */
export function expectedTicks<State>(context: StrategyContext<State>, side: Side): PriceTicks | undefined {
  const ticks = takingTicks(context, side);
  return ticks === undefined ? undefined : priceTicks(takerTicks(ticks, side, context.terms.slippage));
}

/** The price at which `side` would rest first in the queue: the bid for a buy, the ask for a sell. */
export function restingTicks<State>(context: StrategyContext<State>, side: Side): PriceTicks | undefined {
  return takingTicks(context, side === 'buy' ? 'sell' : 'buy');
}

/** Whether an order of this leg may still fill. */
export function hasLiveOrder<State>(context: StrategyContext<State>, leg: string): boolean {
  return context.openOrders().some((order) => order.leg === leg && liveOrderStates.has(order.state));
}

/** Whether an order of this size passes the venue's minimum quantity and minimum notional. */
export function meetsMinimum(instrument: Instrument, lots: number, ticks: number): boolean {
  return (
    lots >= instrument.minimumLots &&
    lots > 0 &&
    notionalOf(instrument, ticks, lots).compare(instrument.minimumNotional) >= 0
  );
}

/** Fewest lots that pass the venue's minimum quantity and minimum notional at a price. */
export function minimumLotsAt(instrument: Instrument, ticks: number): number {
  const perLot = notionalOf(instrument, ticks, 1);
  const forNotional = Number(instrument.minimumNotional.dividedBy(perLot, 0, 'up').coefficient);
  return Math.max(instrument.minimumLots, forNotional, 1);
}

/**
 * Whether a leg is finished: filled in full, or filled so far that the rest is too small for the venue to take
 * while no order of the leg is alive any more (for example after a pause cancelled it).
 */
export function legFinished<State>(
  context: StrategyContext<State>,
  leg: string,
  lots: number,
  ticks: number,
): boolean {
  const filled = context.filledLots(leg);
  if (filled >= lots) return true;
  if (filled === 0 || hasLiveOrder(context, leg)) return false;
  return !meetsMinimum(context.instrument, lots - filled, ticks);
}

/** Whole lots of base that can be sold: what the fills left, never more than the account holds (spot). */
export function sellableLots<State>(context: StrategyContext<State>, held: Decimal): QuantityLots {
  const { instrument } = context;
  const owned = instrument.kind === 'spot' ? decimalMin(held, context.balance(instrument.base)) : held;
  return lotsOf(instrument, owned.isNegative ? Decimal.zero : owned, 'down');
}
