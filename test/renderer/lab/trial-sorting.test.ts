/** The order of a table of trials. */
import { describe, expect, it } from 'vitest';
import { nextSorting, sortTrials } from '../../../src/renderer/lab/trial-sorting.ts';
import type { TestedTrialView } from '../../../src/shared/api/lab-views.ts';

function trial(
  number: number,
  score: number | null,
  fast: number | string,
  unseen: number | null,
): TestedTrialView {
  return {
    row: {
      number,
      objectives: score === null ? null : [score],
      values: { fast },
      metrics: { sharpe: score },
    },
    outOfSample: unseen === null ? null : { sharpe: unseen },
  } as unknown as TestedTrialView;
}

describe('trials in order', () => {
  const rows = [trial(0, 1, 9, null), trial(1, null, 10, 3), trial(2, 2, 8, -1)];
  const order = (key: string, isRising: boolean): number[] =>
    sortTrials(rows, { key, isRising }).map(({ row }) => row.number);

  it('sorts by any column; what has no value comes last both ways', () => {
    expect(order('objective', false)).toEqual([2, 0, 1]);
    expect(order('objective', true)).toEqual([0, 2, 1]);
    expect(order('unseen.sharpe', false)).toEqual([1, 2, 0]);
    expect(order('unseen.sharpe', true)).toEqual([2, 1, 0]);
    expect(order('seen.sharpe', true)).toEqual([0, 2, 1]);
    // By number, not by text: 10 is the largest.
    expect(order('param.fast', false)).toEqual([1, 0, 2]);
    expect(order('trial', false)).toEqual([2, 1, 0]);
  });

  it('turns round at the second click and lets go at the third', () => {
    const first = nextSorting(null, 'trial');
    const second = nextSorting(first, 'trial');
    expect([first, second, nextSorting(second, 'trial')]).toEqual([
      { key: 'trial', isRising: false },
      { key: 'trial', isRising: true },
      null,
    ]);
    expect(nextSorting(second, 'objective')).toEqual({ key: 'objective', isRising: false });
  });
});
