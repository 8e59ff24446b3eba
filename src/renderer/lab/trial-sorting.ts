/** The order of a table of trials. */

import type { TestedTrialView } from '../../shared/api/lab-views.ts';

export interface TrialSorting {
  /** `trial`, `objective`, `param.<name>`, `seen.<metric>` or `unseen.<metric>`. */
  readonly key: string;
  readonly isRising: boolean;
}

/** Gives the order after a click on a heading: the largest first, then the smallest, then as it came. */
export function nextSorting(sorting: TrialSorting | null, key: string): TrialSorting | null {
  if (sorting?.key !== key) return { key, isRising: false };
  return sorting.isRising ? null : { key, isRising: true };
}

/** Gives the trials in an order; those without a value come last in any. */
export function sortTrials(
  rows: readonly TestedTrialView[],
  { isRising, key }: TrialSorting,
): readonly TestedTrialView[] {
  const sign = isRising ? 1 : -1;
  return rows.toSorted((left, right) => {
    const [a, b] = [columnOf(left, key), columnOf(right, key)];
    if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
    return sign * String(a).localeCompare(String(b));
  });
}

function columnOf({ outOfSample, row }: TestedTrialView, key: string): number | string | null {
  const dot = key.indexOf('.');
  const own = key.slice(dot + 1);
  switch (dot < 0 ? key : key.slice(0, dot)) {
    case 'trial':
      return row.number;
    case 'objective':
      return row.objectives?.[0] ?? null;
    case 'param': {
      const value = row.values[own];
      return value === undefined ? null : typeof value === 'boolean' ? Number(value) : value;
    }
    case 'seen':
      return row.metrics[own] ?? null;
    default:
      return outOfSample?.[own] ?? null;
  }
}
