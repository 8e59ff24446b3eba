/** Whether a market's figures are fresh, and what to say when they are not. */

import type { QuoteView, VenueView } from '../../shared/api/views.ts';
import { formatSpan } from '../format/time-text.ts';
import { useSession } from '../store/session.ts';
import { market } from '../store/terminal.ts';

/** Gives why data of a venue is old, or null while it is fresh. Ages are in the kernel's time. */
export function staleReason(
  venue: VenueView | undefined,
  quote: QuoteView | undefined,
  nowMs: number,
): string | null {
  if (venue === undefined) return null;
  const age =
    quote?.timeMs === null || quote?.timeMs === undefined ? '' : ` · ${formatSpan(nowMs - quote.timeMs)} old`;
  if (venue.state === 'disconnected') return `Disconnected${age}`;
  if (venue.state === 'stale') return `Stale${age}`;
  if (venue.state === 'connecting' && quote !== undefined) return `Connecting${age}`;
  return null;
}

/** Follows the staleness of an instrument, once a second with the status. */
export function useStaleReason(instrument: string | null): string | null {
  return useSession((session) => {
    if (instrument === null) return null;
    const venueId = session.instruments.get(instrument)?.venue;
    const venue = session.status?.venues.find((one) => one.id === venueId);
    return staleReason(venue, market.quote(instrument), market.nowMs());
  });
}
