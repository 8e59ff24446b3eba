import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createIndicators } from '../../../src/adapters/compute/indicators.ts';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { failureOf } from './support.ts';

const addon = loadNative();
const indicators = createIndicators(addon);
const nan = Number.NaN;
const macdPeriods = { fast: 12, slow: 26, signal: 9 };

describe('columns, worked by hand', () => {
  test('sma', () => {
    expect([...indicators.sma(Float64Array.of(1, 2, 3, 7, 5, 0), 3)]).toEqual([nan, nan, 2, 4, 5, 4]);
  });

  test('ema: seed (2 + 4 + 6) / 3, then half of each difference', () => {
    expect([...indicators.ema(Float64Array.of(2, 4, 6, 10, 7, 1), 3)]).toEqual([nan, nan, 4, 7, 7, 4]);
  });

  test('rsi: averages 2 and 0.25, then 1 and 2.125; a market that does not move is neutral', () => {
    const found = indicators.rsi(Float64Array.of(10, 12, 11, 14, 10), 2);
    expect([...found.slice(0, 2)]).toEqual([nan, nan]);
    expect(found[3]).toBeCloseTo(800 / 9, 12);
    expect(found[4]).toBeCloseTo(32, 12);
    expect([...indicators.rsi(Float64Array.of(5, 5, 5, 5), 2)]).toEqual([nan, nan, 50, 50]);
  });

  test('atr: true ranges 3, 5, 5, 5', () => {
    const bars = {
      high: Float64Array.of(10, 12, 16, 12, 16),
      low: Float64Array.of(8, 9, 15, 10, 12),
      close: Float64Array.of(9, 11, 15, 11, 13),
    };
    expect([...indicators.atr(bars, 2)]).toEqual([nan, nan, 4, 4.5, 4.75]);
  });

  test('bollinger: mean 5, population deviation 2', () => {
    const { upper, middle, lower } = indicators.bollinger(Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9), 8, 2);
    expect([upper[7], middle[7], lower[7]]).toEqual([9, 5, 1]);
    expect(upper[6]).toBeNaN();
  });

  test('macd: slow average 6, 9, 6, 8', () => {
    const { macd, signal, histogram } = indicators.macd(Float64Array.of(3, 6, 9, 12, 3, 10), {
      fast: 1,
      slow: 3,
      signal: 3,
    });
    expect([...macd]).toEqual([nan, nan, 3, 3, -3, 2]);
    expect([...signal]).toEqual([nan, nan, nan, nan, 1, 1.5]);
    expect([...histogram]).toEqual([nan, nan, nan, nan, -4, 0.5]);
  });

  test('a hole restarts the warm-up', () => {
    expect([...indicators.sma(Float64Array.of(1, 3, nan, 5, 7), 2)]).toEqual([nan, 2, nan, nan, 6]);
  });
});

test('streams give the bits of the columns', () => {
  const price = fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 1, max: 10_000_000 }).map((cents) => cents / 100) },
    { weight: 1, arbitrary: fc.constantFrom(nan, Number.POSITIVE_INFINITY, 0, -5) },
  );
  fc.assert(
    fc.property(fc.array(price, { maxLength: 200 }), fc.integer({ min: 2, max: 20 }), (prices, period) => {
      const column = Float64Array.from(prices);
      const sma = indicators.smaStream(period);
      expect(prices.map((value) => sma.update(value))).toEqual([...indicators.sma(column, period)]);
      const ema = indicators.emaStream(period);
      expect(prices.map((value) => ema.update(value))).toEqual([...indicators.ema(column, period)]);
      const rsi = indicators.rsiStream(period);
      expect(prices.map((value) => rsi.update(value))).toEqual([...indicators.rsi(column, period)]);
      const atr = indicators.atrStream(period);
      const bars = { high: column, low: column, close: column };
      expect(prices.map((value) => atr.update(value, value, value))).toEqual([
        ...indicators.atr(bars, period),
      ]);
      const bollinger = indicators.bollingerStream(period, 2);
      const bands = indicators.bollinger(column, period, 2);
      expect(prices.map((value) => bollinger.update(value).lower)).toEqual([...bands.lower]);
      const macd = indicators.macdStream({ fast: period - 1, slow: period, signal: 3 });
      const lines = indicators.macd(column, { fast: period - 1, slow: period, signal: 3 });
      expect(prices.map((value) => macd.update(value).histogram)).toEqual([...lines.histogram]);
    }),
    { numRuns: 40 },
  );
});

test('streams tell their warm-up and start again after a reset', () => {
  const ema = indicators.emaStream(2);
  expect(ema.warmUpBars).toBe(1);
  expect([ema.update(1), ema.update(3)]).toEqual([nan, 2]);
  ema.reset();
  expect([ema.update(5), ema.update(7)]).toEqual([nan, 6]);
  expect(indicators.macdStream(macdPeriods).warmUpBars).toBe(33);
});

const column = new Float64Array(10);
test.each([
  ['period zero', () => indicators.sma(column, 0), /period must be between 1 and 1048576, got 0/],
  ['period of one and a half', () => indicators.ema(column, 1.5), /whole number.*got 1\.5/],
  ['period NaN', () => indicators.rsi(column, nan), /whole number.*got NaN/],
  ['negative period', () => indicators.smaStream(-1), /whole number.*got -1/],
  ['period 1e400', () => indicators.emaStream(Number.POSITIVE_INFINITY), /whole number.*got inf/],
  ['period beyond 2^32', () => indicators.sma(column, 2 ** 33), /whole number/],
  ['period as a text', () => indicators.sma(column, '20' as unknown as number), /String/],
  ['plain array', () => indicators.sma([1, 2, 3] as unknown as Float64Array, 2), /TypedArray/],
  ['32-bit array', () => indicators.sma(new Float32Array(9) as unknown as Float64Array, 2), /Expected/],
  ['negative width', () => indicators.bollinger(column, 20, -1), /multiplier must be a finite number/],
  [
    'fast not faster',
    () => indicators.macd(column, { ...macdPeriods, fast: 26 }),
    /must be smaller than the slow/,
  ],
  [
    'short column',
    () => indicators.atr({ high: column, low: column.subarray(1), close: column }, 2),
    /low has 9 rows/,
  ],
])('a wrong call is refused: %s', async (_, call, message) => {
  const failure = await failureOf(call);
  expect(failure).toEqual({ code: 'BAD_ARGUMENT', message: expect.stringMatching(message) });
});

test('an output that shares memory with an input is refused', () => {
  const shared = new Float64Array(10);
  expect(() => addon.smaBatch(shared, 2, shared)).toThrow(/must not share memory/);
  expect(() => addon.smaBatch(shared.subarray(0, 5), 2, shared.subarray(4, 9))).toThrow(
    /must not share memory/,
  );
  expect(() => addon.smaBatch(shared.subarray(0, 5), 2, shared.subarray(5, 10))).not.toThrow();
});
