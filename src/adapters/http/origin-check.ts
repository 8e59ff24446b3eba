/**
 * Tells our own page and programs from a foreign web page. A page of another site can reach a loopback port: by a
 * cross-site request (Origin tells it) or by making its name resolve to 127.0.0.1 (Host tells it).
 */

import type { IncomingHttpHeaders } from 'node:http';

/** Gives the values `Host` may have for a loopback port. */
export function allowedHosts(port: number): ReadonlySet<string> {
  return new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Gives why a request is refused, or undefined when nothing speaks against where it comes from. */
export function refusedOrigin(headers: IncomingHttpHeaders, port: number): string | undefined {
  const hosts = allowedHosts(port);
  const host = single(headers.host);
  if (host === undefined || !hosts.has(host.toLowerCase())) return 'the Host header is not this terminal';
  const origin = single(headers.origin);
  if (origin !== undefined && origin !== `http://${host.toLowerCase()}`)
    return 'the Origin header is not this terminal';
  return undefined;
}

/** True for a request that a browser says was not made by a page of this origin (and not typed by a person). */
export function isForeignFetch(headers: IncomingHttpHeaders): boolean {
  const site = single(headers['sec-fetch-site']);
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
