/** Requests that are made again while the network, or the venue's patience, lets them down. */

import { systemClock, waitFor } from '../rate-limit/clock.ts';

const attemptsMaximum = 4;
const firstWaitMs = 1_000;

/** Makes a request, again a few times with growing waits. Throws what the last attempt threw, and stops at `signal`. */
export async function patiently<T>(signal: AbortSignal, request: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request();
    } catch (error) {
      signal.throwIfAborted();
      // A request that cannot succeed is not repeated: CCXT names those that may as network errors.
      const { NetworkError } = await import('ccxt');
      if (!(error instanceof NetworkError) || attempt >= attemptsMaximum) throw error;
      await waitFor(systemClock, firstWaitMs * 2 ** (attempt - 1), signal);
      signal.throwIfAborted();
    }
  }
}
