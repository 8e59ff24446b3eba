/** A uPlot chart as a component: drawn again when its data, its size or the colours change. */

import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatClock, formatDate } from '../format/time-text.ts';
import { useSize } from '../store/hooks.ts';
import { type CanvasColours, canvasColours, onColoursChange, withAlpha } from '../theme/appearance.ts';
import { showReadout } from './plot-readout.ts';

/** Font of axis labels. */
export const plotFont = '10.5px "JetBrains Mono Variable", monospace';

/** What every axis has in common. */
export function plotAxis(colours: CanvasColours): uPlot.Axis {
  return {
    stroke: colours.muted,
    font: plotFont,
    grid: { stroke: withAlpha(colours.line, 0.6), width: 1 },
    ticks: { show: false },
  };
}

/** A time axis in UTC: dates where a step is a day or more, clock times else. */
export function timeAxis(colours: CanvasColours): uPlot.Axis {
  return {
    ...plotAxis(colours),
    size: 26,
    space: 80,
    values: (_plot, ticks, _axis, _space, stepSeconds) =>
      ticks.map((seconds) => {
        if (stepSeconds >= 28 * 86_400) return formatDate(seconds * 1000).slice(0, 7);
        if (stepSeconds >= 86_400) return formatDate(seconds * 1000).slice(5);
        return formatClock(seconds * 1000).slice(0, stepSeconds >= 60 ? 5 : 8);
      }),
  };
}

export interface PlotProps {
  /** What it shows, for readers of the screen. */
  readonly label: string;
  readonly data: uPlot.AlignedData;
  /** Gives the options for a size; must be stable (module scope or callback). */
  readonly options: (width: number, height: number, colours: CanvasColours) => uPlot.Options;
  readonly testId: string;
}

export function Plot({ label, data, options, testId }: PlotProps) {
  const root = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(root);
  useEffect(() => {
    const element = root.current;
    if (element === null || width < 60 || height < 40) return;
    const draw = (): uPlot =>
      new uPlot(
        {
          legend: { show: false },
          tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
          hooks: { setCursor: [(plot) => showReadout(plot, readout.current)] },
          ...options(width, height, canvasColours()),
        },
        data,
        element,
      );
    let plot = draw();
    const leave = onColoursChange(() => {
      plot.destroy();
      plot = draw();
    });
    return () => {
      leave();
      plot.destroy();
    };
  }, [data, options, width, height]);
  return (
    <div className="relative h-full overflow-hidden">
      <div ref={root} className="h-full" data-testid={testId} role="img" aria-label={label} />
      <div
        ref={readout}
        hidden
        className="num pointer-events-none absolute top-1 right-1 z-[1] flex flex-wrap justify-end gap-x-3 rounded-md border border-line bg-overlay/90 px-2 py-0.5 text-2xs text-muted [&[hidden]]:hidden"
        data-testid={`${testId}-readout`}
      />
    </div>
  );
}
