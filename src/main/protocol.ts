/** Serves the built page on our own scheme: `app://sextant/…`. Nothing outside its folder can be named. */

import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { protocol, type Session } from 'electron';
import { pageHeaders } from './content-policy.ts';
import { appHost, appScheme } from './origin.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wav': 'audio/wav',
  '.wasm': 'application/wasm',
};

/** Gives our scheme an origin of its own, as secure as https. Must run before the program is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, codeCache: true } },
  ]);
}

/** Serves the files of `folder` to the pages of one session. */
export function servePages(session: Session, folder: string): void {
  session.protocol.handle(appScheme, (request) => answerPage(folder, request));
}

/** Answers one request for a file below `folder`. */
export async function answerPage(folder: string, request: Request): Promise<Response> {
  if (request.method !== 'GET') return refuse(405, { allow: 'GET' });
  const path = pathOf(request.url);
  if (path === null) return refuse(400);
  const type = contentTypes[extname(path)];
  if (type === undefined) return refuse(404);
  try {
    const root = await realpath(folder);
    // Links are resolved before the check. The separator matters: `renderer-old` begins with `renderer`, too.
    const file = await realpath(join(root, path));
    if (!file.startsWith(root + sep)) return refuse(404);
    const body = new Uint8Array(await readFile(file));
    return new Response(body, { status: 200, headers: { ...pageHeaders, 'content-type': type } });
  } catch {
    return refuse(404);
  }
}

function refuse(status: number, more: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status, headers: { ...pageHeaders, ...more } });
}

/** Gives the decoded path of an address of ours, or null when it is not one or tries to leave its folder. */
function pathOf(address: string): string | null {
  // Looked at before the parser tidies it up: what asks for a parent folder is not ours, however it is written.
  if (/(^|[/\\])\.\.?([/\\?#]|$)|\\/.test(address.replace(/%2e/gi, '.'))) return null;
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== `${appScheme}:` || url.host !== appHost || url.username !== '') return null;
  let path: string;
  try {
    path = decodeURIComponent(url.pathname);
  } catch {
    return null;
  }
  if (path === '' || path === '/') return '/index.html';
  // Decoded once and for all: what still looks like a step, a drive, a second encoding or a control is refused.
  return /[\\:%\p{Cc}]|\/\/|(^|\/)\.\.?(\/|$)/u.test(path) ? null : path;
}
