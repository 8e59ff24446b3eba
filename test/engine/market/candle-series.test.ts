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
