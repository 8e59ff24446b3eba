/** The real CCXT class of Kraken against payloads of our own, and recorded ones where the shared data are at hand. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CcxtFeed } from '../../../../src/adapters/venues/ccxt/ccxt-feed.ts';
import { type AdapterClock, systemClock } from '../../../../src/adapters/venues/rate-limit/clock.ts';
import { instrumentId, venueId } from '../../../../src/shared/domain/nominal.ts';
import type { BookSnapshotEvent, MarketEvent } from '../../../../src/shared/events/market.ts';
import type { VenueEvent } from '../../../../src/shared/events/venue.ts';
import { LoopbackVenue, until } from '../support/loopback-venue.ts';
import { sharedDataFile } from '../support/shared-data.ts';
import { readTarGz } from '../support/tar.ts';

let server: LoopbackVenue;
let feed: CcxtFeed | undefined;
let events: (MarketEvent | VenueEvent)[] = [];
const faults: unknown[] = [];

beforeEach(async () => {
  server = await LoopbackVenue.listen();
  events = [];
});
afterEach(async () => {
  await feed?.stop();
  feed = undefined;
  await server.close();
  expect(faults).toEqual([]);
});

/** A clock whose wall time goes on from `startMs`, so that recorded time stamps are of today. */
function clockFrom(startMs: number): AdapterClock {
  const startedMs = performance.now();
  return { ...systemClock, wallMs: () => startMs + performance.now() - startedMs };
}

async function start(
  exchangeId: string,
  clock: AdapterClock,
  symbols?: readonly string[],
): Promise<CcxtFeed> {
  feed = new CcxtFeed({
    venue: venueId(exchangeId),
    exchangeId,
    rewriteUrl: server.rewriteUrl,
    clock,
    random: () => 0,
    onFault: (error) => faults.push(error),
    ...(symbols === undefined ? {} : { symbols }),
  });
  await feed.start((event) => events.push(event));
  return feed;
}

const books = () => events.filter((event): event is BookSnapshotEvent => event.kind === 'book-snapshot');

const pair = (altname: string, wsname: string, quote: string, decimals: number) => ({
  altname,
  wsname,
  aclass_base: 'currency',
  base: 'XXBT',
  aclass_quote: 'currency',
  quote,
  lot: 'unit',
  cost_decimals: 5,
  pair_decimals: decimals,
  lot_decimals: 8,
  lot_multiplier: 1,
  leverage_buy: [],
  leverage_sell: [],
  fees: [[0, 0.4]],
  fees_maker: [[0, 0.25]],
  fee_volume_currency: 'ZUSD',
  margin_call: 80,
  margin_stop: 40,
  ordermin: '0.00005',
  costmin: '0.5',
  tick_size: '0.1',
  status: 'online',
});

const ownKraken = {
  AssetPairs: {
    XXBTZUSD: pair('XBTUSD', 'XBT/USD', 'ZUSD', 1),
    XBTUSDT: pair('XBTUSDT', 'XBT/USDT', 'USDT', 1),
  },
  OHLC: {
    XBTUSDT: [1, 2, 3].map((minute) => [
      1_762_777_020 + 60 * minute,
      '106038.2',
      '106040.5',
      '106030.0',
      `10603${minute}.1`,
      '106038.0',
      '0.50000000',
      4,
    ]),
    last: 0,
  },
  Time: { unixtime: 1_762_777_299, rfc1123: 'x' },
};
const ownFrames = {
  snapshot: {
    channel: 'book',
    type: 'snapshot',
    data: [
      {
        symbol: 'BTC/USD',
        bids: [
          { price: 105944.2, qty: 0.136 },
          { price: 105935.4, qty: 0.024 },
        ],
        asks: [
          { price: 105944.3, qty: 0.136 },
          { price: 105946.9, qty: 0.095 },
        ],
        checksum: 1,
      },
    ],
  },
  update: {
    channel: 'book',
    type: 'update',
    data: [
      {
        symbol: 'BTC/USD',
        bids: [{ price: 105944.2, qty: 0.25 }],
        asks: [],
        checksum: 2,
        timestamp: '2025-11-10T12:21:40.440295Z',
      },
    ],
  },
  trade: {
    channel: 'trade',
    type: 'update',
    data: [
      {
        symbol: 'BTC/USD',
        side: 'buy',
        price: 105944.2,
        qty: 0.00027625,
        ord_type: 'limit',
        trade_id: 10_218_208,
        timestamp: '2025-11-10T12:21:40.440295Z',
      },
    ],
  },
  candle: {
    channel: 'ohlc',
    type: 'update',
    data: [
      {
        symbol: 'BTC/USD',
        interval: 1,
        interval_begin: '2025-11-10T12:21:00.000000000Z',
        open: 106038.2,
        high: 106044.3,
        low: 106038.1,
        close: 106040.1,
        volume: 3.5,
        vwap: 106039.6,
        trades: 12,
      },
    ],
  },
};

describe('Kraken', () => {
  const startMs = 1_762_777_299_000;
  const usd = instrumentId('kraken', 'BTC/USD');
  const assets = Object.fromEntries(
    ['XXBT', 'ZUSD', 'USDT'].map((id) => [
      id,
      { aclass: 'currency', altname: id, decimals: 10, display_decimals: 5, status: 'enabled' },
    ]),
  );

  /** Serves REST results and answers subscriptions with the frames of their channel. */
  function serve(
    results: Readonly<Record<string, unknown>>,
    frames: Readonly<Record<string, readonly unknown[]>>,
  ): void {
    for (const [name, result] of Object.entries({ Assets: assets, ...results })) {
      server.routes.set(`/api.kraken.com/0/public/${name}`, () => ({ body: { error: [], result } }));
    }
    server.onMessage = (socket, message) => {
      if (message['method'] !== 'subscribe') return;
      const { channel } = message['params'] as { channel: string };
      socket.send({
        method: 'subscribe',
        success: true,
        result: message['params'],
        req_id: message['req_id'],
      });
      for (const frame of frames[channel] ?? []) socket.send(frame);
    };
  }

  it('gives markets, history, book, trades and candles from payloads of our own', async () => {
    serve(ownKraken, {
      book: [ownFrames.snapshot, ownFrames.update],
      trade: [ownFrames.trade],
      ohlc: [ownFrames.candle],
    });
    const running = await start('kraken', clockFrom(startMs));
    expect(
      running
        .instruments()
        .map((one) => [
          one.id,
          String(one.tickSize),
          String(one.lotSize),
          one.minimumLots,
          String(one.makerFeeRate),
          String(one.takerFeeRate),
          one.feeCurrencyRule,
        ]),
    ).toEqual([
      ['kraken:BTC/USD', '0.1', '0.00000001', 5_000, '0.0025', '0.004', 'quote'],
      ['kraken:BTC/USDT', '0.1', '0.00000001', 5_000, '0.0025', '0.004', 'quote'],
    ]);
    const history = await running.history(instrumentId('kraken', 'BTC/USDT'), 60_000, 10);
    expect(history.map((candle) => [candle.openTimeMs, candle.close])).toEqual([
      [1_762_777_080_000, 106_031.1],
      [1_762_777_140_000, 106_032.1],
      [1_762_777_200_000, 106_033.1],
    ]);
    running.subscribe(usd);
    await until(
      () =>
        books().some((book) => book.bids[1] === 25_000_000) &&
        events.some((event) => event.kind === 'trade') &&
        events.some((event) => event.kind === 'candle'),
      'book, trade, candle',
    );
    expect(books().at(-1)).toMatchObject({
      bids: [1_059_442, 25_000_000, 1_059_354, 2_400_000],
      asks: [1_059_443, 13_600_000, 1_059_469, 9_500_000],
    });
    expect(events.find((event) => event.kind === 'trade')).toMatchObject({
      tradeId: '10218208',
      priceTicks: 1_059_442,
      lots: 27_625,
      aggressor: 'buy',
    });
    expect(events.find((event) => event.kind === 'candle')).toMatchObject({
      instrument: usd,
      timeframeMs: 60_000,
      candle: { openTimeMs: 1_762_777_260_000, close: 106_040.1 },
    });
    // All three streams share one connection at Kraken.
    expect(server.upgrades).toEqual(['/ws.kraken.com/v2']);
  });

  it('reconnects after a cut with a fresh book', async () => {
    serve(ownKraken, { book: [ownFrames.snapshot] });
    const running = await start('kraken', clockFrom(startMs));
    running.subscribe(usd);
    await until(() => books().length > 0, 'the first book');
    const before = books().length;
    server.cutSockets();
    await until(
      () =>
        events.some(
          (event) =>
            event.kind === 'venue-connection' &&
            event.state === 'connecting' &&
            event.message.includes('BTC/USD book'),
        ),
      'the cut is told',
    );
    await until(
      () =>
        books().length > before &&
        events.at(-1)?.kind === 'venue-connection' &&
        (events.at(-1) as { state: string }).state === 'connected',
      'connected again',
    );
    expect(running.stats().connects).toBe(2);
  });

  const payloads = sharedDataFile('payloads/nautilus_payloads_binance_bybit_kraken_bitmex_coinbase.tar.gz');
  const captures = sharedDataFile('ws-captures/cryptofeed_BINANCE_COINBASE_KRAKEN_BITMEX.tar.gz');
  it.skipIf(payloads === undefined || captures === undefined)(
    'reads the recorded payloads (needs the shared data folder)',
    async () => {
      const files = readTarGz(payloads as string);
      const json = (name: string) =>
        JSON.parse(files.get(`crates/adapters/kraken/test_data/${name}.json`) as string) as Record<
          string,
          unknown
        >;
      const pairsLine = (readTarGz(captures as string).get('KRAKEN.0') as string).split('\n')[0] as string;
      const pairs = (
        JSON.parse(pairsLine.slice(pairsLine.indexOf(': {') + 2)) as {
          result: Record<string, { status?: string }>;
        }
      ).result;
      for (const [id, one] of Object.entries(pairs)) {
        one.status = 'online';
        // Dark pools, long gone, had the symbols of their open pairs.
        if (id.endsWith('.d')) delete pairs[id];
      }
      serve(
        {
          AssetPairs: pairs,
          OHLC: json('http_ohlc')['result'],
          Trades: json('http_trades')['result'],
          Depth: json('http_order_book')['result'],
          Time: json('http_server_time')['result'],
        },
        {
          book: [json('ws_book_snapshot'), json('ws_book_update')],
          trade: [json('ws_trade_update')],
          ohlc: [json('ws_ohlc_update')],
        },
      );
      const running = await start('kraken', clockFrom(Date.parse('2023-10-06T17:35:55Z')));
      // 304 pairs without 11 dark pools; four more differ only in the currencies' older names.
      expect([running.instruments().length, running.remarks().refused]).toEqual([289, []]);
      expect(running.clockOffset?.offsetMs).toBeGreaterThan(60 * 86_400_000);
      running.subscribe(usd);
      await until(
        () =>
          books().some((book) => book.bids[1] === 25_000_000) &&
          events.filter((event) => event.kind === 'candle').length > 0,
        'book and candle',
      );
      expect(books()[0]?.asks).toEqual([1_059_443, 13_600_000, 1_059_469, 9_500_000, 1_059_558, 300_000]);
      const candles = await running.history(instrumentId('kraken', 'BTC/USDT'), 60_000, 5_000);
      expect(candles[0]).toMatchObject({
        openTimeMs: 1_762_777_020_000,
        open: 106_038.2,
        close: 106_038.2,
        volume: 0,
      });
      expect(candles[3]).toMatchObject({ high: 106_044.3, close: 106_040.1, volume: 0.08317981 });
    },
  );
});
