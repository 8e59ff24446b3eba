/** The plan of a crossover bot: one entry at the price of now, its stop and what it costs to be wrong. */

import type { PlanMarket } from '../../engine/strategy/api.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { entryTakesAll, type Plan } from '../../shared/domain/plan.ts';
import { meetsMinimum } from '../common/orders.ts';
import { planPosition, planTicks } from '../common/position-plan.ts';
import { caution, figure } from '../common/texts.ts';
import { entryLegOf, exitLegOf, stopLegOf } from './legs.ts';
import { type MaCrossParams, maCrossNumbers } from './params.ts';
import { entryFunds, entryLots, entryValue } from './sizing.ts';

/** Closed candles needed before the first signal; an EMA gets more, so that its seed no longer matters. */
export function warmupBars(params: MaCrossParams): number {
  return params.average === 'sma' ? params.slowPeriod + 1 : params.slowPeriod * 5;
}

/** Gives the plan of a trade entered at the market's price. Percent sizes need the bot's allocation to be known. */
export function planMaCross(params: MaCrossParams, market: PlanMarket): Plan {
  const { instrument } = market;
  const numbers = maCrossNumbers(params);
  const allocated = market.allocation?.[instrument.settle];
  const money = allocated === undefined ? undefined : Decimal.parse(allocated);
  const affordable = entryValue(instrument, params, numbers, money);
  const wanted = entryValue(instrument, params, numbers, undefined);
  const ticks = planTicks(market);
  // The plan tells what the asked size needs, though an entry makes do with less; too little for any entry stays an error.
  const makesDo =
    affordable !== undefined &&
    wanted !== undefined &&
    wanted.compare(affordable) > 0 &&
    meetsMinimum(instrument, entryLots(instrument, affordable, ticks), ticks);
  const value = makesDo ? wanted : affordable;
  const size =
    params.sizeType === 'quote'
      ? `${params.orderQuote} ${instrument.quote}`
      : `${params.orderPercent} % of its money`;
  return planPosition({
    market,
    summary: `${params.average.toUpperCase()} ${params.fastPeriod}/${params.slowPeriod} on ${params.timeframe} candles, ${params.direction}, ${size} a trade`,
    sides: params.direction === 'long-short' ? ['long', 'short'] : ['long'],
    levels: numbers,
    entry:
      value === undefined
        ? undefined
        : {
            lots: entryLots(instrument, value, ticks),
            funds: entryFunds(instrument, value),
          },
    fields: {
      size: params.sizeType === 'quote' ? 'orderQuote' : 'orderPercent',
      stop: 'stopLossPercent',
      target: 'takeProfitPercent',
      short: 'direction',
    },
    insteadOfShort: 'choose "long" or a perpetual',
    trigger: 'crossing',
    exit: 'the averages cross',
    legs: { entry: entryLegOf(1), stop: stopLegOf(1), exit: exitLegOf(1, 1) },
    figures: [
      figure(
        'warmup',
        'Candles before the first signal',
        String(params.slowPeriod),
        'bars',
        `The slow average needs them; ${warmupBars(params)} are loaded where the venue has them.`,
      ),
    ],
    violations: makesDo
      ? [
          caution(
            entryTakesAll,
            'orderQuote',
            `an entry takes all the money there is: with its fee and the reserve for a worse price it needs ${entryFunds(instrument, value as Decimal).rounded(2, 'up')} ${instrument.settle}, and there is ${money}`,
          ),
        ]
      : [],
  });
}
