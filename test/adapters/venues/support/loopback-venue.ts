/** An exchange's servers on the loopback: REST routes and WebSocket streams that a test scripts, cuts and silences. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { patienceMs } from '../../../patience.ts';

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Answers a GET of a path; `query` are its parameters. */
export type Route = (query: URLSearchParams) => Reply;

export interface Socket {
  readonly path: string;
  send(frame: unknown): void;
}

/** Called with each parsed message a client sends. */
export type OnMessage = (socket: Socket, message: Record<string, unknown>) => void;

export class LoopbackVenue {
  readonly routes = new Map<string, Route>();
  readonly requests: string[] = [];
  readonly upgrades: string[] = [];
  onMessage: OnMessage = () => undefined;
  /** Refuses new WebSocket connections. */
  refuseSockets = false;
  /** Keeps every socket open and says nothing more, not even pongs. */
  frozen = false;
  /** Answers no REST request. */
  restDown = false;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, autoPong: false });

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.on('upgrade', (request, stream, head) => {
      this.upgrades.push(request.url ?? '');
      if (this.refuseSockets) {
        stream.destroy();
        return;
      }
      this.#sockets.handleUpgrade(request, stream, head, (socket) => this.#accept(socket, request.url ?? ''));
    });
  }

  static async listen(): Promise<LoopbackVenue> {
    const venue = new LoopbackVenue();
    await new Promise<void>((resolve) => venue.#server.listen(0, '127.0.0.1', resolve));
    return venue;
  }

  /** Maps an address of the exchange to this server, the host becoming the first part of the path. */
  readonly rewriteUrl = (url: string): string => {
    const { port } = this.#server.address() as AddressInfo;
    return url.replace(/^(http|ws)s?:\/\//, (_all, scheme: string) => `${scheme}://127.0.0.1:${port}/`);
  };

  get openSockets(): number {
    return this.#sockets.clients.size;
  }

  broadcast(frame: unknown): void {
    const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
    if (!this.frozen) for (const socket of this.#sockets.clients) socket.send(text);
  }

  cutSockets(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  async close(): Promise<void> {
    this.cutSockets();
    this.#sockets.close();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: WebSocket, path: string): void {
    const wrapped: Socket = {
      path,
      send: (frame) => {
        if (!this.frozen) socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
      },
    };
    socket.on('ping', (data) => {
      if (!this.frozen) socket.pong(data);
    });
    socket.on('message', (data) => {
      if (!this.frozen) this.onMessage(wrapped, JSON.parse(String(data)) as Record<string, unknown>);
    });
    socket.on('error', () => socket.terminate());
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://loopback');
    this.requests.push(`${request.method} ${url.pathname}`);
    if (this.restDown) {
      request.socket.destroy();
      return;
    }
    const route = this.routes.get(url.pathname);
    const reply = route?.(url.searchParams) ?? { status: 404, body: { error: ['no route'] } };
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  }
}

/** Waits until `condition` holds; fails with `what` when it does not. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
