/** Several backtests brought to one scale, and which of them is best. */

import type uPlot from 'uplot';
import type { BacktestSummaryView } from '../../shared/api/lab-views.ts';

/** Gives one time column and a column a run: equity as percent of the start, at the run's own points. */
export function comparedColumns(chosen: readonly BacktestSummaryView[]): uPlot.AlignedData {
  const points = chosen.flatMap(({ spark, fromMs, toMs, startEquity }, run) =>
    spark.map((value, index) => ({
      run,
      seconds: Math.round((fromMs + ((toMs - fromMs) * index) / Math.max(1, spark.length - 1)) / 1000),
      value: (value / startEquity) * 100,
    })),
  );
  const times = [...new Set(points.map(({ seconds }) => seconds))].sort((left, right) => left - right);
  const place = new Map(times.map((seconds, index) => [seconds, index]));
  const columns = chosen.map(() => new Array<number | null>(times.length).fill(null));
  for (const { run, seconds, value } of points)
    (columns[run] as (number | null)[])[place.get(seconds) ?? 0] = value;
  return [times, ...columns];
}

/** Gives the place of the one best value; -1 without one. */
export function bestOf(values: readonly (number | null)[], better: 'higher' | 'lower' | 'none'): number {
  if (better === 'none') return -1;
  const known = values.filter((value) => value !== null);
  const best = better === 'higher' ? Math.max(...known) : Math.min(...known);
  return values.filter((value) => value === best).length === 1 ? values.indexOf(best) : -1;
}
