/** `--strategy ./breakout.ts`: a strategy of the user's own in place of one that Sextant ships. */

import { resolve } from 'node:path';
import type { AnyStrategy } from '../../engine/strategy/api.ts';
import { ApiError } from '../../shared/api/result.ts';

/** A loaded strategy and its file. */
export interface OwnStrategy {
  readonly path: string;
  readonly strategy: AnyStrategy;
}

/** Flags with the id of the strategy they name, and the strategy where they name a file. Throws `ApiError`. */
export async function withOwnStrategy<Flags extends { readonly strategy?: string | undefined }>(
  flags: Flags,
): Promise<{ readonly flags: Flags; readonly own: OwnStrategy | undefined }> {
  const { strategy: typed } = flags;
  if (typed === undefined || !isFileName(typed)) return { flags, own: undefined };
  const [{ loadOwnStrategy }, { findStrategy }] = await Promise.all([
    import('../../app/backtest/own-strategy.ts'),
    import('../../strategies/registry.ts'),
  ]);
  const path = resolve(typed);
  const strategy = await loadOwnStrategy(path);
  if (findStrategy(strategy.id) !== undefined) {
    throw new ApiError(
      'bad-input',
      `strategy: ${path} has the id of one that Sextant ships, ${strategy.id}`,
      {
        field: 'strategy',
        hint: 'Give it another id, so that results tell which of them it was.',
      },
    );
  }
  return { flags: { ...flags, strategy: strategy.id }, own: { path, strategy } };
}

/** Ids have neither separators nor dots. */
function isFileName(typed: string): boolean {
  return /[\\/]|\.[cm]?[jt]s$/.test(typed);
}
