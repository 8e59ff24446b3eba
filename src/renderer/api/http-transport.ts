/** The contract over HTTP and one WebSocket, same origin; the session cookie signs each request. */

import type { ApiTransport } from '../../shared/api/client.ts';
import type { ApiResult } from '../../shared/api/result.ts';
import { hostSilent, notSignedIn, unreadableAnswer } from './failure.ts';
import { openReconnectingStream } from './socket-stream.ts';

function isResult(value: unknown): value is ApiResult<never> {
  return typeof value === 'object' && value !== null && 'ok' in value && typeof value.ok === 'boolean';
}

/** Gives the transport of a page served by the headless host at `base` (an absolute URL ending in a slash). */
export function createHttpTransport(base: string): ApiTransport {
  return {
    async call(name, request) {
      let answer: Response;
      try {
        answer = await fetch(new URL(`api/${name}`, base), {
          method: 'POST',
          credentials: 'same-origin',
          headers: { 'Content-Type': 'application/json', 'X-Sextant': '1' },
          body: JSON.stringify(request),
        });
      } catch {
        return hostSilent;
      }
      let body: unknown;
      try {
        body = await answer.json();
      } catch {
        body = undefined;
      }
      // The host answers in the contract's shape whatever the HTTP status; the types are checked on its side.
      if (isResult(body)) return body as never;
      return answer.status === 401 ? notSignedIn : unreadableAnswer(answer.status);
    },
    openStream(request, onMessage, onState) {
      const url = new URL('api/stream', base);
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      return openReconnectingStream(() => new WebSocket(url), request, onMessage, onState);
    },
  };
}
