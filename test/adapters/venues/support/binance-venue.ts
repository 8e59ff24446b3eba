/** A small Binance of our own making: two spot symbols, one perpetual, a book that moves when a test says so. */

import { LoopbackVenue, type Socket } from './loopback-venue.ts';

export const spotApi = '/api.binance.com/api/v3';
export const futuresApi = '/fapi.binance.com/fapi/v1';

const filters = (tick: string, lot: string) => [
  { filterType: 'PRICE_FILTER', minPrice: tick, maxPrice: '1000000.00000000', tickSize: tick },
  { filterType: 'LOT_SIZE', minQty: lot, maxQty: '9000.00000000', stepSize: lot },
  {
    filterType: 'NOTIONAL',
    minNotional: '5.00000000',
    applyMinToMarket: true,
    maxNotional: '9000000.00000000',
  },
];

function spotSymbol(base: string, quote: string, tick: string, lot: string, status = 'TRADING'): object {
  return {
    symbol: `${base}${quote}`,
    status,
    baseAsset: base,
    baseAssetPrecision: 8,
    quoteAsset: quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    orderTypes: ['LIMIT', 'MARKET'],
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: filters(tick, lot),
    permissions: ['SPOT'],
  };
}

const perpetual = {
  symbol: 'BTCUSDT',
  pair: 'BTCUSDT',
  contractType: 'PERPETUAL',
  deliveryDate: 4133404800000,
  onboardDate: 1569398400000,
  status: 'TRADING',
  maintMarginPercent: '2.5000',
  requiredMarginPercent: '5.0000',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  pricePrecision: 2,
  quantityPrecision: 3,
  baseAssetPrecision: 8,
  quotePrecision: 8,
  underlyingType: 'COIN',
  filters: [
    { filterType: 'PRICE_FILTER', minPrice: '556.80', maxPrice: '4529764', tickSize: '0.10' },
    { filterType: 'LOT_SIZE', stepSize: '0.001', maxQty: '1000', minQty: '0.001' },
    { filterType: 'MIN_NOTIONAL', notional: '100' },
  ],
  orderTypes: ['LIMIT', 'MARKET'],
  timeInForce: ['GTC'],
};

export class BinanceVenue {
  readonly server: LoopbackVenue;
  /** Last update of the book; the next delta carries the next number. */
  sequence = 1_000;
  bids: [string, string][] = [
    ['61837.63000000', '1.50000000'],
    ['61837.00000000', '2.00000000'],
  ];
  asks: [string, string][] = [
    ['61837.64000000', '0.70000000'],
    ['61838.00000000', '3.00000000'],
  ];
  tradeId = 9_007_199_254_740_990n;
  readonly subscriptions = new Map<string, Socket>();

  private constructor(server: LoopbackVenue) {
    this.server = server;
    const { routes } = server;
    routes.set(`${spotApi}/exchangeInfo`, () => ({
      body: {
        timezone: 'UTC',
        serverTime: Date.now(),
        rateLimits: [],
        exchangeFilters: [],
        symbols: [
          spotSymbol('BTC', 'USDT', '0.01000000', '0.00001000'),
          spotSymbol('SHIB', 'USDT', '0.00000001', '1.00000000'),
          spotSymbol('OLD', 'USDT', '0.01000000', '0.01000000', 'BREAK'),
          spotSymbol('BAD', 'USDT', '0.00000000', '-1'),
        ],
      },
    }));
    routes.set(`${futuresApi}/exchangeInfo`, () => ({
      body: { timezone: 'UTC', rateLimits: [], exchangeFilters: [], assets: [], symbols: [perpetual] },
    }));
    routes.set(`${spotApi}/time`, () => ({ body: { serverTime: Date.now() + 250 } }));
    routes.set(`${spotApi}/depth`, () => ({
      body: { lastUpdateId: this.sequence, bids: this.bids, asks: this.asks },
      headers: { 'x-mbx-used-weight-1m': '77' },
    }));
    routes.set(`${spotApi}/aggTrades`, () => ({ body: [] }));
    routes.set(`${spotApi}/trades`, () => ({ body: [] }));
    routes.set(`${spotApi}/klines`, (query) => ({ body: klines(query) }));
    server.onMessage = (socket, message) => {
      if (message['method'] !== 'SUBSCRIBE') return;
      for (const name of message['params'] as string[]) this.subscriptions.set(name, socket);
      socket.send({ result: null, id: message['id'] });
    };
  }

  static async listen(): Promise<BinanceVenue> {
    return new BinanceVenue(await LoopbackVenue.listen());
  }

  /** Sends to whoever subscribed to a stream. */
  send(stream: string, frame: unknown): void {
    this.subscriptions.get(stream)?.send(frame);
  }

  /** Moves the best bid by a delta. */
  moveBook(bid = '61837.63000000', size = '1.60000000'): void {
    this.sequence += 1;
    this.send('btcusdt@depth@100ms', {
      e: 'depthUpdate',
      E: Date.now(),
      s: 'BTCUSDT',
      U: this.sequence,
      u: this.sequence,
      b: [[bid, size]],
      a: [],
    });
    this.bids = [[bid, size], ...this.bids.filter(([price]) => price !== bid)].sort(
      (left, right) => Number(right[0]) - Number(left[0]),
    ) as [string, string][];
  }

  tradeFrame(price = '61837.64000000', quantity = '0.00100000'): string {
    this.tradeId += 1n;
    // An id beyond 2^53 can only be written as text.
    return `{"e":"trade","E":${Date.now()},"s":"BTCUSDT","p":"${price}","q":"${quantity}","T":${Date.now()},"m":false,"M":true,"t":${this.tradeId}}`;
  }

  trade(price?: string, quantity?: string): string {
    const frame = this.tradeFrame(price, quantity);
    this.send('btcusdt@trade', frame);
    return frame;
  }

  candle(openTimeMs: number, close: string, final = false): void {
    this.send('btcusdt@kline_1m', {
      e: 'kline',
      E: Date.now(),
      s: 'BTCUSDT',
      k: {
        t: openTimeMs,
        T: openTimeMs + 59_999,
        s: 'BTCUSDT',
        i: '1m',
        f: 1,
        L: 2,
        o: '100.0',
        c: close,
        h: '200.0',
        l: '50.0',
        v: '3.5',
        n: 2,
        x: final,
        q: '1',
        V: '1',
        Q: '1',
        B: '0',
      },
    });
  }
}

/** One-minute candles counted from the asked time, at most 3 a page so that paging is seen; the last one is still forming. */
function klines(query: URLSearchParams): unknown[] {
  const startMs = Number(query.get('startTime') ?? Date.now() - 120_000);
  const limit = Math.min(3, Number(query.get('limit') ?? 3));
  const rows: unknown[] = [];
  for (
    let openMs = Math.ceil(startMs / 60_000) * 60_000;
    openMs <= Date.now() && rows.length < limit;
    openMs += 60_000
  ) {
    const price = (100 + ((openMs / 60_000) % 10)).toFixed(2);
    rows.push([openMs, price, '200.00', '50.00', price, '3.5', openMs + 59_999, '1', 2, '1', '1', '0']);
  }
  return rows;
}
