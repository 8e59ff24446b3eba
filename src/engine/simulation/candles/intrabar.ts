/** In which order the prices of a candle are assumed to have come. */

import type { IntrabarPolicy } from '../../../shared/lab/spec.ts';

/** The policy in words, for the list of assumptions. */
export const intrabarWords: Readonly<Record<IntrabarPolicy, string>> = {
  'adverse-first':
    'Inside a candle the price goes to the extreme that hurts the open position first (no position: open, low, high, close in a rising candle, open, high, low, close in a falling one).',
  'by-direction':
    'Inside a candle the price goes open, low, high, close when it rose and open, high, low, close when it fell.',
  'open-low-high-close': 'Inside every candle the price goes open, low, high, close.',
  'open-high-low-close': 'Inside every candle the price goes open, high, low, close.',
};

/** Whether a candle's low comes before its high; `positionSign` is the sign of the position after the open. */
export function lowFirst(
  policy: IntrabarPolicy,
  positionSign: number,
  openTicks: number,
  closeTicks: number,
): boolean {
  switch (policy) {
    case 'open-low-high-close':
      return true;
    case 'open-high-low-close':
      return false;
    case 'by-direction':
      return closeTicks >= openTicks;
    case 'adverse-first':
      return positionSign === 0 ? closeTicks >= openTicks : positionSign > 0;
  }
}
