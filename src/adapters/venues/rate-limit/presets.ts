/** What each venue allows, and what a CCXT request costs there. */

import type { RatePool } from './bucket.ts';
import type { RateCost, RatePriority } from './rate-limiter.ts';

/** A REST request as CCXT names it, before it is signed. */
export interface RestRequest {
  readonly api: string;
  readonly method: string;
  readonly path: string;
  /** CCXT's own cost of the call, in units of its `rateLimit`. */
  readonly ccxtCost: number;
}

/** The pools of a venue and the mapping of requests and reply headers onto them. */
export interface RatePreset {
  readonly pools: readonly RatePool[];
  costOf(request: RestRequest): RateCost;
  /** Gives pool name and use when the reply header reports one. */
  usedFromHeader(
    name: string,
    value: string,
    url: string,
  ): { readonly pool: string; readonly used: number } | undefined;
}

const minuteMs = 60_000;

/** New WebSocket connections; every preset has it. Binance allows 300 in 5 minutes, most others more. */
export const connectionPool: RatePool = { name: 'CONNECTIONS', limit: 250, windowMs: 5 * minuteMs };

/** Binance spot as its exchangeInfo states it; the futures hosts count apart. */
const binancePools: readonly RatePool[] = [
  { name: 'RAW_REQUESTS', limit: 61_000, windowMs: 5 * minuteMs },
  { name: 'REQUEST_WEIGHT', limit: 6_000, windowMs: minuteMs },
  { name: 'ORDERS_10S', limit: 100, windowMs: 10_000 },
  { name: 'ORDERS_DAY', limit: 200_000, windowMs: 24 * 60 * minuteMs },
  { name: 'FUTURES_WEIGHT', limit: 2_400, windowMs: minuteMs },
  { name: 'FUTURES_ORDERS_10S', limit: 300, windowMs: 10_000 },
  { name: 'DELIVERY_WEIGHT', limit: 2_400, windowMs: minuteMs },
  connectionPool,
];

/** CCXT counts spot in fifths: its cost 1 is weight 5 (order book of 100 levels), ping 0.2 is weight 1. */
const binanceWeightPerCcxtCost = 5;
const orderPath = /^(order|order\/(oco|cancelReplace|amend.*|list.*)|batchOrders|orderList.*|sor\/order)$/;

function isOrderEntry(request: RestRequest): boolean {
  return request.method !== 'GET' && request.method !== 'DELETE' && orderPath.test(request.path);
}

const binancePreset: RatePreset = {
  pools: binancePools,
  costOf(request) {
    if (request.api.startsWith('fapi')) {
      const cost = { FUTURES_WEIGHT: Math.max(1, Math.ceil(request.ccxtCost)) };
      return isOrderEntry(request) ? { ...cost, FUTURES_ORDERS_10S: 1 } : cost;
    }
    if (request.api.startsWith('dapi')) return { DELIVERY_WEIGHT: Math.max(1, Math.ceil(request.ccxtCost)) };
    const cost = {
      RAW_REQUESTS: 1,
      REQUEST_WEIGHT: Math.max(1, Math.ceil(request.ccxtCost * binanceWeightPerCcxtCost)),
    };
    return isOrderEntry(request) ? { ...cost, ORDERS_10S: 1, ORDERS_DAY: 1 } : cost;
  },
  usedFromHeader(name, value, url) {
    const used = Number(value);
    const header = name.toLowerCase();
    const futures = url.includes('/fapi/');
    const delivery = url.includes('/dapi/');
    if (header === 'x-mbx-used-weight-1m') {
      return { pool: futures ? 'FUTURES_WEIGHT' : delivery ? 'DELIVERY_WEIGHT' : 'REQUEST_WEIGHT', used };
    }
    if (delivery) return undefined;
    if (header === 'x-mbx-order-count-10s')
      return { pool: futures ? 'FUTURES_ORDERS_10S' : 'ORDERS_10S', used };
    if (header === 'x-mbx-order-count-1d' && !futures) return { pool: 'ORDERS_DAY', used };
    return undefined;
  },
};

/** One pool made from CCXT's own spacing: the same pace over ten seconds, with room for a short burst. */
function genericPreset(rateLimitMs: number): RatePreset {
  const windowMs = 10_000;
  const spacingMs = Number.isFinite(rateLimitMs) && rateLimitMs > 0 ? rateLimitMs : 1_000;
  const limit = Math.max(1, windowMs / spacingMs);
  return {
    pools: [{ name: 'REQUESTS', limit, windowMs }, connectionPool],
    costOf: (request) => ({ REQUESTS: Math.min(limit, Math.max(0, request.ccxtCost)) }),
    usedFromHeader: () => undefined,
  };
}

/** Gives the preset of an exchange. `rateLimitMs` is CCXT's spacing, used where no better numbers are known. */
export function ratePresetFor(exchangeId: string, rateLimitMs: number): RatePreset {
  return exchangeId === 'binance' ? binancePreset : genericPreset(rateLimitMs);
}

/** Gives the priority of a request: whatever reduces risk first. */
export function priorityOf(request: RestRequest): RatePriority {
  const path = request.path.toLowerCase();
  if (request.method === 'DELETE' || path.includes('cancel')) return 'protect';
  if (request.method === 'GET') return 'data';
  return path.includes('order') ? 'trade' : 'data';
}
