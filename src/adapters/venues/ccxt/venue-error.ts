/** What can go wrong with a venue as a whole. */

export type VenueErrorCode =
  | 'unknown-exchange'
  | 'no-sandbox'
  | 'unreachable'
  | 'no-instruments'
  | 'unknown-instrument'
  | 'unsupported-timeframe'
  | 'history'
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
  const text = textOf(error).replace(/\s+/g, ' ').trim();
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function textOf(error: unknown): string {
  if (error instanceof Error)
    return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
  // WebSocket failures come as events that carry a message.
  const message = (error as { readonly message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : String(error);
}
