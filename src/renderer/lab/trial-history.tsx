/** The objective of every trial, and the best so far as a line. */

import { useMemo } from 'react';
import type uPlot from 'uplot';
import type { TrialRow } from '../../shared/lab/study.ts';
import { type CanvasColours, withAlpha } from '../theme/appearance.ts';
import { Plot, plotAxis } from '../ui/plot.tsx';
import { historyColumns } from './history-columns.ts';

function options(width: number, height: number, colours: CanvasColours): uPlot.Options {
  return {
    width,
    height,
    padding: [10, 8, 0, 0],
    scales: { x: { time: false } },
    axes: [
      { ...plotAxis(colours), size: 26 },
      { ...plotAxis(colours), size: 52 },
    ],
    series: [
      { label: 'Trial' },
      {
        label: 'Objective',
        paths: () => null,
        points: {
          show: true,
          size: 4,
          stroke: withAlpha(colours.muted, 0.8),
          fill: withAlpha(colours.muted, 0.5),
        },
      },
      { label: 'Best', stroke: colours.accent, width: 1.5, points: { show: false } },
    ],
  };
}

export function TrialHistory({
  trials,
  isMaximised,
}: {
  readonly trials: readonly TrialRow[];
  readonly isMaximised: boolean;
}) {
  const data = useMemo(() => historyColumns(trials, isMaximised), [trials, isMaximised]);
  return (
    <Plot
      label="Objective by trial, and the best so far"
      testId="trial-history"
      data={data}
      options={options}
    />
  );
}
