/**
 * A strategy's form: texts as typed on one side, the parameters the host understands on the other, and what is wrong
 * with a field before the host is asked.
 */

import { z } from 'zod';
import type { FieldView } from '../../shared/api/views.ts';
import { parseParameters } from '../../shared/rules/parse-parameters.ts';
import { parseCondition } from '../../shared/rules/parse-rule.ts';
import { RuleSyntaxError } from '../../shared/rules/rule-error.ts';
import { outsideBounds, parseDecimalInput, parseIntegerInput } from '../format/parse-input.ts';

/** What the form holds: numbers as texts, switches as booleans. */
export type FormValue = string | boolean;
export type FormValues = Record<string, FormValue>;

/** Gives the form's values of parameters, for example of a suggestion or of a running bot. */
export function valuesOfParams(
  fields: readonly FieldView[],
  params: Readonly<Record<string, unknown>>,
): FormValues {
  return Object.fromEntries(
    fields.map((field) => {
      const value = params[field.name];
      if (field.format === 'switch') return [field.name, value === true];
      if (value === undefined || value === null)
        return [field.name, field.format === 'choice' && field.required ? (field.options[0] ?? '') : ''];
      return [field.name, String(value)];
    }),
  );
}

/** True when a field is part of the form as it is filled in now. */
export function isShown(field: FieldView, values: FormValues): boolean {
  if (field.showWhen === null) return true;
  const value = values[field.showWhen.field];
  return value !== undefined && field.showWhen.in.includes(value);
}

/** Gives what is wrong with a field's text, or null. An empty field is wrong only when it is required. */
export function fieldProblem(field: FieldView, value: FormValue | undefined): string | null {
  if (field.format === 'switch') return null;
  const text = typeof value === 'string' ? value : '';
  if (text.trim() === '') return field.required ? 'Needed' : null;
  if (field.format === 'choice') return field.options.includes(text) ? null : 'Choose one of the list';
  if (field.format === 'text') return textProblem(field, text);
  if (field.format === 'integer') {
    const parsed = parseIntegerInput(text, field);
    return parsed.ok ? null : parsed.message;
  }
  const needsPositive = field.format === 'price' || field.format === 'amount';
  const parsed = parseDecimalInput(text, {
    positive: needsPositive,
    signed: field.minimum?.startsWith('-') === true,
  });
  if (!parsed.ok) return parsed.message;
  return outsideBounds(parsed.text, field.minimum, field.maximum);
}

/** What is wrong with a rule, or with the values it names; other texts are the host's to check. */
function textProblem(field: FieldView, text: string): string | null {
  try {
    if (field.textKind === 'rule') parseCondition(text);
    if (field.namesValues === true) parseParameters(text);
    return null;
  } catch (error) {
    if (error instanceof RuleSyntaxError) return error.message;
    throw error;
  }
}

/** Gives the schema of a form: one problem at most for each field that is shown. */
export function formSchema(fields: readonly FieldView[]) {
  return z.record(z.string(), z.union([z.string(), z.boolean()])).superRefine((values, issue) => {
    for (const field of fields) {
      if (!isShown(field, values)) continue;
      const problem = fieldProblem(field, values[field.name]);
      if (problem !== null) issue.addIssue({ code: 'custom', path: [field.name], message: problem });
    }
  });
}

function paramOf(field: FieldView, value: FormValue): unknown {
  if (typeof value === 'boolean') return value;
  const text = value.trim();
  if (field.format === 'integer') return Number(text);
  if (field.format === 'choice' || field.format === 'text') return text;
  const parsed = parseDecimalInput(text, { signed: true });
  return parsed.ok ? parsed.text : text;
}

/** Gives the parameters of values; hidden and empty fields are left out. Call it on values without problems. */
export function paramsOfValues(fields: readonly FieldView[], values: FormValues): Record<string, unknown> {
  const params: Record<string, unknown> = {};
  for (const field of fields) {
    const value = values[field.name];
    if (value === undefined || !isShown(field, values)) continue;
    if (typeof value === 'string' && value.trim() === '') continue;
    params[field.name] = paramOf(field, value);
  }
  return params;
}

/** Gives the first field that keeps the form from being planned, or null. */
export function firstProblem(
  fields: readonly FieldView[],
  values: FormValues,
): { name: string; message: string } | null {
  for (const field of fields) {
    if (!isShown(field, values)) continue;
    const message = fieldProblem(field, values[field.name]);
    if (message !== null) return { name: field.name, message };
  }
  return null;
}

export interface ParamChange {
  readonly field: FieldView;
  readonly before: string;
  readonly after: string;
}

const shownText = (value: FormValue | undefined): string =>
  typeof value === 'boolean'
    ? value
      ? 'on'
      : 'off'
    : value === undefined || value.trim() === ''
      ? 'none'
      : value.trim();

/** Gives what an edit changes, field by field, in the order of the form. `1.50` and `1.5` are the same. */
export function changesBetween(
  fields: readonly FieldView[],
  before: FormValues,
  after: FormValues,
): ParamChange[] {
  const same = (field: FieldView): boolean => {
    const [left, right] = [before[field.name], after[field.name]];
    if (left === right) return true;
    if (left === undefined || right === undefined || typeof left === 'boolean' || typeof right === 'boolean')
      return false;
    return String(paramOf(field, left)) === String(paramOf(field, right));
  };
  return fields
    .filter((field) => (isShown(field, before) || isShown(field, after)) && !same(field))
    .map((field) => ({ field, before: shownText(before[field.name]), after: shownText(after[field.name]) }));
}

/** Gives the fields in their groups, in the order they first appear. */
export function fieldGroups(fields: readonly FieldView[]): { group: string; fields: FieldView[] }[] {
  const groups = new Map<string, FieldView[]>();
  for (const field of fields) groups.set(field.group, [...(groups.get(field.group) ?? []), field]);
  return [...groups].map(([group, list]) => ({ group, fields: list }));
}
