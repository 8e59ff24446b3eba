import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../../src/adapters/venues/normalise/refusal.ts';
import {
  unifiedBook,
  unifiedCandle,
  unifiedQuote,
  unifiedTrade,
} from '../../../../src/adapters/venues/normalise/unified.ts';
import { epochMs, instrumentId } from '../../../../src/shared/domain/nominal.ts';

const target = {
  instrument: instrumentId('kraken', 'BTC/USD'),
  priceGrid: { scale: 1, units: 1 },
  lotGrid: { scale: 8, units: 1 },
};
const nowMs = epochMs(1_723_161_255_000);
const book = (fields: object) =>
  unifiedBook(
    { bids: [[100.1, 1]], asks: [[100.2, 2]], timestamp: 1_723_161_254_000, ...fields },
    target,
    50,
    7,
    nowMs,
  );
const trade = (fields: object) =>
  unifiedTrade(
    { id: '5', price: 100.1, amount: 0.5, side: 'buy', timestamp: 1_723_161_254_000, ...fields },
    target,
    nowMs,
    () => 'made-up',
  );

function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('unified book', () => {
  it('becomes a snapshot in ticks and lots', () => {
    expect(book({})).toEqual({
      kind: 'book-snapshot',
      instrument: 'kraken:BTC/USD',
      venueTimeMs: 1_723_161_254_000,
      receiveTimeMs: nowMs,
      sequence: 7,
      bids: [1_001, 100_000_000],
      asks: [1_002, 200_000_000],
    });
  });

  it('is cut to the depth asked for', () => {
    const bids = Array.from({ length: 200 }, (_, index) => [100 - index / 10, 1]);
    expect(unifiedBook({ bids, asks: [] }, target, 50, 1, nowMs).bids.length).toBe(100);
  });

  it.each([
    ['empty', { bids: [], asks: [] }, 0, 0],
    ['one-sided', { asks: [] }, 2, 0],
    ['crossed', { bids: [[100.3, 1]] }, 2, 2],
  ])('passes on a book that is %s as it is', (_name, fields, bids, asks) => {
    const event = book(fields);
    expect([event.bids.length, event.asks.length]).toEqual([bids, asks]);
  });

  it('puts a level between two ticks where it is worse for the taker, and adds up what falls together', () => {
    expect(
      book({
        bids: [
          [100.19, 1],
          [100.11, 2],
        ],
        asks: [
          [100.21, 1],
          [100.3, 3],
        ],
      }),
    ).toMatchObject({
      bids: [1_001, 300_000_000],
      asks: [1_003, 400_000_000],
    });
  });

  it('leaves out levels without size', () => {
    expect(
      book({
        bids: [
          [100.1, 0],
          [100, 1],
        ],
      }).bids,
    ).toEqual([1_000, 100_000_000]);
  });

  it.each([
    ['NaN price', { bids: [[Number.NaN, 1]] }, 'bad-number'],
    ['infinite price', { bids: [[Number.POSITIVE_INFINITY, 1]] }, 'bad-number'],
    ['price 0', { bids: [[0, 1]] }, 'not-positive'],
    ['negative price', { bids: [[-100, 1]] }, 'not-positive'],
    ['price below a tick', { bids: [[0.04, 1]] }, 'not-positive'],
    ['price as text', { bids: [['100', 1]] }, 'bad-number'],
    ['size null', { bids: [[100, null]] }, 'bad-number'],
    ['negative size', { bids: [[100, -1]] }, 'not-positive'],
    ['size beyond 2^53 lots', { bids: [[100, 1e12]] }, 'too-large-number'],
    ['no list', { bids: {} }, 'missing-field'],
    ['no level', { bids: [null] }, 'missing-field'],
    ['time of 1970', { timestamp: 5 }, 'bad-time'],
    ['infinite time', { timestamp: Number.POSITIVE_INFINITY }, 'bad-time'],
  ])('refuses %s', (_name, fields, code) => {
    expect(codeOf(() => book(fields))).toBe(code);
  });
});

describe('unified trade', () => {
  it('becomes a trade', () => {
    expect(trade({})).toMatchObject({
      kind: 'trade',
      tradeId: '5',
      priceTicks: 1_001,
      lots: 50_000_000,
      aggressor: 'buy',
      venueTimeMs: 1_723_161_254_000,
    });
  });

  it('keeps long ids as text and names a trade that has none', () => {
    expect(trade({ id: '9223372036854775807' }).tradeId).toBe('9223372036854775807');
    expect(trade({ id: undefined }).tradeId).toBe('made-up');
    expect(trade({ id: 2 ** 60 }).tradeId).toBe('made-up');
  });

  it('takes the receive time where the venue gives none', () => {
    expect(trade({ timestamp: undefined }).venueTimeMs).toBe(nowMs);
  });

  it.each([
    ['price 0', { price: 0 }, 'not-positive'],
    ['price undefined', { price: undefined }, 'bad-number'],
    ['1e400', { price: Number('1e400') }, 'bad-number'],
    ['amount 0', { amount: 0 }, 'not-positive'],
    ['dust', { amount: 1e-9 }, 'not-positive'],
    ['no side', { side: undefined }, 'missing-field'],
    ['time NaN', { timestamp: Number.NaN }, 'bad-time'],
  ])('refuses %s', (_name, fields, code) => {
    expect(codeOf(() => trade(fields))).toBe(code);
  });
});

describe('unified ticker', () => {
  it('becomes a quote; sizes may be absent', () => {
    expect(unifiedQuote({ bid: 100.1, ask: 100.2, bidVolume: 2 }, target, nowMs)).toMatchObject({
      bidTicks: 1_001,
      bidLots: 200_000_000,
      askTicks: 1_002,
      askLots: 0,
    });
  });

  it.each([[{ bid: 100.1 }], [{ bid: null, ask: 1 }], [{ bid: 0, ask: 1 }], [null]])(
    'refuses %j',
    (ticker) => {
      expect(codeOf(() => unifiedQuote(ticker, target, nowMs))).not.toBe('accepted');
    },
  );
});

describe('unified candle', () => {
  const row = [1_723_161_240_000, 1, 3, 0.5, 2, 7];
  it('becomes a candle', () => {
    expect(unifiedCandle(row)).toEqual({
      openTimeMs: 1_723_161_240_000,
      open: 1,
      high: 3,
      low: 0.5,
      close: 2,
      volume: 7,
    });
    expect(unifiedCandle(row.with(5, 0)).volume).toBe(0);
  });

  it.each([
    ['time 0', row.with(0, 0), 'bad-time'],
    ['NaN', row.with(1, Number.NaN), 'bad-number'],
    ['price 0', row.with(3, 0), 'not-positive'],
    ['negative volume', row.with(5, -1), 'not-positive'],
    ['high below close', row.with(2, 1.5), 'bad-number'],
    ['low above open', row.with(3, 1.5), 'bad-number'],
    ['too short', row.slice(0, 3), 'bad-number'],
    ['no list', {}, 'missing-field'],
  ])('refuses %s', (_name, candle, code) => {
    expect(codeOf(() => unifiedCandle(candle))).toBe(code);
  });
});
