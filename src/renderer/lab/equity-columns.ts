/** The columns of the equity plot: a long run day by day, a short one along its own points. */

import type uPlot from 'uplot';
import type { BacktestReportView } from '../../shared/api/lab-views.ts';

const dayMs = 86_400_000;

/** Fewer days than this make no line. */
const fewestDays = 3;

/**
 * Gives times in seconds, equity, fall in percent, and the benchmark as the same money would have stood. A run of a few days is
 * drawn along `points`, its equity in even steps from the first candle to the last, without the benchmark.
 */
export function equityColumns(report: BacktestReportView, points: readonly number[]): uPlot.AlignedData {
  const { daily, startEquity } = report;
  if (daily.equity.length < fewestDays && points.length > 1) return shortColumns(report, points);
  const first = daily.benchmark.find((price) => price !== null);
  return [
    daily.equity.map((_value, day) => (daily.firstDayMs + (day + 1) * dayMs) / 1000),
    daily.equity,
    daily.underwater.map((fall) => (fall === null ? null : fall * 100)),
    daily.equity.map((_value, day) => {
      const price = daily.benchmark[day] ?? null;
      return price === null || first === undefined || first === null ? null : (price / first) * startEquity;
    }),
  ];
}

function shortColumns(
  { fromMs, startEquity, toMs }: BacktestReportView,
  points: readonly number[],
): uPlot.AlignedData {
  let peak = startEquity;
  const falls = points.map((equity) => {
    peak = Math.max(peak, equity);
    return peak > 0 ? (equity / peak - 1) * 100 : null;
  });
  const stepMs = (toMs - fromMs) / points.length;
  return [
    points.map((_equity, index) => (fromMs + (index + 1) * stepMs) / 1000),
    [...points],
    falls,
    points.map(() => null),
  ];
}
