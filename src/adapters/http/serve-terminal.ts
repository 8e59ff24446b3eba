/**
 * The HTTP host of a running terminal: the contract as POST routes, the stream as a WebSocket, and, where wanted, the
 * terminal's page. It listens on 127.0.0.1 only and answers nobody without a token.
 */

import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import Fastify, { type FastifyInstance } from 'fastify';
import { WebSocketServer } from 'ws';
import { ApiError, failureOf } from '../../shared/api/result.ts';
import type { LogPort } from '../logging/log-port.ts';
import { Access } from './access.ts';
import { addApiRoutes } from './api-routes.ts';
import { authenticate } from './authentication.ts';
import { refusedOrigin } from './origin-check.ts';
import { addPageRoutes, requirePages } from './page-routes.ts';
import { RequestBudget } from './request-budget.ts';
import { addSecurityHeaders } from './security-headers.ts';
import type { ServableTerminal } from './servable-terminal.ts';
import { serveStreamSocket, streamMessageBytesMax } from './stream-socket.ts';

/** Largest request body, in bytes. */
export const bodyBytesMax = 64 * 1024;
const loopback = '127.0.0.1';
const streamsMax = 32;
/** How long clients may take to finish when the host stops. */
const closePatienceMs = 1_000;

export interface ServeOptions {
  /** Loopback port; 0 takes a free one. */
  readonly port: number;
  /** Asked for first when any port will do; another is taken when it is in use. */
  readonly preferredPort?: number | undefined;
  readonly requestsPerTenSecondsMax: number;
  readonly log: LogPort;
  /** Folder with the built renderer; left out, no pages are served. */
  readonly pagesFolder?: string | undefined;
  /** Wall clock, epoch ms. */
  readonly nowMs?: (() => number) | undefined;
  /** False once the engine has stopped: what `/healthz` answers. */
  readonly isHealthy?: (() => boolean) | undefined;
}

/** A terminal that is being served. */
export interface ServedTerminal {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  readonly access: Access;
  /** Makes an address that signs one browser in, once, within five minutes. Throws `refused` without pages. */
  browserAddress(): string;
  setRequestLimit(requestsPerTenSecondsMax: number): void;
  /** Ends all connections and lets go of the port. */
  close(): Promise<void>;
}

/** Starts serving. Throws `locked` when the port is taken, `not-found` when pages are wanted that were not built. */
export async function serveTerminal(
  terminal: ServableTerminal,
  options: ServeOptions,
): Promise<ServedTerminal> {
  const { log, pagesFolder } = options;
  const access = new Access(options.nowMs ?? (() => Date.now()));
  const budget = new RequestBudget(options.requestsPerTenSecondsMax, () => performance.now());
  const server = Fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    // A call under way (`system/stop` itself) still gets its answer.
    forceCloseConnections: 'idle',
    requestTimeout: 15_000,
    routerOptions: { maxParamLength: 100 },
  });
  let port = options.port;
  const portNow = (): number => port;
  const browserAddress = (): string => {
    if (pagesFolder === undefined) {
      throw new ApiError('refused', 'this host serves no pages', { hint: 'Start it with --serve.' });
    }
    return `http://${loopback}:${port}/?token=${access.issueBrowserToken()}`;
  };

  addSecurityHeaders(server);
  server.addHook('onRequest', async (request) => {
    const reason = refusedOrigin(request.headers, port);
    if (reason === undefined) return;
    log.warn('a request was refused', { reason, path: request.url.split('?')[0] });
    throw new ApiError('unauthorised', reason);
  });
  addBodies(server);
  addErrors(server, log);
  server.get('/healthz', async (_request, reply) => {
    const ok = options.isHealthy?.() ?? true;
    return reply.code(ok ? 200 : 503).send({ ok });
  });
  addApiRoutes(server, { terminal, access, budget, log, port: portNow, browserAddress });
  if (pagesFolder !== undefined) {
    requirePages(pagesFolder);
    await addPageRoutes(server, { folder: pagesFolder, access, port: portNow });
  }
  const streams = addStream(server, { terminal, access, budget, log, port: portNow });
  await listenAsAsked(server, options);
  port = (server.server.address() as AddressInfo).port;

  return {
    port,
    address: `http://${loopback}:${port}`,
    access,
    browserAddress,
    setRequestLimit: (limit) => budget.setLimit(limit),
    async close() {
      for (const socket of streams.clients) socket.close(1001, 'the host stops');
      streams.close();
      const impatience = setTimeout(() => {
        server.server.closeAllConnections();
        for (const socket of streams.clients) socket.terminate();
      }, closePatienceMs);
      await server.close();
      clearTimeout(impatience);
      for (const socket of streams.clients) socket.terminate();
    },
  };
}

async function listenAsAsked(server: FastifyInstance, options: ServeOptions): Promise<void> {
  const { port, preferredPort } = options;
  if (port !== 0 || preferredPort === undefined) return listen(server, port);
  try {
    await listen(server, preferredPort);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    await listen(server, 0);
  }
}

async function listen(server: FastifyInstance, port: number): Promise<void> {
  try {
    await server.listen({ host: loopback, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const why = code === 'EACCES' ? 'may not be used' : 'is in use by another program';
    throw new ApiError('locked', `port: ${port} on ${loopback} ${why}`, {
      field: 'port',
      hint: 'Choose another with --port, or 0 for a free one.',
    });
  }
}

/** Bodies are JSON and are parsed strictly by the routes; everything else is refused. */
function addBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
}

function addErrors(server: FastifyInstance, log: LogPort): void {
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]?.slice(0, 100) ?? '';
    const isWrongVerb = request.method !== 'POST' && server.hasRoute({ method: 'POST', url: path });
    const failure = failureOf(
      isWrongVerb
        ? new ApiError('bad-input', `${path} is called with POST`)
        : new ApiError('not-found', `there is nothing at ${path}`),
    );
    if (isWrongVerb) reply.header('allow', 'POST');
    return reply.code(isWrongVerb ? 405 : 404).send(failure);
  });
  server.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (error instanceof ApiError)
      return reply.code(error.code === 'unauthorised' ? 403 : 400).send(failureOf(error));
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      log.error('a request failed', { path: request.url.split('?')[0], error });
      return reply.code(500).send(failureOf(error));
    }
    const message =
      status === 413
        ? `the request is larger than ${bodyBytesMax} bytes`
        : status === 415
          ? 'the request must have the content type application/json'
          : 'the request cannot be read';
    return reply.code(status).send(failureOf(new ApiError('bad-input', message)));
  });
}

interface StreamOptions {
  readonly terminal: ServableTerminal;
  readonly access: Access;
  readonly budget: RequestBudget;
  readonly log: LogPort;
  readonly port: () => number;
}

/** Takes WebSocket upgrades of `/api/stream` from callers that may read. */
function addStream(server: FastifyInstance, options: StreamOptions): WebSocketServer {
  const { access, budget, log } = options;
  const streams = new WebSocketServer({
    noServer: true,
    maxPayload: streamMessageBytesMax,
    perMessageDeflate: false,
    clientTracking: true,
  });
  server.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refuse = (status: string, reason: string): void => {
      log.warn('a stream was refused', { reason });
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    };
    socket.on('error', (error) => log.debug('a stream connection failed', { error: error.message }));
    // The query is not looked at: a token in an address ends up in histories and logs.
    if (request.url !== '/api/stream') return refuse('404 Not Found', 'no such stream');
    const foreign = refusedOrigin(request.headers, options.port());
    if (foreign !== undefined) return refuse('403 Forbidden', foreign);
    let caller: ReturnType<typeof authenticate>;
    try {
      caller = authenticate(request.headers, access, options.port(), 'origin-header');
    } catch {
      return refuse('401 Unauthorized', 'no valid token');
    }
    if (!caller.scopes.has('read')) return refuse('403 Forbidden', 'the token may not read');
    if (streams.clients.size >= streamsMax || budget.take(caller.id) > 0) {
      return refuse('429 Too Many Requests', 'too many streams');
    }
    streams.handleUpgrade(request, socket, head, (client) =>
      serveStreamSocket(client, {
        terminal: options.terminal,
        log,
        mayRequest: () => budget.take(caller.id) === 0,
      }),
    );
  });
  return streams;
}
