/** A strategy of the user: a TypeScript or JavaScript file that exports `strategy`. See docs/own-strategies.md. */

import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { AnyStrategy } from '../../engine/strategy/api.ts';
import { ApiError } from '../../shared/api/result.ts';

const page = 'See docs/own-strategies.md for a whole one.';
const functions = ['supports', 'suggest', 'subscribe', 'plan', 'initialState', 'create'] as const;
const texts = ['id', 'family', 'title', 'summary', 'goodFor', 'risk'] as const;

/** Loads the strategy of a file. Throws `ApiError` (field `strategy`) that says what the file lacks. */
export async function loadOwnStrategy(path: string): Promise<AnyStrategy> {
  if (!existsSync(path)) {
    throw new ApiError('not-found', `strategy: ${path}: there is no such file`, { field: 'strategy' });
  }
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(pathToFileURL(path).href);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const isImport = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
    throw refused(
      `${path} cannot be loaded: ${words}`,
      isImport
        ? `Imports are looked for from the folder of the file: keep it inside Sextant's. ${page}`
        : page,
    );
  }
  const { strategy } = module;
  if (typeof strategy !== 'object' || strategy === null) {
    const names = Object.keys(module);
    const there = names.length === 0 ? 'It exports nothing.' : `It exports ${names.join(', ')}.`;
    throw refused(`${path} does not export "strategy"`, `${there} ${page}`);
  }
  const fault = faultOf(strategy as Readonly<Record<string, unknown>>);
  if (fault !== undefined) throw refused(`${path}: ${fault}`, page);
  return strategy as AnyStrategy;
}

/** What keeps an object from being a strategy. */
function faultOf(strategy: Readonly<Record<string, unknown>>): string | undefined {
  const noText = texts.find((name) => typeof strategy[name] !== 'string');
  if (noText !== undefined) return `"${noText}" must be a text`;
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(strategy['id'] as string))
    return '"id" must be small letters, digits and hyphens, such as my-breakout';
  const params = strategy['params'] as { readonly safeParse?: unknown } | undefined;
  if (typeof params?.safeParse !== 'function') return '"params" must be a zod schema';
  const missing = functions.find((name) => typeof strategy[name] !== 'function');
  return missing === undefined ? undefined : `"${missing}" must be a function`;
}

function refused(reason: string, hint: string): ApiError {
  return new ApiError('bad-input', `strategy: ${reason}`, { field: 'strategy', hint });
}
