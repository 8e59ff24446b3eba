/** Finds one strategy without loading all of them: for processes that live for a second. */

import type { AnyStrategy } from '../../engine/strategy/api.ts';
import { nearHint } from '../../shared/domain/near-name.ts';

const loaders: Readonly<Record<string, () => Promise<AnyStrategy>>> = {
  grid: async () => (await import('../../strategies/grid/grid.ts')).grid,
  dca: async () => (await import('../../strategies/dca/dca.ts')).dca,
  'ma-cross': async () => (await import('../../strategies/ma-cross/ma-cross.ts')).maCross,
};

/** Ids of all strategies: those with a loader, and those that are looked up among all. */
export const strategyIds: readonly string[] = [...Object.keys(loaders), 'rules'];

/** What to do about a strategy there is not. */
export const strategyHint = (id: string): string =>
  nearHint(id, strategyIds, 'See what there is with: bin/sextant strategies list');

/** Gives the strategy with this id, or undefined. One that has no loader here is looked up among all. */
export async function loadStrategy(id: string): Promise<AnyStrategy | undefined> {
  const load = Object.hasOwn(loaders, id) ? loaders[id] : undefined;
  return load === undefined ? (await import('../../strategies/registry.ts')).findStrategy(id) : load();
}
