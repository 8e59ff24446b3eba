/** Fields of a strategy that never was, and a form over them. */

import { type SpecValues, specValuesSchema } from '../../src/renderer/lab/spec-values.ts';
import type { FieldView } from '../../src/shared/api/views.ts';

/** A whole number that must be given, unless told otherwise. */
export function field(name: string, more: Partial<FieldView> = {}): FieldView {
  return {
    name,
    label: name,
    group: 'Signal',
    help: '',
    unit: '',
    format: 'integer',
    required: true,
    updatable: false,
    advanced: false,
    chartLine: false,
    minimum: null,
    maximum: null,
    options: [],
    space: null,
    showWhen: null,
    ...more,
  };
}

export const fields = [
  field('fast', { label: 'Fast period', minimum: '1', maximum: '99', space: { from: 5, to: 20, step: 5 } }),
  field('filter', { label: 'Filter', format: 'percent' }),
  field('direction', { format: 'choice', options: ['long', 'short'] }),
];

export const offer = { fields, limits: {} };

export const values = (more: Partial<SpecValues> = {}): SpecValues => ({
  ...specValuesSchema.parse({}),
  path: '/data/a.csv',
  ...more,
});
