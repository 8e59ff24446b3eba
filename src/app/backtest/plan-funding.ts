/** Whether the money of a run pays for the plan of its strategy, by the reckoning live and paper bots are created with. */

import { Decimal } from '../../shared/domain/decimal.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { Plan, PlanLevel } from '../../shared/domain/plan.ts';

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

/** Says which orders of a plan the money does not pay for and what would help; undefined where it pays for all. */
export function shortfallOf(
  plan: Plan,
  { settle, symbol }: Pick<Instrument, 'settle' | 'symbol'>,
  { given, leverage, sharers }: PlanMoney,
): string | undefined {
  const lever = Decimal.fromInteger(leverage);
  const needed = Decimal.parse(
    plan.funds.find(({ currency }) => currency === settle)?.amount ?? '0',
  ).dividedBy(lever, 8, 'up');
  if (needed.compare(given) <= 0) return undefined;
  const orders = spendingOrders(plan, settle);
  let left = given.times(lever);
  let unpaid = 0;
  for (const { funds } of orders) {
    const cost = Decimal.parse(funds);
    if (cost.compare(left) > 0) unpaid += 1;
    else left = left.minus(cost);
  }
  const capital = needed.timesInteger(sharers).rounded(2, 'up');
  const share = given.timesInteger(100).dividedBy(needed, 1, 'down');
  const which =
    unpaid === 0
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
