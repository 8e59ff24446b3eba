/**
 * What an optimiser may search: one dimension a parameter. Samplers see each dimension as a number (an integer, a
 * decimal, or the index of an option); this page says how that number becomes the parameter's value.
 */

import { z } from 'zod';

const dimensionName = z.string().min(1).max(60);
const finite = z.number();

/** Whole numbers from `from` to `to`, both included, in steps. */
const integerDimension = z.strictObject({
  kind: z.literal('integer'),
  name: dimensionName,
  from: finite.int(),
  to: finite.int(),
  step: finite.int().positive().default(1),
});

/** Decimals from `from` to `to`; with a step only its multiples, counted from `from`. `log` searches evenly in ratios. */
const decimalDimension = z.strictObject({
  kind: z.literal('decimal'),
  name: dimensionName,
  from: finite,
  to: finite,
  step: finite.positive().optional(),
  log: z.boolean().default(false),
});

/** One of a few named options, without an order. */
const categoricalDimension = z.strictObject({
  kind: z.literal('categorical'),
  name: dimensionName,
  options: z.array(z.string().max(200)).min(1).max(200),
});

/** Yes or no. */
const booleanDimension = z.strictObject({ kind: z.literal('boolean'), name: dimensionName });

/** One dimension of a search space; bounds are checked. */
export const dimension = z
  .discriminatedUnion('kind', [integerDimension, decimalDimension, categoricalDimension, booleanDimension])
  .superRefine((value, issues) => {
    if (value.kind === 'categorical' || value.kind === 'boolean') return;
    if (value.to < value.from) {
      issues.addIssue({ code: 'custom', path: ['to'], message: `must not be below ${value.from}` });
    }
    if (value.kind === 'decimal' && value.log && value.from <= 0) {
      issues.addIssue({ code: 'custom', path: ['from'], message: 'must be greater than zero for log' });
    }
    if (value.kind === 'decimal' && value.log && value.step !== undefined) {
      issues.addIssue({ code: 'custom', path: ['step'], message: 'cannot be given together with log' });
    }
  });

export type Dimension = z.output<typeof dimension>;

/** A parameter's value as an optimiser hands it on, before the strategy's schema has seen it. */
export type SearchValue = number | string | boolean;

/** How many values a dimension has; infinity for a decimal without a step. */
export function dimensionSize(of: Dimension): number {
  switch (of.kind) {
    case 'integer':
      return Math.floor((of.to - of.from) / of.step) + 1;
    case 'decimal':
      return of.step === undefined
        ? of.from === of.to
          ? 1
          : Number.POSITIVE_INFINITY
        : Math.floor((of.to - of.from) / of.step + stepTolerance) + 1;
    case 'categorical':
      return of.options.length;
    case 'boolean':
      return 2;
  }
}

/** A bound that is a whole number of steps away may miss it by rounding. */
const stepTolerance = 1e-9;

/** Decimals are written with at most this many digits after the point. */
const decimalDigitsMaximum = 12;

/**
 * Gives the value of a parameter from a sampler's number: whole numbers rounded to the step, decimals to their step and
 * as numbers without rounding noise, options by index. Numbers outside the bounds are moved to them; throws
 * `RangeError` for NaN.
 */
export function searchValue(of: Dimension, raw: number): SearchValue {
  if (Number.isNaN(raw)) throw new RangeError(`${of.name}: a sampler gave NaN`);
  switch (of.kind) {
    case 'integer': {
      const steps = Math.round((clamp(raw, of.from, of.to) - of.from) / of.step);
      return of.from + Math.min(steps, dimensionSize(of) - 1) * of.step;
    }
    case 'decimal': {
      const value = clamp(raw, of.from, of.to);
      if (of.step === undefined) return Number(value.toPrecision(decimalDigitsMaximum));
      const steps = Math.min(Math.round((value - of.from) / of.step), dimensionSize(of) - 1);
      return Number((of.from + steps * of.step).toFixed(decimalDigitsMaximum));
    }
    case 'categorical':
      return of.options[clamp(Math.round(raw), 0, of.options.length - 1)] as string;
    case 'boolean':
      return raw >= 0.5;
  }
}

/** Gives the number a sampler knows a value by; the inverse of `searchValue`. Throws `RangeError` for an unknown option. */
export function samplerNumber(of: Dimension, value: SearchValue): number {
  if (of.kind === 'categorical') {
    const index = of.options.indexOf(String(value));
    if (index < 0) throw new RangeError(`${of.name}: "${String(value)}" is not one of its options`);
    return index;
  }
  if (of.kind === 'boolean') return value === true ? 1 : 0;
  return Number(value);
}

/** The decimal text of a number, without exponent; for parameters that are decimal texts. */
export function decimalTextOf(value: number): string {
  const text = value.toFixed(decimalDigitsMaximum);
  return text.replace(/\.?0+$/, '');
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
