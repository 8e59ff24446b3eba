/** Reads what was typed after a flag: durations, times, numbers, scopes, money, parameters. Refusals name the field. */

import { readFileSync, statSync } from 'node:fs';
import { assertPlain, parseStrictJson } from '../../adapters/http/strict-json.ts';
import { ApiError } from '../../shared/api/result.ts';

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const longestMs = 366 * 86_400_000;
const paramsFileBytesMax = 1024 * 1024;

/** Makes the error of a flag's value. */
export function badFlag(field: string, text: string, expected: string): ApiError {
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  return new ApiError('bad-input', `${field}: ${shown} ${expected}`, { field });
}

/** Reads `90s`, `10m`, `1.5h`, `500ms` as milliseconds; longer than nothing, at most a year. */
export function parseDuration(text: string, field: string): number {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)$/.exec(text);
  const durationMs =
    match === null ? Number.NaN : Math.round(Number(match[1]) * (unitsMs[match[2] ?? ''] ?? Number.NaN));
  if (!(durationMs > 0)) throw badFlag(field, text, 'is not a duration such as 500ms, 90s, 10m, 2h or 1d');
  if (durationMs > longestMs) throw badFlag(field, text, 'is longer than a year');
  return durationMs;
}

/** Like {@link parseDuration}, where nothing (`0`, `0ms`) is a duration too. */
export function parseDelay(text: string, field: string): number {
  return /^0+(?:ms|s|m|h|d)?$/.test(text) ? 0 : parseDuration(text, field);
}

/** Reads a plain number: no comma, no exponent, no NaN. */
export function parseNumber(text: string, field: string): number {
  if (/^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
  throw badFlag(field, text, 'is not a plain number such as 12 or 1.5 (a point, no comma, no exponent)');
}

/** Reads a point in time: epoch milliseconds, an ISO date, or how long ago (`2h`). */
export function parseTime(text: string, field: string, nowMs: number): number {
  if (/^\d{10,16}$/.test(text)) return Number(text);
  if (/^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/.test(text))
    return Math.max(0, Math.round(nowMs - parseDuration(text, field)));
  if (/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/.test(text)) {
    const iso = text.replace(' ', 'T');
    // Without a zone it is UTC, like every time Sextant shows.
    const epochMs = Date.parse(/(?:Z|[+-]\d{2}:\d{2})$/.test(iso) || iso.length === 10 ? iso : `${iso}Z`);
    if (Number.isFinite(epochMs)) return epochMs;
  }
  throw badFlag(
    field,
    text,
    'is not a time such as 2026-03-01, 2026-03-01T12:00Z, 1767225600000 or 2h (ago)',
  );
}

/** Reads `all`, `venue:sim-a`, `bot:b1` or `instrument:sim-a:BTC/USDT`. */
export function parseScope(text: string, field: string): unknown {
  if (text === 'all') return { kind: 'all' };
  const match = /^(venue|bot|instrument):(.{1,120})$/.exec(text);
  if (match !== null) return { kind: match[1], [match[1] as string]: match[2] };
  throw badFlag(field, text, 'is not a scope: all, venue:ID, bot:ID or instrument:VENUE:SYMBOL');
}

/** Reads `USDT=1000,BTC=0.5` or a JSON object as money by currency. */
export function parseMoney(text: string, field: string): unknown {
  if (text.trimStart().startsWith('{')) return parseStrictJson(text, [field]);
  const amounts: Record<string, string> = {};
  for (const part of text.split(',')) {
    const match = /^([A-Za-z0-9]{1,20})=(\d{1,30}(?:\.\d{1,40})?)$/.exec(part.trim());
    if (match === null) throw badFlag(field, text, 'is not money such as USDT=1000 or USDT=1000,BTC=0.5');
    const [, currency, amount] = match as unknown as [string, string, string];
    if (Object.hasOwn(amounts, currency)) throw badFlag(field, text, `names ${currency} twice`);
    amounts[currency] = amount;
  }
  return amounts;
}

/** Reads strategy parameters: JSON, or `@file.json`, `@file.yaml`. */
export async function parseParams(text: string, field: string): Promise<Record<string, unknown>> {
  const value = text.startsWith('@')
    ? await readParamsFile(text.slice(1), field)
    : parseTypedParams(text, field);
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new ApiError('bad-input', `${field}: must be an object such as {"lower":"58000"}`, { field });
}

/** What was typed without a brace is no JSON at all: an example says more than where it goes wrong. */
function parseTypedParams(text: string, field: string): unknown {
  const pair = /^([A-Za-z]\w{0,40})[=:]([\w.-]{1,40})$/.exec(text.trim());
  if (pair === null) return parseStrictJson(text, [field]);
  const [, name, value = ''] = pair;
  const shown = /^-?\d+$/.test(value) ? value : `"${value}"`;
  throw badFlag(field, text, `is not JSON; write '{"${name}":${shown}}'`);
}

async function readParamsFile(file: string, field: string): Promise<unknown> {
  let text: string;
  try {
    if (statSync(file).size > paramsFileBytesMax) throw badFlag(field, file, 'is larger than 1 MiB');
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw badFlag(
      field,
      file,
      (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'is not there: check the path after the @'
        : `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    );
  }
  if (!/\.ya?ml$/i.test(file)) return parseStrictJson(text, [field]);
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: true,
    stringKeys: true,
    prettyErrors: true,
  });
  const fault = document.errors[0];
  if (fault !== undefined) throw badFlag(field, file, `is not YAML: ${fault.message.split('\n')[0]}`);
  const value = document.toJS({ maxAliasCount: 0 }) as unknown;
  assertPlain(value, [field]);
  return value;
}
