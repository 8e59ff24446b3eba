/** The columns of the equity plot. */

import { expect, it } from 'vitest';
import { equityColumns } from '../../../src/renderer/lab/equity-columns.ts';
import type { BacktestReportView } from '../../../src/shared/api/lab-views.ts';

const dayMs = 86_400_000;
const report = (days: number, toMs: number) => {
  const column = (value: number) => Array.from({ length: days }, () => value);
  const daily = { firstDayMs: 0, equity: column(110), underwater: column(-0.1), benchmark: column(50) };
  return { fromMs: 0, toMs, startEquity: 100, daily } as unknown as BacktestReportView;
};

it('draws a long run by day beside what holding would have done', () => {
  expect(equityColumns(report(3, 3 * dayMs), [100, 120, 90])).toEqual([
    [86_400, 172_800, 259_200],
    [110, 110, 110],
    [-10, -10, -10],
    [100, 100, 100],
  ]);
});

it('draws a run of minutes along its own points', () => {
  // Three candles of a minute: their closes. From the peak of 120 to 90 it falls by a quarter.
  expect(equityColumns(report(1, 180_000), [100, 120, 90])).toEqual([
    [60, 120, 180],
    [100, 120, 90],
    [0, 0, -25],
    [null, null, null],
  ]);
});
