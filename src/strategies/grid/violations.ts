/** Which rules a grid's plan breaks, each with the parameter to change. */

import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, priceOf, quantityOf } from '../../shared/domain/instrument.ts';
import type { PlanViolation } from '../../shared/domain/plan.ts';
import { quotient } from '../common/decimal-math.ts';
import { breakEvenRatio, buyKeepFactor } from '../common/fees.ts';
import { meetsMinimum, minimumLotsAt } from '../common/orders.ts';
import { caution, neededText, percentText, violation } from '../common/texts.ts';
import type { GridLayout, PlannedInterval } from './layout.ts';
import type { GridNumbers, GridParams } from './params.ts';

/** The investment at which every interval passes the venue's minimums, rounded up to whole quote units. */
function investmentNeeded(instrument: Instrument, layout: GridLayout): Decimal {
  const keep = buyKeepFactor(instrument, instrument.takerFeeRate);
  let needed = Decimal.zero;
  for (const [position, interval] of layout.intervals.entries()) {
    const weight = layout.weights[position] as Decimal;
    // One lot more than the minimum, because a fee in base is rounded down to whole lots.
    const lots =
      Math.max(minimumLotsAt(instrument, interval.buyTicks), minimumLotsAt(instrument, interval.sellTicks)) +
      1;
    const gross = quotient(quantityOf(instrument, lots), keep);
    const investment = quotient(gross, weight).times(layout.unitCost);
    if (investment.compare(needed) > 0) needed = investment;
  }
  return needed.rounded(0, 'up');
}

function sizeViolations(instrument: Instrument, layout: GridLayout): PlanViolation[] {
  const fails = (interval: PlannedInterval) =>
    !meetsMinimum(instrument, interval.sellLots, interval.sellTicks) ||
    !meetsMinimum(instrument, Math.min(interval.buyLots, interval.sellLots), interval.buyTicks);
  const found: PlanViolation[] = [];
  const small = layout.intervals.find(fails);
  if (small !== undefined) {
    const quantity = quantityOf(instrument, small.sellLots).toString();
    found.push(
      violation(
        'MIN_NOTIONAL',
        'investment',
        `orders at ${priceOf(instrument, small.buyTicks).toString()} would be ${quantity} ${instrument.base}, below the venue's minimum of ${instrument.minimumNotional.toString()} ${instrument.quote} and ${quantityOf(instrument, instrument.minimumLots).toString()} ${instrument.base}: invest at least ${investmentNeeded(instrument, layout).toString()} ${instrument.quote} or use fewer intervals`,
      ),
    );
  }
  const largest = Math.max(layout.initialLots, ...layout.intervals.map((interval) => interval.buyLots));
  if (largest > instrument.maximumLots) {
    const most = quantityOf(instrument, instrument.maximumLots).toString();
    found.push(
      violation(
        'MAX_QUANTITY',
        'investment',
        `an order of ${quantityOf(instrument, largest).toString()} ${instrument.base} is above the venue's maximum of ${most}: invest less or use more intervals`,
      ),
    );
  }
  return found;
}

function spacingViolations(instrument: Instrument, layout: GridLayout): PlanViolation[] {
  if (layout.intervals.some((interval) => interval.buyTicks <= 0)) {
    return [
      violation(
        'PRICE_INVALID',
        'lower',
        `the lower price is below one tick (${instrument.tickSize.toString()})`,
      ),
    ];
  }
  if (layout.intervals.some((interval) => interval.sellTicks <= interval.buyTicks)) {
    return [
      violation(
        'SPACING_BELOW_TICK',
        'levels',
        `neighbouring levels fall on the same tick (${instrument.tickSize.toString()}): use fewer intervals or a wider range`,
      ),
    ];
  }
  const needed = breakEvenRatio(instrument, instrument.makerFeeRate, instrument.makerFeeRate);
  const ratio = (interval: PlannedInterval) =>
    quotient(priceOf(instrument, interval.sellTicks), priceOf(instrument, interval.buyTicks));
  const losing = layout.intervals.find((interval) => ratio(interval).compare(needed) <= 0);
  if (losing === undefined) return [];
  const step = percentText(ratio(losing).minus(Decimal.one));
  // A warning: some users pay less than the venue's listed fees, and the figures above show the loss in any case.
  return [
    caution(
      'SPACING_BELOW_FEES',
      'levels',
      `the step at ${priceOf(instrument, losing.buyTicks).toString()} is ${step} %, but two maker fees need more than ${neededText(needed.minus(Decimal.one).timesInteger(100), 4)} %: every cycle loses money; use fewer intervals or a wider range`,
    ),
  ];
}

/** Gives every rule the plan breaks; those of severity `error` block the start. */
export function gridViolations(
  instrument: Instrument,
  params: GridParams,
  numbers: GridNumbers,
  layout: GridLayout,
  referencePrice: Decimal,
): PlanViolation[] {
  const found = [...spacingViolations(instrument, layout), ...sizeViolations(instrument, layout)];
  const start = numbers.trigger ?? referencePrice;
  if (numbers.stopLoss !== undefined && start.compare(numbers.stopLoss) <= 0) {
    found.push(
      violation(
        'STOP_ABOVE_PRICE',
        'stopLossPrice',
        `the grid would stop at once: the price ${start.toString()} is at or below the stop-loss`,
      ),
    );
  }
  if (numbers.takeProfit !== undefined && start.compare(numbers.takeProfit) >= 0) {
    found.push(
      violation(
        'TAKE_PROFIT_BELOW_PRICE',
        'takeProfitPrice',
        `the grid would stop at once: the price ${start.toString()} is at or above the take-profit`,
      ),
    );
  }
  if (start.compare(numbers.lower) < 0) {
    found.push(
      caution(
        'PRICE_OUTSIDE_RANGE',
        'lower',
        `the start price ${start.toString()} lies below the range: every interval begins with a sell`,
      ),
    );
  }
  if (start.compare(numbers.upper) > 0) {
    found.push(
      caution(
        'PRICE_OUTSIDE_RANGE',
        'upper',
        `the start price ${start.toString()} lies above the range: nothing trades until it falls into it`,
      ),
    );
  }
  if (instrument.kind === 'perpetual' && params.mode === 'neutral' && numbers.takeProfit === undefined) {
    found.push(
      caution(
        'NO_UPPER_STOP',
        'takeProfitPrice',
        'above the range the position is short and its loss grows without limit: set a take-profit price as the upper stop',
      ),
    );
  }
  return found;
}
