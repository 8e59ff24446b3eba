import { basename, dirname, sep } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { candlePath, parseCandlePath } from '../../../src/adapters/compute/candle-path.ts';
import { failureOf } from './support.ts';

test.each([
  ['a perpetual', 'binance', 'BTC/USDT:USDT', 60_000, 'binance/BTC%2FUSDT%3AUSDT.1m.candles'],
  ['four hours', 'kraken', 'ETH/EUR', 14_400_000, 'kraken/ETH%2FEUR.4h.candles'],
  ['a week', 'sim-a', 'SOL_USD', 604_800_000, 'sim-a/SOL_USD.7d.candles'],
  ['odd milliseconds', 'sim-a', 'X', 1500, 'sim-a/X.1500ms.candles'],
  ['a way out', '..', '../../etc/passwd', 1000, '%2E%2E/%2E%2E%2F%2E%2E%2Fetc%2Fpasswd.1s.candles'],
  ['a device of Windows', 'aux', 'CON', 60_000, '%61ux/%43ON.1m.candles'],
  ['other scripts', 'v', '币', 60_000, 'v/%E5%B8%81.1m.candles'],
])('%s', (_, venue, symbol, timeframeMs, expected) => {
  expect(candlePath('/data', { venue, symbol, timeframeMs })).toBe(
    ['', 'data', ...expected.split('/')].join(sep),
  );
});

test('every name comes back, stays in its folder, and no two share a file', () => {
  const name = fc.string({ minLength: 1, maxLength: 20, unit: 'binary' });
  const series = fc.record({ venue: name, symbol: name, timeframeMs: fc.integer({ min: 1, max: 10 ** 9 }) });
  fc.assert(
    fc.property(series, (id) => {
      const path = candlePath('/data', id);
      expect(path.split(sep)).toHaveLength(4);
      expect(path).toMatch(/^[A-Za-z0-9_%./\\-]+$/);
      expect(parseCandlePath(basename(dirname(path)), basename(path))).toEqual(id);
    }),
  );
});

test.each([
  ['not ours', 'binance', 'notes.txt'],
  ['no timeframe', 'binance', 'BTC.candles'],
  ['being written', 'binance', 'BTC.1m.candles.tmp'],
  ['written otherwise', 'binance', 'BTC%2fUSDT.1m.candles'],
  ['broken encoding', 'binance', 'BTC%ZZ.1m.candles'],
  ['zero', 'binance', 'BTC.0m.candles'],
])('a file that is %s is no series', (_, venue, file) => {
  expect(parseCandlePath(venue, file)).toBeUndefined();
});

test.each([
  ['empty symbol', { venue: 'v', symbol: '', timeframeMs: 1 }, /symbol must be a text/],
  ['half a surrogate pair', { venue: 'v', symbol: '\uD800', timeframeMs: 1 }, /symbol must be a text/],
  ['too long', { venue: 'v'.repeat(300), symbol: 'x', timeframeMs: 1 }, /venue is too long/],
  ['timeframe zero', { venue: 'v', symbol: 'x', timeframeMs: 0 }, /timeframeMs/],
  ['timeframe NaN', { venue: 'v', symbol: 'x', timeframeMs: Number.NaN }, /timeframeMs/],
])('%s is refused', async (_, series, message) => {
  const failure = await failureOf(() => candlePath('/data', series));
  expect(failure).toEqual({ code: 'BAD_ARGUMENT', message: expect.stringMatching(message) });
});
