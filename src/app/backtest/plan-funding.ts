/** Whether the money of a run pays for the plan of its strategy, by the reckoning live and paper bots are created with. */

import { Decimal, decimalMin } from '../../shared/domain/decimal.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import { entryTakesAll, type Plan, type PlanLevel } from '../../shared/domain/plan.ts';

/** What a plan is paid with. */
export interface PlanMoney {
  /** Money of the bot in the settle currency. */
  readonly given: Decimal;
  /** How many bots share the capital of the venue evenly. */
  readonly sharers: number;
  readonly leverage: number;
}

/** Orders of a plan that spend money, those nearest to the price first, as they would be met. */
function spendingOrders({ levels, referencePrice }: Plan, currency: string): readonly PlanLevel[] {
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
function costOf({ funds, notional }: PlanLevel, leverage: number): Decimal {
  const whole = Decimal.parse(funds);
  if (leverage <= 1) return whole;
  const value = decimalMin(Decimal.parse(notional), whole);
  return value.dividedBy(Decimal.fromInteger(leverage), marginScale, 'up').plus(whole.minus(value));
}

/** What the whole plan needs: its orders, and the losses in between that it sets money aside for. */
function neededFor(plan: Plan, orders: readonly PlanLevel[], currency: string, leverage: number): Decimal {
  const whole = Decimal.parse(plan.funds.find((funds) => funds.currency === currency)?.amount ?? '0');
  if (leverage <= 1) return whole;
  const beside = whole.minus(Decimal.sum(orders.map(({ funds }) => Decimal.parse(funds))));
  // Orders that are never open all at once together need less than their sum.
  const rest = beside.isNegative
    ? beside.dividedBy(Decimal.fromInteger(leverage), marginScale, 'up')
    : beside;
  return Decimal.sum(orders.map((order) => costOf(order, leverage))).plus(rest);
}

/** Says which orders of a plan the money does not pay for and what would help; undefined where it pays for all. */
export function shortfallOf(
  plan: Plan,
  { settle, symbol }: Pick<Instrument, 'settle' | 'symbol'>,
  { given, leverage, sharers }: PlanMoney,
): string | undefined {
  const orders = spendingOrders(plan, settle);
  const needed = neededFor(plan, orders, settle, leverage);
  if (needed.compare(given) <= 0) return undefined;
  let left = given;
  let unpaid = 0;
  for (const order of orders) {
    const cost = costOf(order, leverage);
    if (cost.compare(left) > 0) unpaid += 1;
    else left = left.minus(cost);
  }
  const capital = needed.timesInteger(sharers).rounded(2, 'up');
  const share = given.timesInteger(100).dividedBy(needed, 1, 'down');
  const takesAll = plan.violations.some(({ code }) => code === entryTakesAll);
  const which = takesAll
    ? 'its entries take all the money instead'
    : unpaid === 0
      ? 'its losses within the range cannot be borne'
      : orders.length === 1
        ? 'its order cannot be paid'
        : `${unpaid} of the ${orders.length} orders that spend money cannot be paid`;
  const evenly = sharers > 1 ? ` (the capital is shared by ${sharers} markets)` : '';
  return (
    `${symbol}: the plan needs ${needed} ${settle} and has ${given}${evenly}: ${which}. ` +
    `A capital of ${capital} ${settle} would do, or sizes of at most ${share} % of these.`
  );
}
