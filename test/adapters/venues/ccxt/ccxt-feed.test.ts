import { describe, expect, it } from 'vitest';
import type { ClockOffset } from '../../../../src/adapters/venues/ccxt/clock-offset.ts';
import { instrumentId } from '../../../../src/shared/domain/nominal.ts';
import type { CandleEvent, QuoteEvent } from '../../../../src/shared/events/market.ts';
import { btc, FeedHarness, Recorder } from '../support/feed-harness.ts';
import { until } from '../support/loopback-venue.ts';

const harness = FeedHarness.install();

describe('markets', () => {
  it('gives instruments, remarks about the others, and the clock offset', async () => {
    const { feed, seen } = await harness.started();
    expect(
      feed
        .instruments()
        .map((one) => [
          one.id,
          String(one.tickSize),
          String(one.lotSize),
          one.minimumLots,
          String(one.minimumNotional),
          String(one.takerFeeRate),
          one.feeCurrencyRule,
        ]),
    ).toEqual([
      ['binance:BTC/USDT', '0.01', '0.00001', 1, '5', '0.001', 'received'],
      ['binance:SHIB/USDT', '0.00000001', '1', 1, '5', '0.001', 'received'],
      ['binance:BTC/USDT:USDT', '0.1', '0.001', 1, '100', '0.0005', 'quote'],
    ]);
    expect(feed.remarks().refused.map((entry) => entry.symbol)).toEqual(['OLD/USDT', 'BAD/USDT']);
    // The venue is 250 ms ahead; the answer is exact to half of its way there and back, and a millisecond of rounding.
    const { offsetMs, roundTripMs } = feed.clockOffset as ClockOffset;
    expect(Math.abs(offsetMs - 250)).toBeLessThanOrEqual(roundTripMs / 2 + 1);
    expect(seen.states).toEqual(['connecting', 'connected']);
  });

  it('keeps only the symbols asked for, and says when none is left', async () => {
    const { feed } = await harness.started({ symbols: ['BTC/USDT'] });
    expect(feed.instruments().map((one) => one.symbol)).toEqual(['BTC/USDT']);
    await expect(harness.started({ symbols: ['NO/SUCH'] })).rejects.toMatchObject({ code: 'no-instruments' });
    expect(() => feed.subscribe(instrumentId('binance', 'ETH/USDT'))).toThrow(
      /no instrument binance:ETH\/USDT/,
    );
  });

  it('says that a venue cannot be reached, and tells the sink', async () => {
    harness.venue.server.restDown = true;
    const seen = new Recorder();
    const feed = harness.create();
    await expect(feed.start(seen.sink)).rejects.toMatchObject({ name: 'VenueError', code: 'unreachable' });
    expect(seen.states).toEqual(['connecting', 'disconnected']);
  });

  it('pages through history and leaves out the candle that is still forming', async () => {
    const { feed } = await harness.started();
    const candles = await feed.history(btc, 60_000, 8);
    const formingMs = Math.floor((Date.now() + 250) / 60_000) * 60_000;
    expect(candles.map((candle) => (formingMs - candle.openTimeMs) / 60_000)).toEqual([
      8, 7, 6, 5, 4, 3, 2, 1,
    ]);
    await expect(feed.history(btc, 7 * 60_000, 8)).rejects.toMatchObject({ code: 'unsupported-timeframe' });
  });
});

describe('streams', () => {
  it('gives books with rising sequences, quotes when the top changes, trades once, candles provisional and final', async () => {
    const { seen } = await harness.streaming();
    expect(seen.books[0]).toMatchObject({
      instrument: btc,
      sequence: 1,
      bids: [6_183_763, 150_000, 6_183_700, 200_000],
      asks: [6_183_764, 70_000, 6_183_800, 300_000],
    });
    harness.venue.moveBook('61837.63000000', '1.60000000');
    await until(() => seen.books.length === 2, 'second book');
    harness.venue.moveBook('61836.00000000', '4.00000000');
    await until(() => seen.books.length === 3, 'third book');
    expect(seen.books.map((book) => book.sequence)).toEqual([1, 2, 3]);
    // The third book changed below the top: no new quote.
    expect(
      seen.of('quote').map((quote: QuoteEvent) => [quote.bidTicks, quote.bidLots, quote.askTicks]),
    ).toEqual([
      [6_183_763, 150_000, 6_183_764],
      [6_183_763, 160_000, 6_183_764],
    ]);
    const frame = harness.venue.trade();
    harness.venue.send('btcusdt@trade', frame);
    harness.venue.trade('61837.63000000', '0.00200000');
    await until(() => seen.trades.length >= 2, 'two trades');
    expect(
      seen.trades.map((trade) => [trade.tradeId, trade.priceTicks, trade.lots, trade.aggressor]),
    ).toEqual([
      ['9007199254740991', 6_183_764, 100, 'buy'],
      ['9007199254740992', 6_183_763, 200, 'buy'],
    ]);
    const openMs = Math.floor(Date.now() / 60_000) * 60_000;
    harness.venue.candle(openMs, '101.5');
    await until(() => seen.of('candle').length === 1, 'provisional candle');
    harness.venue.candle(openMs, '102.5', true);
    harness.venue.candle(openMs + 60_000, '103.5');
    await until(() => seen.of('candle').some((event) => event.candle.close === 103.5), 'next candle');
    const finals = seen.of('candle').filter((event: CandleEvent) => event.final);
    expect(finals.map((event) => [event.candle.openTimeMs, event.candle.close, event.timeframeMs])).toEqual([
      [openMs, 102.5, 60_000],
    ]);
  });

  it('loses no trade of a burst of 5,000, while book frames may be left out', async () => {
    const { seen } = await harness.streaming();
    for (let count = 0; count < 5_000; count += 1) {
      harness.venue.trade();
      if (count % 10 === 0) harness.venue.moveBook('61837.63000000', `${1 + count / 1_000}`);
    }
    await until(() => seen.trades.length === 5_000, 'all trades');
    const ids = seen.trades.map((trade) => BigInt(trade.tradeId));
    expect((ids.at(-1) as bigint) - (ids[0] as bigint)).toBe(4_999n);
    await until(() => seen.books.at(-1)?.bids[1] === 599_000, 'the last book');
    expect(seen.books.length).toBeLessThan(501);
  });

  it('drops trades from before the subscription', async () => {
    const { seen } = await harness.streaming();
    harness.venue.send(
      'btcusdt@trade',
      harness.venue.tradeFrame().replace(/"T":\d+/, `"T":${Date.now() - 60_000}`),
    );
    harness.venue.trade();
    await until(() => seen.trades.length > 0, 'a trade');
    expect(seen.trades.map((trade) => trade.tradeId)).toEqual(['9007199254740992']);
  });

  it('shares one request budget and reads the venue’s own count', async () => {
    const { feed } = await harness.streaming();
    const gauge = feed.rateGauge();
    const used = (name: string) => gauge?.pools.find((pool) => pool.name === name)?.used ?? 0;
    expect(used('REQUEST_WEIGHT')).toBeGreaterThanOrEqual(77);
    expect(used('CONNECTIONS')).toBe(3);
    expect(used('FUTURES_WEIGHT')).toBe(1);
  });
});
