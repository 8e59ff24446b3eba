/** What can go wrong with a venue as a whole. */

export type VenueErrorCode =
  | 'unknown-exchange'
  | 'no-sandbox'
  | 'unreachable'
  | 'refused'
  | 'no-instruments'
  | 'unknown-instrument'
  | 'unsupported-timeframe'
  | 'not-started';

/** Thrown by a venue adapter; the message ends with what to do. */
export class VenueError extends Error {
  override readonly name = 'VenueError';
  readonly code: VenueErrorCode;
  readonly venue: string;
  readonly hint: string;
  constructor(details: {
    readonly code: VenueErrorCode;
    readonly venue: string;
    readonly reason: string;
    readonly hint: string;
    readonly cause?: unknown;
  }) {
    super(`${details.venue}: ${details.reason}. ${details.hint}`, { cause: details.cause });
    this.code = details.code;
    this.venue = details.venue;
    this.hint = details.hint;
  }
}

/** Gives a short text for whatever a venue's library threw: one line, at most 200 characters. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? (error.name === 'Error' ? error.message : `${error.name}: ${error.message}`) : String(error);
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
