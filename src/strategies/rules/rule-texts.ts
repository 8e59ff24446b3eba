/** The rule set that the parameters of the rule strategy describe, and what is wrong among them. */

import { findRuleIndicator } from '../../shared/rules/indicators.ts';
import { paramProblem } from '../../shared/rules/parse-indicator.ts';
import { parseParameters } from '../../shared/rules/parse-parameters.ts';
import { parseRoi } from '../../shared/rules/parse-roi.ts';
import { barsAgoMax, parseCondition } from '../../shared/rules/parse-rule.ts';
import {
  type RuleCondition,
  type RuleParameter,
  type RuleSet,
  ruleSet,
} from '../../shared/rules/rule-set.ts';
import { forEachValue, parametersOf } from '../../shared/rules/walk-rule.ts';

const ruleFields = ['longEntry', 'longExit', 'shortEntry', 'shortExit'] as const;

/** The texts among the parameters. */
export type RuleTexts = Readonly<Record<(typeof ruleFields)[number] | 'parameters', string>>;

/** The parameters that make a rule set. */
export interface RuleFields extends RuleTexts {
  readonly sizeType: 'quote' | 'percent';
  readonly orderQuote: string;
  readonly orderPercent: string;
  readonly stopPercent: string;
  readonly targetPercent: string;
  readonly trailingPercent: string;
  readonly activationPercent: string;
  readonly roi: string;
  readonly maxBars: number;
  readonly cooldownBars: number;
}

export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

function parsed(text: string): RuleCondition | null {
  return text.trim() === '' ? null : parseCondition(text);
}

/** What a parameter of the rules is used for somewhere: the value must suit all of them. */
function usesProblem(condition: RuleCondition, name: string, value: number): string | null {
  let problem: string | null = null;
  forEachValue(condition, (part) => {
    if (part.kind === 'ago' && part.bars.kind === 'parameter' && part.bars.name === name) {
      if (!Number.isInteger(value) || value < 0 || value > barsAgoMax)
        problem = `"$${name}" counts candles in [ ]: it must be a whole number from 0 to ${barsAgoMax}, not ${value}`;
    }
    if (part.kind !== 'indicator') return;
    const indicator = findRuleIndicator(part.id);
    for (const [param, source] of Object.entries(part.params)) {
      if (source.kind !== 'parameter' || source.name !== name || indicator === undefined) continue;
      const wrong = paramProblem(indicator, param, value);
      if (wrong !== null) problem = `"$${name}" cannot be ${value}: ${wrong}`;
    }
  });
  return problem;
}

/** Gives what is wrong among texts that are right by themselves: no entry, parameters missing, unused or out of bounds. */
export function rulesProblems(texts: RuleTexts): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (texts.longEntry.trim() === '' && texts.shortEntry.trim() === '')
    problems.push({ field: 'longEntry', message: 'needs a rule: without an entry nothing is ever traded' });
  let declared: RuleParameter[];
  let conditions: { readonly field: string; readonly condition: RuleCondition }[];
  try {
    declared = parseParameters(texts.parameters);
    conditions = ruleFields.flatMap((field) => {
      const condition = parsed(texts[field]);
      return condition === null ? [] : [{ field, condition }];
    });
  } catch {
    // The field with the mistake says so itself.
    return problems;
  }
  const used = new Set<string>();
  for (const { field, condition } of conditions) {
    for (const name of parametersOf(condition)) {
      used.add(name);
      if (!declared.some((parameter) => parameter.name === name)) {
        problems.push({
          field,
          message: `uses $${name}, which has no value: write "${name} = 20" among the parameters`,
        });
      }
    }
  }
  for (const { name, value, space } of declared) {
    if (!used.has(name)) problems.push({ field: 'parameters', message: `no rule uses "${name}"` });
    for (const tried of [value, ...(space === undefined ? [] : [space.from, space.to])]) {
      const found = conditions
        .map(({ condition }) => usesProblem(condition, name, tried))
        .find((problem) => problem !== null);
      if (found !== undefined && found !== null) {
        problems.push({ field: 'parameters', message: found });
        break;
      }
    }
  }
  return problems;
}

/** A percentage as a ratio. */
const ratio = (percent: string): number => Number(percent) / 100;

/** By parameters: a plan, a subscription and a run of the same ones ask one after the other. */
const known = new WeakMap<RuleFields, RuleSet>();

/** Gives the rule set of parameters that have passed the schema, which stay as they are. */
export function ruleSetOf(fields: RuleFields): RuleSet {
  const found = known.get(fields) ?? readRuleSet(fields);
  known.set(fields, found);
  return found;
}

function readRuleSet(fields: RuleFields): RuleSet {
  return ruleSet.parse({
    parameters: parseParameters(fields.parameters),
    longEntry: parsed(fields.longEntry),
    longExit: parsed(fields.longExit),
    shortEntry: parsed(fields.shortEntry),
    shortExit: parsed(fields.shortExit),
    stop: ratio(fields.stopPercent),
    target: ratio(fields.targetPercent),
    trailing: ratio(fields.trailingPercent),
    activation: ratio(fields.activationPercent),
    roi: parseRoi(fields.roi),
    maxBars: fields.maxBars,
    cooldownBars: fields.cooldownBars,
    size:
      fields.sizeType === 'quote'
        ? { kind: 'quote', amount: Number(fields.orderQuote) }
        : { kind: 'fraction', fraction: ratio(fields.orderPercent) },
  });
}
