/**
 * JSON that came from outside: only finite numbers, bounded depth, no `__proto__`. A refusal names the dotted field,
 * also where the text is not JSON at all (`{"speed": NaN}` names `speed`).
 */

import { ApiError } from '../../shared/api/result.ts';

/** Deepest nesting of arrays and objects. */
export const jsonDepthMax = 32;

type Step = string | number;

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them inside strings
const stringShape = /^"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/;

/** Parses a text. Throws `bad-input`; `prefix` is put before every field. */
export function parseStrictJson(text: string, prefix: readonly Step[] = []): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new JsonLocator(text, prefix).fault();
  }
  assertPlain(value, prefix);
  return value;
}

/** Throws `bad-input` unless a value read from JSON or YAML is plain, finite and not too deep. */
export function assertPlain(value: unknown, path: readonly Step[] = [], depth = 0): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw refusal(path, 'must be a finite number');
  if (typeof value !== 'object' || value === null) return;
  if (depth >= jsonDepthMax) throw refusal(path, `is nested more than ${jsonDepthMax} deep`);
  for (const [key, inner] of Object.entries(value)) {
    const step = Array.isArray(value) ? Number(key) : key;
    if (key === '__proto__') throw refusal([...path, key], 'unknown key');
    assertPlain(inner, [...path, step], depth + 1);
  }
}

function refusal(path: readonly Step[], reason: string): ApiError {
  const field = path.join('.');
  return new ApiError('bad-input', field === '' ? `the request ${reason}` : `${field}: ${reason}`, {
    field: field === '' ? undefined : field,
  });
}

/** Walks a text that is not JSON up to its first fault, to say where that is. Only runs after `JSON.parse` failed. */
class JsonLocator {
  private at = 0;
  private readonly text: string;
  private readonly path: Step[];

  constructor(text: string, prefix: readonly Step[]) {
    this.text = text;
    this.path = [...prefix];
  }

  fault(): ApiError {
    try {
      this.value(0);
      this.space();
      return this.at < this.text.length
        ? this.here('is followed by more text')
        : this.here('is not valid JSON');
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
  }

  private here(reason: string): ApiError {
    const before = this.text.slice(0, this.at);
    const line = before.split('\n').length;
    const column = this.at - before.lastIndexOf('\n');
    return refusal(this.path, `${reason} (line ${line}, column ${column})`);
  }

  private space(): void {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? '')) this.at += 1;
  }

  private value(depth: number): void {
    this.space();
    const first = this.text[this.at];
    if (first === undefined) throw this.here('ends too early, JSON is missing');
    if (depth > jsonDepthMax) throw this.here(`is nested more than ${jsonDepthMax} deep`);
    if (first === '{') this.members(depth);
    else if (first === '[') this.items(depth);
    else if (first === '"') this.string();
    else this.word();
  }

  private members(depth: number): void {
    this.at += 1;
    this.space();
    if (this.take('}')) return;
    do {
      this.space();
      if (this.text[this.at] !== '"') throw this.here('needs a key in double quotes here');
      this.path.push(this.string());
      this.space();
      if (!this.take(':')) throw this.here('needs a colon here');
      this.value(depth + 1);
      this.path.pop();
      this.space();
    } while (this.take(','));
    if (!this.take('}')) throw this.here('needs a comma or } here');
  }

  private items(depth: number): void {
    this.at += 1;
    this.space();
    if (this.take(']')) return;
    let index = 0;
    do {
      this.path.push(index);
      this.value(depth + 1);
      this.path.pop();
      index += 1;
      this.space();
    } while (this.take(','));
    if (!this.take(']')) throw this.here('needs a comma or ] here');
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private string(): string {
    const found = stringShape.exec(this.text.slice(this.at));
    if (found === null) throw this.here('holds a text that is not closed or not valid');
    this.at += found[0].length;
    return JSON.parse(found[0]) as string;
  }

  /** A number, true, false or null; anything else is named as the reason. */
  private word(): void {
    const word = /^[^\s,\]}:"]+/.exec(this.text.slice(this.at))?.[0] ?? this.text[this.at] ?? '';
    if (!/^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(word)) {
      throw this.here(`has the value ${word.slice(0, 40)}, which is not JSON`);
    }
    this.at += word.length;
  }
}
