/** Equity day by day with its fall from the peak beneath, and what holding would have done. */

import { useMemo } from 'react';
import type uPlot from 'uplot';
import type { BacktestReportView } from '../../shared/api/lab-views.ts';
import { type CanvasColours, withAlpha } from '../theme/appearance.ts';
import { Plot, plotAxis, timeAxis } from '../ui/plot.tsx';
import { moneyText, percentText, tickPlaces } from './figures.ts';

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

function options(width: number, height: number, colours: CanvasColours): uPlot.Options {
  return {
    width,
    height,
    padding: [10, 8, 0, 0],
    cursor: { y: false, points: { size: 6 } },
    scales: { fall: { range: (_plot, low) => [Math.min((low ?? 0) * 4, -1), 0] } },
    axes: [
      timeAxis(colours),
      { ...plotAxis(colours), size: 78, values: (_plot, ticks) => ticks.map((tick) => moneyText(tick)) },
      {
        ...plotAxis(colours),
        scale: 'fall',
        side: 1,
        size: 58,
        values: (_plot, ticks) => {
          const places = tickPlaces(ticks);
          return ticks.map((tick) => percentText(tick / 100, false, places));
        },
        grid: { show: false },
      },
    ],
    series: [
      {},
      { label: 'Equity', stroke: colours.accent, width: 1.5, points: { show: false } },
      {
        label: 'Drawdown',
        scale: 'fall',
        stroke: withAlpha(colours.down, 0.7),
        width: 1,
        fill: withAlpha(colours.down, 0.12),
        points: { show: false },
      },
      {
        label: 'Buy and hold',
        stroke: withAlpha(colours.muted, 0.8),
        width: 1,
        dash: [4, 4],
        points: { show: false },
      },
    ],
  };
}

export function EquityPlot({
  report,
  points,
}: {
  readonly report: BacktestReportView;
  readonly points: readonly number[];
}) {
  const data = useMemo(() => equityColumns(report, points), [report, points]);
  return (
    <Plot label="Equity and drawdown, with buy and hold" testId="equity-plot" data={data} options={options} />
  );
}

/** Which line is which; stands above the plot, where it hides nothing. */
export function EquityLegend() {
  return (
    <ul className="flex gap-4 text-xs text-muted">
      <li className="flex items-center gap-1.5">
        <span className="h-0.5 w-4 bg-accent" />
        Equity
      </li>
      <li className="flex items-center gap-1.5">
        <span className="w-4 border-t border-dashed border-muted" />
        Buy and hold
      </li>
      <li className="flex items-center gap-1.5">
        <span className="h-2 w-4 bg-down/30" />
        Drawdown (right)
      </li>
    </ul>
  );
}
