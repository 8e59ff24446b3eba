/**
 * The WebSocket connections of one exchange: every frame is bounded before CCXT parses it, every connection has a
 * freshness clock fed by frames and pongs, and new connections wait for a jittered backoff and a budget.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import type { Exchange } from 'ccxt';
import { guardFrame, streamFrameBounds } from '../normalise/frame-guard.ts';
import { RefusalLog } from '../normalise/refusal.ts';
import type { JitteredBackoff } from '../rate-limit/backoff.ts';
import { type AdapterClock, waitFor } from '../rate-limit/clock.ts';
import { connectionPool } from '../rate-limit/presets.ts';
import type { RateLimiter } from '../rate-limit/rate-limiter.ts';
import { reasonOf } from './venue-error.ts';

/** The parts of CCXT's WebSocket client that are used here. */
export interface WsClient {
  readonly url: string;
  gunzip: boolean;
  inflate: boolean;
  error: unknown;
  log: (...parts: unknown[]) => void;
  connection?: { readonly readyState: number; ping(): void; terminate(): void } | undefined;
  onMessage(event: { readonly data: unknown }): void;
  send(message: unknown): Promise<unknown>;
  onOpen(): void;
  onPong(): void;
  onError(error: unknown): void;
  onClose(event: unknown): void;
}

/** A connection and when it last gave a sign of life, in monotonic ms. */
export interface Connection {
  readonly client: WsClient;
  opened: boolean;
  openedMs: number;
  lost: boolean;
  lastActivityMs: number;
  lastPingMs: number;
}

/** Whoever watches a stream; told which connection it runs on. */
export interface StreamHolder {
  connection: Connection | undefined;
}

const socketOpen = 1;
/** Ping after this much silence; a third of the time after which a stream counts as stale. */
const pingShare = 1 / 3;

export class ExchangeConnections {
  readonly #exchange: Exchange;
  readonly #clock: AdapterClock;
  readonly #limiter: RateLimiter;
  readonly #backoff: JitteredBackoff;
  readonly #onLost: (connection: Connection, reason: string) => void;
  readonly #context = new AsyncLocalStorage<StreamHolder>();
  readonly #connections = new Map<WsClient, Connection>();
  readonly refusals = new RefusalLog();
  /** Some venues never answer a ping; until one has, silence proves nothing. */
  #answersPings = false;
  #connects = 0;

  constructor(options: {
    readonly exchange: Exchange;
    readonly clock: AdapterClock;
    readonly limiter: RateLimiter;
    readonly backoff: JitteredBackoff;
    readonly onLost: (connection: Connection, reason: string) => void;
  }) {
    this.#exchange = options.exchange;
    this.#clock = options.clock;
    this.#limiter = options.limiter;
    this.#backoff = options.backoff;
    this.#onLost = options.onLost;
    const makeClient = options.exchange.client.bind(options.exchange);
    options.exchange.client = (url: string) => {
      const client = makeClient(url) as unknown as WsClient;
      let connection = this.#connections.get(client);
      if (connection === undefined) connection = this.#adopt(client);
      const holder = this.#context.getStore();
      if (holder !== undefined) holder.connection = connection;
      return client as unknown as ReturnType<typeof makeClient>;
    };
    // Backoff is ours, see `permit`: CCXT's own has no jitter that a test could seed.
    options.exchange.calculateWsBackoffDelay = () => 0;
  }

  /** Connections opened so far. */
  get connects(): number {
    return this.#connects;
  }

  /** Runs a `watch…` call so that the holder learns its connection. */
  run<T>(holder: StreamHolder, call: () => Promise<T>): Promise<T> {
    return this.#context.run(holder, call);
  }

  /** Waits until a new connection may be opened: after the backoff, and within the budget of connections. */
  async permit(signal: AbortSignal): Promise<void> {
    for (;;) {
      const nowMs = this.#clock.monotonicMs();
      const waitMs = Math.max(
        this.#backoff.waitMs(nowMs),
        this.#limiter.waitMs({ [connectionPool.name]: 1 }),
      );
      if (waitMs <= 0 || signal.aborted) return;
      await waitFor(this.#clock, waitMs, signal);
    }
  }

  /** Pings quiet connections, and gives those that have been dead for `silentMs`. */
  check(silentMs: number): readonly Connection[] {
    const nowMs = this.#clock.monotonicMs();
    const dead: Connection[] = [];
    for (const connection of this.#connections.values()) {
      if (connection.lost || !connection.opened) continue;
      const silenceMs = nowMs - connection.lastActivityMs;
      if (silenceMs >= silentMs && this.#answersPings) {
        dead.push(connection);
      } else if (silenceMs >= silentMs * pingShare && nowMs - connection.lastPingMs >= silentMs * pingShare) {
        connection.lastPingMs = nowMs;
        if (connection.client.connection?.readyState === socketOpen) connection.client.connection.ping();
      }
    }
    return dead;
  }

  /** Ends a connection at once; every stream on it fails and subscribes anew. */
  drop(connection: Connection, reason: string): void {
    if (connection.lost) return;
    const { client } = connection;
    client.onError(new Error(reason));
    client.connection?.terminate();
    this.#lose(connection, reason);
  }

  /** Ends all connections without reconnecting. */
  close(): void {
    for (const connection of [...this.#connections.values()]) {
      connection.lost = true;
      connection.client.onError(new Error('stopped'));
      connection.client.connection?.terminate();
    }
    this.#connections.clear();
  }

  #adopt(client: WsClient): Connection {
    const nowMs = this.#clock.monotonicMs();
    const connection: Connection = {
      client,
      opened: false,
      openedMs: nowMs,
      lost: false,
      lastActivityMs: nowMs,
      lastPingMs: nowMs,
    };
    this.#connections.set(client, connection);
    this.#connects += 1;
    this.#limiter.spend({ [connectionPool.name]: 1 });
    const { onMessage, onOpen, onPong, onError, onClose, send } = client;
    client.log = () => undefined;
    client.onMessage = (event) => {
      connection.lastActivityMs = this.#clock.monotonicMs();
      const data = this.#bounded(client, event.data);
      if (data !== undefined) onMessage.call(client, { data });
    };
    // CCXT subscribes after a pause for its rate limit and leaves a failure then to nobody: on a connection that was
    // cut meanwhile it would end the process as an unhandled rejection.
    client.send = async (message) => {
      if (connection.lost) return undefined;
      try {
        return await send.call(client, message);
      } catch (error) {
        client.onError(error);
        return undefined;
      }
    };
    client.onOpen = () => {
      connection.opened = true;
      connection.openedMs = this.#clock.monotonicMs();
      connection.lastActivityMs = connection.openedMs;
      this.#backoff.opened(connection.openedMs);
      onOpen.call(client);
    };
    client.onPong = () => {
      this.#answersPings = true;
      connection.lastActivityMs = this.#clock.monotonicMs();
      onPong.call(client);
    };
    client.onError = (error) => {
      onError.call(client, error);
      this.#lose(connection, reasonOf(error));
    };
    client.onClose = (event) => {
      onClose.call(client, event);
      const code = (event as { readonly code?: unknown } | undefined)?.code;
      this.#lose(
        connection,
        `the venue closed the connection${code === undefined ? '' : ` (${String(code)})`}`,
      );
    };
    return connection;
  }

  #lose(connection: Connection, reason: string): void {
    if (connection.lost) return;
    connection.lost = true;
    this.#connections.delete(connection.client);
    // CCXT keeps a client that failed before it was registered as open: without this it would be handed out again.
    if (this.#exchange.clients?.[connection.client.url] === (connection.client as unknown)) {
      delete this.#exchange.clients[connection.client.url];
    }
    this.#backoff.failed(this.#clock.monotonicMs());
    this.#onLost(connection, reason);
  }

  /** Gives the text of a frame within bounds, undefined when it is refused. */
  #bounded(client: WsClient, data: unknown): unknown {
    try {
      const text = textOf(client, data);
      if (text === undefined) return data;
      guardFrame(text, streamFrameBounds);
      return keepLongIntegers(text);
    } catch (error) {
      if (error instanceof RangeError || (error as NodeJS.ErrnoException)?.code?.startsWith('Z_') === true) {
        client.onError(new Error('a frame could not be unpacked within bounds'));
        client.connection?.terminate();
        return undefined;
      }
      this.refusals.note(error, client.url);
      return undefined;
    }
  }
}

function textOf(client: WsClient, data: unknown): string | undefined {
  if (typeof data === 'string') return data;
  if (!(data instanceof Uint8Array)) return undefined;
  const bounds = { maxOutputLength: streamFrameBounds.bytesMaximum };
  if (client.gunzip) return gunzipSync(data, bounds).toString('utf8');
  if (client.inflate) return inflateRawSync(data, bounds).toString('utf8');
  // Binary protocols (protobuf) are parsed by the exchange's class; JSON always starts with a bracket.
  const first = data[0];
  return first === 0x7b || first === 0x5b ? Buffer.from(data).toString('utf8') : undefined;
}

/** Puts quotes around integers a double cannot hold: CCXT does so only where a comma follows. */
function keepLongIntegers(text: string): string {
  return /\d{16}/.test(text) ? text.replace(/:\s?(\d{16,30})(?=[,}\]])/g, ':"$1"') : text;
}
