/** Whether the money of a run pays for the plan of its strategy, by the reckoning live and paper bots are created with. */

import type { Decimal } from '../../shared/domain/decimal.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import { entryTakesAll, type Plan } from '../../shared/domain/plan.ts';
import { costOf, moneyNeeded, spendingOrders } from '../../shared/domain/plan-needs.ts';

/** What a plan is paid with. */
export interface PlanMoney {
  /** Money of the bot in the settle currency. */
  readonly given: Decimal;
  /** How many bots share the capital of the venue evenly. */
  readonly sharers: number;
  readonly leverage: number;
}

/** Says which orders of a plan the money does not pay for and what would help; undefined where it pays for all. */
export function shortfallOf(
  plan: Plan,
  { settle, symbol }: Pick<Instrument, 'settle' | 'symbol'>,
  { given, leverage, sharers }: PlanMoney,
): string | undefined {
  const orders = spendingOrders(plan, settle);
  const needed = moneyNeeded(plan, settle, leverage);
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
