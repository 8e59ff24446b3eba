/** Keeps the simulated venues' own books: whole once at their beginning, then what changes. */

import type { PaperVenueStore } from '../../adapters/store/paper-venue-store.ts';
import type { PaperVenueState } from '../../engine/simulation/matching/venue-state.ts';

/** Writes a new venue's account whole: later changes only name what they touch. */
export function storeWholeAccount(store: PaperVenueStore, state: PaperVenueState): void {
  store.put({
    venue: state.venue,
    asOfMs: state.asOfMs,
    counters: state.counters,
    orders: [],
    fills: [],
    fundingPayments: [],
    balances: state.balances,
    positions: state.positions,
  });
}
