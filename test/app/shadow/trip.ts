/** A round trip of round numbers, to change in places. */

import type { ShadowTrip } from '../../../src/shared/lab/shadow.ts';

/** Long 2 units from 100 to 110, fees 1, slippage 0.5: profit 19. */
export function tripOf(change: Partial<ShadowTrip> = {}): ShadowTrip {
  const trip = {
    side: 1 as const,
    entryTimeMs: 600_000,
    exitTimeMs: 1_200_000,
    quantity: 2,
    entryPrice: 100,
    exitPrice: 110,
    fees: 1,
    funding: 0,
    slippage: 0.5,
    isOpen: false,
    exitReason: 'signal' as const,
    ...change,
  };
  const { entryPrice, exitPrice, fees, funding, quantity, side } = trip;
  return { ...trip, profit: side * quantity * (exitPrice - entryPrice) - fees + funding };
}
