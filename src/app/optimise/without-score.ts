/** Why trials of a study have no score. */

import type { TrialRow } from '../../shared/lab/study.ts';

/** Different reasons that are told. */
const reasonsShown = 5;

export interface WithoutScore {
  readonly message: string;
  readonly trials: number;
}

/** Gives why trials have no score, with how many there are of each; the most common first, at most five. */
export function withoutScore(trials: readonly Pick<TrialRow, 'message'>[]): WithoutScore[] {
  const counts = new Map<string, number>();
  for (const { message } of trials) {
    if (message !== null) counts.set(message, (counts.get(message) ?? 0) + 1);
  }
  return [...counts]
    .map(([message, count]) => ({ message, trials: count }))
    .sort((left, right) => right.trials - left.trials)
    .slice(0, reasonsShown);
}
