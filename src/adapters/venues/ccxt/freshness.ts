/** From the state of every stream to the one state of the venue that a person and the risk stage see. Pure. */

import type { ConnectionState } from '../../../shared/events/venue.ts';

/** What is known about one stream; ages in ms. */
export interface StreamFreshness {
  /** For a person: `BTC/USDT book`. */
  readonly label: string;
  /** Whether entries must wait for it. */
  readonly essential: boolean;
  /** Since its last data from anywhere; Infinity when there was none. */
  readonly ageMs: number;
  /** Why it must not be trusted, undefined while it may. */
  readonly staleReason: string | undefined;
  /** No data arrived since its connection was lost, or ever. */
  readonly down: boolean;
  /** Since when it is down. */
  readonly downForMs: number;
  /** Lives on REST requests because its stream does not work. */
  readonly polled: boolean;
  readonly lastError: string;
}

/** The venue's state with a sentence for a person. */
export interface VenueState {
  readonly state: ConnectionState;
  readonly message: string;
}

const namedMaximum = 3;

/** Gives the worst state of all essential streams, naming those it comes from. */
export function venueState(streams: readonly StreamFreshness[], disconnectedAfterMs: number): VenueState {
  const because = (stream: StreamFreshness) =>
    stream.lastError === '' ? stream.label : `${stream.label}: ${stream.lastError}`;
  const down = streams.filter((stream) => stream.essential && stream.down);
  const lasting = down.filter((stream) => stream.downForMs >= disconnectedAfterMs);
  if (lasting.length > 0) {
    return {
      state: 'disconnected',
      message: `no data for ${Math.floor(disconnectedAfterMs / 1_000)} s: ${list(lasting, because)}`,
    };
  }
  const stale = streams.filter((stream) => stream.staleReason !== undefined);
  if (stale.length > 0)
    return { state: 'stale', message: list(stale, (stream) => `${stream.label}: ${stream.staleReason}`) };
  if (down.length > 0) return { state: 'connecting', message: `connecting ${list(down, because)}` };
  const polled = streams.filter((stream) => stream.essential && stream.polled);
  return {
    state: 'connected',
    message:
      polled.length === 0
        ? `${streams.length} streams`
        : `over REST, streams are being retried: ${list(polled, (stream) => stream.label)}`,
  };
}

function list(streams: readonly StreamFreshness[], text: (stream: StreamFreshness) => string): string {
  const named = streams.slice(0, namedMaximum).map(text).join('; ');
  const more = streams.length - namedMaximum;
  return more > 0 ? `${named}; and ${more} more` : named;
}
