/** How many closed candles the rules should have before they decide. */

import { findRuleIndicator } from '../../shared/rules/indicators.ts';
import type { RuleValue } from '../../shared/rules/rule-set.ts';
import { conditionsOf, forEachValue, numberOf, withValues } from '../../shared/rules/walk-rule.ts';
import { parameterValues } from './evaluator.ts';
import type { RuleParams } from './params.ts';
import { ruleSetOf } from './rule-texts.ts';

/** After this many times its periods an exponential average no longer shows what it began with. */
const steadyFactor = 5;
/** As many as the kernel keeps. */
const warmupMax = 4000;

/** Bars before a value is steady: all periods of its indicators, inner ones included, times the factor. */
function barsOf(value: RuleValue): number {
  switch (value.kind) {
    case 'number':
    case 'parameter':
      return 0;
    case 'price':
      return 1;
    case 'ago':
      return barsOf(value.of) + numberOf(value.bars, {});
    case 'negate':
      return barsOf(value.of);
    case 'arithmetic':
      return Math.max(barsOf(value.left), barsOf(value.right));
    case 'indicator': {
      const params = findRuleIndicator(value.id)?.params ?? [];
      const periods = params.map(({ name, defaultValue, whole }) => {
        const given = value.params[name];
        return whole && name.includes('period')
          ? given === undefined
            ? defaultValue
            : numberOf(given, {})
          : 0;
      });
      const own = Math.max(10, ...periods) + periods.reduce((sum, period) => sum + period, 0);
      return steadyFactor * own + Math.max(0, ...value.inputs.map(barsOf));
    }
  }
}

/** Gives the candles to load: enough for every indicator to be steady, within what is kept. */
export function warmupBars(params: RuleParams): number {
  const rules = ruleSetOf(params);
  const values = parameterValues(rules);
  let most = 1;
  for (const condition of conditionsOf(rules)) {
    forEachValue(withValues(condition, values), (value) => {
      most = Math.max(most, barsOf(value));
    });
  }
  return Math.min(warmupMax, Math.ceil(most));
}
