/** What is wrong with input that a schema refused, in words: the key that was mistyped rather than what it leaves missing. */

import { z } from 'zod';
import { nearName } from '../domain/near-name.ts';
import { issueWords } from './issue-words.ts';

/** The one fault to tell first. */
export interface InputFault {
  /** Down to the unknown key, where that is the fault. */
  readonly path: readonly PropertyKey[];
  readonly reason: string;
  /** The key that was probably meant; undefined where none is near. */
  readonly near: string | undefined;
  /** Keys that may stand where an unknown one does. */
  readonly known: readonly string[];
}

/** Reads the fault off a failed parse of `value`. Unknown keys come first: what seems to be missing is often one of them. */
export function inputFault(error: z.ZodError, schema: z.ZodType, value: unknown): InputFault {
  const unknown = error.issues.find((issue) => issue.code === 'unrecognized_keys');
  if (unknown?.code === 'unrecognized_keys') {
    const key = unknown.keys[0] ?? '';
    const known = keysAt(schema, unknown.path, value);
    return {
      path: [...unknown.path, key],
      reason: `unknown key "${unknown.keys.join('", "')}"`,
      near: nearName(key, known),
      known,
    };
  }
  const issue = error.issues[0];
  if (issue === undefined) return { path: [], reason: 'is not valid', near: undefined, known: [] };
  return { path: issue.path, reason: issueWords(issue, value), near: undefined, known: [] };
}

/** A question for the key that was probably meant, else the keys there are; undefined where neither is known. */
export function keyHint({ known, near }: InputFault): string | undefined {
  if (near !== undefined) return `Did you mean ${near}?`;
  return known.length === 0 ? undefined : `There is ${known.join(', ')}.`;
}

/** Keys of the object that a schema wants at a path of a value; none where it wants something else. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): readonly string[] {
  const inner = innermost(schema);
  if (inner instanceof z.ZodDiscriminatedUnion) {
    const { discriminator } = inner.def;
    const chosen = (value as Readonly<Record<string, unknown>> | undefined)?.[discriminator];
    const option = inner.options.find(
      (one) =>
        one instanceof z.ZodObject && (one.shape[discriminator] as z.ZodType).safeParse(chosen).success,
    );
    return option === undefined ? [] : keysAt(option as z.ZodType, path, value);
  }
  const [first, ...rest] = path;
  const below = (value as Readonly<Record<PropertyKey, unknown>> | undefined)?.[first ?? ''];
  if (inner instanceof z.ZodObject) {
    if (first === undefined) return Object.keys(inner.shape);
    const member: unknown = inner.shape[String(first)];
    return member === undefined ? [] : keysAt(member as z.ZodType, rest, below);
  }
  if (inner instanceof z.ZodArray && first !== undefined)
    return keysAt(inner.element as z.ZodType, rest, below);
  return [];
}

function innermost(schema: z.ZodType): z.ZodType {
  let current = schema;
  while (
    current instanceof z.ZodOptional ||
    current instanceof z.ZodDefault ||
    current instanceof z.ZodNullable
  )
    current = current.unwrap() as z.ZodType;
  return current;
}
