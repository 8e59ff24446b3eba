/** Equity over time, and below it the drawdown from the highest point so far. Drawn by uPlot. */

import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatDecimal } from '../format/decimal-text.ts';
import { formatClock, formatDate } from '../format/time-text.ts';
import { useQuery, useSize } from '../store/hooks.ts';
import { canvasColours, onColoursChange, withAlpha } from '../theme/appearance.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';

/** Gives times in seconds, equity, and drawdown in percent (zero or less) of points of one currency. */
export function equitySeries(
  points: readonly (readonly [number, Readonly<Record<string, string>>])[],
  currency: string,
): [number[], number[], number[]] {
  const times: number[] = [];
  const equity: number[] = [];
  const drawdown: number[] = [];
  let peak = Number.NEGATIVE_INFINITY;
  for (const [timeMs, amounts] of points) {
    const value = Number(amounts[currency]);
    if (!Number.isFinite(value)) continue;
    peak = Math.max(peak, value);
    times.push(timeMs / 1000);
    equity.push(value);
    drawdown.push(peak > 0 ? (value / peak - 1) * 100 : 0);
  }
  return [times, equity, drawdown];
}

/** Gives the label of a time by the step between labels, in seconds: date, minutes or seconds, all UTC. */
function timeLabel(timeMs: number, stepSeconds: number): string {
  if (stepSeconds >= 86_400) return formatDate(timeMs).slice(5);
  return formatClock(timeMs).slice(0, stepSeconds >= 60 ? 5 : 8);
}

function options(width: number, height: number): uPlot.Options {
  const colours = canvasColours();
  const font = '10.5px "JetBrains Mono Variable", monospace';
  const axis = {
    stroke: colours.muted,
    font,
    grid: { stroke: withAlpha(colours.line, 0.6), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    padding: [10, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 6 } },
    scales: { drawdown: { range: (_plot, low) => [Math.min(low * 4, -1), 0] } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    axes: [
      {
        ...axis,
        size: 26,
        space: 80,
        values: (_plot, ticks, _axis, _space, step) =>
          ticks.map((seconds) => timeLabel(seconds * 1000, step)),
      },
      {
        ...axis,
        size: 78,
        values: (_plot, ticks) => ticks.map((tick) => formatDecimal(String(Number(tick.toPrecision(10))))),
      },
      {
        ...axis,
        scale: 'drawdown',
        side: 1,
        size: 52,
        values: (_plot, ticks) => ticks.map((tick) => `${tick.toFixed(1)}%`),
        grid: { show: false },
      },
    ],
    series: [
      {},
      { label: 'Equity', stroke: colours.accent, width: 1.5, points: { show: false } },
      {
        label: 'Drawdown',
        scale: 'drawdown',
        stroke: withAlpha(colours.down, 0.7),
        width: 1,
        fill: withAlpha(colours.down, 0.12),
        points: { show: false },
      },
    ],
  };
}

export function EquityChart({ bot, currency }: { readonly bot: string; readonly currency: string }) {
  const { value, failure, retry } = useQuery('equity/history', { bot, limit: 2000 }, ['equity']);
  const root = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(root);
  const points = value?.points;
  useEffect(() => {
    const element = root.current;
    if (element === null || points === undefined || points.length < 2 || width < 60 || height < 60) return;
    let plot = new uPlot(options(width, height), equitySeries(points, currency), element);
    const leave = onColoursChange(() => {
      plot.destroy();
      plot = new uPlot(options(width, height), equitySeries(points, currency), element);
    });
    return () => {
      leave();
      plot.destroy();
    };
  }, [points, currency, width, height]);
  return (
    <div
      ref={root}
      className="h-full overflow-hidden"
      data-testid="equity-chart"
      role="img"
      aria-label={`Equity in ${currency} and drawdown over time`}
    >
      {points === undefined ? (
        failure === null ? (
          <SkeletonRows />
        ) : (
          <ErrorState title="Equity could not be loaded" failure={failure} onRetry={retry} />
        )
      ) : null}
      {points !== undefined && points.length < 2 ? (
        <EmptyState title="Not enough points yet">Equity is recorded as the bot trades.</EmptyState>
      ) : null}
    </div>
  );
}
