import { expect, it } from 'vitest';
import { z } from 'zod';
import { inputFault, keyHint } from '../../src/shared/api/input-fault.ts';
import { backtestSpec } from '../../src/shared/lab/spec.ts';

function faultOf(schema: z.ZodType, value: unknown) {
  const { error } = schema.safeParse(value);
  if (error === undefined) throw new Error('the value is good');
  const fault = inputFault(error, schema, value);
  return { path: fault.path.join('.'), reason: fault.reason, hint: keyHint(fault) };
}

const source = { kind: 'file', path: 'a.csv' };
const spec = { strategy: 'ma-cross', series: [{ source }] };

it.each([
  ['at the top', { strategy: 'x', serie: [] }, 'serie', 'Did you mean series?'],
  [
    'in a list',
    { ...spec, series: [{ source, instrumnt: 'A/B' }] },
    'series.0.instrumnt',
    'Did you mean instrument?',
  ],
  [
    'in one of several kinds',
    { ...spec, series: [{ source: { kind: 'file', paht: 'a.csv' } }] },
    'series.0.source.paht',
    'Did you mean path?',
  ],
  ['behind a default', { ...spec, latency: { kind: 'constant', sm: 1 } }, 'latency.sm', 'Did you mean ms?'],
])('names the mistyped key %s, not what it leaves missing', (_name, value, path, hint) => {
  const key = path.split('.').at(-1);
  expect(faultOf(backtestSpec, value)).toEqual({ path, reason: `unknown key "${key}"`, hint });
});

it('lists the keys there are where none is near', () => {
  const schema = z.strictObject({ low: z.number(), high: z.number() });
  expect(faultOf(schema, { low: 1, high: 2, colour: 3 })).toEqual({
    path: 'colour',
    reason: 'unknown key "colour"',
    hint: 'There is low, high.',
  });
});

it('says in words what is missing and what has another type', () => {
  expect(faultOf(backtestSpec, { strategy: 'x' })).toMatchObject({ path: 'series', reason: 'is missing' });
  expect(faultOf(backtestSpec, { ...spec, leverage: '2' })).toMatchObject({
    path: 'leverage',
    reason: 'must be a number, not text in quotes',
  });
});
