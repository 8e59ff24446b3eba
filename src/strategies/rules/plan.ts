/** The plan of a rule bot: one entry at the price of now, its levels and what it costs to be wrong. */

import { liveTerms, type PlanMarket } from '../../engine/strategy/api.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { conditionText } from '../../shared/rules/print-rule.ts';
import { conditionsOf, indicatorsOf, withValues } from '../../shared/rules/walk-rule.ts';
import type { PositionSide } from '../common/position-levels.ts';
import { planPosition, planTicks } from '../common/position-plan.ts';
import { figure } from '../common/texts.ts';
import { parameterValues } from './evaluator.ts';
import { entryLegOf, exitLegOf, stopLegOf } from './legs.ts';
import { ruleNumbers } from './levels.ts';
import type { RuleParams } from './params.ts';
import { ruleSetOf } from './rule-texts.ts';
import { entryLots, entryValue } from './sizing.ts';
import { warmupBars } from './warmup.ts';

const ruleLabels = {
  longEntry: 'Buys when',
  longExit: 'Sells when',
  shortEntry: 'Sells short when',
  shortExit: 'Buys back when',
} as const;

/** Gives the plan of a trade entered at the market's price. Percent sizes need the bot's allocation to be known. */
export function planRules(params: RuleParams, market: PlanMarket): Plan {
  const { instrument } = market;
  const rules = ruleSetOf(params);
  const sides: PositionSide[] = [];
  if (rules.longEntry !== null) sides.push('long');
  if (rules.shortEntry !== null) sides.push('short');
  const [first = 'long', ...others] = sides;
  const money = market.allocation?.[instrument.settle];
  const known = params.sizeType === 'quote' || money !== undefined;
  const value = known ? entryValue(params, instrument, liveTerms, Number(money ?? 0)) : 0;
  const indicators = conditionsOf(rules).flatMap(indicatorsOf);
  const names = [...new Set(indicators.map(({ id }) => id))];
  const size =
    params.sizeType === 'quote'
      ? `${params.orderQuote} ${instrument.quote}`
      : `${params.orderPercent} % of its money`;
  return planPosition({
    market,
    summary: `Rules on ${params.timeframe} candles, ${sides.join(' and ')}, ${size} a trade`,
    sides: [first, ...others],
    levels: ruleNumbers(params),
    entry: known
      ? {
          lots: entryLots(instrument, liveTerms, value, planTicks(market)),
          funds: Decimal.fromNumber(Number(value.toFixed(8))),
        }
      : undefined,
    fields: {
      size: params.sizeType === 'quote' ? 'orderQuote' : 'orderPercent',
      stop: 'stopPercent',
      target: 'targetPercent',
      short: 'shortEntry',
    },
    insteadOfShort: 'leave the rule empty or choose a perpetual',
    trigger: 'close on which its rule is met',
    exit: 'its exit rule is met',
    legs: { entry: entryLegOf(1), stop: stopLegOf(1), exit: exitLegOf(1, 1) },
    figures: [
      ...(['longEntry', 'longExit', 'shortEntry', 'shortExit'] as const).flatMap((field) => {
        const condition = rules[field];
        if (condition === null) return [];
        const text = conditionText(withValues(condition, parameterValues(rules)));
        return [figure(field, ruleLabels[field], text, '', 'The rule with the values of its parameters.')];
      }),
      figure(
        'indicators',
        'Indicators',
        names.length === 0 ? 'none' : names.join(', '),
        '',
        'Computed from closed candles; while one warms up, no rule that reads it is met.',
      ),
      figure(
        'warmup',
        'Candles loaded before the first close',
        String(warmupBars(params)),
        'bars',
        'As many as the indicators need for a steady value, where the venue has them.',
      ),
    ],
    violations: [],
  });
}
