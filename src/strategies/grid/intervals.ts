/** What one interval does next: pure steps from its fills and its money. */

import { Decimal, decimalMax } from '../../shared/domain/decimal.ts';
import { type Instrument, lotsOf, priceOf, quantityOf } from '../../shared/domain/instrument.ts';
import { type PriceTicks, type QuantityLots, quantityLots } from '../../shared/domain/nominal.ts';
import type { Side } from '../../shared/domain/order.ts';
import { quotient } from '../common/decimal-math.ts';
import { buyCostFactor, buyKeepFactor } from '../common/fees.ts';
import { applyChange, type FillEffect } from '../common/inventory.ts';
import { meetsMinimum } from '../common/orders.ts';
import type { IntervalState } from './state.ts';

/** Lots an interval can buy at a price: what it needs to sell a full size again, no more than its money pays for. */
export function rebuyLots(
  instrument: Instrument,
  interval: IntervalState,
  buyTicks: PriceTicks,
): QuantityLots {
  const held = Decimal.parse(interval.held);
  if (interval.opens === 'sell') return lotsOf(instrument, held.negated(), 'up');
  const keep = buyKeepFactor(instrument, instrument.makerFeeRate);
  const missing = quantityOf(instrument, interval.size).minus(held);
  const wanted = missing.isPositive ? lotsOf(instrument, quotient(missing, keep), 'up') : 0;
  const feeRate = decimalMax(instrument.makerFeeRate, instrument.takerFeeRate);
  const costPerUnit = priceOf(instrument, buyTicks).times(buyCostFactor(instrument, feeRate));
  const cash = Decimal.parse(interval.cash);
  const affordable = cash.isPositive ? lotsOf(instrument, quotient(cash, costPerUnit), 'down') : 0;
  return orNothing(instrument, Math.min(wanted, affordable), buyTicks);
}

/** Lots an interval can sell: whole lots of what it holds, or its size where it opens short. */
export function saleLots(
  instrument: Instrument,
  interval: IntervalState,
  sellTicks: PriceTicks,
): QuantityLots {
  if (interval.opens === 'sell') return interval.size;
  return orNothing(instrument, lotsOf(instrument, Decimal.parse(interval.held), 'down'), sellTicks);
}

function orNothing(instrument: Instrument, lots: number, ticks: PriceTicks): QuantityLots {
  return quantityLots(meetsMinimum(instrument, lots, ticks) ? lots : 0);
}

/** Gives the interval after its order has finished: the opposite order, and a new cycle when one is complete. */
export function turnInterval(
  instrument: Instrument,
  interval: IntervalState,
  prices: { readonly buyTicks: PriceTicks; readonly sellTicks: PriceTicks },
): { readonly interval: IntervalState; readonly cycleCompleted: boolean } {
  const side: Side = interval.side === 'buy' ? 'sell' : 'buy';
  const cycleCompleted = side === interval.opens;
  const turned: IntervalState = {
    ...interval,
    side,
    cycle: interval.cycle + (cycleCompleted ? 1 : 0),
    origin: interval.side === 'sell' ? 'grid' : interval.origin,
    waiting: false,
  };
  const lots =
    side === 'buy'
      ? rebuyLots(instrument, turned, prices.buyTicks)
      : saleLots(instrument, turned, prices.sellTicks);
  return { interval: { ...turned, lots }, cycleCompleted };
}

/** Books a fill on an interval; gives the interval and the profit the fill realised. */
export function bookOnInterval(
  interval: IntervalState,
  effect: FillEffect,
): { readonly interval: IntervalState; readonly realised: Decimal } {
  const { inventory, realised } = applyChange(interval, effect);
  const cash = Decimal.parse(interval.cash).plus(effect.money).toString();
  return { interval: { ...interval, ...inventory, cash }, realised };
}
