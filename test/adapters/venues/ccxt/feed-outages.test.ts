import { describe, expect, it } from 'vitest';
import { spotApi } from '../support/binance-venue.ts';
import { type AnyEvent, btc, FeedHarness, quick } from '../support/feed-harness.ts';
import { until } from '../support/loopback-venue.ts';

const harness = FeedHarness.install();

describe('outages', () => {
  it('reconnects after a cut, says so, and doubles no trade', async () => {
    const { seen } = await harness.streaming();
    const frame = harness.venue.trade();
    await until(() => seen.trades.length === 1, 'a trade');
    harness.venue.subscriptions.clear();
    harness.venue.server.cutSockets();
    await until(() => seen.lastState?.state === 'connecting', 'the cut is told');
    expect(seen.lastState?.message).toContain('BTC/USDT book');
    await until(
      () => seen.lastState?.state === 'connected' && harness.venue.subscriptions.size === 3,
      'connected again',
    );
    harness.venue.send('btcusdt@trade', frame);
    harness.venue.trade();
    await until(() => seen.trades.length === 2, 'the next trade');
    expect(new Set(seen.trades.map((trade) => trade.tradeId)).size).toBe(2);
    const sequences = seen.books.map((book) => book.sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  });

  it('notices within 5 s, with its own settings, that a socket is open but silent', async () => {
    const { seen } = await harness.streaming({ random: Math.random });
    harness.venue.moveBook();
    await until(() => seen.books.length >= 2, 'a book');
    // A quiet second first: pings are answered, so the silence is the market's.
    await until(
      () => harness.venue.server.requests.filter((request) => request.endsWith('/depth')).length >= 2,
      'REST is asked about the silence',
    );
    expect(seen.lastState?.state).toBe('connected');
    harness.venue.moveBook();
    const lastFrameMs = harness.clock.monotonicMs();
    await until(() => seen.books.at(-1)?.bids[1] === 160_000, 'the last frame');
    harness.venue.server.frozen = true;
    harness.venue.server.restDown = true;
    await until(() => seen.lastState?.state === 'stale', 'stale is told');
    const noticedMs = (seen.timesMs[seen.all.indexOf(seen.lastState as AnyEvent)] as number) - lastFrameMs;
    expect(noticedMs).toBeLessThanOrEqual(5_000);
    expect(seen.lastState?.message).toMatch(/BTC\/USDT book: (silent|no data) for \d\.\d s/);
    harness.venue.server.frozen = false;
    harness.venue.server.restDown = false;
    await until(() => seen.lastState?.state === 'connected', 'fresh again');
  });

  it('notices a dead connection though REST still answers', async () => {
    const { feed, seen } = await harness.streaming({ limits: quick });
    const books = seen.books.length;
    await until(() => seen.books.length >= books + 3, 'a quiet market, pings answered');
    expect(seen.states).not.toContain('stale');
    const connects = feed.stats().connects;
    harness.venue.server.frozen = true;
    await until(() => seen.states.includes('stale') || feed.stats().connects > connects, 'dead is noticed');
    await until(() => feed.stats().connects > connects, 'a new connection is tried');
    expect(seen.books.at(-1)?.bids).toEqual([6_183_763, 150_000, 6_183_700, 200_000]);
  });

  it('takes the silence of a quiet market for what it is', async () => {
    const { feed, seen } = await harness.streaming({ limits: quick });
    const connects = feed.stats().connects;
    const books = seen.books.length;
    await until(() => seen.books.length >= books + 5, 'REST confirms the book five times');
    expect(seen.states).not.toContain('stale');
    expect(seen.lastState?.state).toBe('connected');
    expect(feed.stats().connects).toBe(connects);
  });

  it('subscribes anew when the market moves and the stream does not say so', async () => {
    const { feed, seen } = await harness.streaming({ limits: quick });
    const connects = feed.stats().connects;
    harness.venue.bids = [['61900.00000000', '1.00000000']];
    harness.venue.asks = [['61900.10000000', '1.00000000']];
    await until(() => seen.states.includes('stale'), 'stale is told');
    expect(seen.of('venue-connection').find((event) => event.state === 'stale')?.message).toMatch(
      /BTC\/USDT book: silent for .* while the market moved/,
    );
    await until(
      () => feed.stats().connects > connects && seen.lastState?.state === 'connected',
      'subscribed anew',
    );
    expect(seen.books.at(-1)?.bids).toEqual([6_190_000, 100_000]);
  });

  it('lives on REST where no stream can be had', async () => {
    harness.venue.server.refuseSockets = true;
    const { feed, seen } = await harness.started({ limits: quick });
    const nowMs = Date.now();
    harness.venue.server.routes.set(`${spotApi}/trades`, () => ({
      body: [{ id: 7, price: '61837.64', qty: '0.5', time: nowMs, isBuyerMaker: true, isBestMatch: true }],
    }));
    feed.subscribe(btc);
    await until(
      () => seen.books.length >= 2 && seen.trades.length >= 1 && seen.of('candle').length >= 1,
      'book, trade and candle over REST',
    );
    await until(
      () => seen.lastState?.state === 'connected' && seen.lastState.message.includes('over REST'),
      'connected over REST',
    );
    await until(() => seen.books.length >= 5, 'more books');
    expect(seen.trades.map((trade) => [trade.tradeId, trade.aggressor])).toEqual([['7', 'sell']]);
  });

  it('says disconnected when nothing answers, and does not storm', async () => {
    const { feed, seen } = await harness.streaming({ limits: quick });
    harness.venue.server.refuseSockets = true;
    harness.venue.server.restDown = true;
    harness.venue.server.cutSockets();
    const upgrades = harness.venue.server.upgrades.length;
    await until(() => seen.lastState?.state === 'disconnected', 'disconnected is told');
    const attempts = harness.venue.server.upgrades.length - upgrades;
    // With the smallest jitter: 0.25, 0.75 and 1.75 s after the cut, three streams each.
    expect(attempts).toBeLessThanOrEqual(12);
    expect(feed.rateGauge()?.pools.find((pool) => pool.name === 'CONNECTIONS')?.limit).toBeLessThan(300);
  });

  it('sends nothing while a ban lasts', async () => {
    const { feed, seen } = await harness.streaming({ limits: quick });
    harness.venue.server.routes.set(`${spotApi}/depth`, () => ({
      status: 418,
      headers: { 'retry-after': '600' },
      body: { code: -1003, msg: 'Way too many requests; IP banned' },
    }));
    await until(() => (feed.rateGauge()?.bannedForMs ?? 0) > 0, 'the ban is heard');
    const requests = harness.venue.server.requests.length;
    await expect(feed.history(btc, 60_000, 3)).rejects.toMatchObject({
      name: 'RateLimitError',
      reason: 'banned',
    });
    await until(() => seen.states.includes('stale'), 'the book grows stale meanwhile');
    expect(harness.venue.server.requests.length).toBe(requests);
    expect(feed.rateGauge()?.bannedForMs).toBeGreaterThan(590_000);
  });

  it('says nothing after stop', async () => {
    const { feed, seen } = await harness.streaming();
    await feed.stop();
    const count = seen.all.length;
    expect(seen.lastState).toMatchObject({ state: 'disconnected', message: 'stopped' });
    harness.venue.server.broadcast(harness.venue.tradeFrame());
    await until(() => harness.venue.server.openSockets === 0, 'sockets are closed');
    expect(seen.all.length).toBe(count);
  });
});
