/** Which rules a DCA plan breaks, each with the parameter to change. */

import { Decimal } from '../../shared/domain/decimal.ts';
import { priceOf, quantityOf } from '../../shared/domain/instrument.ts';
import type { PlanViolation } from '../../shared/domain/plan.ts';
import { meetsMinimum } from '../common/orders.ts';
import { caution, priceText, violation } from '../common/texts.ts';
import type { PlanFacts } from './losses.ts';
import { type DealStage, lossAt } from './stages.ts';

/** Gives every rule the plan breaks; those of severity `error` block the start. */
export function dcaViolations(facts: PlanFacts): PlanViolation[] {
  const { instrument, params, numbers, stages, reachable } = facts;
  const found: PlanViolation[] = [];
  const minimum = `${instrument.minimumNotional.toString()} ${instrument.quote} and ${quantityOf(instrument, instrument.minimumLots).toString()} ${instrument.base}`;
  const small = stages.find((stage) => !meetsMinimum(instrument, stage.lots, stage.ticks));
  if (small !== undefined) {
    const base = small.order === 0;
    const name = base ? 'the base order' : `safety order ${small.order}`;
    found.push(
      violation(
        'MIN_NOTIONAL',
        base ? 'baseOrderQuote' : 'safetyOrderQuote',
        `${name} would be ${quantityOf(instrument, small.lots).toString()} ${instrument.base} at ${priceText(instrument, small.ticks)}, below the venue's minimum of ${minimum}: make it larger`,
      ),
    );
  }
  const first = stages[0];
  const exitQuantity =
    first === undefined ? 0 : Number(first.money.open.dividedBy(instrument.lotSize, 0, 'down').coefficient);
  if (
    first !== undefined &&
    small?.order !== 0 &&
    instrument.kind === 'spot' &&
    !meetsMinimum(instrument, exitQuantity, Math.min(first.ticks, first.targetTicks))
  ) {
    found.push(
      violation(
        'EXIT_BELOW_MINIMUM',
        'baseOrderQuote',
        `after its fee the base order leaves too little to sell: the venue's minimum is ${minimum}; make it larger`,
      ),
    );
  }
  const large = stages.find((stage) => stage.lots > instrument.maximumLots);
  if (large !== undefined) {
    found.push(
      violation(
        'MAX_QUANTITY',
        large.order === 0 ? 'baseOrderQuote' : 'safetyOrderQuote',
        `an order of ${quantityOf(instrument, large.lots).toString()} ${instrument.base} is above the venue's maximum of ${quantityOf(instrument, instrument.maximumLots).toString()}`,
      ),
    );
  }
  if (reachable.length < stages.length) {
    const last = reachable[reachable.length - 1] as DealStage;
    found.push(
      caution(
        'STOP_BEFORE_SAFETY_ORDER',
        'stopLossPercent',
        `the stop-loss at ${priceText(instrument, last.stopTicks as number)} comes before safety order ${last.order + 1}: it and the following never fill`,
      ),
    );
  }
  if (params.direction === 'short' && numbers.stopLoss.isZero) {
    found.push(
      caution('NO_STOP_SHORT', 'stopLossPercent', 'a short deal has no largest loss: set a stop-loss'),
    );
  }
  const worst = stages[stages.length - 1];
  if (numbers.trailing.isPositive && params.takeProfitType === 'base' && worst !== undefined) {
    const best = priceOf(instrument, worst.targetTicks);
    const turned = best.times(
      params.direction === 'long' ? Decimal.one.minus(numbers.trailing) : Decimal.one.plus(numbers.trailing),
    );
    if (lossAt(instrument, params, worst, turned).isPositive) {
      found.push(
        caution(
          'TRAILING_CAN_LOSE',
          'trailingPercent',
          'with all safety orders filled the exit is nearer to break-even than the trailing deviation: such a deal can close at a loss',
        ),
      );
    }
  }
  return found;
}
