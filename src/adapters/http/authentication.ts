/** Finds out who sends a request: a program with a token, or our own page with its session cookie. */

import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from '../../shared/api/result.ts';
import type { Access, Caller } from './access.ts';
import { isForeignFetch } from './origin-check.ts';

/** The cookie's name holds the port: browsers share cookies between the ports of one host. */
export function sessionCookieName(port: number): string {
  return `sextant-session-${port}`;
}

/** Gives the header that sets the session cookie. */
export function sessionCookie(port: number, session: string): string {
  return `${sessionCookieName(port)}=${session}; Path=/; HttpOnly; SameSite=Strict`;
}

function cookieOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  for (const part of (headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}

const notKnown = new ApiError('unauthorised', 'this call carries no valid token', {
  hint: 'Programs send "Authorization: Bearer TOKEN" with the token in host.json of the data folder; browsers open the address that Sextant printed.',
});

/** How a request with a cookie proves that our own page made it. */
export type CookieProof = 'x-sextant-header' | 'origin-header';

/**
 * Gives the caller of a request whose Host and Origin were checked before. Throws `unauthorised`. A cookie alone is no
 * proof, since browsers add it by themselves: calls need the header only our page sets, the stream needs Origin.
 */
export function authenticate(
  headers: IncomingHttpHeaders,
  access: Access,
  port: number,
  proof: CookieProof,
): Caller {
  const { authorization } = headers;
  if (authorization !== undefined) {
    const token = /^Bearer ([A-Za-z0-9_-]{1,200})$/.exec(authorization)?.[1];
    const caller = token === undefined ? undefined : access.byToken(token);
    if (caller === undefined) throw notKnown;
    return caller;
  }
  const session = cookieOf(headers, sessionCookieName(port));
  const caller = session === undefined ? undefined : access.bySession(session);
  if (caller === undefined) throw notKnown;
  const isProven = proof === 'x-sextant-header' ? headers['x-sextant'] === '1' : headers.origin !== undefined;
  if (!isProven || isForeignFetch(headers)) {
    throw new ApiError('unauthorised', 'this call does not come from the terminal’s own page', {
      hint:
        proof === 'x-sextant-header'
          ? 'Calls with the session cookie need the header X-Sextant: 1.'
          : undefined,
    });
  }
  return caller;
}
