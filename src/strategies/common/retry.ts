/** Tries of one thing that may be refused again and again: by our own risk checks, or by a venue that fills nothing. */

import { retryDelayMs } from '../../engine/strategy/retry.ts';
import type { Desk } from './desk.ts';

export interface Retry {
  /** An order was sent: denials are counted anew. What the venue does with it is counted by the kernel. */
  sent(): void;
  /** Nothing could be sent: gives the wait before the next try. */
  deniedDelayMs(): number;
  /** The venue ended the order without a fill: gives the wait before the next try. */
  endedDelayMs(): number;
}

/** Makes the count of one bot. Denials begin anew with a restart, which costs a try or two that never leave the house. */
export function makeRetry<State>(desk: Desk<State>): Retry {
  let denials = 0;
  const delayMs = (): number => retryDelayMs(denials + desk.context.unfilledSends());
  return {
    sent: () => {
      denials = 0;
    },
    deniedDelayMs: () => {
      denials += 1;
      return delayMs();
    },
    endedDelayMs: delayMs,
  };
}
