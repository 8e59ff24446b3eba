/** The only way a REST request leaves: size, time and depth are bounded, and the rate limiter hears every answer. */

import { guardFrame, restReplyBounds } from '../normalise/frame-guard.ts';
import { Refusal } from '../normalise/refusal.ts';
import type { AdapterClock } from '../rate-limit/clock.ts';
import type { RatePreset } from '../rate-limit/presets.ts';
import { parseRetryAfterMs, type RateLimiter } from '../rate-limit/rate-limiter.ts';

/** What CCXT needs of a response. */
export interface FetchedResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  text(): Promise<string>;
}

/** What CCXT hands over with a request. */
export interface FetchParameters {
  readonly method: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Makes the `fetchImplementation` of a CCXT exchange. Redirects are refused: an exchange has no reason to send one. */
export function boundedFetch(options: {
  readonly limiter: RateLimiter;
  readonly preset: RatePreset;
  readonly clock: AdapterClock;
  readonly signal?: AbortSignal | undefined;
}): (url: string, parameters: FetchParameters) => Promise<FetchedResponse> {
  const { limiter, preset, clock } = options;
  return async (url, parameters) => {
    const signals = [parameters.signal, options.signal].filter((signal) => signal !== undefined);
    const response = await fetch(url, {
      method: parameters.method,
      redirect: 'error',
      ...(parameters.headers === undefined ? {} : { headers: parameters.headers }),
      ...(parameters.body === undefined || parameters.method === 'GET' ? {} : { body: parameters.body }),
      signal: AbortSignal.any(signals),
    });
    response.headers.forEach((value, name) => {
      const found = preset.usedFromHeader(name, value, url);
      if (found !== undefined) limiter.onVenueUsed(found.pool, found.used);
    });
    const blocked = response.status === 429 || response.status === 418;
    // Pause first, read later: other requests must not leave while the text of the refusal arrives.
    if (blocked)
      limiter.onStatus(
        response.status,
        parseRetryAfterMs(response.headers.get('retry-after'), clock.wallMs()),
      );
    const text = await readBounded(response, restReplyBounds.bytesMaximum);
    if (blocked) {
      const bannedUntilMs = Number(/banned until (\d{13})/.exec(text.slice(0, 1_000))?.[1] ?? Number.NaN);
      if (Number.isFinite(bannedUntilMs))
        limiter.onStatus(response.status, Math.max(0, bannedUntilMs - clock.wallMs()));
    }
    guardFrame(text, restReplyBounds);
    return {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
      text: async () => text,
    };
  };
}

async function readBounded(response: Response, bytesMaximum: number): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > bytesMaximum)
      throw new Refusal('too-large', 'reply', `a reply is larger than ${bytesMaximum} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
