/** What the form of an optimiser searches over: a run whose parameters have ranges. */

import { useState } from 'react';
import type { StudySpecInput } from '../../shared/lab/study.ts';
import type { RunProblems } from './run-problems.ts';
import { type SearchOffer, type SearchRanges, searchOffer, spacesOf } from './search-ranges.tsx';
import { useStrategies } from './spec-form.tsx';
import type { SpecValues } from './spec-values.ts';
import type { Run } from './use-run.ts';

export interface Search {
  readonly offer: SearchOffer;
  readonly ranges: SearchRanges;
  readonly setRanges: (ranges: SearchRanges) => void;
  /** Null while a range is wrong. */
  readonly spaces: NonNullable<StudySpecInput['spaces']> | null;
  /** Those of the form itself are told only after the first try. */
  readonly problems: RunProblems;
}

/** Gives the ranges of a form, beginning with `first`. */
export function useSearch(values: SpecValues, run: Run, isTried: boolean, first: SearchRanges = {}): Search {
  const fields = useStrategies().find(({ id }) => id === values.strategy)?.fields ?? [];
  const offer = searchOffer(fields, values);
  const [ranges, setRanges] = useState(first);
  const found = spacesOf(offer, ranges);
  return {
    offer,
    ranges,
    setRanges: (next) => {
      setRanges(next);
      run.changed();
    },
    spaces: 'spaces' in found ? found.spaces : null,
    problems: { ...run.problems, ...(isTried && 'problems' in found ? found.problems : {}) },
  };
}
