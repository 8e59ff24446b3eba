/** Finds one strategy without loading all of them: for processes that live for a second. */

import type { AnyStrategy } from '../engine/strategy/api.ts';

const loaders: Readonly<Record<string, () => Promise<AnyStrategy>>> = {
  grid: async () => (await import('./grid/grid.ts')).grid,
  dca: async () => (await import('./dca/dca.ts')).dca,
  'ma-cross': async () => (await import('./ma-cross/ma-cross.ts')).maCross,
};

/** Gives the strategy with this id, or undefined. One that has no loader here is looked up among all. */
export async function loadStrategy(id: string): Promise<AnyStrategy | undefined> {
  const load = Object.hasOwn(loaders, id) ? loaders[id] : undefined;
  return load === undefined ? (await import('./registry.ts')).findStrategy(id) : load();
}
