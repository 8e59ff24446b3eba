/** Which trials are best: by one objective, or none better in all of several (Pareto front). */

import type { Objective, TrialRow } from '../../shared/lab/study.ts';

/** Gives objectives so that smaller is better. */
export function toMinimise(objectives: readonly Objective[], values: readonly number[]): number[] {
  return values.map((value, index) => (objectives[index]?.goal === 'maximise' ? -value : value));
}

/** Whether `left` is at least as good in all and better in one; both to be minimised. */
export function dominates(left: readonly number[], right: readonly number[]): boolean {
  let isBetter = false;
  for (let index = 0; index < left.length; index += 1) {
    const [a, b] = [left[index] as number, right[index] as number];
    if (a > b) return false;
    if (a < b) isBetter = true;
  }
  return isBetter;
}

/** A trial with its values as a text and what is to be minimised. */
interface Ranked {
  readonly row: TrialRow;
  readonly key: string;
  readonly costs: readonly number[];
}

/**
 * Keeps the best trials of a study as they come. With one objective the `limit` best, equal ones by age; with several
 * those that no other dominates, oldest first.
 */
export class BestTrials {
  readonly #objectives: readonly Objective[];
  readonly #limit: number;
  #rows: Ranked[] = [];

  constructor(objectives: readonly Objective[], limit: number) {
    this.#objectives = objectives;
    this.#limit = limit;
  }

  get rows(): TrialRow[] {
    return this.#rows.map(({ row }) => row);
  }

  /** Takes a trial; true when it is the new best one (on the front, with several objectives). Equal values count once. */
  add(row: TrialRow): boolean {
    if (row.state !== 'complete' || row.objectives === null) return false;
    const costs = toMinimise(this.#objectives, row.objectives);
    const key = JSON.stringify(row.values);
    if (this.#rows.some((other) => other.key === key)) return false;
    if (this.#objectives.length > 1) return this.#addToFront({ row, key, costs });
    const cost = costs[0] as number;
    const place = this.#rows.findIndex((other) => cost < (other.costs[0] as number));
    const at = place < 0 ? this.#rows.length : place;
    if (at >= this.#limit) return false;
    this.#rows.splice(at, 0, { row, key, costs });
    this.#rows.length = Math.min(this.#rows.length, this.#limit);
    return at === 0;
  }

  #addToFront(entry: Ranked): boolean {
    if (this.#rows.some((other) => dominates(other.costs, entry.costs))) return false;
    this.#rows = this.#rows.filter((other) => !dominates(entry.costs, other.costs));
    this.#rows.push(entry);
    return true;
  }
}
