/** The initial purchase of a long grid: a market order, sent again only when it is proven to have ended. */

import { notionalOf, quantityOf } from '../../shared/domain/instrument.ts';
import { type QuantityLots, quantityLots } from '../../shared/domain/nominal.ts';
import type { Order } from '../../shared/domain/order.ts';
import type { Desk } from '../common/desk.ts';
import { orderMoney } from '../common/fees.ts';
import { hasLiveOrder, marketTicks, meetsMinimum } from '../common/orders.ts';
import { makeRetry } from '../common/retry.ts';
import { amountText } from '../common/texts.ts';
import { initialLeg } from './layout.ts';
import type { GridState, InitialPurchase } from './state.ts';

/** Orders after which a grid starts with what it has got. */
const attemptsMax = 5;

/** The timer on which the purchase is tried again. */
export const purchaseTimer = 'initial-purchase';

export interface Purchase {
  /** Takes the next step: waits for the order, sends the rest, or hands over what was bought. */
  proceed(): void;
  /** An order ended: fills go on by themselves; anything else is tried again after a pause, never at once. */
  orderEnded(order: Order): void;
}

/** Gives a purchase of which nothing has been sent. */
export function newPurchase(lots: QuantityLots): InitialPurchase {
  return { held: '0', cost: '0', lots, filledLots: quantityLots(0), attempt: 0 };
}

/** Makes the purchase of one bot. `onDone` gets what was bought and what it cost. */
export function makePurchase(desk: Desk<GridState>, onDone: (bought: InitialPurchase) => void): Purchase {
  const { context, update, say } = desk;
  const { instrument } = context;
  const retry = makeRetry(desk);

  function proceed(): void {
    const { initial, phase } = context.state;
    if (initial === null || phase !== 'buying') return;
    const rest = initial.lots - initial.filledLots;
    if (rest <= 0) {
      onDone(initial);
      return;
    }
    if (initial.attempt > 0 && hasLiveOrder(context, initialLeg(initial.attempt))) return;
    const ticks = marketTicks(context);
    if (ticks === undefined) {
      denied('the market has no price yet');
      return;
    }
    const enough = initial.attempt >= attemptsMax || !meetsMinimum(instrument, rest, ticks);
    if (initial.filledLots > 0 && enough) {
      const bought = `bought ${initial.filledLots} of ${initial.lots} lots`;
      say('INITIAL_BUY_SHORT', `${bought}; the farthest intervals wait to buy`);
      onDone(initial);
      return;
    }
    const needed = orderMoney(context, notionalOf(instrument, ticks, rest), instrument.takerFeeRate);
    const free = context.available(instrument.settle);
    if (free.compare(needed) < 0) {
      const short = `it needs ${amountText(needed, 8)} ${instrument.settle}, ${amountText(free, 8)} are free`;
      denied(short, 'FUNDS_SHORT');
      return;
    }
    const attempt = initial.attempt + 1;
    update({ initial: { ...initial, attempt } });
    const sent = context.send({
      leg: initialLeg(attempt),
      side: 'buy',
      type: 'market',
      lots: quantityLots(rest),
    });
    if (sent.ok) {
      retry.sent();
      const amount = `${amountText(quantityOf(instrument, rest))} ${instrument.base}`;
      say('BUYING_INITIAL_BASE', `buys ${amount} for the sell orders`);
      return;
    }
    update({ initial });
    denied(`${sent.code}: ${sent.message}`);
  }

  function orderEnded(order: Order): void {
    const { initial } = context.state;
    if (initial === null || order.leg !== initialLeg(initial.attempt) || order.state === 'FILLED') return;
    if (initial.filledLots > 0 && initial.attempt >= attemptsMax) proceed();
    else {
      const reason = order.reason === undefined ? '' : `: ${order.reason}`;
      tryLater(`the order ended as ${order.state}${reason}`, 'INITIAL_BUY_DENIED', retry.endedDelayMs());
    }
  }

  function denied(reason: string, code = 'INITIAL_BUY_DENIED'): void {
    tryLater(reason, code, retry.deniedDelayMs());
  }

  function tryLater(reason: string, code: string, delayMs: number): void {
    const atMs = desk.wake(purchaseTimer, delayMs);
    say(code, `the initial purchase could not be made (${reason}); tried again`, atMs);
  }

  return { proceed, orderEnded };
}
