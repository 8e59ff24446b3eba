/** The money a plan needs at a leverage: the one reckoning of suggested sizes and of what a run is told it lacks. */

import { Decimal, decimalMin } from './decimal.ts';
import type { Plan, PlanLevel } from './plan.ts';

/** Orders of a plan that spend money, those nearest to the price first, as they would be met. */
export function spendingOrders({ levels, referencePrice }: Plan, currency: string): readonly PlanLevel[] {
  const price = Number(referencePrice);
  const distance = (level: PlanLevel): number =>
    level.type === 'market' ? 0 : Math.abs(Number(level.price) - price);
  return levels
    .filter(({ funds, fundsCurrency }) => fundsCurrency === currency && Decimal.parse(funds).isPositive)
    .sort((left, right) => distance(left) - distance(right));
}

/** Digits after the point of what leverage divides. */
const marginScale = 8;

/** What an order needs: only its value is divided by the leverage, fees and what its position may lose are not. */
export function costOf({ funds, notional }: PlanLevel, leverage: number): Decimal {
  const whole = Decimal.parse(funds);
  if (leverage <= 1) return whole;
  const value = decimalMin(Decimal.parse(notional), whole);
  return value.dividedBy(Decimal.fromInteger(leverage), marginScale, 'up').plus(whole.minus(value));
}

/** What the whole plan needs: its orders, and the losses in between that it sets money aside for. */
export function moneyNeeded(plan: Plan, currency: string, leverage: number): Decimal {
  const whole = Decimal.parse(plan.funds.find((funds) => funds.currency === currency)?.amount ?? '0');
  if (leverage <= 1) return whole;
  const orders = spendingOrders(plan, currency);
  const beside = whole.minus(Decimal.sum(orders.map(({ funds }) => Decimal.parse(funds))));
  // Orders that are never open all at once together need less than their sum.
  const rest = beside.isNegative
    ? beside.dividedBy(Decimal.fromInteger(leverage), marginScale, 'up')
    : beside;
  return Decimal.sum(orders.map((order) => costOf(order, leverage))).plus(rest);
}
