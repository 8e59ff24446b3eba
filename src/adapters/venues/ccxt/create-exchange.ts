/** Makes one CCXT exchange, with everything that could surprise us switched off. */

import type { Exchange } from 'ccxt';
import { streamFrameBounds } from '../normalise/frame-guard.ts';
import type { AdapterClock } from '../rate-limit/clock.ts';
import { priorityOf, type RatePreset, type RestRequest, ratePresetFor } from '../rate-limit/presets.ts';
import { RateLimiter } from '../rate-limit/rate-limiter.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { loadExchange } from './load-exchange.ts';
import { VenueError } from './venue-error.ts';

export interface CreateExchangeOptions {
  readonly clock: AdapterClock;
  /** The budget of this venue, shared by all who use it; a new one when not given. */
  readonly limiter?: RateLimiter | undefined;
  /** Uses the venue's test network. Throws `VenueError` where it has none. */
  readonly sandbox?: boolean | undefined;
  readonly timeoutMs?: number | undefined;
  /** Rewrites every address of the exchange: for tests against a server of one's own. */
  readonly rewriteUrl?: ((url: string) => string) | undefined;
  /** Calls off every request that waits or is under way. */
  readonly signal?: AbortSignal | undefined;
  /** Options of the CCXT class, for example `{ fetchMarkets: { types: ['spot'] } }`. */
  readonly exchangeOptions?: Readonly<Record<string, unknown>> | undefined;
}

/** An exchange ready for use. */
export interface CreatedExchange {
  readonly exchange: Exchange;
  readonly limiter: RateLimiter;
  readonly preset: RatePreset;
  /** Whether it has WebSocket streams. */
  readonly pro: boolean;
}

/** Longer than a venue's own time limit (Binance: 10 s), so that its verdict arrives before we give up. */
const timeoutDefaultMs = 15_000;
const dataWaitMaximumMs = 30_000;
const tradeWaitMaximumMs = 5_000;
const handshakeTimeoutMs = 8_000;
const messageSpacingMs = 250;
/** CCXT hands over at most as many trades as it keeps; a burst between two turns of the event loop must fit. */
const tradesKept = 10_000;

/** Connections per market type; Binance would otherwise get one for each stream of each symbol. */
const binanceStreamLimits = { spot: 3, margin: 3, future: 3, delivery: 3 };

/** Loads and configures the exchange of a CCXT id. Throws `VenueError`. */
export async function createExchange(
  exchangeId: string,
  options: CreateExchangeOptions,
): Promise<CreatedExchange> {
  const { exchangeClass, pro } = await loadExchange(exchangeId);
  const exchange = new exchangeClass({
    enableRateLimit: true,
    timeout: options.timeoutMs ?? timeoutDefaultMs,
    options: {
      tradesLimit: tradesKept,
      ...options.exchangeOptions,
      ws: { options: { maxPayload: streamFrameBounds.bytesMaximum, handshakeTimeout: handshakeTimeoutMs } },
      ...(exchangeId.startsWith('binance') ? { streamLimits: binanceStreamLimits } : {}),
    },
  });
  paceSubscriptions(exchange);
  lock(exchange);
  if (options.sandbox === true) switchToSandbox(exchange);
  const rewriteUrl = options.rewriteUrl;
  if (rewriteUrl !== undefined) {
    exchange.urls.api = rewriteUrls(exchange.urls.api, rewriteUrl) as NonNullable<typeof exchange.urls.api>;
    // CCXT opens plain `ws://` addresses only once this agent exists.
    await exchange.loadHttpProxyAgent();
  }
  const preset = ratePresetFor(exchangeId, Number(exchange.rateLimit));
  const limiter =
    options.limiter ?? new RateLimiter({ venue: exchangeId, pools: preset.pools, clock: options.clock });
  limitRequests(exchange, limiter, preset, options.signal);
  exchange.fetchImplementation = boundedFetch({
    limiter,
    preset,
    clock: options.clock,
    signal: options.signal,
  });
  return { exchange, limiter, preset, pro };
}

/** Switches to the test network. Some classes have an empty entry for it, which CCXT itself takes for one. */
function switchToSandbox(exchange: Exchange): void {
  if (!hasAddress(exchange.urls.test)) {
    throw new VenueError({
      code: 'no-sandbox',
      venue: exchange.id,
      reason: 'the exchange has no test network',
      hint: 'Remove the sandbox flag and trade on paper instead.',
    });
  }
  exchange.setSandboxMode(true);
}

function hasAddress(urls: unknown): boolean {
  if (typeof urls === 'string') return urls !== '';
  return typeof urls === 'object' && urls !== null && Object.values(urls).some(hasAddress);
}

/** No retries (they would re-send orders), no printing of requests: locked so that no later option can bring them back. */
function lock(exchange: Exchange): void {
  Object.defineProperty(exchange, 'verbose', {
    value: false,
    writable: false,
    configurable: false,
    enumerable: true,
  });
  Object.defineProperty(exchange.options, 'maxRetriesOnFailure', {
    value: 0,
    writable: false,
    configurable: false,
    enumerable: true,
  });
  Object.defineProperty(exchange, 'log', { value: () => undefined, writable: false, configurable: false });
}

/**
 * CCXT spaces the messages of a connection by the REST rate limit, a second each at some venues. Where a class states
 * no cost of its own, four messages a second are sent: what the strictest known venue allows.
 */
function paceSubscriptions(exchange: Exchange): void {
  const stream = exchange.options['ws'] as { cost?: number };
  stream.cost ??= Math.min(1, messageSpacingMs / Number(exchange.rateLimit));
}

function limitRequests(
  exchange: Exchange,
  limiter: RateLimiter,
  preset: RatePreset,
  signal: AbortSignal | undefined,
): void {
  const costOf = exchange.calculateRateLimiterCost.bind(exchange);
  let next: RestRequest | undefined;
  // CCXT calls these two back to back: the first knows the request, the second is awaited.
  exchange.calculateRateLimiterCost = (
    api: string | readonly string[],
    method: string,
    path: string,
    parameters: object,
    config = {},
  ) => {
    const ccxtCost = Number(costOf(api, method, path, parameters, config));
    next = { api: Array.isArray(api) ? api.join('') : String(api), method, path, ccxtCost };
    return ccxtCost;
  };
  exchange.throttle = (cost?: number) => {
    const request = next ?? { api: '', method: 'GET', path: '', ccxtCost: Number(cost ?? 1) };
    next = undefined;
    const priority = priorityOf(request);
    return limiter.acquire(preset.costOf(request), {
      priority,
      signal,
      waitMaximumMs: priority === 'data' ? dataWaitMaximumMs : tradeWaitMaximumMs,
    });
  };
}

function rewriteUrls(value: unknown, rewriteUrl: (url: string) => string): unknown {
  if (typeof value === 'string') return rewriteUrl(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, rewriteUrls(inner, rewriteUrl)]),
  );
}
