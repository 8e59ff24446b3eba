/** How far the venue's clock is from ours, from the fastest of a few questions. */

import type { Exchange } from 'ccxt';
import type { AdapterClock } from '../rate-limit/clock.ts';
import { supports } from './stream-handler.ts';

export interface ClockOffset {
  /** Venue time minus our time, in ms. */
  readonly offsetMs: number;
  /** The true offset is within half of this on either side. */
  readonly roundTripMs: number;
  readonly measuredAtMs: number;
}

/** Asks the venue's time `samples` times. Undefined when the venue does not tell it. Rejects when it cannot be reached. */
export async function measureClockOffset(
  exchange: Exchange,
  clock: AdapterClock,
  samples = 3,
): Promise<ClockOffset | undefined> {
  if (!supports(exchange, 'fetchTime')) return undefined;
  let best: ClockOffset | undefined;
  for (let sample = 0; sample < samples; sample += 1) {
    const startedMs = clock.monotonicMs();
    const sentAtMs = clock.wallMs();
    const venueMs = await exchange.fetchTime();
    const roundTripMs = clock.monotonicMs() - startedMs;
    if (typeof venueMs !== 'number' || !Number.isFinite(venueMs) || venueMs <= 0) continue;
    if (best !== undefined && best.roundTripMs <= roundTripMs) continue;
    best = { offsetMs: venueMs - (sentAtMs + roundTripMs / 2), roundTripMs, measuredAtMs: sentAtMs };
  }
  return best;
}
