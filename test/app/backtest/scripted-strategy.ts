/** A strategy made of one function, for tests. */

import { z } from 'zod';
import {
  type AnyStrategy,
  defineStrategy,
  type StrategyContext,
  type StrategyHandlers,
} from '../../../src/engine/strategy/api.ts';

export const hourMs = 3_600_000;

/** Makes handlers of a context; `bar` counts the candles told so far, from 0. */
export type Script = (context: StrategyContext<null>) => StrategyHandlers;

/** A strategy of one script that hears hourly candles and the prices it watches. */
export function scriptedStrategy(script: Script, timeframesMs: readonly number[] = [hourMs]): AnyStrategy {
  return defineStrategy<Record<string, never>, null>({
    id: 'scripted',
    family: 'test',
    title: 'Scripted',
    summary: '',
    goodFor: '',
    risk: '',
    params: z.strictObject({}),
    supports: () => true,
    suggest: () => ({}),
    subscribe: () => ({ timeframesMs, warmupBars: 0, quotes: true, trades: false }),
    plan: () =>
      ({
        levels: [],
        lines: [],
        figures: [],
        funds: [],
        worstLoss: null,
        breakEven: null,
        violations: [],
      }) as never,
    initialState: () => null,
    create: script,
  });
}
