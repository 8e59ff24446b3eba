/**
 * Closing a position at market, one proven step after the other: first every resting order must be gone, then one
 * market order is sent and waited for, until nothing that the venue would take is left. So no base is sold twice.
 */

import type { StrategyContext } from '../../engine/strategy/api.ts';
import { closeRetryMaximumMs, closeRetryMs, retryDelayMs, retryMs } from '../../engine/strategy/retry.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, lotsForQuote, quantityOf } from '../../shared/domain/instrument.ts';
import { type PriceTicks, quantityLots } from '../../shared/domain/nominal.ts';
import type { Order, OrderPurpose, Side } from '../../shared/domain/order.ts';
import { quotient } from './decimal-math.ts';
import type { Desk } from './desk.ts';
import { buyCostFactor } from './fees.ts';
import { meetsMinimum, takingTicks } from './orders.ts';
import { amountText } from './texts.ts';

/** Part of the value of an order at market kept for a price worse than the one it was computed at. */
export const marketReserve = Decimal.parse('0.005');

/** The timer on which a strategy calls `closeAtMarket` again. */
export const closeTimer = 'close';

export interface MarketExit {
  /** What is closed, in words: `deal 3`. */
  readonly what: string;
  readonly reason: string;
  readonly purpose?: OrderPurpose | undefined;
  readonly side: Side;
  /** Orders sent for it so far. */
  readonly attempt: number;
  /** Lots that are left to close. */
  readonly lots: number;
  legOf(attempt: number): string;
  /** Called before an order is sent, with its number. */
  onAttempt(attempt: number): void;
}

/** Whether the venue takes an exit of this size: reduce-only orders of a perpetual need no minimum notional. */
export function canExit(instrument: Instrument, lots: number, ticks: number): boolean {
  return instrument.kind === 'perpetual'
    ? lots > 0 && lots >= instrument.minimumLots
    : meetsMinimum(instrument, lots, ticks);
}

/** Lots the bot can pay for: only buying back on spot spends money. */
function affordableLots<State>(context: StrategyContext<State>, side: Side, ticks: PriceTicks): number {
  const { instrument } = context;
  if (side === 'sell' || instrument.kind === 'perpetual') return Number.POSITIVE_INFINITY;
  const spendable = context.available(instrument.quote).times(Decimal.one.minus(marketReserve));
  return lotsForQuote(
    instrument,
    quotient(spendable, buyCostFactor(instrument, instrument.takerFeeRate)),
    ticks,
  );
}

/** Takes the next step of closing. Gives true once nothing is left that could be closed. */
export function closeAtMarket<State>(desk: Desk<State>, exit: MarketExit): boolean {
  const { context } = desk;
  const { instrument } = context;
  if (context.openOrders().length > 0) {
    desk.say('CLOSING', `closes ${exit.what} (${exit.reason}); waits until its other orders are cancelled`);
    return false;
  }
  if (exit.lots === 0) return true;
  const ticks = takingTicks(context, exit.side);
  if (ticks === undefined) {
    const atMs = desk.wake(closeTimer, closeRetryMs);
    desk.say('WAITING_FOR_PRICE', `waits for a price of the market to close ${exit.what}`, atMs);
    return false;
  }
  if (!canExit(instrument, exit.lots, ticks)) return true;
  const affordable = affordableLots(context, exit.side, ticks);
  if (affordable < exit.lots && !canExit(instrument, affordable, ticks)) {
    const amount = `${amountText(quantityOf(instrument, exit.lots))} ${instrument.base}`;
    desk.say(
      'CLOSE_UNFUNDED',
      `buying back ${amount} at about ${desk.show(ticks)} needs more ${instrument.quote} than the bot has`,
      desk.wake(closeTimer, retryMs),
    );
    return false;
  }
  const attempt = exit.attempt + 1;
  exit.onAttempt(attempt);
  const sent = context.send({
    leg: exit.legOf(attempt),
    side: exit.side,
    type: 'market',
    lots: quantityLots(Math.min(exit.lots, affordable, instrument.maximumLots)),
    ...(exit.purpose === undefined ? {} : { purpose: exit.purpose }),
    ...(instrument.kind === 'perpetual' ? { reduceOnly: true } : {}),
  });
  if (sent.ok) desk.say('CLOSING', `closes ${exit.what} at market: ${exit.reason}`);
  else {
    // Nothing was sent: the number is free for the next try.
    exit.onAttempt(exit.attempt);
    desk.say(
      'CLOSE_DENIED',
      `the closing order could not be sent (${sent.code}: ${sent.message}); tried again`,
      // A hole in the book is over in a moment; a halt lasts until a person ends it.
      desk.wake(closeTimer, sent.code === 'HALTED' ? retryMs : closeRetryMs),
    );
  }
  return false;
}

/** Says that a closing order ended unfilled and when the rest is sent again: the oftener in a row, the later. */
export function exitOrderEnded<State>(desk: Desk<State>, order: Order): void {
  const delayMs = retryDelayMs(desk.context.unfilledSends(), closeRetryMaximumMs);
  const atMs = desk.wake(closeTimer, delayMs);
  desk.say(
    'CLOSE_ENDED',
    `the closing order ended as ${order.state.toLowerCase()}; the rest is sent again`,
    atMs,
  );
}
