/** The small tools every running strategy shares: change the state, say why, show a price, wake up later. */

import type { StrategyContext } from '../../engine/strategy/api.ts';
import { epochMs } from '../../shared/domain/nominal.ts';
import { priceText } from './texts.ts';

export interface Desk<State> {
  readonly context: StrategyContext<State>;
  /** Changes some fields of the state. */
  update(patch: Partial<State>): void;
  /** Says what was decided or what blocks, and when it is looked at again. */
  say(code: string, text: string | (() => string), nextCheckMs?: number): void;
  /** A price with its currency. */
  show(ticks: number): string;
  /** Sets a timer; gives the time it is due. */
  wake(name: string, delayMs: number): number;
}

/** Makes the tools for one bot. */
export function makeDesk<State>(context: StrategyContext<State>): Desk<State> {
  return {
    context,
    update: (patch) => context.setState({ ...context.state, ...patch }),
    say: (code, text, nextCheckMs) =>
      context.why(
        nextCheckMs === undefined ? { code, text } : { code, text, nextCheckMs: epochMs(nextCheckMs) },
      ),
    show: (ticks) => `${priceText(context.instrument, ticks)} ${context.instrument.quote}`,
    wake(name, delayMs) {
      const atMs = epochMs(context.nowMs() + delayMs);
      context.setTimer(name, atMs);
      return atMs;
    },
  };
}
