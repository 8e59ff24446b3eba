/** The safety orders of a deal: how far from the base order, how large. */

import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, lotsForQuote, ticksOf } from '../../shared/domain/instrument.ts';
import { type PriceTicks, priceTicks, type QuantityLots } from '../../shared/domain/nominal.ts';
import type { Side } from '../../shared/domain/order.ts';
import { workingScale } from '../common/decimal-math.ts';
import type { DcaNumbers, DcaParams } from './params.ts';

/**
 * Gives the deviations of the safety orders 1..count from the base order's price, as fractions:
 * `d_i = dev * (1 + s + ... + s^(i-1))`, which is `dev * (s^i - 1)/(s - 1)`.
 */
export function deviations(deviation: Decimal, stepScale: Decimal, count: number): readonly Decimal[] {
  const result: Decimal[] = [];
  let step = deviation;
  let total = Decimal.zero;
  for (let order = 1; order <= count; order += 1) {
    total = total.plus(step);
    result.push(total);
    step = step.times(stepScale).rounded(workingScale, 'half-even');
  }
  return result;
}

/** Gives the values of the safety orders in quote currency: `v_i = SO * m^(i-1)`. */
export function safetyValues(safetyOrder: Decimal, sizeScale: Decimal, count: number): readonly Decimal[] {
  const result: Decimal[] = [];
  let value = safetyOrder;
  for (let order = 1; order <= count; order += 1) {
    result.push(value);
    value = value.times(sizeScale).rounded(workingScale, 'half-even');
  }
  return result;
}

/** One safety order of a deal. */
export interface SafetyOrder {
  /** From 1. */
  readonly number: number;
  readonly deviation: Decimal;
  /** Value asked for, in quote currency, before rounding to lots. */
  readonly value: Decimal;
  readonly ticks: PriceTicks;
  readonly lots: QuantityLots;
}

/** The side that enters a deal. */
export function entrySide(params: DcaParams): Side {
  return params.direction === 'long' ? 'buy' : 'sell';
}

/** Gives the safety orders of a deal whose base order was filled at `basePrice`. */
export function safetyOrders(
  instrument: Instrument,
  params: DcaParams,
  numbers: DcaNumbers,
  basePrice: Decimal,
): readonly SafetyOrder[] {
  const values = safetyValues(numbers.safetyOrder, numbers.sizeScale, params.maxSafetyOrders);
  const long = params.direction === 'long';
  return deviations(numbers.deviation, numbers.stepScale, params.maxSafetyOrders).map((deviation, index) => {
    const factor = long ? Decimal.one.minus(deviation) : Decimal.one.plus(deviation);
    // Never nearer to the base order than asked for.
    const ticks = priceTicks(Math.max(1, ticksOf(instrument, basePrice.times(factor), long ? 'down' : 'up')));
    const value = values[index] as Decimal;
    return { number: index + 1, deviation, value, ticks, lots: lotsForQuote(instrument, value, ticks) };
  });
}

/** Gives the money all orders of a deal are worth: base order plus all safety orders. */
export function dealValue(params: DcaParams, numbers: DcaNumbers): Decimal {
  return Decimal.sum([
    numbers.baseOrder,
    ...safetyValues(numbers.safetyOrder, numbers.sizeScale, params.maxSafetyOrders),
  ]);
}

export function baseLeg(deal: number, attempt: number): string {
  return attempt <= 1 ? `D${deal}-base` : `D${deal}-base-${attempt}`;
}

export function safetyLeg(deal: number, order: number): string {
  return `D${deal}-so-${String(order).padStart(2, '0')}`;
}

export function takeProfitLeg(deal: number): string {
  return `D${deal}-tp`;
}

export function closeLeg(deal: number, attempt: number): string {
  return `D${deal}-close-${attempt}`;
}
