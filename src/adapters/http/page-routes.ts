/** The terminal's page: its built files, and the address with a one-time token that signs a browser in. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../../shared/api/result.ts';
import type { Access } from './access.ts';
import { sessionCookie } from './authentication.ts';

export interface PageRouteOptions {
  /** Folder with the built renderer. */
  readonly folder: string;
  readonly access: Access;
  readonly port: () => number;
}

const usedUp = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>Sextant</title></head>
  <body>
    <h1>This address was used before, or is older than five minutes</h1>
    <p>Run <code>bin/sextant open</code> on the machine where Sextant runs to get a new one.</p>
  </body>
</html>
`;

/** True when the renderer was built into a folder. */
export function hasPages(folder: string): boolean {
  return existsSync(join(folder, 'index.html'));
}

/** Throws `not-found` unless the renderer was built into a folder. */
export function requirePages(folder: string): void {
  if (hasPages(folder)) return;
  throw new ApiError('not-found', 'the terminal’s page is not built', { hint: 'Run: npm run setup' });
}

/** Adds the page. Its files hold nothing secret; what they show comes through the API. */
export async function addPageRoutes(server: FastifyInstance, options: PageRouteOptions): Promise<void> {
  const { default: fastifyStatic } = await import('@fastify/static');
  await server.register(fastifyStatic, {
    root: options.folder,
    index: false,
    wildcard: true,
    cacheControl: false,
    dotfiles: 'deny',
    setHeaders: (reply, path) => {
      // Built files carry a hash in their names; the page itself must always be asked for.
      const isHashed = /[\\/]assets[\\/]/.test(path);
      reply.header('cache-control', isHashed ? 'private, max-age=31536000, immutable' : 'no-cache');
    },
  });
  server.get('/', (request, reply) => openPage(request, reply, options));
}

function openPage(
  request: FastifyRequest,
  reply: FastifyReply,
  { access, port }: PageRouteOptions,
): FastifyReply {
  const { token } = request.query as { token?: unknown };
  if (token === undefined) return reply.sendFile('index.html');
  // A browser that only looks ahead must not use the token up.
  const purpose = `${request.headers['sec-purpose'] ?? ''}${request.headers['purpose'] ?? ''}`;
  if (purpose.includes('prefetch')) return reply.code(503).send();
  const session = typeof token === 'string' ? access.redeem(token) : undefined;
  if (session === undefined) return reply.code(401).type('text/html; charset=utf-8').send(usedUp);
  return reply.header('set-cookie', sessionCookie(port(), session)).redirect('/', 303);
}
