/**
 * Values that a text among the parameters of a strategy names, such as `fast = 20 from 5 to 50 step 5`, as parameters of their
 * own for an optimiser: `$fast`.
 */

import { parseParameters } from './parse-parameters.ts';
import { parameterText } from './print-rule.ts';
import { RuleSyntaxError } from './rule-error.ts';
import type { RuleParameter } from './rule-set.ts';

/** Whether a searched name is that of a named value. */
export function isNamedValue(name: string): boolean {
  return name.startsWith('$');
}

/** Gives the values that a text names; none where the text is wrong: whoever checks the text says so. */
export function namedValues(text: unknown): RuleParameter[] {
  if (typeof text !== 'string') return [];
  try {
    return parseParameters(text);
  } catch (error) {
    if (error instanceof RuleSyntaxError) return [];
    throw error;
  }
}

/** Whether only whole numbers are meant: its value and range are whole, and so are its steps. */
export function isWholeNamedValue({ value, space }: RuleParameter): boolean {
  return [value, space?.from, space?.to, space?.step].every(
    (number) => number === undefined || Number.isInteger(number),
  );
}

/**
 * Gives parameters with searched values put in: those named `$name` into the text of `field`, whose ranges stay as they are, the
 * others beside it.
 */
export function withNamedValues(
  params: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, unknown>>,
  field: string | undefined,
): Record<string, unknown> {
  const changed: Record<string, unknown> = { ...params };
  for (const [name, value] of Object.entries(values)) {
    if (field === undefined || !isNamedValue(name)) changed[name] = value;
  }
  const named = new Map(Object.entries(values).filter(([name]) => isNamedValue(name)));
  if (field === undefined || named.size === 0) return changed;
  changed[field] = namedValues(params[field])
    .map((parameter) => {
      const value = named.get(`$${parameter.name}`);
      return parameterText(value === undefined ? parameter : { ...parameter, value: Number(value) });
    })
    .join(', ');
  return changed;
}
