/** Writes rules as text; `parseCondition` reads the same rule back. */

import { findRuleIndicator } from './indicators.ts';
import type { NumberSource, RuleCondition, RuleParameter, RuleValue, SeriesSource } from './rule-set.ts';

const binding = { '+': 1, '-': 1, '*': 2, '/': 2 } as const;

function numberText(source: NumberSource): string {
  return source.kind === 'number' ? String(source.value) : `$${source.name}`;
}

function indicatorText(source: SeriesSource): string {
  if (source.kind === 'price') return source.column;
  const indicator = findRuleIndicator(source.id);
  const isDefault = source.inputs.every(
    (input, index) => input.kind === 'price' && input.column === indicator?.inputs[index],
  );
  const order = indicator?.params.map(({ name }) => name) ?? [];
  const names = Object.keys(source.params).sort((left, right) => order.indexOf(left) - order.indexOf(right));
  // Numbers in their order need no names.
  const inOrder = names.every((name, index) => order[index] === name);
  const parts = [
    ...(isDefault ? [] : source.inputs.map(indicatorText)),
    ...names.map((name) => {
      const value = numberText(source.params[name] as NumberSource);
      return inOrder ? value : `${name} = ${value}`;
    }),
  ];
  const output = source.output === indicator?.outputs[0] ? '' : `.${source.output}`;
  return `${source.id.toLowerCase()}(${parts.join(', ')})${output}`;
}

/** Gives a value as text. `least` is how tightly it must hold together without brackets. */
export function valueText(value: RuleValue, least = 0): string {
  switch (value.kind) {
    case 'number': {
      const text = numberText(value);
      return value.value < 0 && least > 2 ? `(${text})` : text;
    }
    case 'parameter':
      return numberText(value);
    case 'price':
    case 'indicator':
      return indicatorText(value);
    case 'ago':
      return `${valueText(value.of, 4)}[${numberText(value.bars)}]`;
    case 'negate': {
      // A number would become a negative number; brackets keep the minus a sign of its own.
      const inner = value.of.kind === 'number' ? `(${valueText(value.of)})` : valueText(value.of, 3);
      return least > 2 ? `(-${inner})` : `-${inner}`;
    }
    case 'arithmetic': {
      const own = binding[value.operator];
      const text = `${valueText(value.left, own)} ${value.operator} ${valueText(value.right, own + 1)}`;
      return own < least ? `(${text})` : text;
    }
  }
}

/** Gives a condition as text. */
export function conditionText(condition: RuleCondition, least = 0): string {
  switch (condition.kind) {
    case 'compare':
      return `${valueText(condition.left)} ${condition.operator} ${valueText(condition.right)}`;
    case 'cross':
      return `${valueText(condition.left)} crosses ${condition.direction} ${valueText(condition.right)}`;
    case 'not':
      return `not ${conditionText(condition.of, 3)}`;
    case 'and':
    case 'or': {
      const own = condition.kind === 'or' ? 1 : 2;
      const text = `${conditionText(condition.left, own)} ${condition.kind} ${conditionText(condition.right, own + 1)}`;
      return own < least ? `(${text})` : text;
    }
  }
}

/** Gives a parameter as text: `fast = 20 from 5 to 50 step 5`. */
export function parameterText({ name, value, space }: RuleParameter): string {
  const range =
    space === undefined
      ? ''
      : ` from ${space.from} to ${space.to}${space.step === undefined ? '' : ` step ${space.step}`}`;
  return `${name} = ${value}${range}`;
}
