/** Where a deal ends: the fee-true take-profit and the stop-loss, from what was really filled. */

import { Decimal, decimalMax } from '../../shared/domain/decimal.ts';
import { type Instrument, lotsOf, ticksOf } from '../../shared/domain/instrument.ts';
import { type PriceTicks, priceTicks, type QuantityLots } from '../../shared/domain/nominal.ts';
import { quotient } from '../common/decimal-math.ts';
import { buyCostFactor, buyKeepFactor, saleFactor } from '../common/fees.ts';
import type { DcaNumbers, DcaParams } from './params.ts';

/** The money of a deal so far. Long: entered is paid, exited is received. Short: the other way round. */
export interface DealMoney {
  /** Base the deal still holds, as a positive number (short: still owes). */
  readonly open: Decimal;
  /** Money of the entries, fees included: paid (long) or received (short). */
  readonly entered: Decimal;
  /** Money of the exits so far, fees included. */
  readonly exited: Decimal;
  /** Money of the base order alone, fees included. */
  readonly baseMoney: Decimal;
}

/** Lots the exit order must trade to leave nothing but a rest below one lot. */
export function exitLots(
  instrument: Instrument,
  params: DcaParams,
  open: Decimal,
  feeRate: Decimal,
): QuantityLots {
  if (!open.isPositive) return 0 as QuantityLots;
  // Rounded down: a rest below one lot is carried along rather than paid for out of other money.
  if (params.direction === 'long') return lotsOf(instrument, open, 'down');
  // Buying back: a fee in base must be bought on top.
  return lotsOf(instrument, quotient(open, buyKeepFactor(instrument, feeRate)), 'down');
}

/**
 * Gives the exact price at which closing everything makes the deal's profit, both fees paid.
 * Long: `(entered + profit - exited) / (open * (1 - f))`; with the buy fee in base this is
 * `Total * (1 + tp) / (qty * (1 - f)^2)`. Short: `(entered - profit - exited) / (open * (1 + f))`, or times
 * `(1 - f)` where the fee is taken in base.
 */
export function takeProfitPrice(
  instrument: Instrument,
  params: DcaParams,
  numbers: DcaNumbers,
  money: DealMoney,
  feeRate: Decimal,
): Decimal {
  const profit = numbers.takeProfit.times(
    params.takeProfitType === 'total' ? money.entered : money.baseMoney,
  );
  return closingPrice(instrument, params, money, profit, feeRate);
}

/** Gives the exact price at which closing everything makes this profit (zero: the break-even), both fees paid. */
export function closingPrice(
  instrument: Instrument,
  params: DcaParams,
  money: DealMoney,
  profit: Decimal,
  feeRate: Decimal,
): Decimal {
  if (params.direction === 'long') {
    return quotient(money.entered.plus(profit).minus(money.exited), money.open.times(saleFactor(feeRate)));
  }
  const perUnit = quotient(buyCostFactor(instrument, feeRate), buyKeepFactor(instrument, feeRate));
  return quotient(
    decimalMax(money.entered.minus(profit).minus(money.exited), Decimal.zero),
    money.open.times(perUnit),
  );
}

/** Gives a take-profit price on the tick grid, rounded to the side that earns at least the profit asked for. */
export function takeProfitTicks(instrument: Instrument, params: DcaParams, price: Decimal): PriceTicks {
  return priceTicks(Math.max(1, ticksOf(instrument, price, params.direction === 'long' ? 'up' : 'down')));
}

/** Gives the stop-loss on the tick grid, or undefined when it is off. Rounded away from the entry. */
export function stopLossTicks(
  instrument: Instrument,
  params: DcaParams,
  numbers: DcaNumbers,
  averagePrice: Decimal,
  basePrice: Decimal,
): PriceTicks | undefined {
  if (numbers.stopLoss.isZero) return undefined;
  const from = params.stopLossFrom === 'average' ? averagePrice : basePrice;
  const long = params.direction === 'long';
  const factor = long ? Decimal.one.minus(numbers.stopLoss) : Decimal.one.plus(numbers.stopLoss);
  return priceTicks(Math.max(1, ticksOf(instrument, from.times(factor), long ? 'down' : 'up')));
}
