/** Indicators as a rule writes them. */

import { type RuleIndicator, ruleIndicators } from '../../shared/rules/indicators.ts';
import { priceColumns } from '../../shared/rules/rule-set.ts';

/** The indicators that read prices alone; the others want a series a rule cannot name by itself, such as the time. */
export const callableIndicators: readonly RuleIndicator[] = ruleIndicators.filter(({ inputs }) =>
  inputs.every((input) => priceColumns.some((column) => column === input)),
);

/** Gives an indicator with its defaults as a rule writes it: `rsi(14)`, `bbands(20, 2, 2, 0).upperband`. */
export function indicatorCall({ id, outputs, params }: RuleIndicator): string {
  const values = params.map(({ defaultValue }) => defaultValue).join(', ');
  const output = outputs.length > 1 ? `.${outputs[0]}` : '';
  return `${id.toLowerCase()}(${values})${output}`;
}

/** Says what its numbers mean, what it reads and what it gives. */
export function usesText({ aliases, inputs, outputs, params }: RuleIndicator): string {
  return [
    params.length === 0 ? '' : `(${params.map(({ name }) => name).join(', ')})`,
    `reads ${inputs.join(', ')}`,
    outputs.length > 1 ? `gives ${outputs.join(', ')}` : '',
    aliases.length === 0 ? '' : `also ${aliases.join(', ').toLowerCase()}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Gives the indicators whose names hold what was typed; those that begin with it first. */
export function findCalls(indicators: readonly RuleIndicator[], search: string): readonly RuleIndicator[] {
  const wanted = search.trim().toUpperCase();
  if (wanted === '') return indicators;
  const names = ({ aliases, id }: RuleIndicator): string[] => [id, ...aliases];
  const found = indicators.filter((indicator) => names(indicator).some((name) => name.includes(wanted)));
  const first = (indicator: RuleIndicator): number =>
    names(indicator).some((name) => name.startsWith(wanted)) ? 0 : 1;
  return [...found].sort((left, right) => first(left) - first(right));
}
