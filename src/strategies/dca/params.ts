/** Parameters of the DCA strategy: a base order, safety orders behind it, one exit for all. */

import { z } from 'zod';
import {
  amountParam,
  choiceParam,
  factorParam,
  integerParam,
  percentParam,
} from '../../engine/strategy/params.ts';
import { timeframes } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { fractionOfPercent } from '../common/decimal-math.ts';
import { readDecimal } from '../common/texts.ts';
import { deviations } from './ladder.ts';

const entry = 'Entry';
const safety = 'Safety orders';
const exit = 'Exit';
const deals = 'Deals';
const rsiOnly = { field: 'startCondition', in: ['rsi'] };

export const dcaParams = z
  .strictObject({
    direction: choiceParam(
      {
        label: 'Direction',
        group: entry,
        unit: '',
        updatable: false,
        help: "Long buys first and sells for more. Short sells first and buys back for less: on a perpetual with margin, on spot out of base that is already in the bot's allocation; with a stop-loss it also needs money to buy back dearer, which the plan shows.",
      },
      ['long', 'short'],
    ),
    baseOrderQuote: amountParam({
      label: 'Base order',
      group: entry,
      unit: 'quote',
      updatable: false,
      help: 'Value of the first order of a deal, rounded down to whole lots.',
    }),
    entryType: choiceParam(
      {
        label: 'Base order type',
        group: entry,
        unit: '',
        updatable: false,
        help: "Market: filled at once at the price of the moment. Limit: rests at the best bid (short: best ask) and is moved there again every minute until it is filled; the deal's other orders come after that.",
      },
      ['market', 'limit'],
    ),
    startCondition: choiceParam(
      {
        label: 'Start a deal',
        group: entry,
        unit: '',
        updatable: false,
        help: 'Immediate: as soon as no deal is open and the cooldown is over. RSI: when a candle closes with the RSI beyond the threshold.',
      },
      ['immediate', 'rsi'],
    ),
    rsiDirection: choiceParam(
      {
        label: 'RSI is',
        group: entry,
        unit: '',
        updatable: false,
        showWhen: rsiOnly,
        help: 'Start when the RSI of the closed candle lies below, or above, the threshold.',
      },
      ['below', 'above'],
    ),
    rsiThreshold: factorParam(
      {
        label: 'RSI threshold',
        group: entry,
        unit: '',
        updatable: false,
        showWhen: rsiOnly,
        space: { from: 10, to: 90, step: 5 },
        help: 'A value between 1 and 99; 30 is a usual threshold for "below", 70 for "above".',
      },
      { min: '1', max: '99' },
    ),
    rsiPeriod: integerParam(
      {
        label: 'RSI period',
        group: entry,
        unit: 'bars',
        updatable: false,
        showWhen: rsiOnly,
        space: { from: 5, to: 30, step: 1 },
        help: "Number of changes in Wilder's average. The first value needs this many candles and one more.",
      },
      { min: 2, max: 200 },
    ),
    timeframe: choiceParam(
      {
        label: 'RSI candles',
        group: entry,
        unit: '',
        updatable: false,
        showWhen: rsiOnly,
        help: 'Length of the candles the RSI is computed from. Only closed candles count.',
      },
      timeframes,
    ),
    maxSafetyOrders: integerParam(
      {
        label: 'Safety orders',
        group: safety,
        unit: 'orders',
        updatable: false,
        space: { from: 0, to: 20, step: 1 },
        help: 'Most safety orders of one deal. 0: the base order stays alone.',
      },
      { min: 0, max: 100 },
    ),
    maxActiveSafetyOrders: integerParam(
      {
        label: 'Active at a time',
        group: safety,
        unit: 'orders',
        updatable: true,
        help: 'At most this many safety orders rest at the venue; the next one is placed when one has filled. Money for the others is not bound at the venue, but the plan counts it.',
      },
      { min: 1, max: 100 },
    ),
    safetyOrderQuote: amountParam({
      label: 'First safety order',
      group: safety,
      unit: 'quote',
      updatable: false,
      help: 'Value of the first safety order; the following ones are multiplied by the size scale.',
    }),
    deviationPercent: percentParam(
      {
        label: 'Price deviation',
        group: safety,
        unit: '%',
        updatable: false,
        space: { from: 0.5, to: 5, step: 0.1 },
        help: "Distance of the first safety order from the base order's price; all deviations are measured from that price.",
      },
      { min: '0.01', max: '90' },
    ),
    stepScale: factorParam(
      {
        label: 'Step scale',
        group: safety,
        unit: '',
        updatable: false,
        space: { from: 0.8, to: 2, step: 0.1 },
        help: 'Each further step is the previous step times this. 1: all steps are equal.',
      },
      { min: '0.1', max: '10' },
    ),
    sizeScale: factorParam(
      {
        label: 'Size scale',
        group: safety,
        unit: '',
        updatable: false,
        space: { from: 0.8, to: 2, step: 0.1 },
        help: 'Each further safety order is the previous one times this. 1: all are equal. Above 1 the money needed grows fast.',
      },
      { min: '0.1', max: '10' },
    ),
    takeProfitPercent: percentParam(
      {
        label: 'Take-profit',
        group: exit,
        unit: '%',
        updatable: true,
        space: { from: 0.5, to: 5, step: 0.1 },
        help: 'Profit of the deal after all its fees. The exit price is computed from what was really filled and paid, and moves after every fill.',
      },
      { min: '0.01', max: '500' },
    ),
    takeProfitType: choiceParam(
      {
        label: 'Take-profit of',
        group: exit,
        unit: '',
        updatable: true,
        help: "Total: the percentage of all money the deal has used. Base: the percentage of the base order's value only, so the exit comes nearer with every safety order.",
      },
      ['total', 'base'],
    ),
    trailingPercent: percentParam(
      {
        label: 'Trailing deviation',
        group: exit,
        unit: '%',
        updatable: true,
        help: '0: the take-profit rests at the venue as a limit order. Above 0: nothing rests; once the price has reached the take-profit the bot follows it and closes at market when it falls back by this much from its best (short: rises). The result can lie below the take-profit by up to this much.',
      },
      { min: '0', max: '50' },
    ),
    stopLossPercent: percentParam(
      {
        label: 'Stop-loss',
        group: exit,
        unit: '%',
        updatable: true,
        help: '0: off. When the price (the bid for a long deal, the ask for a short one) is this far on the losing side, the deal is closed at market. Watched by the bot, not by the venue: it works only while Sextant runs. Measured without fees. The bot goes on with the next deal after the cooldown.',
      },
      { min: '0', max: '99' },
    ),
    stopLossFrom: choiceParam(
      {
        label: 'Stop-loss from',
        group: exit,
        unit: '',
        updatable: true,
        help: "Average: from the average entry price, so it moves with every safety order. Base: from the base order's price, so it stays.",
      },
      ['average', 'base'],
    ),
    cooldownMinutes: integerParam(
      {
        label: 'Cooldown',
        group: deals,
        unit: 'min',
        updatable: true,
        help: 'Time between the end of a deal and the next start.',
      },
      { min: 0, max: 100_000 },
    ),
    maxDeals: integerParam(
      {
        label: 'Most deals',
        group: deals,
        unit: 'deals',
        updatable: true,
        help: 'The bot stops after this many finished deals. 0: no limit.',
      },
      { min: 0, max: 1_000_000 },
    ),
  })
  .superRefine((params, issues) => {
    const complain = (field: string, message: string) =>
      issues.addIssue({ code: 'custom', path: [field], message });
    const deviation = readDecimal(params.deviationPercent);
    const stepScale = readDecimal(params.stepScale);
    if (
      deviation?.isPositive &&
      stepScale?.isPositive &&
      Number.isSafeInteger(params.maxSafetyOrders) &&
      params.maxSafetyOrders <= 100
    ) {
      const last = deviations(
        fractionOfPercent(params.deviationPercent),
        stepScale,
        params.maxSafetyOrders,
      ).at(-1);
      const most = params.direction === 'long' ? Decimal.one : Decimal.fromInteger(10);
      if (last !== undefined && last.compare(most) >= 0) {
        complain(
          'deviationPercent',
          `the last safety order would lie ${last.timesInteger(100).toFixed(1)} % from the base order; it must stay below ${most.timesInteger(100).toString()} %`,
        );
      }
    }
    const trailing = readDecimal(params.trailingPercent);
    const target = readDecimal(params.takeProfitPercent);
    if (trailing !== undefined && target !== undefined && trailing.compare(target) >= 0) {
      complain(
        'trailingPercent',
        `must be smaller than the take-profit (${params.takeProfitPercent} %), or a deal could close at a loss`,
      );
    }
    if (
      params.direction === 'short' &&
      target !== undefined &&
      target.compare(Decimal.fromInteger(100)) >= 0
    ) {
      complain('takeProfitPercent', 'must be below 100 %: a short deal cannot earn more than it sold for');
    }
  });

/** Parsed parameters, money and percentages as decimal texts. */
export type DcaParams = z.output<typeof dcaParams>;

/** The parameters as exact numbers; percentages are fractions. */
export interface DcaNumbers {
  readonly baseOrder: Decimal;
  readonly safetyOrder: Decimal;
  readonly deviation: Decimal;
  readonly stepScale: Decimal;
  readonly sizeScale: Decimal;
  readonly takeProfit: Decimal;
  /** Zero when off. */
  readonly trailing: Decimal;
  /** Zero when off. */
  readonly stopLoss: Decimal;
}

/** Gives the exact numbers of parameters that have passed the schema. */
export function dcaNumbers(params: DcaParams): DcaNumbers {
  return {
    baseOrder: Decimal.parse(params.baseOrderQuote),
    safetyOrder: Decimal.parse(params.safetyOrderQuote),
    deviation: fractionOfPercent(params.deviationPercent),
    stepScale: Decimal.parse(params.stepScale),
    sizeScale: Decimal.parse(params.sizeScale),
    takeProfit: fractionOfPercent(params.takeProfitPercent),
    trailing: fractionOfPercent(params.trailingPercent),
    stopLoss: fractionOfPercent(params.stopLossPercent),
  };
}
