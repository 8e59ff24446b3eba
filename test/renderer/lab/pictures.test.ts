/** What the pictures of the Lab are drawn from, and the words beside them. */
import { describe, expect, it } from 'vitest';
import { bestOf, comparedColumns } from '../../../src/renderer/lab/compared.ts';
import { heatCells } from '../../../src/renderer/lab/heat-map.tsx';
import { histogram } from '../../../src/renderer/lab/histogram.ts';
import { historyColumns } from '../../../src/renderer/lab/history-columns.ts';
import { rankWords } from '../../../src/renderer/lab/monte-carlo-result.ts';
import { parallelAxes } from '../../../src/renderer/lab/parallel-coordinates.tsx';
import { plateauWords } from '../../../src/renderer/lab/sensitivity.tsx';
import { tradeMarks } from '../../../src/renderer/lab/trade-marks.ts';
import type { BacktestSummaryView, BacktestTradeView } from '../../../src/shared/api/lab-views.ts';
import type { CandleView } from '../../../src/shared/api/views.ts';
import type { TrialRow } from '../../../src/shared/lab/study.ts';

function trial(number: number, values: TrialRow['values'], objective: number | null): TrialRow {
  return {
    number,
    values,
    state: 'complete',
    objectives: objective === null ? null : [objective],
    metrics: {},
    interim: [],
    message: null,
  };
}

describe('a histogram', () => {
  it('counts in bins of one width, the highest value in the last, the mark inside the range', () => {
    // Nine values make three bins of 2 from 0 to 6.
    expect(histogram([0, 1, 1.9, 2, 3, 4, 5, 5.5, 6], 1)).toEqual({
      bins: [3, 2, 4],
      low: 0,
      high: 6,
      most: 4,
    });
    expect(histogram([0, 1, 2, 3], 7)).toEqual({ bins: [4, 0], low: 0, high: 7, most: 4 });
    expect(histogram([5], 5)).toMatchObject({ bins: [1], low: 5 });
  });
});

describe('the heat map', () => {
  const trials = [
    trial(0, { fast: 20, slow: 50 }, 1),
    trial(1, { fast: 10, slow: 50 }, 2),
    trial(2, { fast: 10, slow: 50 }, 3),
    trial(3, { fast: 10, slow: 60 }, -1),
    trial(4, { fast: 20, slow: 60 }, null),
  ];

  it('keeps the best of each pair and leaves empty what has no score', () => {
    const map = heatCells(trials, 'fast', 'slow', true);
    expect(map).toEqual({
      across: ['10', '20'],
      down: ['50', '60'],
      values: [
        [3, 1],
        [-1, null],
      ],
    });
    expect(heatCells(trials, 'fast', 'slow', false).values[0]).toEqual([2, 1]);
  });

  it('puts many values into sixteen ranges of equal width', () => {
    const many = Array.from({ length: 33 }, (_none, at) => trial(at, { fast: at, slow: 1 }, at));
    const map = heatCells(many, 'fast', 'slow', true);
    // Ranges of two from 0 to 32: the first is 0 and 1, the last 30, 31 and 32.
    expect(map.across.slice(0, 2)).toEqual(['1', '3']);
    expect(map.values[0]).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 32]);
  });
});

it('parallel axes run from the lowest value at the foot to the highest', () => {
  const trials = [trial(0, { fast: 10, kind: 'ema' }, 1), trial(1, { fast: 30, kind: 'sma' }, 1)];
  const [fast, kind] = parallelAxes(trials, ['fast', 'kind']);
  // 1000 by 200 with 60 at the sides, 24 above and below.
  expect([fast?.x, fast?.low, fast?.high]).toEqual([60, '10', '30']);
  expect([fast?.y(10), fast?.y(20), fast?.y(30)]).toEqual([176, 100, 24]);
  expect([kind?.x, kind?.low, kind?.high]).toEqual([940, 'ema', 'sma']);
  expect([kind?.y('ema'), kind?.y('sma')]).toEqual([176, 24]);
});

it('the history of a study carries the best so far, also over trials without a score', () => {
  const trials = [trial(0, {}, null), trial(1, {}, 2), trial(2, {}, 1), trial(3, {}, null), trial(4, {}, 3)];
  expect(historyColumns(trials, true)).toEqual([
    [0, 1, 2, 3, 4],
    [null, 2, 1, null, 3],
    [null, 2, 2, 2, 3],
  ]);
  expect(historyColumns(trials, false)[2]).toEqual([null, 2, 1, 1, 1]);
});

describe('runs side by side', () => {
  const run = (fromMs: number, toMs: number, spark: number[], startEquity: number): BacktestSummaryView =>
    ({ fromMs, toMs, spark, startEquity }) as unknown as BacktestSummaryView;

  it('start at 100 and keep their own times', () => {
    expect(comparedColumns([run(0, 10_000, [200, 225, 250], 200), run(5000, 15_000, [50, 40], 50)])).toEqual([
      [0, 5, 10, 15],
      [100, 112.5, 125, null],
      [null, 100, null, 80],
    ]);
  });

  it('mark the one best value', () => {
    expect(bestOf([1, 3, 2], 'higher')).toBe(1);
    expect(bestOf([1, null, 2], 'lower')).toBe(0);
    expect(bestOf([2, 2, 1], 'higher')).toBe(-1);
    expect(bestOf([1, 2], 'none')).toBe(-1);
    expect(bestOf([null, null], 'higher')).toBe(-1);
  });
});

describe('marks of trades', () => {
  const colours = { up: 'up', down: 'down' };
  const hourMs = 3_600_000;
  const candles = [0, 1, 2, 3].map((hour): CandleView => [hour * hourMs, 1, 1, 1, 1, 1]);
  const trade = (side: 'long' | 'short', from: number, to: number, profit: number): BacktestTradeView =>
    ({ side, entryTimeMs: from * hourMs, exitTimeMs: to * hourMs, profit }) as BacktestTradeView;

  it('stand at the candle of entry and exit, in order of time', () => {
    const marks = tradeMarks(
      [trade('long', 1.5, 3, -1), trade('short', 0, 1, 2)],
      { candles, timeframeMs: hourMs },
      colours,
    );
    expect(marks).toEqual([
      { time: 0, position: 'aboveBar', shape: 'arrowDown', color: 'down' },
      { time: 3600, position: 'belowBar', shape: 'arrowUp', color: 'up' },
      { time: 3600, position: 'belowBar', shape: 'circle', color: 'up' },
      { time: 10_800, position: 'aboveBar', shape: 'circle', color: 'down' },
    ]);
  });

  it('leave out what lies elsewhere, and all of them when there are too many to tell apart', () => {
    const shown = { candles, timeframeMs: hourMs };
    expect(tradeMarks([trade('long', 4, 5, 1)], shown, colours)).toEqual([]);
    const many = (count: number) => Array.from({ length: count }, () => trade('long', 0, 1, 1));
    expect(tradeMarks(many(200), shown, colours)).toHaveLength(400);
    expect(tradeMarks(many(201), shown, colours)).toEqual([]);
  });

  it('do not mark an entry or exit beyond the edge as if it were at the edge', () => {
    const marks = tradeMarks([trade('long', -5, 2, 1)], { candles, timeframeMs: hourMs }, colours);
    expect(marks).toEqual([{ time: 7200, position: 'aboveBar', shape: 'circle', color: 'up' }]);
  });
});

describe('words', () => {
  it('say whether a setting stands on a plateau', () => {
    expect(plateauWords(0.7)).toMatch(/^A plateau/);
    expect(plateauWords(0.5)).toMatch(/^Mixed/);
    expect(plateauWords(0.34)).toMatch(/^A needle/);
    expect(plateauWords(null)).toMatch(/no score/);
  });

  it('say where the original lies among the runs', () => {
    expect(rankWords({ finalRank: 0.96, drawdownRank: 0.9 })).toMatch(/owes much to luck/);
    expect(rankWords({ finalRank: 0.5, drawdownRank: 0.82 })).toMatch(/^In 82 % of the runs/);
    expect(rankWords({ finalRank: null, drawdownRank: 0.5 })).toMatch(/within what chance gives/);
  });
});
