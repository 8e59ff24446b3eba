/** The real CCXT class of Binance against a recorded capture, where the shared data are at hand. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CcxtFeed } from '../../../../src/adapters/venues/ccxt/ccxt-feed.ts';
import { normaliseBinanceFrame } from '../../../../src/adapters/venues/normalise/binance.ts';
import { type AdapterClock, systemClock } from '../../../../src/adapters/venues/rate-limit/clock.ts';
import { epochMs, instrumentId, venueId } from '../../../../src/shared/domain/nominal.ts';
import type { BookSnapshotEvent, MarketEvent } from '../../../../src/shared/events/market.ts';
import type { VenueEvent } from '../../../../src/shared/events/venue.ts';
import { LoopbackVenue, type Socket, until } from '../support/loopback-venue.ts';
import { ReferenceBook } from '../support/reference-book.ts';
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

describe('Binance as recorded on 2021-10-12', () => {
  const path = sharedDataFile('ws-captures/cryptofeed_BINANCE_COINBASE_KRAKEN_BITMEX.tar.gz');

  it.skipIf(path === undefined)(
    'gives markets, and the same book as the raw frames (needs the shared data folder)',
    async () => {
      const files = readTarGz(path as string);
      const bodyOf = (line: string) => line.slice(line.indexOf(': {') + 2);
      const exchangeInfo = bodyOf((files.get('BINANCE.0') as string).split('\n')[0] as string);
      const snapshots = new Map<string, string>();
      for (const line of (files.get('BINANCE.http.0.0') as string).split('\n')) {
        const symbol = /symbol=([A-Z]+)/.exec(line)?.[1];
        if (symbol !== undefined) snapshots.set(symbol, bodyOf(line));
      }
      const frames = (files.get('BINANCE.ws.1.0') as string)
        .split('\n')
        .map((line) => /^(\d+\.\d+): (\{.*)$/.exec(line)?.[2])
        .filter((frame) => frame !== undefined)
        .map((text) => JSON.parse(text) as { stream: string; data: Record<string, unknown> })
        .filter((frame) => frame.stream.startsWith('nknusdt@'));
      const api = '/api.binance.com/api/v3';
      server.routes.set(`${api}/exchangeInfo`, () => ({ body: exchangeInfo }));
      server.routes.set('/fapi.binance.com/fapi/v1/exchangeInfo', () => ({ body: { symbols: [] } }));
      server.routes.set(`${api}/depth`, (query) => ({
        body: snapshots.get(query.get('symbol') ?? '') ?? { status: 404 },
      }));
      const sockets = new Map<string, Socket>();
      server.onMessage = (socket, message) => {
        for (const name of message['params'] as string[]) sockets.set(name, socket);
        socket.send({ result: null, id: message['id'] });
      };
      const startMs = 1_633_998_511_000;
      const nkn = instrumentId('binance', 'NKN/USDT');
      const running = await start('binance', clockFrom(startMs));
      // `grep -o '"status":"TRADING"'` finds 1513 spot symbols in the recorded reply.
      const trading = (JSON.parse(exchangeInfo) as { symbols: { status: string }[] }).symbols.filter(
        (one) => one.status === 'TRADING',
      ).length;
      expect(running.instruments().length).toBe(trading);
      const instrument = running.instruments().find((one) => one.id === nkn);
      expect([
        String(instrument?.tickSize),
        String(instrument?.lotSize),
        String(instrument?.minimumNotional),
      ]).toEqual(['0.0001', '1', '10']);

      running.subscribe(nkn);
      await until(() => books().length > 0 && sockets.size === 3, 'the book from its snapshot');
      const snapshot = JSON.parse(snapshots.get('NKNUSDT') as string) as { lastUpdateId: number };
      const reference = new ReferenceBook();
      const target = { instrument: nkn, priceGrid: { scale: 4, units: 1 }, lotGrid: { scale: 0, units: 1 } };
      const refer = (frame: unknown) =>
        normaliseBinanceFrame(
          frame,
          '',
          epochMs(startMs),
          () => target,
          (event) => reference.apply(event),
        );
      refer(snapshot);
      for (const frame of frames) {
        const kind = frame.data['e'];
        if (kind === 'depthUpdate') {
          refer(frame);
          if (Number(frame.data['u']) > snapshot.lastUpdateId)
            sockets.get('nknusdt@depth@100ms')?.send(frame.data);
        } else if (kind === 'aggTrade') {
          sockets.get('nknusdt@trade')?.send(frame.data);
        } else if (kind === 'kline') {
          sockets.get('nknusdt@kline_1m')?.send(frame.data);
        }
      }
      expect([reference.gaps, reference.crossed]).toEqual([0, 0]);
      const top = (side: 'bids' | 'asks', count: number) => {
        const sign = side === 'bids' ? -1 : 1;
        return [...reference[side].entries()]
          .sort((left, right) => sign * (left[0] - right[0]))
          .slice(0, count)
          .flat();
      };
      await until(
        () => JSON.stringify(books().at(-1)?.bids) === JSON.stringify(top('bids', 50)),
        'CCXT’s book equals the book from the raw frames',
      );
      expect(books().at(-1)?.asks).toEqual(top('asks', 50));
      await until(
        () =>
          events.some((event) => event.kind === 'trade') && events.some((event) => event.kind === 'candle'),
        'trade and candle',
      );
      expect(events.find((event) => event.kind === 'trade')).toMatchObject({
        tradeId: '15683430',
        priceTicks: 3_528,
        lots: 58,
        aggressor: 'buy',
        venueTimeMs: 1_633_998_523_963,
      });
      expect(events.find((event) => event.kind === 'candle')).toMatchObject({
        final: false,
        candle: {
          openTimeMs: 1_633_998_480_000,
          open: 0.3527,
          high: 0.3528,
          low: 0.3522,
          close: 0.3528,
          volume: 25_877,
        },
      });
    },
  );
});
