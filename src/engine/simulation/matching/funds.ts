/**
 * What orders bind and whether there is enough. Spot: a buy binds its notional at the limit (stop: trigger)
 * price plus the fee where the fee is taken in quote; a sell binds the goods. Perpetuals: margin, see account.ts.
 */

import { Decimal, decimalMax } from '../../../shared/domain/decimal.ts';
import { type Instrument, notionalOf, quantityOf } from '../../../shared/domain/instrument.ts';
import type { InstrumentId } from '../../../shared/domain/nominal.ts';
import type { Side } from '../../../shared/domain/order.ts';
import { feeOf, type PaperAccount } from './account.ts';
import { hasLimit, type Refusal } from './order-checks.ts';
import type { PaperOrder } from './venue-state.ts';

/** Levels a taking order will eat: parallel arrays, used again for every order. */
export class TakePlan {
  readonly ranks: number[] = [];
  readonly ticks: number[] = [];
  readonly lots: number[] = [];
  totalLots = 0;

  add(rank: number, ticks: number, lots: number): void {
    this.ranks.push(rank);
    this.ticks.push(ticks);
    this.lots.push(lots);
    this.totalLots += lots;
  }

  clear(): void {
    this.ranks.length = 0;
    this.ticks.length = 0;
    this.lots.length = 0;
    this.totalLots = 0;
  }
}

export class Funds {
  private readonly account: PaperAccount;
  private readonly markOf: (instrument: InstrumentId) => number;

  constructor(account: PaperAccount, markOf: (instrument: InstrumentId) => number) {
    this.account = account;
    this.markOf = markOf;
  }

  /** Binds the money of an order that stays open. */
  bind(instrument: Instrument, order: PaperOrder, lots: number): void {
    order.boundLots += lots;
    this.change(instrument, order, lots);
  }

  /** Frees the money of some lots of an order; never more than is bound. */
  release(instrument: Instrument, order: PaperOrder, lots: number): void {
    const released = Math.min(lots, order.boundLots);
    if (released === 0) return;
    order.boundLots -= released;
    this.change(instrument, order, -released);
  }

  /** Binds what a restored order had bound. */
  rebind(instrument: Instrument, order: PaperOrder): void {
    if (order.boundLots > 0) this.change(instrument, order, order.boundLots);
  }

  /** Refuses an order that would bind more than is free. */
  checkResting(instrument: Instrument, order: PaperOrder): Refusal | undefined {
    const lots = order.lots - order.filledLots;
    const ticks = bindingTicks(order);
    if (instrument.kind === 'perpetual') return this.checkMargin(instrument, order, ticks, lots);
    const { currency, amount } = spotBinding(instrument, order.side, ticks, lots);
    return this.checkFree(currency, amount);
  }

  /** Refuses an order that could not pay for what it is about to take. */
  checkTaking(instrument: Instrument, order: PaperOrder, plan: TakePlan): Refusal | undefined {
    if (instrument.kind === 'spot' && order.side === 'sell') {
      return this.checkFree(instrument.base, quantityOf(instrument, plan.totalLots));
    }
    let notional = Decimal.zero;
    for (let at = 0; at < plan.lots.length; at += 1) {
      notional = notional.plus(notionalOf(instrument, plan.ticks[at] as number, plan.lots[at] as number));
    }
    if (instrument.kind === 'perpetual') return this.checkMarginFor(instrument, order, notional);
    const fee =
      instrument.feeCurrencyRule === 'quote' ? notional.times(instrument.takerFeeRate) : Decimal.zero;
    return this.checkFree(instrument.quote, notional.plus(decimalMax(fee, Decimal.zero)));
  }

  /** Cuts a plan of a spot buy down to what the free quote currency pays for. */
  trimToFree(instrument: Instrument, plan: TakePlan): void {
    let free = this.account.free(instrument.quote, this.markOf);
    let kept = 0;
    let total = 0;
    for (let at = 0; at < plan.lots.length; at += 1) {
      const ticks = plan.ticks[at] as number;
      const perLot = spotBinding(instrument, 'buy', ticks, 1).amount;
      const affordable = Number(decimalMax(free, Decimal.zero).dividedBy(perLot, 0, 'down').coefficient);
      const lots = Math.min(plan.lots[at] as number, affordable);
      if (lots <= 0) break;
      plan.lots[at] = lots;
      total += lots;
      kept = at + 1;
      free = free.minus(perLot.timesInteger(lots));
    }
    plan.ranks.length = kept;
    plan.ticks.length = kept;
    plan.lots.length = kept;
    plan.totalLots = total;
  }

  private change(instrument: Instrument, order: PaperOrder, lots: number): void {
    const ticks = bindingTicks(order);
    if (instrument.kind === 'perpetual') {
      if (!order.reduceOnly) {
        const notional = notionalOf(instrument, ticks, lots);
        this.account.addResting(instrument, order.side, notional);
      }
      return;
    }
    const { currency, amount } = spotBinding(instrument, order.side, ticks, lots);
    this.account.lock(currency, amount);
  }

  private checkMargin(
    instrument: Instrument,
    order: PaperOrder,
    ticks: number,
    lots: number,
  ): Refusal | undefined {
    return this.checkMarginFor(instrument, order, notionalOf(instrument, ticks, lots));
  }

  private checkMarginFor(instrument: Instrument, order: PaperOrder, notional: Decimal): Refusal | undefined {
    if (order.reduceOnly) return undefined;
    const increase = this.account.marginIncrease(instrument, order.side, notional);
    if (!increase.isPositive) return undefined;
    return this.checkFree(instrument.settle, increase.plus(notional.times(instrument.takerFeeRate)));
  }

  private checkFree(currency: string, needed: Decimal): Refusal | undefined {
    const free = this.account.free(currency, this.markOf);
    if (free.compare(needed) >= 0) return undefined;
    return { code: 'insufficient-funds', message: `needs ${needed} ${currency}, free are ${free}` };
  }
}

function bindingTicks(order: PaperOrder): number {
  return hasLimit(order.type) ? order.priceTicks : order.triggerTicks;
}

function spotBinding(
  instrument: Instrument,
  side: Side,
  ticks: number,
  lots: number,
): { currency: string; amount: Decimal } {
  if (side === 'sell') return { currency: instrument.base, amount: quantityOf(instrument, lots) };
  const notional = notionalOf(instrument, ticks, lots);
  if (instrument.feeCurrencyRule === 'received') return { currency: instrument.quote, amount: notional };
  const maker = feeOf(instrument, side, ticks, lots, 'maker').fee;
  const taker = feeOf(instrument, side, ticks, lots, 'taker').fee;
  const fee = lots > 0 ? decimalMax(maker, taker) : maker.compare(taker) < 0 ? maker : taker;
  return { currency: instrument.quote, amount: notional.plus(fee) };
}
