/**
 * How the desktop's preload script and its main process talk: one channel for calls, one that opens the stream, and
 * what goes over the stream's port. Everything is JSON text, so that the desktop refuses and answers exactly what
 * HTTP does, and a size is known before anything is read.
 */

/** Carries a method name and the JSON of its request; answers with the JSON of an `ApiResult`. */
export const callChannel = 'sextant/call';
/** Carries the JSON of the first `StreamRequest` and one end of a message channel. */
export const streamChannel = 'sextant/stream';

/** Largest text a page may send at once, in bytes; the same as a request body over HTTP. */
export const pageTextBytesMax = 64 * 1024;

/** Host to page over the port: one stream message, numbered from 1. */
export interface PortDelivery {
  readonly sequence: number;
  /** JSON of a `StreamMessage`. */
  readonly text: string;
}

/** Page to host over the port: what was taken, or what is wanted from now on. */
export type PortRequest =
  | { readonly kind: 'taken'; readonly sequence: number }
  /** `text` is the JSON of a `StreamRequest`. */
  | { readonly kind: 'watch'; readonly text: string };
