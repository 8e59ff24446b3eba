import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CandleSeries } from '../../../src/engine/market/candle-series.ts';
import { epochMs } from '../../../src/shared/domain/nominal.ts';

const minute = 60_000;

describe('CandleSeries', () => {
  it('makes a candle from the tape and closes it when its time is over', () => {
    const series = new CandleSeries(minute);
    series.addTrade(minute + 5, 10, 1);
    series.addTrade(minute + 10, 12, 2);
    series.addTrade(minute + 59_999, 11, 3);
    expect(series.closeDue(2 * minute - 1)).toBeUndefined();
    expect(series.closeDue(2 * minute)).toEqual({
      openTimeMs: minute,
      open: 10,
      high: 12,
      low: 10,
      close: 11,
      volume: 6,
    });
    // A minute without a trade is flat at the last close.
    expect(series.closeDue(3 * minute)).toEqual({
      openTimeMs: 2 * minute,
      open: 11,
      high: 11,
      low: 11,
      close: 11,
      volume: 0,
    });
  });

  it('never changes a candle that is final', () => {
    const series = new CandleSeries(minute);
    series.addTrade(minute, 10, 1);
    series.closeDue(2 * minute);
    series.addTrade(minute + 30_000, 99, 1);
    expect(series.closed.at(-1)?.high).toBe(10);
    expect(series.current?.high).toBe(10);
  });

  it('opens the first traded candle after a flat one at its own price, not at the old close', () => {
    const series = new CandleSeries(minute);
    series.addTrade(minute, 10, 1);
    series.closeDue(2 * minute);
    series.addTrade(2 * minute + 1, 14, 1);
    expect(series.current).toMatchObject({ open: 14, high: 14, low: 14, volume: 1 });
  });

  it('goes on after seeded history and joins the minutes of its own bucket', () => {
    const series = new CandleSeries(5 * minute);
    series.seed([{ openTimeMs: epochMs(0), open: 1, high: 2, low: 1, close: 2, volume: 1 }]);
    series.absorb({ openTimeMs: epochMs(5 * minute), open: 3, high: 6, low: 3, close: 4, volume: 2 });
    series.absorb({ openTimeMs: epochMs(6 * minute), open: 4, high: 5, low: 2, close: 5, volume: 2 });
    series.addTrade(7 * minute, 9, 1);
    expect(series.closeDue(10 * minute)).toEqual({
      openTimeMs: 5 * minute,
      open: 3,
      high: 9,
      low: 2,
      close: 9,
      volume: 5,
    });
  });
});

describe('CandleSeries with trades around the end of a candle', () => {
  it('does not lose the candle in the making when the next one begins before it is final', () => {
    const series = new CandleSeries(minute);
    series.addTrade(minute + 5, 10, 1);
    series.addTrade(2 * minute + 100, 20, 2);
    // A late trade of the first minute still counts, within the grace.
    series.addTrade(minute + 59_900, 12, 4);
    series.addTrade(2 * minute + 300, 18, 3);
    expect(series.current).toMatchObject({ openTimeMs: 2 * minute, open: 20, low: 18, close: 18, volume: 5 });
    expect(series.closeDue(2 * minute)).toEqual({
      openTimeMs: minute,
      open: 10,
      high: 12,
      low: 10,
      close: 12,
      volume: 5,
    });
    series.addTrade(2 * minute + 400, 25, 1);
    expect(series.closeDue(3 * minute)).toEqual({
      openTimeMs: 2 * minute,
      open: 20,
      high: 25,
      low: 18,
      close: 25,
      volume: 6,
    });
  });

  it('puts a flat candle between one that ends and one that was begun later', () => {
    const series = new CandleSeries(minute);
    series.addTrade(minute, 10, 1);
    series.addTrade(3 * minute, 30, 1);
    series.closeDue(4 * minute);
    series.closeDue(4 * minute);
    series.closeDue(4 * minute);
    expect(series.closed.map((candle) => [candle.openTimeMs / minute, candle.close, candle.volume])).toEqual([
      [1, 10, 1],
      [2, 10, 0],
      [3, 30, 1],
    ]);
  });

  it('keeps every trade that comes within the grace, in any order, in its own candle', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 * minute - 1 }), { minLength: 1, maxLength: 60 }),
        (times) => {
          const series = new CandleSeries(minute);
          series.addTrade(0, 1, 1);
          for (const timeMs of times) series.addTrade(timeMs, timeMs + 1, 1);
          for (let end = minute; end <= 5 * minute; end += minute) series.closeDue(end);
          for (let bucket = 0; bucket < 5; bucket += 1) {
            const inside = times.filter((timeMs) => Math.floor(timeMs / minute) === bucket);
            const expected = inside.length + (bucket === 0 ? 1 : 0);
            expect(series.closed[bucket]?.volume).toBe(expected);
            if (inside.length > 0) expect(series.closed[bucket]?.high).toBe(Math.max(...inside) + 1);
          }
        },
      ),
    );
  });

  it('warms up from both sides of what is there already', () => {
    const candle = (index: number) => ({
      openTimeMs: epochMs(index * minute),
      open: 1,
      high: 1,
      low: 1,
      close: 1,
      volume: 1,
    });
    const series = new CandleSeries(minute);
    series.seed([5, 6].map(candle));
    series.seed([2, 3, 4, 5, 6, 7, 8].map(candle));
    expect(series.closed.map(({ openTimeMs }) => openTimeMs / minute)).toEqual([2, 3, 4, 5, 6]);
  });
});
