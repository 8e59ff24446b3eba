import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CcxtFeed, type CcxtFeedOptions } from '../../../../src/adapters/venues/ccxt/ccxt-feed.ts';
import { createExchange } from '../../../../src/adapters/venues/ccxt/create-exchange.ts';
import { exchangeIds } from '../../../../src/adapters/venues/ccxt/load-exchange.ts';
import { systemClock } from '../../../../src/adapters/venues/rate-limit/clock.ts';
import { instrumentId, venueId } from '../../../../src/shared/domain/nominal.ts';
import type { BookSnapshotEvent, CandleEvent, MarketEvent, QuoteEvent, TradeEvent } from '../../../../src/shared/events/market.ts';
import type { VenueConnectionEvent, VenueEvent } from '../../../../src/shared/events/venue.ts';
import { BinanceVenue, spotApi } from '../support/binance-venue.ts';
import { until } from '../support/loopback-venue.ts';

const btc = instrumentId('binance', 'BTC/USDT');
type AnyEvent = MarketEvent | VenueEvent;

let venue: BinanceVenue;
let feeds: CcxtFeed[] = [];
let faults: unknown[] = [];

beforeEach(async () => {
  venue = await BinanceVenue.listen();
  feeds = [];
  faults = [];
});
afterEach(async () => {
  for (const feed of feeds) await feed.stop();
  await venue.server.close();
  expect(faults).toEqual([]);
});

class Recorder {
  readonly all: AnyEvent[] = [];
  readonly timesMs: number[] = [];
  readonly sink = (event: AnyEvent): void => {
    this.all.push(event);
    this.timesMs.push(performance.now());
  };
  of<Kind extends AnyEvent['kind']>(kind: Kind): Extract<AnyEvent, { kind: Kind }>[] {
    return this.all.filter((event) => event.kind === kind) as Extract<AnyEvent, { kind: Kind }>[];
  }
  get states(): string[] {
    return this.of('venue-connection').map((event) => event.state);
  }
  get lastState(): VenueConnectionEvent | undefined {
    return this.of('venue-connection').at(-1);
  }
  get books(): BookSnapshotEvent[] {
    return this.of('book-snapshot');
  }
  get trades(): TradeEvent[] {
    return this.of('trade');
  }
}

async function started(options: Partial<CcxtFeedOptions> = {}): Promise<{ feed: CcxtFeed; seen: Recorder }> {
  const seen = new Recorder();
  const feed = new CcxtFeed({
    venue: venueId('binance'), exchangeId: 'binance', rewriteUrl: venue.server.rewriteUrl, random: () => 0,
    onFault: (error) => faults.push(error), ...options,
  });
  feeds.push(feed);
  await feed.start(seen.sink);
  return { feed, seen };
}

/** Started, subscribed to BTC/USDT, and the first book is there. */
async function streaming(options: Partial<CcxtFeedOptions> = {}): Promise<{ feed: CcxtFeed; seen: Recorder }> {
  const both = await started(options);
  both.feed.subscribe(btc);
  await until(() => both.seen.books.length > 0 && venue.subscriptions.size === (options.streams?.length ?? 3), 'first book and all streams');
  return both;
}

const quick = { staleAfterMs: 600, probeAfterMs: 300, sparsePollMs: 400, mismatchMs: 50, disconnectedAfterMs: 1_500 };

describe('markets', () => {
  it('gives instruments, remarks about the others, and the clock offset', async () => {
    const { feed, seen } = await started();
    expect(feed.instruments().map((one) => [one.id, String(one.tickSize), String(one.lotSize), one.minimumLots, String(one.minimumNotional), String(one.takerFeeRate), one.feeCurrencyRule])).toEqual([
      ['binance:BTC/USDT', '0.01', '0.00001', 1, '5', '0.001', 'received'],
      ['binance:SHIB/USDT', '0.00000001', '1', 1, '5', '0.001', 'received'],
      ['binance:BTC/USDT:USDT', '0.1', '0.001', 1, '100', '0.0005', 'quote'],
    ]);
    expect(feed.remarks().refused.map((entry) => entry.symbol)).toEqual(['OLD/USDT', 'BAD/USDT']);
    expect(feed.clockOffset?.offsetMs).toBeGreaterThan(200);
    expect(feed.clockOffset?.offsetMs).toBeLessThan(300);
    expect(seen.states).toEqual(['connecting', 'connected']);
  });

  it('keeps only the symbols asked for, and says when none is left', async () => {
    const { feed } = await started({ symbols: ['BTC/USDT'] });
    expect(feed.instruments().map((one) => one.symbol)).toEqual(['BTC/USDT']);
    await expect(started({ symbols: ['NO/SUCH'] })).rejects.toMatchObject({ code: 'no-instruments' });
    expect(() => feed.subscribe(instrumentId('binance', 'ETH/USDT'))).toThrow(/no instrument binance:ETH\/USDT/);
  });

  it('says that a venue cannot be reached, and tells the sink', async () => {
    venue.server.restDown = true;
    const seen = new Recorder();
    const feed = new CcxtFeed({ venue: venueId('binance'), exchangeId: 'binance', rewriteUrl: venue.server.rewriteUrl });
    await expect(feed.start(seen.sink)).rejects.toMatchObject({ name: 'VenueError', code: 'unreachable' });
    expect(seen.states).toEqual(['connecting', 'disconnected']);
  });

  it('pages through history and leaves out the candle that is still forming', async () => {
    const { feed } = await started();
    const candles = await feed.history(btc, 60_000, 8);
    const formingMs = Math.floor((Date.now() + 250) / 60_000) * 60_000;
    expect(candles.map((candle) => (formingMs - candle.openTimeMs) / 60_000)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    await expect(feed.history(btc, 7 * 60_000, 8)).rejects.toMatchObject({ code: 'unsupported-timeframe' });
  });
});

describe('streams', () => {
  it('gives books with rising sequences, quotes when the top changes, trades once, candles provisional and final', async () => {
    const { seen } = await streaming();
    expect(seen.books[0]).toMatchObject({ instrument: btc, sequence: 1, bids: [6_183_763, 150_000, 6_183_700, 200_000], asks: [6_183_764, 70_000, 6_183_800, 300_000] });
    venue.moveBook('61837.63000000', '1.60000000');
    await until(() => seen.books.length === 2, 'second book');
    venue.moveBook('61836.00000000', '4.00000000');
    await until(() => seen.books.length === 3, 'third book');
    expect(seen.books.map((book) => book.sequence)).toEqual([1, 2, 3]);
    // The third book changed below the top: no new quote.
    expect(seen.of('quote').map((quote: QuoteEvent) => [quote.bidTicks, quote.bidLots, quote.askTicks])).toEqual([[6_183_763, 150_000, 6_183_764], [6_183_763, 160_000, 6_183_764]]);
    const frame = venue.trade();
    venue.send('btcusdt@trade', frame);
    venue.trade('61837.63000000', '0.00200000');
    await until(() => seen.trades.length >= 2, 'two trades');
    expect(seen.trades.map((trade) => [trade.tradeId, trade.priceTicks, trade.lots, trade.aggressor])).toEqual([
      ['9007199254740991', 6_183_764, 100, 'buy'],
      ['9007199254740992', 6_183_763, 200, 'buy'],
    ]);
    const openMs = Math.floor(Date.now() / 60_000) * 60_000;
    venue.candle(openMs, '101.5');
    await until(() => seen.of('candle').length === 1, 'provisional candle');
    venue.candle(openMs, '102.5', true);
    venue.candle(openMs + 60_000, '103.5');
    await until(() => seen.of('candle').some((event) => event.candle.close === 103.5), 'next candle');
    const finals = seen.of('candle').filter((event: CandleEvent) => event.final);
    expect(finals.map((event) => [event.candle.openTimeMs, event.candle.close, event.timeframeMs])).toEqual([[openMs, 102.5, 60_000]]);
  });

  it('drops trades from before the subscription', async () => {
    const { seen } = await streaming();
    venue.send('btcusdt@trade', venue.tradeFrame().replace(/"T":\d+/, `"T":${Date.now() - 60_000}`));
    venue.trade();
    await until(() => seen.trades.length > 0, 'a trade');
    expect(seen.trades.map((trade) => trade.tradeId)).toEqual(['9007199254740992']);
  });

  it('shares one request budget and reads the venue’s own count', async () => {
    const { feed } = await streaming();
    const gauge = feed.rateGauge();
    const used = (name: string) => gauge?.pools.find((pool) => pool.name === name)?.used ?? 0;
    expect(used('REQUEST_WEIGHT')).toBeGreaterThanOrEqual(77);
    expect(used('CONNECTIONS')).toBe(3);
    expect(used('FUTURES_WEIGHT')).toBe(1);
  });
});

describe('hostile frames', () => {
  it.each([
    ['price NaN', (frame: string) => frame.replace('61837.64000000', 'NaN')],
    ['price 0', (frame: string) => frame.replace('61837.64000000', '0.0')],
    ['price 1e400', (frame: string) => frame.replace('"61837.64000000"', '1e400')],
    ['price null', (frame: string) => frame.replace('"61837.64000000"', 'null')],
    ['no JSON', () => '<html>'],
    ['cut JSON', (frame: string) => frame.slice(0, 40)],
    ['a list', () => '[[[[]]]]'],
    ['null', () => 'null'],
    ['the key __proto__', (frame: string) => frame.replace('{', '{"__proto__":{"polluted":true},')],
    ['100 000 levels', () => `{"e":"trade","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['another symbol', (frame: string) => frame.replace('BTCUSDT', 'NOSUCH')],
  ])('%s: refused, the next trade arrives', async (_name, spoil) => {
    const { seen } = await streaming();
    venue.send('btcusdt@trade', spoil(venue.tradeFrame()));
    await until(() => {
      // A frame CCXT itself stumbles over costs a subscription; the stream comes back by itself.
      venue.trade();
      return seen.trades.length > 0;
    }, 'a good trade after the bad one');
    expect(seen.trades.every((trade) => trade.priceTicks === 6_183_764)).toBe(true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('ends a connection that sends 50 MB, keeps memory bounded and comes back', async () => {
    const { feed, seen } = await streaming();
    const before = process.memoryUsage().rss;
    const connects = feed.stats().connects;
    venue.send('btcusdt@trade', `"${'x'.repeat(50_000_000)}"`);
    await until(() => feed.stats().connects > connects, 'a new connection');
    await until(() => {
      venue.trade();
      return seen.trades.length > 0;
    }, 'a trade after it');
    // The test's own 50 MB text counts too, twice while it is sent.
    expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000);
  });
});

describe('outages', () => {
  it('reconnects after a cut, says so, and doubles no trade', async () => {
    const { seen } = await streaming();
    const frame = venue.trade();
    await until(() => seen.trades.length === 1, 'a trade');
    venue.subscriptions.clear();
    venue.server.cutSockets();
    await until(() => seen.lastState?.state === 'connecting', 'the cut is told');
    expect(seen.lastState?.message).toContain('BTC/USDT book');
    await until(() => seen.lastState?.state === 'connected' && venue.subscriptions.size === 3, 'connected again');
    venue.send('btcusdt@trade', frame);
    venue.trade();
    await until(() => seen.trades.length === 2, 'the next trade');
    expect(new Set(seen.trades.map((trade) => trade.tradeId)).size).toBe(2);
    const sequences = seen.books.map((book) => book.sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  });

  it('notices within 5 s, with its own settings, that a socket is open but silent', async () => {
    const { seen } = await streaming({ random: Math.random });
    venue.moveBook();
    await until(() => seen.books.length >= 2, 'a book');
    // A quiet second first: pings are answered, so the silence is the market's.
    await until(() => venue.server.requests.filter((request) => request.endsWith('/depth')).length >= 2, 'REST is asked about the silence');
    expect(seen.lastState?.state).toBe('connected');
    venue.moveBook();
    const lastFrameMs = performance.now();
    await until(() => seen.books.at(-1)?.bids[1] === 160_000, 'the last frame');
    venue.server.frozen = true;
    venue.server.restDown = true;
    await until(() => seen.lastState?.state === 'stale', 'stale is told', 6_000);
    const noticedMs = (seen.timesMs[seen.all.findIndex((event) => event === seen.lastState)] as number) - lastFrameMs;
    expect(noticedMs).toBeLessThanOrEqual(5_000);
    expect(seen.lastState?.message).toMatch(/BTC\/USDT book: (silent|no data) for \d\.\d s/);
    venue.server.frozen = false;
    venue.server.restDown = false;
    await until(() => seen.lastState?.state === 'connected', 'fresh again', 10_000);
  }, 30_000);

  it('takes the silence of a quiet market for what it is', async () => {
    const { feed, seen } = await streaming({ limits: quick });
    const connects = feed.stats().connects;
    const books = seen.books.length;
    await until(() => seen.books.length >= books + 5, 'REST confirms the book five times');
    expect(seen.states).not.toContain('stale');
    expect(seen.lastState?.state).toBe('connected');
    expect(feed.stats().connects).toBe(connects);
  });

  it('subscribes anew when the market moves and the stream does not say so', async () => {
    const { feed, seen } = await streaming({ limits: quick });
    const connects = feed.stats().connects;
    venue.bids = [['61900.00000000', '1.00000000']];
    venue.asks = [['61900.10000000', '1.00000000']];
    await until(() => seen.states.includes('stale'), 'stale is told');
    expect(seen.of('venue-connection').find((event) => event.state === 'stale')?.message).toMatch(/BTC\/USDT book: silent for .* while the market moved/);
    await until(() => feed.stats().connects > connects && seen.lastState?.state === 'connected', 'subscribed anew');
    expect(seen.books.at(-1)?.bids).toEqual([6_190_000, 100_000]);
  });

  it('lives on REST where no stream can be had', async () => {
    venue.server.refuseSockets = true;
    const { feed, seen } = await started({ limits: quick });
    const nowMs = Date.now();
    venue.server.routes.set(`${spotApi}/trades`, () => ({ body: [{ id: 7, price: '61837.64', qty: '0.5', time: nowMs, isBuyerMaker: true, isBestMatch: true }] }));
    feed.subscribe(btc);
    await until(() => seen.books.length >= 2 && seen.trades.length >= 1 && seen.of('candle').length >= 1, 'book, trade and candle over REST');
    await until(() => seen.lastState?.state === 'connected' && seen.lastState.message.includes('over REST'), 'connected over REST');
    await until(() => seen.books.length >= 5, 'more books');
    expect(seen.trades.map((trade) => [trade.tradeId, trade.aggressor])).toEqual([['7', 'sell']]);
  });

  it('says disconnected when nothing answers, and does not storm', async () => {
    const { feed, seen } = await streaming({ limits: quick });
    venue.server.refuseSockets = true;
    venue.server.restDown = true;
    venue.server.cutSockets();
    const upgrades = venue.server.upgrades.length;
    await until(() => seen.lastState?.state === 'disconnected', 'disconnected is told');
    const attempts = venue.server.upgrades.length - upgrades;
    // With the smallest jitter: 0.25, 0.75 and 1.75 s after the cut, three streams each.
    expect(attempts).toBeLessThanOrEqual(12);
    expect(feed.rateGauge()?.pools.find((pool) => pool.name === 'CONNECTIONS')?.limit).toBeLessThan(300);
  });

  it('sends nothing while a ban lasts', async () => {
    const { feed, seen } = await streaming({ limits: quick });
    venue.server.routes.set(`${spotApi}/depth`, () => ({ status: 418, headers: { 'retry-after': '600' }, body: { code: -1003, msg: 'Way too many requests; IP banned' } }));
    await until(() => (feed.rateGauge()?.bannedForMs ?? 0) > 0, 'the ban is heard');
    const requests = venue.server.requests.length;
    await expect(feed.history(btc, 60_000, 3)).rejects.toMatchObject({ name: 'RateLimitError', reason: 'banned' });
    await until(() => seen.states.includes('stale'), 'the book grows stale meanwhile');
    expect(venue.server.requests.length).toBe(requests);
    expect(feed.rateGauge()?.bannedForMs).toBeGreaterThan(590_000);
  });

  it('says nothing after stop', async () => {
    const { feed, seen } = await streaming();
    await feed.stop();
    const count = seen.all.length;
    expect(seen.lastState).toMatchObject({ state: 'disconnected', message: 'stopped' });
    venue.server.broadcast(venue.tradeFrame());
    await until(() => venue.server.openSockets === 0, 'sockets are closed');
    expect(seen.all.length).toBe(count);
  });
});

describe('creating an exchange', () => {
  it('cannot be made verbose or to retry', async () => {
    const { exchange } = await createExchange('binance', { clock: systemClock });
    expect(() => {
      exchange.verbose = true;
    }).toThrow(TypeError);
    expect(() => {
      exchange.options['maxRetriesOnFailure'] = 3;
    }).toThrow(TypeError);
    expect([exchange.verbose, exchange.options['maxRetriesOnFailure'], exchange.enableRateLimit]).toEqual([false, 0, true]);
  });

  it('uses the test network when asked', async () => {
    const { exchange } = await createExchange('binance', { clock: systemClock, sandbox: true });
    expect(JSON.stringify(exchange.urls.api)).toContain('testnet.binance.vision');
    const refused = createExchange('kraken', { clock: systemClock, sandbox: true }).then(
      () => 'accepted',
      (error) => error.code,
    );
    expect(await refused).toBe('no-sandbox');
  });

  it.each(['nope', '../kraken', '', 'BINANCE'])('refuses the id "%s"', async (id) => {
    await expect(createExchange(id, { clock: systemClock })).rejects.toMatchObject({ code: 'unknown-exchange' });
  });

  it('knows all exchanges of CCXT without loading them', () => {
    const ids = exchangeIds();
    expect(ids.length).toBeGreaterThan(90);
    expect(ids).toEqual(expect.arrayContaining(['binance', 'bybit', 'coinbase', 'hyperliquid', 'kraken', 'kucoin', 'okx']));
  });
});
