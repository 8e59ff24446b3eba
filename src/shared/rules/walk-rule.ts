/** Goes through the parts of a rule: which parameters and indicators it has, and the rule with numbers put in. */

import type {
  IndicatorValue,
  NumberSource,
  RuleCondition,
  RuleSet,
  RuleValue,
  SeriesSource,
} from './rule-set.ts';

/** The four conditions of a rule set that are there. */
export function conditionsOf(rules: RuleSet): RuleCondition[] {
  return [rules.longEntry, rules.longExit, rules.shortEntry, rules.shortExit].filter(
    (condition) => condition !== null,
  );
}

/** Calls `each` for every value of a condition, outer ones first. */
export function forEachValue(condition: RuleCondition, each: (value: RuleValue) => void): void {
  const value = (found: RuleValue): void => {
    each(found);
    if (found.kind === 'ago') {
      value(found.of);
      each(found.bars);
    } else if (found.kind === 'negate') value(found.of);
    else if (found.kind === 'arithmetic') {
      value(found.left);
      value(found.right);
    } else if (found.kind === 'indicator') {
      for (const param of Object.values(found.params)) each(param);
      for (const input of found.inputs) value(input);
    }
  };
  switch (condition.kind) {
    case 'compare':
    case 'cross':
      value(condition.left);
      value(condition.right);
      return;
    case 'not':
      forEachValue(condition.of, each);
      return;
    case 'and':
    case 'or':
      forEachValue(condition.left, each);
      forEachValue(condition.right, each);
  }
}

/** Names of the parameters a condition uses, each once. */
export function parametersOf(condition: RuleCondition): string[] {
  const names = new Set<string>();
  forEachValue(condition, (value) => {
    if (value.kind === 'parameter') names.add(value.name);
  });
  return [...names];
}

/** Every indicator of a condition, inner ones included. */
export function indicatorsOf(condition: RuleCondition): IndicatorValue[] {
  const found: IndicatorValue[] = [];
  forEachValue(condition, (value) => {
    if (value.kind === 'indicator') found.push(value);
  });
  return found;
}

/** Values by parameter name. */
export type ParameterValues = Readonly<Record<string, number>>;

/** Gives the number a source stands for. Throws a `RangeError` for a parameter without a value. */
export function numberOf(source: NumberSource, values: ParameterValues): number {
  if (source.kind === 'number') return source.value;
  const value = Object.hasOwn(values, source.name) ? values[source.name] : undefined;
  if (value === undefined) throw new RangeError(`the parameter "$${source.name}" has no value`);
  return value;
}

function fixedNumber(source: NumberSource, values: ParameterValues): NumberSource {
  return { kind: 'number', value: numberOf(source, values) };
}

function fixedSeries(source: SeriesSource, values: ParameterValues): SeriesSource {
  if (source.kind === 'price') return source;
  return {
    ...source,
    inputs: source.inputs.map((input) => fixedSeries(input, values)),
    params: Object.fromEntries(
      Object.entries(source.params).map(([name, param]) => [name, fixedNumber(param, values)]),
    ),
  };
}

function fixedValue(value: RuleValue, values: ParameterValues): RuleValue {
  switch (value.kind) {
    case 'number':
    case 'parameter':
      return fixedNumber(value, values);
    case 'price':
    case 'indicator':
      return fixedSeries(value, values);
    case 'ago':
      return { ...value, of: fixedValue(value.of, values), bars: fixedNumber(value.bars, values) };
    case 'negate':
      return { ...value, of: fixedValue(value.of, values) };
    case 'arithmetic':
      return { ...value, left: fixedValue(value.left, values), right: fixedValue(value.right, values) };
  }
}

/** Gives the condition with numbers in place of its parameters. Throws a `RangeError` when one has no value. */
export function withValues(condition: RuleCondition, values: ParameterValues): RuleCondition {
  switch (condition.kind) {
    case 'compare':
    case 'cross':
      return {
        ...condition,
        left: fixedValue(condition.left, values),
        right: fixedValue(condition.right, values),
      };
    case 'not':
      return { ...condition, of: withValues(condition.of, values) };
    case 'and':
    case 'or':
      return {
        ...condition,
        left: withValues(condition.left, values),
        right: withValues(condition.right, values),
      };
  }
}
