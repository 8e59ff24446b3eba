/** Equity day by day with its fall from the peak beneath, and what holding would have done. */

import { useMemo } from 'react';
import type uPlot from 'uplot';
import type { BacktestReportView } from '../../shared/api/lab-views.ts';
import { type CanvasColours, withAlpha } from '../theme/appearance.ts';
import { classes } from '../ui/classes.ts';
import { Plot, type PlotProps, plotAxis, timeAxis } from '../ui/plot.tsx';
import { equityColumns } from './equity-columns.ts';
import { moneyText, percentText, tickPlaces } from './figures.ts';

function optionsOf(width: number, height: number, colours: CanvasColours, withHold: boolean): uPlot.Options {
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
        // Out of sight it leaves the scale to the equity.
        show: withHold,
        stroke: withAlpha(colours.muted, 0.8),
        width: 1,
        dash: [4, 4],
        points: { show: false },
      },
    ],
  };
}

const withHolding: PlotProps['options'] = (...size) => optionsOf(...size, true);
const withoutHolding: PlotProps['options'] = (...size) => optionsOf(...size, false);

export function EquityPlot({
  report,
  points,
  withHold,
}: {
  readonly report: BacktestReportView;
  readonly points: readonly number[];
  readonly withHold: boolean;
}) {
  const data = useMemo(() => equityColumns(report, points), [report, points]);
  return (
    <Plot
      label={withHold ? 'Equity and drawdown, with buy and hold' : 'Equity and drawdown'}
      testId="equity-plot"
      data={data}
      options={withHold ? withHolding : withoutHolding}
    />
  );
}

/** Which line is which; stands above the plot, where it hides nothing. */
export function EquityLegend({
  withHold,
  onHold,
}: {
  readonly withHold: boolean;
  readonly onHold: (withHold: boolean) => void;
}) {
  return (
    <ul className="flex gap-4 text-xs text-muted">
      <li className="flex items-center gap-1.5">
        <span className="h-0.5 w-4 bg-accent" />
        Equity
      </li>
      <li>
        <button
          type="button"
          aria-pressed={withHold}
          title="Show or hide; without it the scale belongs to the equity"
          onClick={() => onHold(!withHold)}
          data-testid="equity-hold"
          className={classes('flex items-center gap-1.5 hover:text-text', !withHold && 'line-through')}
        >
          <span className="w-4 border-t border-dashed border-muted" />
          Buy and hold
        </button>
      </li>
      <li className="flex items-center gap-1.5">
        <span className="h-2 w-4 bg-down/30" />
        Drawdown (right)
      </li>
    </ul>
  );
}
