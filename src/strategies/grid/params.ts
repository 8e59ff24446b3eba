/** Parameters of the grid strategy: the schema, and the same values as exact numbers. */

import { z } from 'zod';
import {
  amountParam,
  choiceParam,
  integerParam,
  percentParam,
  priceParam,
  switchParam,
} from '../../engine/strategy/params.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { fractionOfPercent } from '../common/decimal-math.ts';
import { optionalPriceParam } from '../common/optional-params.ts';
import { readDecimal } from '../common/texts.ts';

const range = 'Range';
const size = 'Size';
const start = 'Start and stop';
const trailing = 'Trailing';

export const gridParams = z
  .strictObject({
    lower: priceParam({
      label: 'Lower price',
      group: range,
      unit: 'quote',
      updatable: false,
      chartLine: true,
      help: 'Lowest price of the grid. The lowest buy order rests here. Rounded to the nearest tick.',
    }),
    upper: priceParam({
      label: 'Upper price',
      group: range,
      unit: 'quote',
      updatable: false,
      chartLine: true,
      help: 'Highest price of the grid. The highest sell order rests here. Rounded to the nearest tick.',
    }),
    levels: integerParam(
      {
        label: 'Intervals',
        group: range,
        unit: 'levels',
        updatable: false,
        space: { from: 5, to: 100, step: 5 },
        help: 'Number of intervals between lower and upper price: n intervals have n + 1 prices. Each interval buys at its lower price and sells at its upper price, and has at most one order at a time.',
      },
      { min: 2, max: 400 },
    ),
    spacing: choiceParam(
      {
        label: 'Spacing',
        group: range,
        unit: '',
        updatable: false,
        help: 'Arithmetic: all intervals have the same width in money, so the profit rate is best at the bottom. Geometric: all intervals have the same width in percent, so the profit rate is the same everywhere.',
      },
      ['arithmetic', 'geometric'],
    ),
    mode: choiceParam(
      {
        label: 'Mode',
        group: size,
        unit: '',
        updatable: false,
        help: "Long: at the start a market order buys the base that the sell orders above the price need; the bot never sells more than it bought. Neutral on a perpetual: no purchase; intervals above the start price sell first and buy back lower (they go short), intervals below buy first. Neutral on spot: no purchase; the sell orders above the price use base that is already in the bot's allocation.",
      },
      ['long', 'neutral'],
    ),
    investment: amountParam({
      label: 'Investment',
      group: size,
      unit: 'quote',
      updatable: false,
      help: 'The most money the grid uses, fees and the reserve for the initial purchase included. In neutral mode on spot the base it starts from is counted at the start price. On a perpetual (leverage 1) it also covers what the position can lose within the range. Profit is not reinvested.',
    }),
    sizeMode: choiceParam(
      {
        label: 'Order size',
        group: size,
        unit: '',
        updatable: false,
        help: 'Equal base: every interval trades the same quantity. Equal quote: every interval is sized for the same money at its buying price, so lower intervals trade more base. Sizes are rounded down to whole lots.',
      },
      ['equal-base', 'equal-quote'],
    ),
    maxOpenOrders: integerParam(
      {
        label: 'Most open orders',
        group: size,
        unit: 'levels',
        updatable: true,
        advanced: true,
        help: 'At most this many orders rest at the venue at once: the ones nearest to the price, half of the places for each side. The others are placed when the price comes nearer (chosen anew at every fill and when the price has left the neighbouring intervals).',
      },
      { min: 2, max: 200 },
    ),
    slippagePercent: percentParam(
      {
        label: 'Reserve for the initial purchase',
        group: size,
        unit: '%',
        updatable: false,
        advanced: true,
        help: 'Long mode: the initial market order is budgeted this much above the start price. If it costs more, the buy orders become smaller so that the investment is not exceeded; if it costs less, the rest stays free.',
      },
      { min: '0', max: '10' },
    ),
    triggerPrice: optionalPriceParam({
      label: 'Trigger price',
      group: start,
      unit: 'quote',
      updatable: false,
      chartLine: true,
      help: 'Nothing is bought and no order rests until the price reaches this level, from whichever side it was when the bot was started. Empty: the grid starts at once.',
    }),
    stopLossPrice: optionalPriceParam({
      label: 'Stop-loss price',
      group: start,
      unit: 'quote',
      updatable: true,
      chartLine: true,
      help: "When the middle of the quote falls to this price, all orders are cancelled, the position is closed at market and the bot stops. Watched by the bot, not by the venue: it works only while Sextant runs. On spot closing sells all base in the bot's allocation. Must lie below the lower price.",
    }),
    takeProfitPrice: optionalPriceParam({
      label: 'Take-profit price',
      group: start,
      unit: 'quote',
      updatable: true,
      chartLine: true,
      help: 'When the middle of the quote rises to this price, all orders are cancelled, the position is closed at market and the bot stops. In neutral mode on a perpetual the position up there is short, so this is the upper stop. Must lie above the upper price.',
    }),
    trailingUp: switchParam({
      label: 'Trailing up',
      group: trailing,
      unit: '',
      updatable: true,
      help: 'When the price is one interval above the range, the lowest interval is moved to the top: its buy order is cancelled (proven by the venue first) and its money buys at the former upper price. Repeats up to the limit.',
    }),
    trailingUpLimit: optionalPriceParam({
      label: 'Trailing-up limit',
      group: trailing,
      unit: 'quote',
      updatable: true,
      chartLine: true,
      showWhen: { field: 'trailingUp', in: [true] },
      help: 'The upper price never moves above this. Must lie above the upper price, and below the take-profit price.',
    }),
    trailingDown: switchParam({
      label: 'Trailing down',
      group: trailing,
      unit: '',
      updatable: true,
      help: 'When the price is one interval below the range, the highest interval is moved to the bottom: its sell order is cancelled and what it holds is offered at the former lower price. No money is added; what was bought higher is then sold at a loss.',
    }),
    trailingDownLimit: optionalPriceParam({
      label: 'Trailing-down limit',
      group: trailing,
      unit: 'quote',
      updatable: true,
      chartLine: true,
      showWhen: { field: 'trailingDown', in: [true] },
      help: 'The lower price never moves below this. Must lie below the lower price, and above the stop-loss price.',
    }),
  })
  .superRefine((params, issues) => {
    const complain = (field: string, message: string) =>
      issues.addIssue({ code: 'custom', path: [field], message });
    const below = (leftField: string, left: string | undefined, right: string | undefined, what: string) => {
      const low = readDecimal(left);
      const high = readDecimal(right);
      if (low !== undefined && high !== undefined && low.compare(high) >= 0)
        complain(leftField, `must lie below ${what} (${right})`);
    };
    const above = (leftField: string, left: string | undefined, right: string | undefined, what: string) => {
      const high = readDecimal(left);
      const low = readDecimal(right);
      if (low !== undefined && high !== undefined && high.compare(low) <= 0)
        complain(leftField, `must lie above ${what} (${right})`);
    };
    below('lower', params.lower, params.upper, 'the upper price');
    below('stopLossPrice', params.stopLossPrice, params.lower, 'the lower price');
    above('takeProfitPrice', params.takeProfitPrice, params.upper, 'the upper price');
    if (params.trailingUp && params.trailingUpLimit === undefined)
      complain('trailingUpLimit', 'is needed while trailing up is on');
    if (params.trailingDown && params.trailingDownLimit === undefined)
      complain('trailingDownLimit', 'is needed while trailing down is on');
    above('trailingUpLimit', params.trailingUpLimit, params.upper, 'the upper price');
    below('trailingUpLimit', params.trailingUpLimit, params.takeProfitPrice, 'the take-profit price');
    below('trailingDownLimit', params.trailingDownLimit, params.lower, 'the lower price');
    above('trailingDownLimit', params.trailingDownLimit, params.stopLossPrice, 'the stop-loss price');
    below('stopLossPrice', params.stopLossPrice, params.triggerPrice, 'the trigger price');
    above('takeProfitPrice', params.takeProfitPrice, params.triggerPrice, 'the trigger price');
  });

/** Parsed parameters, prices and money as decimal texts. */
export type GridParams = z.output<typeof gridParams>;

/** The parameters as exact numbers. */
export interface GridNumbers {
  readonly lower: Decimal;
  readonly upper: Decimal;
  readonly investment: Decimal;
  readonly slippage: Decimal;
  readonly trigger: Decimal | undefined;
  readonly stopLoss: Decimal | undefined;
  readonly takeProfit: Decimal | undefined;
  /** Undefined while trailing in this direction is off. */
  readonly trailingUpLimit: Decimal | undefined;
  readonly trailingDownLimit: Decimal | undefined;
}

/** Gives the exact numbers of parameters that have passed the schema. */
export function gridNumbers(params: GridParams): GridNumbers {
  const optional = (text: string | undefined) => (text === undefined ? undefined : Decimal.parse(text));
  return {
    lower: Decimal.parse(params.lower),
    upper: Decimal.parse(params.upper),
    investment: Decimal.parse(params.investment),
    slippage: fractionOfPercent(params.slippagePercent),
    trigger: optional(params.triggerPrice),
    stopLoss: optional(params.stopLossPrice),
    takeProfit: optional(params.takeProfitPrice),
    trailingUpLimit: params.trailingUp ? optional(params.trailingUpLimit) : undefined,
    trailingDownLimit: params.trailingDown ? optional(params.trailingDownLimit) : undefined,
  };
}
