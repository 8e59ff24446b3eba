/** How many closed candles the rules should have before they decide. */

import { findRuleIndicator } from '../../shared/rules/indicators.ts';
import type { IndicatorValue, RuleCondition, RuleValue } from '../../shared/rules/rule-set.ts';
import { conditionsOf, forEachValue, numberOf, withValues } from '../../shared/rules/walk-rule.ts';
import { parameterValues } from './evaluator.ts';
import type { RuleParams } from './params.ts';
import { ruleSetOf } from './rule-texts.ts';

/** After this many times its periods an exponential average no longer shows what it began with. */
const steadyFactor = 5;
/** As many as the kernel keeps. */
const warmupMax = 4000;

/** The periods of an indicator, in candles. */
function periodsOf(value: IndicatorValue): number[] {
  const params = findRuleIndicator(value.id)?.params ?? [];
  return params.map(({ name, defaultValue, whole }) => {
    const given = value.params[name];
    if (!whole || !name.includes('period')) return 0;
    return given === undefined ? defaultValue : numberOf(given, {});
  });
}

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
      const periods = periodsOf(value);
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

/** Indicators with a value before their longest period has passed: filters that begin with the first candle, in the main. */
const earlyIndicators: ReadonlySet<string> = new Set([
  'BANDPASS',
  'DECOSC',
  'DECYCLER',
  'EBSW',
  'GAUSSIAN',
  'HIGHPASS',
  'HIGHPASS2',
  'JMA',
  'MAAQ',
  'MCGINLEY',
  'ROOFING',
  'SUPERSMOOTHER',
  'SUPERSMOOTHER3',
  'VIDYA',
  'VOSS',
]);

/** Candles without which a value cannot be there: the longest period, and what lies further back. */
function leastBarsOf(value: RuleValue): number {
  switch (value.kind) {
    case 'number':
    case 'parameter':
      return 0;
    case 'price':
      return 1;
    case 'ago':
      return leastBarsOf(value.of) + numberOf(value.bars, {});
    case 'negate':
      return leastBarsOf(value.of);
    case 'arithmetic':
      return Math.max(leastBarsOf(value.left), leastBarsOf(value.right));
    case 'indicator': {
      const periods = earlyIndicators.has(value.id.toUpperCase()) ? [] : periodsOf(value);
      return Math.max(1, ...periods, ...value.inputs.map(leastBarsOf));
    }
  }
}

/** Candles before which a condition cannot be met. */
function leastBarsUntil(condition: RuleCondition): number {
  switch (condition.kind) {
    case 'compare':
      return Math.max(leastBarsOf(condition.left), leastBarsOf(condition.right));
    case 'cross':
      // Between two candles: both sides need one more.
      return Math.max(leastBarsOf(condition.left), leastBarsOf(condition.right)) + 1;
    case 'not':
      return leastBarsUntil(condition.of);
    case 'and':
      return Math.max(leastBarsUntil(condition.left), leastBarsUntil(condition.right));
    case 'or':
      // As long as one side is not known the whole is not, whatever the other says.
      return Math.max(leastBarsUntil(condition.left), leastBarsUntil(condition.right));
  }
}

/** Gives the candles before which no entry rule can be met, whatever the prices do. */
export function decisionBars(params: RuleParams): number {
  const rules = ruleSetOf(params);
  const values = parameterValues(rules);
  const entries = [rules.longEntry, rules.shortEntry].filter((condition) => condition !== null);
  if (entries.length === 0) return 0;
  return Math.min(...entries.map((condition) => leastBarsUntil(withValues(condition, values))));
}
