/** What a schema found wrong, in words of a person who trades and writes no schemas. */

import type { z } from 'zod';

const typeWords: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text in quotes',
  boolean: 'true or false',
  record: 'an object',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

/** How the library begins its own messages; every other message was written for this field and is better than any rule. */
const ownMessage = /^(?:Too (?:small|big)|Invalid)\b/;
/** Characters of a value that are told. */
const shownMaximum = 40;

/** Gives the reason without the field, such as `must be at most 0.5, not 7`; `input` is what was parsed. */
export function issueWords(issue: z.core.$ZodIssue, input?: unknown): string {
  if (!ownMessage.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return typeReason(issue.message);
    case 'too_small':
      return `must ${sizeWords(issue.origin)} ${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}${unitWords(issue.origin)}${insteadOf(issue, input)}`;
    case 'too_big':
      return `must ${sizeWords(issue.origin)} ${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}${unitWords(issue.origin)}${insteadOf(issue, input)}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.join(', ')}${insteadOf(issue, input)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}${insteadOf(issue, input)}`;
    case 'invalid_union':
      return unionReason(issue);
    case 'invalid_format':
      return `is not written as it should be${insteadOf(issue, input).replace(', not', ':')}`;
    default:
      return 'is not valid';
  }
}

/** Of the forms a value may have, the one that is meant is the one whose inside is told, not that it is another. */
function unionReason({ errors }: z.core.$ZodIssueInvalidUnion): string {
  const inside = errors.map(([first]) => first).find((first) => first !== undefined && first.path.length > 0);
  if (inside === undefined) return 'has none of the forms it may have';
  return `${inside.path.map(String).join('.')}: ${issueWords(inside)}`;
}

function typeReason(message: string): string {
  const types = /expected (\w+), received (\w+)/.exec(message);
  if (types === null) return 'is not valid';
  const [, expected = '', received = ''] = types;
  if (received === 'undefined') return 'is missing';
  if (received === 'NaN') return 'must be a number';
  if (expected === 'int' && received === 'number') return 'must be a whole number';
  return `must be ${typeWords[expected] ?? expected}, not ${typeWords[received] ?? received}`;
}

function sizeWords(origin: string): string {
  return origin === 'number' || origin === 'int' ? 'be' : 'have';
}

function unitWords(origin: string): string {
  if (origin === 'string') return ' characters';
  if (origin === 'array' || origin === 'set') return ' entries';
  return origin === 'object' || origin === 'record' ? ' keys' : '';
}

/** What stands at the place instead, where it is short and plain. */
function insteadOf({ path }: z.core.$ZodIssue, input: unknown): string {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return '';
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  if (typeof value === 'number') return `, not ${value}`;
  if (typeof value !== 'string' || value.length > shownMaximum) return '';
  return `, not "${value}"`;
}
