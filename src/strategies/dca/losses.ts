/** Money a deal needs and what it can lose. */

import { Decimal, decimalMax } from '../../shared/domain/decimal.ts';
import { type Instrument, priceOf } from '../../shared/domain/instrument.ts';
import { quotient } from '../common/decimal-math.ts';
import { buyCostFactor } from '../common/fees.ts';
import { marketReserve } from '../common/market-exit.ts';
import { amountText, priceText } from '../common/texts.ts';
import { dealValue } from './ladder.ts';
import type { DcaNumbers, DcaParams } from './params.ts';
import { type DealStage, lossAt } from './stages.ts';

/** What every part of the plan is made of. */
export interface PlanFacts {
  readonly instrument: Instrument;
  readonly params: DcaParams;
  readonly numbers: DcaNumbers;
  readonly stages: readonly DealStage[];
  /** Stages before the stop ends the deal. */
  readonly reachable: readonly DealStage[];
  readonly last: DealStage;
}

/** True for a short deal on spot: it sells base that has to be there. */
export const sellsBase = ({ instrument, params }: PlanFacts) =>
  params.direction === 'short' && instrument.kind === 'spot';

/** Gives the money (short on spot: the base) a whole deal needs. */
export function fundsNeeded(facts: PlanFacts): Decimal {
  const { instrument, params, numbers, stages, last } = facts;
  // Sizes in base follow the price of the moment; the reserve covers a start a little lower.
  if (sellsBase(facts)) return last.quantity.times(Decimal.one.plus(marketReserve));
  const feeRate = decimalMax(instrument.makerFeeRate, instrument.takerFeeRate);
  const reserve = params.entryType === 'market' ? numbers.baseOrder.times(marketReserve) : Decimal.zero;
  const orders = dealValue(params, numbers).plus(reserve).times(buyCostFactor(instrument, feeRate));
  if (instrument.kind === 'spot') return orders;
  // An open loss binds margin, and the last safety order must still be placed when all others have filled.
  const before = stages[stages.length - 2];
  return before === undefined
    ? orders
    : orders.plus(
        decimalMax(lossAt(instrument, params, before, priceOf(instrument, last.ticks)), Decimal.zero),
      );
}

/** Gives the money a short deal on spot needs beyond what its sales brought, to buy everything back at its stop. */
export function buyBackFunds(facts: PlanFacts): Decimal {
  if (!sellsBase(facts)) return Decimal.zero;
  let most = Decimal.zero;
  for (const stage of facts.reachable) {
    if (stage.stopLoss === undefined) continue;
    const reserve = stage.notional.times(marketReserve);
    most = decimalMax(most, stage.stopLoss.plus(reserve));
  }
  return most;
}

/** Gives the largest loss of one deal with the situation in words. */
export function worstLossOf(
  facts: PlanFacts,
  funds: Decimal,
): { readonly amount: Decimal; readonly scenario: string } {
  const { instrument, params, numbers, reachable, last } = facts;
  if (!numbers.stopLoss.isZero) {
    let worst = reachable[0] as DealStage;
    for (const stage of reachable)
      if ((stage.stopLoss as Decimal).compare(worst.stopLoss as Decimal) > 0) worst = stage;
    const filled = worst.order === 0 ? 'the base order' : `the base order and ${worst.order} safety orders`;
    const never =
      reachable.length < facts.stages.length
        ? '; the remaining safety orders lie behind the stop and never fill'
        : '';
    return {
      amount: decimalMax(worst.stopLoss as Decimal, Decimal.zero),
      scenario: `${filled} have filled and the stop-loss closes the deal at market at ${priceText(instrument, worst.stopTicks as number)}${never}; a price that jumps over the stop loses more. One deal; each further deal can lose as much`,
    };
  }
  if (params.direction === 'long') {
    const atLast = amountText(lossAt(instrument, params, last, priceOf(instrument, last.ticks)), 2);
    return {
      amount: last.money.entered,
      scenario: `every safety order has filled and the price falls to zero: there is no stop-loss (at the last safety order's price ${priceText(instrument, last.ticks)} it would be ${atLast} ${instrument.quote})`,
    };
  }
  if (instrument.kind === 'perpetual') {
    return {
      amount: funds,
      scenario:
        'every safety order has filled and the price rises until the short position is liquidated: there is no stop-loss',
    };
  }
  const doubled = priceOf(instrument, (facts.stages[0] as DealStage).ticks).timesInteger(2);
  return {
    amount: decimalMax(lossAt(instrument, params, last, doubled), Decimal.zero),
    scenario: `every safety order has filled and the base is bought back at ${doubled.toString()}, twice today's price: without a stop-loss a short deal has no largest loss`,
  };
}

/** Gives the price at which the full position would be liquidated, or undefined when it never is. */
export function liquidationOf(facts: PlanFacts, funds: Decimal): Decimal | undefined {
  const { instrument, params, last } = facts;
  if (instrument.kind !== 'perpetual') return undefined;
  const { open, entered } = last.money;
  const mmr = instrument.maintenanceMarginRate;
  const price =
    params.direction === 'long'
      ? quotient(entered.minus(funds), open.times(Decimal.one.minus(mmr)))
      : quotient(entered.plus(funds), open.times(Decimal.one.plus(mmr)));
  return price.isPositive ? price : undefined;
}
