/** The trials of a study in the order they were run. */

import type uPlot from 'uplot';
import type { TrialRow } from '../../shared/lab/study.ts';

/** Gives numbers, objectives, and the best so far. */
export function historyColumns(trials: readonly TrialRow[], isMaximised: boolean): uPlot.AlignedData {
  let best: number | null = null;
  const line: (number | null)[] = [];
  for (const { objectives } of trials) {
    const value = objectives?.[0];
    if (value !== undefined) {
      best = best === null ? value : isMaximised ? Math.max(best, value) : Math.min(best, value);
    }
    line.push(best);
  }
  return [trials.map(({ number }) => number), trials.map(({ objectives }) => objectives?.[0] ?? null), line];
}
