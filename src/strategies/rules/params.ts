/** Parameters of the rule strategy: the rules as texts, the levels as numbers. */

import { z } from 'zod';
import {
  amountParam,
  choiceParam,
  integerParam,
  type ParamForm,
  percentParam,
  textParam,
} from '../../engine/strategy/params.ts';
import { timeframes } from '../../shared/domain/candle.ts';
import { parseParameters } from '../../shared/rules/parse-parameters.ts';
import { parseRoi } from '../../shared/rules/parse-roi.ts';
import { parseCondition } from '../../shared/rules/parse-rule.ts';
import { RuleSyntaxError } from '../../shared/rules/rule-error.ts';
import { rulesProblems } from './rule-texts.ts';

const rules = 'Rules';
const size = 'Size';
const exit = 'Exit';

/** What a parser says of a text, for a form. */
function verdictOf(parse: (text: string) => unknown): (text: string) => string | true {
  return (text) => {
    if (text.trim() === '') return true;
    try {
      parse(text);
      return true;
    } catch (error) {
      if (error instanceof RuleSyntaxError) return error.message;
      throw error;
    }
  };
}

const ruleText = (label: string, help: string) => {
  const form: ParamForm = { label, group: rules, unit: '', updatable: false, help, textKind: 'rule' };
  return textParam(form, verdictOf(parseCondition)).default('').meta({ form, format: 'text' });
};

const percent = (form: ParamForm, bounds: { min: string; max: string }) =>
  percentParam(form, bounds)
    .default('0')
    .meta({ form, format: 'percent', minimum: bounds.min, maximum: bounds.max });

const bars = (form: ParamForm, bounds: { min: number; max: number }) =>
  integerParam(form, bounds)
    .default(0)
    .meta({ form, format: 'integer', minimum: bounds.min, maximum: bounds.max });

const parametersForm: ParamForm = {
  label: 'Parameters',
  group: rules,
  unit: '',
  updatable: false,
  namesValues: true,
  help: 'Names and values for what the rules call $name, with the range an optimiser may search: fast = 20 from 5 to 50 step 5, slow = 50 from 20 to 200 step 10.',
};
const roiForm: ParamForm = {
  label: 'Profit that suffices',
  group: exit,
  unit: '',
  updatable: false,
  help: 'A profit that closes the position, smaller the longer it is held: 4 % after 0 bars, 2 % after 10 bars, 0 % after 40 bars. Empty: off.',
};

export const ruleParams = z
  .strictObject({
    longEntry: ruleText(
      'Buy when',
      'The rule for a long entry, for example: sma(close, $fast) crosses above sma(close, $slow) and rsi(14) < 70. It is looked at when a candle has closed. Empty: never long.',
    ),
    longExit: ruleText(
      'Sell when',
      'The rule that closes a long position at the close of a candle. Empty: only the levels below close it.',
    ),
    shortEntry: ruleText(
      'Sell short when',
      'The rule for a short entry; perpetuals only. Empty: never short.',
    ),
    shortExit: ruleText(
      'Buy back when',
      'The rule that closes a short position at the close of a candle. Empty: only the levels below close it.',
    ),
    parameters: textParam(parametersForm, verdictOf(parseParameters))
      .default('')
      .meta({ form: parametersForm, format: 'text' }),
    timeframe: choiceParam(
      {
        label: 'Candles',
        group: rules,
        unit: '',
        updatable: false,
        help: 'Length of the candles the rules read. Only closed candles count, so a signal never disappears again.',
      },
      timeframes,
    ),
    sizeType: choiceParam(
      {
        label: 'Size as',
        group: size,
        unit: '',
        updatable: true,
        help: "Quote: a fixed value. Percent: a part of the bot's money at the time of the signal, times the leverage of the account.",
      },
      ['quote', 'percent'],
    ),
    orderQuote: amountParam({
      label: 'Order size',
      group: size,
      unit: 'quote',
      updatable: true,
      showWhen: { field: 'sizeType', in: ['quote'] },
      help: 'Value of each entry, its fee and slippage included, rounded down to whole lots. An entry that costs more than the bot has is left out.',
    }),
    orderPercent: percentParam(
      {
        label: 'Order size',
        group: size,
        unit: '%',
        updatable: true,
        showWhen: { field: 'sizeType', in: ['percent'] },
        help: "Part of the bot's money used for each entry, its fee and slippage included.",
      },
      { min: '0.1', max: '100' },
    ),
    stopPercent: percent(
      {
        label: 'Stop-loss',
        group: exit,
        unit: '%',
        updatable: true,
        space: { from: 0, to: 10, step: 0.5 },
        help: '0: off. Distance of a stop order from the entry price. It rests at the venue; while it does not, the bot watches the price itself.',
      },
      { min: '0', max: '99' },
    ),
    targetPercent: percent(
      {
        label: 'Take-profit',
        group: exit,
        unit: '%',
        updatable: true,
        space: { from: 0, to: 20, step: 0.5 },
        help: '0: off. When the price is this far on the winning side of the entry, the position is closed at market. Before fees.',
      },
      { min: '0', max: '1000' },
    ),
    trailingPercent: percent(
      {
        label: 'Trailing stop',
        group: exit,
        unit: '%',
        updatable: true,
        space: { from: 0, to: 10, step: 0.5 },
        help: '0: off. The stop follows the best price of closed candles since the entry at this distance and never goes back. With a stop-loss as well, the nearer of the two holds.',
      },
      { min: '0', max: '99' },
    ),
    activationPercent: percent(
      {
        label: 'Trailing begins at',
        group: exit,
        unit: '%',
        updatable: true,
        advanced: true,
        space: { from: 0, to: 10, step: 0.5 },
        help: '0: at the entry. The trailing stop waits until the best price has been this far on the winning side.',
      },
      { min: '0', max: '1000' },
    ),
    roi: textParam(roiForm, verdictOf(parseRoi)).default('').meta({ form: roiForm, format: 'text' }),
    maxBars: bars(
      {
        label: 'Longest trade',
        group: exit,
        unit: 'bars',
        updatable: true,
        advanced: true,
        space: { from: 0, to: 200, step: 10 },
        help: '0: off. The position is closed at market when this many candles have closed since the entry.',
      },
      { min: 0, max: 100_000 },
    ),
    cooldownBars: bars(
      {
        label: 'Cooldown',
        group: exit,
        unit: 'bars',
        updatable: true,
        advanced: true,
        space: { from: 0, to: 20, step: 1 },
        help: 'Candles after an exit at whose closes no entry is made. With a cooldown a position is never turned around at once.',
      },
      { min: 0, max: 100_000 },
    ),
  })
  .superRefine((params, issues) => {
    for (const { field, message } of rulesProblems(params))
      issues.addIssue({ code: 'custom', path: [field], message });
  });

/** Parsed parameters, money and percentages as decimal texts. */
export type RuleParams = z.output<typeof ruleParams>;
