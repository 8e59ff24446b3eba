/** Turns anything into a bounded, redacted value that JSON can hold, without ever throwing. */
import type { PlainValue } from './log-port.ts';
import { type Redactor, redactedMark } from './redactor.ts';

const maxTextLength = 8192;
const maxDepth = 6;
const maxMembers = 64;

/** Members whose value is never written, known or not: a credential may be logged before it is registered. */
const secretNames =
  /^(api[-_]?key|api[-_]?secret|secret|secret[-_]?key|private[-_]?key|pass(word|phrase|wd)|mnemonic|authorization|(set-)?cookie|signature|(access|auth|refresh|bearer|bot)[-_]?token|x-mbx-apikey|(ok|kc|cb)-(access|api)-.*)$/i;
/** Signatures in the query strings that venue errors quote. */
const signatureInUrl = /([?&](?:signature|sign|hmac)=)[^&\s"']+/gi;

/** `text` redacted and cut. Redacted first: a cut must not leave the unknown half of a secret. */
export function plainText(text: string, redactor: Redactor): string {
  const redacted = redactor.redact(text.replaceAll(signatureInUrl, `$1${redactedMark}`));
  if (redacted.length <= maxTextLength) return redacted;
  return `${redacted.slice(0, maxTextLength)}… (${redacted.length - maxTextLength} more)`;
}

/** `value` as plain data: errors with stack and causes, bytes by length only, cycles and depth cut. */
export function plainValue(value: unknown, redactor: Redactor): PlainValue {
  try {
    return plain(value, redactor, 0, []);
  } catch (error) {
    return `[unreadable: ${plainText(error instanceof Error ? error.message : String(error), redactor)}]`;
  }
}

function plain(value: unknown, redactor: Redactor, depth: number, parents: readonly object[]): PlainValue {
  switch (typeof value) {
    case 'string':
      return plainText(value, redactor);
    case 'number': {
      if (!Number.isFinite(value)) return String(value);
      // A secret of digits may come as a number.
      const text = String(value);
      return redactor.redact(text) === text ? value : redactedMark;
    }
    case 'bigint':
      return plainText(value.toString(), redactor);
    case 'boolean':
      return value;
    case 'undefined':
      return null;
    case 'symbol':
      return plainText(String(value), redactor);
    case 'function':
      return '[function]';
    case 'object':
      return value === null ? null : plainObject(value, redactor, depth, parents);
  }
}

function plainObject(
  value: object,
  redactor: Redactor,
  depth: number,
  parents: readonly object[],
): PlainValue {
  if (parents.includes(value)) return '[circular]';
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (value instanceof URL || value instanceof RegExp) return plainText(String(value), redactor);
  if (depth >= maxDepth) return '[deeper]';
  const inside = [...parents, value];
  const inner = (member: unknown): PlainValue => plain(member, redactor, depth + 1, inside);
  if (Array.isArray(value) || value instanceof Set) return plainList([...value], inner);
  if (value instanceof Map)
    return plainMembers(
      [...value].map(([key, member]) => [String(key), member]),
      redactor,
      inner,
    );
  if (value instanceof Error) return plainError(value, redactor, inner);
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const json: unknown = value.toJSON();
    return json === value ? '[circular]' : inner(json);
  }
  return plainMembers(ownMembers(value), redactor, inner);
}

type Inner = (member: unknown) => PlainValue;

function plainList(list: readonly unknown[], inner: Inner): PlainValue {
  const kept = list.slice(0, maxMembers).map(inner);
  return list.length > maxMembers ? [...kept, `… (${list.length - maxMembers} more)`] : kept;
}

function plainMembers(members: readonly [string, unknown][], redactor: Redactor, inner: Inner): PlainValue {
  const plainOnes: [string, PlainValue][] = members
    .slice(0, maxMembers)
    .map(([name, member]) => [
      plainText(name, redactor),
      secretNames.test(name) && member !== undefined && member !== null ? redactedMark : inner(member),
    ]);
  if (members.length > maxMembers) plainOnes.push(['…', `${members.length - maxMembers} more`]);
  return Object.fromEntries(plainOnes);
}

function plainError(error: Error, redactor: Redactor, inner: Inner): PlainValue {
  const own = ownMembers(error).filter(
    ([name]) => !['name', 'message', 'stack', 'cause', 'errors'].includes(name),
  );
  const parts: [string, unknown][] = [
    ['type', error.name],
    ['message', error.message],
    ['stack', error.stack],
    ...own,
  ];
  if (error.cause !== undefined) parts.push(['cause', error.cause]);
  if (error instanceof AggregateError) parts.push(['errors', error.errors]);
  return plainMembers(parts, redactor, inner);
}

/** Own enumerable members; a getter that throws gives its error's text. */
function ownMembers(value: object): [string, unknown][] {
  return Object.keys(value).map((name) => {
    try {
      return [name, Reflect.get(value, name)];
    } catch (error) {
      return [name, `[unreadable: ${error instanceof Error ? error.message : String(error)}]`];
    }
  });
}
