import { describe, expect, it } from 'vitest';
import { normaliseBinanceFrame } from '../../../../src/adapters/venues/normalise/binance.ts';
import { unifyBinanceSymbol } from '../../../../src/adapters/venues/normalise/binance-symbols.ts';
import { parseFrame, streamFrameBounds } from '../../../../src/adapters/venues/normalise/frame-guard.ts';
import { Refusal } from '../../../../src/adapters/venues/normalise/refusal.ts';
import { epochMs, instrumentId } from '../../../../src/shared/domain/nominal.ts';
import type { MarketEvent } from '../../../../src/shared/events/market.ts';

const id = instrumentId('binance', 'BTC/USDT');
const btc = { instrument: id, priceGrid: { scale: 2, units: 1 }, lotGrid: { scale: 5, units: 1 } };
const nowMs = epochMs(1_723_161_255_000);

function normalise(text: string): MarketEvent[] {
  const events: MarketEvent[] = [];
  const lookup = (symbol: string | undefined) =>
    symbol === 'BTCUSDT' || symbol === undefined ? btc : undefined;
  normaliseBinanceFrame(parseFrame(text, streamFrameBounds), text, nowMs, lookup, (event) =>
    events.push(event),
  );
  return events;
}

function codeOf(text: string): string {
  try {
    normalise(text);
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'accepted';
}

const trade = (fields: string) =>
  `{"e":"trade","E":1723161255343,"s":"BTCUSDT","T":1723161255342,"m":true,${fields}}`;
const goodTrade = trade('"t":3735683259,"p":"61837.63000000","q":"0.02000000"');
const depth = (levels: string) =>
  `{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT","U":7,"u":9,"b":[${levels}],"a":[]}`;

describe('Binance frames', () => {
  it('reads a trade: the seller took liquidity when the buyer was the maker', () => {
    expect(normalise(goodTrade)).toEqual([
      {
        kind: 'trade',
        instrument: id,
        venueTimeMs: 1_723_161_255_342,
        receiveTimeMs: nowMs,
        tradeId: '3735683259',
        priceTicks: 6_183_763,
        lots: 2_000,
        aggressor: 'sell',
      },
    ]);
  });

  it('keeps every digit of an id beyond 2^53', () => {
    const [event] = normalise(trade('"t":9223372036854775807,"p":"1.00","q":"1"'));
    expect(event).toMatchObject({ tradeId: '9223372036854775807' });
  });

  it('reads a spot delta and removes levels with zero', () => {
    const [event] = normalise(
      `{"stream":"btcusdt@depth","data":${depth('["61837.63000000","1.50000000"],["61737.63","0.00000000"]')}}`,
    );
    expect(event).toMatchObject({
      kind: 'book-delta',
      firstSequence: 7,
      lastSequence: 9,
      bids: [6_183_763, 150_000, 6_173_763, 0],
      asks: [],
    });
  });

  it('leaves out prices between two ticks and counts whole lots only', () => {
    const [event] = normalise(depth('["61837.635","1.5"],["61837.63","0.000019"],["61837.62","2"]'));
    expect(event).toMatchObject({ bids: [6_183_763, 1, 6_183_762, 200_000] });
  });

  it('links futures deltas by pu', () => {
    const text =
      '{"e":"depthUpdate","E":1723161256299,"T":1723161256298,"s":"BTCUSDT","U":5123107832006,"u":5123107837557,"pu":5123107831937,"b":[],"a":[]}';
    expect(normalise(text)).toMatchObject([
      { firstSequence: 5_123_107_831_938, lastSequence: 5_123_107_837_557, venueTimeMs: 1_723_161_256_298 },
    ]);
  });

  it('reads a REST snapshot without symbol and time', () => {
    expect(
      normalise(
        '{"lastUpdateId":50093239218,"bids":[["61837.63000000","3.78826000"]],"asks":[["61837.64","1.6052"]]}',
      ),
    ).toEqual([
      {
        kind: 'book-snapshot',
        instrument: id,
        venueTimeMs: nowMs,
        receiveTimeMs: nowMs,
        sequence: 50_093_239_218,
        bids: [6_183_763, 378_826],
        asks: [6_183_764, 160_520],
      },
    ]);
  });

  it('reads the spot bookTicker, which names no event', () => {
    const text =
      '{"stream":"btcusdt@bookTicker","data":{"u":1,"s":"BTCUSDT","b":"61837.63","B":"3.78826","a":"61837.64","A":"0.00000"}}';
    expect(normalise(text)).toMatchObject([
      { kind: 'quote', bidTicks: 6_183_763, bidLots: 378_826, askTicks: 6_183_764, askLots: 0 },
    ]);
  });

  it('reads candles and tells final from provisional', () => {
    const kline = (final: boolean) =>
      `{"e":"kline","E":1723161255208,"s":"BTCUSDT","k":{"t":1723161240000,"T":1723161299999,"s":"BTCUSDT","i":"1m","o":"1.0","h":"2.0","l":"0.5","c":"1.5","v":"0","x":${final}}}`;
    expect(normalise(kline(false))).toMatchObject([
      {
        kind: 'candle',
        timeframeMs: 60_000,
        final: false,
        candle: { open: 1, high: 2, low: 0.5, close: 1.5, volume: 0 },
      },
    ]);
    expect(normalise(kline(true))).toMatchObject([{ final: true }]);
  });

  it('reads mark price and funding rate', () => {
    const text =
      '{"e":"markPriceUpdate","E":1723161255208,"s":"BTCUSDT","p":"61800.12345678","i":"61800","r":"-0.00010000","T":1723190400000}';
    expect(normalise(text)).toMatchObject([
      { kind: 'funding-rate', markTicks: 6_180_012, rate: '-0.00010000', nextFundingMs: 1_723_190_400_000 },
    ]);
  });

  it('marks aggregated trades in their id', () => {
    const text =
      '{"e":"aggTrade","E":1723161255208,"s":"BTCUSDT","a":26129,"p":"1.01","q":"4.7","f":1,"l":2,"T":1723161255207,"m":false}';
    expect(normalise(text)).toMatchObject([
      { tradeId: 'a26129', aggressor: 'buy', priceTicks: 101, lots: 470_000 },
    ]);
  });

  it.each([
    ['price 0', trade('"t":1,"p":"0.00","q":"1"'), 'not-positive'],
    ['negative price', trade('"t":1,"p":"-1.00","q":"1"'), 'bad-number'],
    ['NaN', trade('"t":1,"p":"NaN","q":"1"'), 'bad-number'],
    ['Infinity', trade('"t":1,"p":"Infinity","q":"1"'), 'bad-number'],
    ['1e400', trade('"t":1,"p":"1e400","q":"1"'), 'bad-number'],
    ['1e400 as a JSON number', trade('"t":1,"p":1e400,"q":"1"'), 'bad-number'],
    ['null price', trade('"t":1,"p":null,"q":"1"'), 'bad-number'],
    ['price as an object', trade('"t":1,"p":{},"q":"1"'), 'bad-number'],
    ['comma', trade('"t":1,"p":"1,5","q":"1"'), 'bad-number'],
    ['empty price', trade('"t":1,"p":"","q":"1"'), 'bad-number'],
    ['only a point', trade('"t":1,"p":".","q":"1"'), 'bad-number'],
    ['point at the end', trade('"t":1,"p":"1.","q":"1"'), 'bad-number'],
    ['two points', trade('"t":1,"p":"1.0.0","q":"1"'), 'bad-number'],
    ['space', trade('"t":1,"p":" 1.0","q":"1"'), 'bad-number'],
    ['Arabic digits', trade('"t":1,"p":"١","q":"1"'), 'bad-number'],
    ['off the tick', trade('"t":1,"p":"1.001","q":"1"'), 'off-grid'],
    ['beyond 2^53 ticks', trade('"t":1,"p":"90071992547409.93","q":"1"'), 'too-large-number'],
    ['a million digits', trade(`"t":1,"p":"${'9'.repeat(1_000_000)}","q":"1"`), 'bad-number'],
    ['size 0', trade('"t":1,"p":"1.0","q":"0.0"'), 'not-positive'],
    ['no size', trade('"t":1,"p":"1.0"'), 'bad-number'],
    ['no id', trade('"p":"1.0","q":"1"'), 'bad-number'],
    ['negative id', trade('"t":-5,"p":"1.0","q":"1"'), 'bad-number'],
    ['no maker side', '{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":1,"p":"1","q":"1"}', 'missing-field'],
    ['insurance fund trade', trade('"t":1,"p":"0","q":"0","X":"NA"'), 'not-a-market-trade'],
    ['time of 1970', '{"e":"trade","E":5,"s":"BTCUSDT","T":5,"m":true,"t":1,"p":"1","q":"1"}', 'bad-time'],
    ['other symbol', goodTrade.replace('BTCUSDT', 'ETHUSDT'), 'unknown-symbol'],
    ['one bad level among good ones', depth('["1.00","1"],["abc","1"]'), 'bad-number'],
    ['level without size', depth('["1.00"]'), 'missing-field'],
    ['levels as an object', depth('').replace('"b":[]', '"b":{"0":["1","1"]}'), 'missing-field'],
    ['sequence as text', depth('').replace('"U":7', '"U":"7"'), 'bad-number'],
    ['sequence beyond 2^53', depth('').replace('"u":9', '"u":9007199254740993'), 'bad-number'],
    ['last before first', depth('').replace('"U":7', '"U":10'), 'bad-number'],
    ['a list', '[1,2]', 'missing-field'],
    ['null', 'null', 'missing-field'],
    ['no JSON', '<html>403</html>', 'not-json'],
    ['cut JSON', goodTrade.slice(0, -5), 'not-json'],
    [
      'the key __proto__',
      goodTrade.replace('"m":true', '"__proto__":{"polluted":true},"m":true'),
      'forbidden-key',
    ],
    [
      'the key __proto__, escaped',
      goodTrade.replace('"m":true', '"\\u005f\\u005fproto\\u005f\\u005f":{"polluted":true},"m":true'),
      'forbidden-key',
    ],
    ['100 000 levels deep', `{"e":"trade","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'too-deep'],
    [
      'brackets in a text only look deep',
      `{"e":"trade","x":"${'['.repeat(5_000)}\\"${'['.repeat(5_000)}"}`,
      'unknown-symbol-or-later',
    ],
    ['50 MB', `"${'x'.repeat(50_000_000)}"`, 'too-large'],
  ])('refuses %s', (_name, text, code) => {
    const found = codeOf(text);
    if (code === 'unknown-symbol-or-later') expect(['too-deep', 'not-json']).not.toContain(found);
    else expect(found).toBe(code);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(normalise(goodTrade)).toHaveLength(1);
  });

  it('lets acknowledgements pass without an event', () => {
    expect(normalise('{"result":null,"id":1}')).toEqual([]);
  });

  it('refuses a frame of 2 million levels before it is parsed', () => {
    const text = `{"e":"trade","x":${'['.repeat(2_000_000)}`;
    expect(codeOf(text)).toBe('too-deep');
  });
});

describe('Binance symbols', () => {
  it.each([
    ['BTCUSDT', 'spot', 'BTC/USDT'],
    ['ETHBTC', 'spot', 'ETH/BTC'],
    ['BTCFDUSD', 'spot', 'BTC/FDUSD'],
    ['1000SHIBUSDT', 'usdm', '1000SHIB/USDT:USDT'],
    ['BTCUSD_PERP', 'cm', 'BTC/USD:BTC'],
    ['BTCUSD_240927', 'cm', undefined],
    ['USDT', 'spot', undefined],
    ['../../etc', 'spot', undefined],
  ] as const)('%s of %s is %s', (symbol, market, unified) => {
    expect(unifyBinanceSymbol(symbol, market)?.symbol).toBe(unified);
  });
});
