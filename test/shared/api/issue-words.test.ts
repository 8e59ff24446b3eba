import { expect, it } from 'vitest';
import { z } from 'zod';
import { issueWords } from '../../../src/shared/api/issue-words.ts';

const words = (schema: z.ZodType, input: unknown): string => {
  const issue = schema.safeParse(input).error?.issues[0];
  if (issue === undefined) throw new Error('it was not refused');
  return issueWords(issue, input);
};

it.each([
  [z.number().min(1), 0, 'must be at least 1, not 0'],
  [z.number().max(0.5), 7, 'must be at most 0.5, not 7'],
  [z.number().gt(0), 0, 'must be above 0, not 0'],
  [z.number().lt(3), 3, 'must be below 3, not 3'],
  [z.number().int(), 1.5, 'must be a whole number'],
  [z.number(), 'x', 'must be a number, not text in quotes'],
  [z.number(), undefined, 'is missing'],
  [z.number(), Number.NaN, 'must be a number'],
  [z.number().multipleOf(5), 7, 'must be a multiple of 5, not 7'],
  [z.string(), 5, 'must be text in quotes, not a number'],
  [z.string().min(3), 'ab', 'must have at least 3 characters, not "ab"'],
  [z.array(z.number()).max(1), [1, 2], 'must have at most 1 entries'],
  [z.enum(['sma', 'ema']), 'xyz', 'must be one of sma, ema, not "xyz"'],
  [z.literal('csv'), 'x', 'must be csv, not "x"'],
  [z.boolean(), 1, 'must be true or false, not a number'],
  [z.strictObject({ to: z.number() }), 5, 'must be an object, not a number'],
  [z.string().regex(/^a/), 'b', 'is not written as it should be: "b"'],
  [
    z.union([z.string(), z.strictObject({ from: z.number(), to: z.number() })]),
    { from: 5 },
    'to: is missing',
  ],
  [z.union([z.string(), z.number()]), null, 'has none of the forms it may have'],
])('%# says it in words', (schema, input, expected) => {
  expect(words(schema, input)).toBe(expected);
});

it('finds the value below the top, and leaves long ones out', () => {
  const schema = z.object({ spec: z.object({ days: z.array(z.number().max(3)) }) });
  expect(words(schema, { spec: { days: [1, 9] } })).toBe('must be at most 3, not 9');
  expect(words(z.enum(['a']), 'b'.repeat(41))).toBe('must be a');
});

it('leaves a message that was written for its field as it is', () => {
  expect(words(z.number().min(1, 'needs a candle'), 0)).toBe('needs a candle');
});
