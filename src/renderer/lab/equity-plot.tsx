/** Equity day by day with its fall from the peak beneath, and what holding would have done. */

import { useMemo } from 'react';
import type uPlot from 'uplot';
import type { BacktestReportView } from '../../shared/api/lab-views.ts';
import { type CanvasColours, withAlpha } from '../theme/appearance.ts';
import { Plot, plotAxis, timeAxis } from '../ui/plot.tsx';
import { equityColumns } from './equity-columns.ts';
import { moneyText, percentText, tickPlaces } from './figures.ts';

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
