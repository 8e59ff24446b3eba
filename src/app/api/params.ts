/** Parses strategy parameters on the trusted side; a refusal names the field. */

import type { z } from 'zod';
import type { AnyStrategy, PlanMarket } from '../../engine/strategy/api.ts';
import { ApiError } from '../../shared/api/result.ts';
import { strategyParams } from '../views/strategy-params.ts';

/** Gives the dotted path of an issue, below a prefix. */
function fieldOf(issue: z.core.$ZodIssue, prefix: string): string {
  if (issue.code === 'unrecognized_keys')
    return [prefix, ...issue.path, issue.keys[0] ?? ''].filter(Boolean).join('.');
  return [prefix, ...issue.path.map(String)].filter(Boolean).join('.');
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `unknown key "${issue.keys.join('", "')}"`;
  const types = /expected (\w+), received (\w+)/.exec(issue.message);
  if (types === null) return issue.message;
  const [, expected = '', received = ''] = types;
  if (received === 'undefined') return 'is missing';
  return `must be ${typeWords[expected] ?? expected}, not ${typeWords[received] ?? received}`;
}

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

/** Throws `bad-input` for the first issue of a failed parse; with an unknown key it tells the known ones. */
export function throwBadInput(error: z.ZodError, prefix = '', knownKeys: readonly string[] = []): never {
  const issue = error.issues[0];
  if (issue === undefined) throw new ApiError('bad-input', 'the input is not valid');
  const field = fieldOf(issue, prefix);
  const isUnknownOfThese =
    issue.code === 'unrecognized_keys' && issue.path.length === 0 && knownKeys.length > 0;
  throw new ApiError('bad-input', field === '' ? messageOf(issue) : `${field}: ${messageOf(issue)}`, {
    ...(field === '' ? {} : { field }),
    ...(isUnknownOfThese ? { hint: `There is ${knownKeys.join(', ')}.` } : {}),
  });
}

function namesOf(strategy: AnyStrategy): string[] {
  return strategyParams(strategy).map(({ name }) => name);
}

/** Gives the parsed parameters of a strategy, or throws `bad-input` naming `params.<field>`. */
export function parseParams(strategy: AnyStrategy, params: Readonly<Record<string, unknown>>): unknown {
  const parsed = strategy.params.safeParse(params);
  if (!parsed.success) throwBadInput(parsed.error, 'params', namesOf(strategy));
  return parsed.data;
}

/** Fills parameters that were left out with the strategy's own suggestion for the market, then parses the whole. */
export function completeParams(
  strategy: AnyStrategy,
  given: Readonly<Record<string, unknown>>,
  market: PlanMarket,
): { readonly raw: Readonly<Record<string, unknown>>; readonly parsed: unknown } {
  const raw = { ...(strategy.suggest(market) as Record<string, unknown>), ...given };
  return { raw, parsed: parseParams(strategy, raw) };
}
