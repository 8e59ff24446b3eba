/**
 * Strategy parameters: zod schemas with the metadata a form needs. Numbers that are prices or money are decimal
 * texts, so that nothing is lost between form, file and engine.
 */

import { z } from 'zod';
import { Decimal } from '../../shared/domain/decimal.ts';

/** What the form shows for one parameter. Kept in the schema by `.meta({ form })`. */
export interface ParamForm {
  readonly label: string;
  readonly group: string;
  readonly help: string;
  /** `quote`, `base`, `%`, `bars`, `levels`, `min` … empty when it has none. */
  readonly unit: string;
  /** May be edited while the bot runs. */
  readonly updatable: boolean;
  /** Hidden behind "Advanced". */
  readonly advanced?: boolean | undefined;
  /** Drawn as a draggable line on the chart. */
  readonly chartLine?: boolean | undefined;
  /** Range the optimiser may search. */
  readonly space?: { readonly from: number; readonly to: number; readonly step?: number } | undefined;
  /** What a text is written in, so that a form can help: `rule` is a rule over prices and indicators. */
  readonly textKind?: 'rule' | undefined;
  /** A text that names values an optimiser may search as `$name`: `fast = 20 from 5 to 50 step 5`. */
  readonly namesValues?: boolean | undefined;
  /** Shown only when another parameter has one of these values. */
  readonly showWhen?: { readonly field: string; readonly in: readonly (string | boolean)[] } | undefined;
}

const plainDecimal = /^\d{1,20}(\.\d{1,20})?$/;

function decimalText(check: (value: Decimal) => string | true) {
  return z.string().superRefine((text, issue) => {
    if (!plainDecimal.test(text)) {
      issue.addIssue({
        code: 'custom',
        message: 'must be a plain decimal number such as 61500.5 (a point, no comma)',
      });
      return;
    }
    const verdict = check(Decimal.parse(text));
    if (verdict !== true) issue.addIssue({ code: 'custom', message: verdict });
  });
}

/** A price in quote currency, as decimal text greater than zero. */
export function priceParam(form: ParamForm) {
  return decimalText((value) => value.isPositive || 'must be greater than zero').meta({
    form,
    format: 'price',
  });
}

/** An amount of money, as decimal text greater than zero. */
export function amountParam(form: ParamForm) {
  return decimalText((value) => value.isPositive || 'must be greater than zero').meta({
    form,
    format: 'amount',
  });
}

/** A percentage as decimal text: `1.5` means 1.5 %. Bounds are inclusive. */
export function percentParam(form: ParamForm, bounds: { min: string; max: string }) {
  const low = Decimal.parse(bounds.min);
  const high = Decimal.parse(bounds.max);
  return decimalText(
    (value) =>
      (value.compare(low) >= 0 && value.compare(high) <= 0) ||
      `must lie between ${bounds.min} and ${bounds.max} %`,
  ).meta({ form, format: 'percent', minimum: bounds.min, maximum: bounds.max });
}

/** A plain factor as decimal text, for example a size scale of `1.3`. Bounds are inclusive. */
export function factorParam(form: ParamForm, bounds: { min: string; max: string }) {
  const low = Decimal.parse(bounds.min);
  const high = Decimal.parse(bounds.max);
  return decimalText(
    (value) =>
      (value.compare(low) >= 0 && value.compare(high) <= 0) ||
      `must lie between ${bounds.min} and ${bounds.max}`,
  ).meta({ form, format: 'factor', minimum: bounds.min, maximum: bounds.max });
}

/** A whole number within inclusive bounds. */
export function integerParam(form: ParamForm, bounds: { min: number; max: number }) {
  return z
    .number()
    .int()
    .min(bounds.min)
    .max(bounds.max)
    .meta({ form, format: 'integer', minimum: bounds.min, maximum: bounds.max });
}

/** One of a few named choices. */
export function choiceParam<const Values extends readonly [string, ...string[]]>(
  form: ParamForm,
  values: Values,
) {
  return z.enum(values).meta({ form, format: 'choice', options: values });
}

/** A text, for example a rule; `check` says what is wrong with it. */
export function textParam(form: ParamForm, check: (text: string) => string | true, maximumLength = 4000) {
  return z
    .string()
    .max(maximumLength)
    .superRefine((text, issue) => {
      const verdict = check(text);
      if (verdict !== true) issue.addIssue({ code: 'custom', message: verdict });
    })
    .meta({ form, format: 'text' });
}

/** Yes or no. */
export function switchParam(form: ParamForm) {
  return z.boolean().meta({ form, format: 'switch' });
}
