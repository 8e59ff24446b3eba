/** One dot a venue: its link at a glance, the figures on hover. */

import type { VenueView } from '../../shared/api/views.ts';
import { formatSpan } from '../format/time-text.ts';
import { goTo } from '../store/route.ts';
import { useSession } from '../store/session.ts';
import { classes } from '../ui/classes.ts';

/** What each link state is called and which colour it has. */
export const linkTexts = {
  connected: { label: 'connected', dot: 'bg-up' },
  connecting: { label: 'connecting', dot: 'bg-warn animate-pulse' },
  stale: { label: 'no fresh data', dot: 'bg-warn' },
  disconnected: { label: 'disconnected', dot: 'bg-danger' },
} as const;

export function venueTitle(venue: VenueView): string {
  const parts = [`${venue.title}: ${linkTexts[venue.state].label}`];
  if (venue.message !== '') parts.push(venue.message);
  if (venue.latencyMs !== null) parts.push(`round trip ${venue.latencyMs.toFixed(0)} ms`);
  if (venue.dataAgeMs !== null) parts.push(`data ${formatSpan(venue.dataAgeMs)} old`);
  return parts.join('\n');
}

export function VenueDots({ venues }: { readonly venues: readonly VenueView[] }) {
  const isLinked = useSession((session) => session.link === 'open');
  return (
    <div className="flex items-center gap-1.5" data-testid="venue-dots">
      {venues.map((venue) => (
        <button
          key={venue.id}
          type="button"
          title={isLinked ? venueTitle(venue) : 'The page has no connection to the terminal host'}
          aria-label={venueTitle(venue)}
          onClick={() => goTo('settings', 'venues')}
          data-testid={`venue-${venue.id}`}
          data-state={isLinked ? venue.state : 'unknown'}
          className="flex h-6 items-center gap-1.5 rounded-md px-1 text-2xs text-muted hover:bg-line hover:text-text"
        >
          <span
            className={classes('size-2 rounded-full', isLinked ? linkTexts[venue.state].dot : 'bg-muted')}
          />
          <span className="max-[1240px]:hidden">{venue.id}</span>
        </button>
      ))}
    </div>
  );
}
