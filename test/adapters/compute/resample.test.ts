import { expect, test } from 'vitest';
import { candlesOf, columnsOf } from '../../../src/adapters/compute/candle-columns.ts';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { resampleCandles } from '../../../src/adapters/compute/resample.ts';
import { epochMs } from '../../../src/shared/domain/nominal.ts';
import { minuteMs, minutes } from './series.ts';
import { failureOf } from './support.ts';

const addon = loadNative();
const candle = (minute: number, open: number, high: number, low: number, close: number, volume: number) => ({
  openTimeMs: epochMs(minute * minuteMs),
  open,
  high,
  low,
  close,
  volume,
});

test('minutes become five-minute candles; holes invent nothing', () => {
  const source = columnsOf([
    candle(3, 10, 12, 9, 11, 1),
    candle(4, 11, 11.5, 8, 8.5, 2),
    candle(10, 9, 9.5, 9, 9.25, 4),
    candle(11, 9.25, 20, 9, 9.5, 8),
    candle(13, 9, 9, 1, 2, 16),
    candle(14, 2, 3, 2, 3, 32),
  ]);
  const made = resampleCandles(addon, source, minuteMs, 5 * minuteMs);
  expect(candlesOf(made.columns)).toEqual([candle(0, 10, 12, 8, 8.5, 3), candle(10, 9, 20, 1, 3, 60)]);
  expect([...made.sources]).toEqual([2, 4]);
  expect(made).toMatchObject({ lastIsProvisional: false, firstIsPartial: true });
});

test.each([
  ['complete', 10, false, false],
  ['last source candle still open', 10, true, true],
  ['last source candle missing', 9, false, true],
])('the last row is final only when nothing can change it: %s', (_, end, provisional, expected) => {
  const made = resampleCandles(addon, minutes(0, end), minuteMs, 5 * minuteMs, provisional);
  expect(made.lastIsProvisional).toBe(expected);
  expect(made.firstIsPartial).toBe(false);
});

test('nothing from nothing', () => {
  expect(resampleCandles(addon, minutes(0, 0), minuteMs, 5 * minuteMs).columns.close).toHaveLength(0);
});

test.each([
  ['not a multiple', minuteMs, 90_000, 'BAD_ROWS', /not a multiple/],
  ['shorter', minuteMs, 30_000, 'BAD_ROWS', /not a multiple/],
  ['NaN', minuteMs, Number.NaN, 'BAD_ARGUMENT', /whole milliseconds/],
  ['off the grid', 7 * minuteMs, 14 * minuteMs, 'BAD_ROWS', /row 1: time 60000 is not on the grid/],
])('a wrong call is refused: %s', async (_, fromMs, toMs, code, message) => {
  const failure = await failureOf(() => resampleCandles(addon, minutes(0, 10), fromMs, toMs));
  expect(failure).toEqual({ code, message: expect.stringMatching(message) });
});

test('rows that are no series are refused with row and reason', async () => {
  const source = minutes(0, 10);
  source.close[4] = Number.NaN;
  const failure = await failureOf(() => resampleCandles(addon, source, minuteMs, 5 * minuteMs));
  expect(failure).toEqual({ code: 'BAD_ROWS', message: expect.stringMatching(/^row 4 .*close is NaN/) });
});
