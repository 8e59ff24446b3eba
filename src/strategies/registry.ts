/** Every strategy Sextant ships, in the order the gallery shows them. */

import type { AnyStrategy } from '../engine/strategy/api.ts';
import { dca } from './dca/dca.ts';
import { grid } from './grid/grid.ts';
import { maCross } from './ma-cross/ma-cross.ts';
import { rules } from './rules/rules.ts';

export const strategies: readonly AnyStrategy[] = [grid, dca, maCross, rules];

/** Gives the strategy with this id, or undefined. */
export function findStrategy(id: string): AnyStrategy | undefined {
  return strategies.find((strategy) => strategy.id === id);
}
