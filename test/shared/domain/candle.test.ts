import { describe, expect, it } from 'vitest';
import { CandleSeries } from '../../../src/engine/market/candle-series.ts';
import { TimeframeBucket } from '../../../src/engine/simulation/candles/timeframe-bucket.ts';
import { bucketOpenMs } from '../../../src/shared/domain/candle.ts';
import { epochMs } from '../../../src/shared/domain/nominal.ts';
import { nextCloseMs } from '../../../src/strategies/common/candle-catch-up.ts';

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
/** 2024-01-01 was a Monday. */
const mondayMs = Date.UTC(2024, 0, 1);

describe('the grid of candles', () => {
  it.each([
    ['an hour inside a day', Date.UTC(2024, 0, 3, 5, 59, 59), 3_600_000, Date.UTC(2024, 0, 3, 5)],
    ['a week from its first moment', mondayMs, weekMs, mondayMs],
    ['a week to its last moment', mondayMs + weekMs - 1, weekMs, mondayMs],
    ['a Thursday, with which the first week of the epoch began', Date.UTC(2024, 0, 4), weekMs, mondayMs],
    ['before the first Monday', 0, weekMs, Date.UTC(1969, 11, 29)],
    ['two weeks', Date.UTC(1970, 0, 18), 2 * weekMs, Date.UTC(1970, 0, 5)],
  ])('%s', (_name, timeMs, lengthMs, openMs) => {
    expect(bucketOpenMs(timeMs, lengthMs)).toBe(openMs);
  });

  it('a strategy hears the close of a week when Monday begins', () => {
    expect(nextCloseMs(Date.UTC(2024, 0, 4), weekMs)).toBe(mondayMs + weekMs);
  });

  it('days of a backtest join to weeks from Monday to Sunday', () => {
    const bucket = new TimeframeBucket(weekMs);
    const told = [];
    // From Thursday 2023-12-28 on: the week they fall into lacks its beginning and is not told.
    for (let day = -4; day < 14; day += 1) {
      const openMs = mondayMs + day * dayMs;
      const price = 100 + day;
      const candle = {
        openTimeMs: epochMs(openMs),
        open: price,
        high: price + 2,
        low: price - 2,
        close: price + 1,
        volume: 3,
      };
      const longer = bucket.add(candle, openMs + dayMs, openMs + dayMs);
      if (longer !== undefined) told.push(longer);
    }
    expect(told).toEqual([
      { openTimeMs: mondayMs, open: 100, high: 108, low: 98, close: 107, volume: 21 },
      { openTimeMs: mondayMs + weekMs, open: 107, high: 115, low: 105, close: 114, volume: 21 },
    ]);
  });

  it('trades of a live market join to the same weeks', () => {
    const series = new CandleSeries(weekMs);
    series.addTrade(mondayMs + weekMs - 1, 10, 1);
    expect(series.current?.openTimeMs).toBe(mondayMs);
  });
});
