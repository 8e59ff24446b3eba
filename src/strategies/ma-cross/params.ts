/** Parameters of the moving-average crossover. */

import { z } from 'zod';
import { amountParam, choiceParam, integerParam, percentParam } from '../../engine/strategy/params.ts';
import { timeframes } from '../../shared/domain/candle.ts';
import type { Decimal } from '../../shared/domain/decimal.ts';
import { fractionOfPercent } from '../common/decimal-math.ts';
import type { PositionLevels } from '../common/position-levels.ts';

const signal = 'Signal';
const size = 'Size';
const exit = 'Exit';

export const maCrossParams = z
  .strictObject({
    average: choiceParam(
      {
        label: 'Average',
        group: signal,
        unit: '',
        updatable: false,
        help: 'SMA: the mean of the last n closes. EMA: starts as the mean of the first n closes, then moves by 2/(n+1) of the distance to each new close.',
      },
      ['sma', 'ema'],
    ),
    fastPeriod: integerParam(
      {
        label: 'Fast period',
        group: signal,
        unit: 'bars',
        updatable: false,
        space: { from: 5, to: 50, step: 1 },
        help: 'Candles of the fast average. Must be smaller than the slow period.',
      },
      { min: 1, max: 999 },
    ),
    slowPeriod: integerParam(
      {
        label: 'Slow period',
        group: signal,
        unit: 'bars',
        updatable: false,
        space: { from: 20, to: 200, step: 5 },
        help: 'Candles of the slow average. No signal comes before this many candles have closed.',
      },
      { min: 2, max: 1000 },
    ),
    timeframe: choiceParam(
      {
        label: 'Candles',
        group: signal,
        unit: '',
        updatable: false,
        help: 'Length of the candles. Only closed candles count, so a signal never disappears again.',
      },
      timeframes,
    ),
    minDistancePercent: percentParam(
      {
        label: 'Whipsaw filter',
        group: signal,
        unit: '%',
        updatable: true,
        advanced: true,
        space: { from: 0, to: 1, step: 0.05 },
        help: 'A crossing counts only once the averages are at least this far apart (of the slow average). Nearer than that, and when they are exactly equal, the side from before holds. 0: off.',
      },
      { min: '0', max: '20' },
    ),
    direction: choiceParam(
      {
        label: 'Direction',
        group: signal,
        unit: '',
        updatable: false,
        help: 'Long: buys when the fast average crosses above the slow one and sells when it crosses below. Long-short (perpetuals only): also goes short when it crosses below, and turns around at each crossing.',
      },
      ['long', 'long-short'],
    ),
    sizeType: choiceParam(
      {
        label: 'Size as',
        group: size,
        unit: '',
        updatable: true,
        help: "Quote: a fixed value. Percent: a part of the bot's whole money at the time of the signal, so profits and losses change the next size.",
      },
      ['quote', 'percent'],
    ),
    orderQuote: amountParam({
      label: 'Order size',
      group: size,
      unit: 'quote',
      updatable: true,
      showWhen: { field: 'sizeType', in: ['quote'] },
      help: 'Value of each entry, rounded down to whole lots. When losses have left less than that, the entry uses all the money the bot has.',
    }),
    orderPercent: percentParam(
      {
        label: 'Order size',
        group: size,
        unit: '%',
        updatable: true,
        showWhen: { field: 'sizeType', in: ['percent'] },
        help: "Part of the bot's money used for each entry. Fees and half a percent for a worse price are always kept back, so 100 % uses a little less.",
      },
      { min: '0.1', max: '100' },
    ),
    stopLossPercent: percentParam(
      {
        label: 'Stop-loss',
        group: exit,
        unit: '%',
        updatable: true,
        space: { from: 0, to: 10, step: 0.5 },
        help: '0: off. Distance of a stop order from the average entry price, without fees. It rests at the venue; while it does not (refused, being replaced), the bot watches the price itself and closes at market.',
      },
      { min: '0', max: '99' },
    ),
    takeProfitPercent: percentParam(
      {
        label: 'Take-profit',
        group: exit,
        unit: '%',
        updatable: true,
        space: { from: 0, to: 20, step: 0.5 },
        help: '0: off. When the bid (short: the ask) is this far on the winning side of the average entry price, the position is closed at market. Before fees; the plan shows what is left after them.',
      },
      { min: '0', max: '1000' },
    ),
    trailingStopPercent: percentParam(
      {
        label: 'Trailing stop',
        group: exit,
        unit: '%',
        updatable: true,
        space: { from: 0, to: 10, step: 0.5 },
        help: '0: off. The stop order follows the best bid (short: ask) since the entry at this distance and never goes back; it is moved only in steps of at least 0.1 % of the price. With a stop-loss as well, the nearer of the two holds.',
      },
      { min: '0', max: '99' },
    ),
  })
  .superRefine((params, issues) => {
    if (params.fastPeriod >= params.slowPeriod) {
      issues.addIssue({
        code: 'custom',
        path: ['fastPeriod'],
        message: `must be smaller than the slow period (${params.slowPeriod})`,
      });
    }
  });

/** Parsed parameters, money and percentages as decimal texts. */
export type MaCrossParams = z.output<typeof maCrossParams>;

/** The percentages as exact fractions; zero when off. */
export interface MaCrossNumbers extends PositionLevels {
  readonly orderFraction: Decimal;
}

/** Gives the exact numbers of parameters that have passed the schema. */
export function maCrossNumbers(params: MaCrossParams): MaCrossNumbers {
  return {
    stopLoss: fractionOfPercent(params.stopLossPercent),
    takeProfit: fractionOfPercent(params.takeProfitPercent),
    trailingStop: fractionOfPercent(params.trailingStopPercent),
    orderFraction: fractionOfPercent(params.orderPercent),
  };
}
