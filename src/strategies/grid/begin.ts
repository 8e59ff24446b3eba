/** The first state of a grid's intervals: what was bought or brought is shared out, nearest interval first. */

import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, lotsOf, quantityOf } from '../../shared/domain/instrument.ts';
import { quantityLots } from '../../shared/domain/nominal.ts';
import type { Inventory } from '../common/inventory.ts';
import { meetsMinimum } from '../common/orders.ts';
import { rebuyLots } from './intervals.ts';
import type { GridLayout, PlannedInterval } from './layout.ts';
import type { IntervalState } from './state.ts';

const costScale = 24;

function blank(planned: PlannedInterval): IntervalState {
  return {
    index: planned.index,
    opens: planned.opens,
    side: planned.starts,
    cycle: 1,
    lots: planned.starts === 'buy' ? planned.buyLots : planned.sellLots,
    size: planned.sellLots,
    held: '0',
    cost: '0',
    cash: planned.budget.toString(),
    origin: 'grid',
    waiting: false,
  };
}

/**
 * Gives the intervals at the start. `start` is the base at hand and its cost; `purchased` tells whether that cost
 * was paid out of the investment (long) or the base was brought along (neutral on spot). Intervals that should
 * begin with a sell but get no base wait until they can buy. Base too small for any order is given back in `rest`.
 */
export function beginIntervals(
  instrument: Instrument,
  layout: GridLayout,
  start: Inventory,
  purchased: boolean,
): { readonly intervals: readonly IntervalState[]; readonly rest: Inventory; readonly missingLots: number } {
  const total = Decimal.parse(start.held);
  const totalCost = Decimal.parse(start.cost);
  let left = total;
  let costLeft = totalCost;
  let deficit = Decimal.zero;
  let missingLots = 0;
  const intervals: IntervalState[] = [];
  for (const planned of layout.intervals) {
    const interval = blank(planned);
    if (planned.starts === 'buy' || planned.opens === 'sell') {
      intervals.push(interval);
      continue;
    }
    const lots = Math.min(planned.sellLots, lotsOf(instrument, left, 'down'));
    missingLots += planned.sellLots - lots;
    if (!meetsMinimum(instrument, lots, planned.sellTicks)) {
      intervals.push({ ...interval, side: 'buy', lots: quantityLots(0), waiting: true });
      continue;
    }
    const held = quantityOf(instrument, lots);
    const cost = totalCost.times(held).dividedBy(total, costScale);
    left = left.minus(held);
    costLeft = costLeft.minus(cost);
    const cash = purchased ? planned.budget.minus(cost) : Decimal.zero;
    if (cash.isNegative) deficit = deficit.minus(cash);
    intervals.push({
      ...interval,
      lots: quantityLots(lots),
      held: held.toString(),
      cost: cost.toString(),
      cash: (cash.isNegative ? Decimal.zero : cash).toString(),
      origin: 'initial',
    });
  }
  const shrunk = deficit.isPositive ? shrinkBuys(instrument, layout, intervals, deficit) : intervals;
  // What rounding left over belongs to the last interval that holds something, so that no base is forgotten.
  const last = shrunk.findLastIndex((interval) => interval.origin === 'initial');
  const holder = shrunk[last];
  if (!purchased || holder === undefined) {
    const rest = purchased ? { held: left.toString(), cost: costLeft.toString() } : { held: '0', cost: '0' };
    return { intervals: shrunk, rest, missingLots };
  }
  const withRest: IntervalState = {
    ...holder,
    held: Decimal.parse(holder.held).plus(left).toString(),
    cost: Decimal.parse(holder.cost).plus(costLeft).toString(),
  };
  return { intervals: shrunk.with(last, withRest), rest: { held: '0', cost: '0' }, missingLots };
}

/** The purchase cost more than its reserve: the buy orders give up the difference in proportion to their money. */
function shrinkBuys(
  instrument: Instrument,
  layout: GridLayout,
  intervals: readonly IntervalState[],
  deficit: Decimal,
): readonly IntervalState[] {
  const buys = intervals.filter((interval) => interval.side === 'buy');
  const money = Decimal.sum(buys.map((interval) => Decimal.parse(interval.cash)));
  return intervals.map((interval, position) => {
    const planned = layout.intervals[position];
    if (interval.side !== 'buy' || planned === undefined || !money.isPositive) return interval;
    const cash = Decimal.parse(interval.cash);
    const kept = cash.minus(cash.times(deficit).dividedBy(money, costScale, 'up'));
    const poorer = { ...interval, cash: (kept.isNegative ? Decimal.zero : kept).toString() };
    return interval.waiting ? poorer : { ...poorer, lots: rebuyLots(instrument, poorer, planned.buyTicks) };
  });
}
