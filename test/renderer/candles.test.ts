/** The history behind a chart and the window of it that the chart holds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextWindow, windowAround, windowMargin, windowMax } from '../../src/renderer/chart/candle-window.ts';
import { bollingerLine, exponentialAverage } from '../../src/renderer/chart/indicator-lines.ts';
import { timeframeOfText } from '../../src/renderer/chart/timeframe-text.ts';
import { CandleHistory } from '../../src/renderer/store/candle-history.ts';
import type { CandleView } from '../../src/shared/api/views.ts';

const minute = 60_000;
const candle = (at: number, close = 1): CandleView => [at * minute, 1, 2, 0.5, close, 10];
const times = (history: CandleHistory): number[] =>
  history.slice(0, history.length).map((row) => row[0] / minute);

describe('CandleHistory', () => {
  it('the candle in the making is replaced, closed ones are added, an older one is corrected', () => {
    const history = new CandleHistory(minute);
    history.replace([candle(1), candle(2)], true);
    expect(history.merge([candle(2, 5)])).toEqual({ kind: 'tail', from: 1 });
    expect(history.merge([candle(2, 6), candle(3)])).toEqual({ kind: 'tail', from: 1 });
    expect(history.merge([candle(1, 9)])).toEqual({ kind: 'tail', from: 0 });
    expect([times(history), history.at(0)?.[4], history.at(1)?.[4], history.hasHole]).toEqual([
      [1, 2, 3],
      9,
      6,
      false,
    ]);
  });
  it('a candle that does not follow the last is a hole', () => {
    const history = new CandleHistory(minute);
    history.replace([candle(1)], true);
    history.merge([candle(3)]);
    expect(history.hasHole).toBe(true);
    history.replace([candle(1), candle(2), candle(3)], true);
    expect(history.hasHole).toBe(false);
  });
  it('an unknown candle in the past is left out, not squeezed in', () => {
    const history = new CandleHistory(minute);
    history.replace([candle(1), candle(5)], true);
    expect(history.merge([candle(3)])).toEqual({ kind: 'none' });
  });
  it('older pages go in front; what is known already is left out; an empty page is the end', () => {
    const history = new CandleHistory(minute);
    history.replace([candle(5), candle(6)], false);
    expect(history.prepend([candle(3), candle(4), candle(5)], false)).toEqual({ kind: 'front', count: 2 });
    expect([times(history), history.isComplete]).toEqual([[3, 4, 5, 6], false]);
    expect(history.prepend([], false)).toEqual({ kind: 'none' });
    expect(history.isComplete).toBe(true);
  });
  it('finds the candle a time lies in', () => {
    const history = new CandleHistory(minute);
    history.replace([candle(5), candle(6), candle(9)], true);
    expect([4, 5, 5.5, 8, 100].map((at) => history.indexAt(at * minute))).toEqual([-1, 0, 0, 1, 2]);
  });
});

describe('the window', () => {
  it('holds the view and a margin, within the history', () => {
    expect(windowAround(99_850, 100_006, 100_000)).toEqual({ start: 99_850 - windowMargin, end: 100_000 });
    expect(windowAround(-40, 100, 100_000)).toEqual({ start: 0, end: 100 + windowMargin });
    expect(windowAround(-10, 5, 0)).toEqual({ start: 0, end: 0 });
  });
  it('stays while the view is well inside', () => {
    expect(nextWindow({ start: 1000, end: 2200 }, 1500, 1700, 100_000, false)).toBeNull();
  });
  it('moves when the view comes near an edge', () => {
    expect(nextWindow({ start: 1000, end: 2200 }, 1100, 1300, 100_000, false)).toEqual({
      start: 600,
      end: 1800,
    });
  });
  it('only grows while a person drags: cutting behind would move what is under the pointer', () => {
    expect(nextWindow({ start: 1000, end: 2200 }, 1100, 1300, 100_000, true)).toEqual({
      start: 600,
      end: 2200,
    });
  });
  it('for any view it holds all of what is visible and never much more', () => {
    const views = fc.tuple(fc.integer({ min: -300, max: 100_300 }), fc.integer({ min: 1, max: 1400 }));
    fc.assert(
      fc.property(views, ([from, width]) => {
        const { start, end } = windowAround(from, from + width, 100_000);
        expect(start).toBeLessThanOrEqual(Math.max(0, Math.min(from, 100_000)));
        expect(end).toBeGreaterThanOrEqual(Math.min(100_000, Math.max(0, from + width)));
        expect(end - start).toBeLessThanOrEqual(windowMax);
      }),
    );
  });
});

describe('indicator lines', () => {
  it('an exponential average starts with the simple one and moves 2/(n+1) of the way', () => {
    // 1, 2, 3 → 2; weight 1/2: 2 + (6 − 2)/2 = 4; 4 + (4 − 4)/2 = 4
    expect([...exponentialAverage(Float64Array.of(1, 2, 3, 6, 4), 3)]).toEqual([
      Number.NaN,
      Number.NaN,
      2,
      4,
      4,
    ]);
  });
  it('a Bollinger line lies population deviations from the mean', () => {
    // 2, 4, 4, 6: mean 4, variance (4 + 0 + 0 + 4) / 4 = 2
    const line = bollingerLine(Float64Array.of(2, 4, 4, 6), 4, 2);
    expect(line[3]).toBeCloseTo(4 + 2 * Math.SQRT2, 12);
    expect(line[2]).toBeNaN();
  });
});

it.each([
  ['15', '15m'],
  ['60', '1h'],
  ['4h', '4h'],
  ['1D', '1d'],
  ['1w', '1w'],
  ['7', null],
  ['h', null],
])('typing %s on the chart means %s', (text, timeframe) => {
  expect(timeframeOfText(text)).toBe(timeframe);
});
