/** The form of a run, remembered from one to the next and over restarts. */

import { useState } from 'react';
import type { BacktestSpec, BacktestSpecInput } from '../../shared/lab/spec.ts';
import { useSettings } from '../store/settings.ts';
import { settings } from '../store/terminal.ts';
import type { RunProblems } from './run-problems.ts';
import { useStrategies } from './spec-form.tsx';
import { readSpecValues, type SpecValues, specOfValues, valuesOfSpec } from './spec-values.ts';
import type { Run } from './use-run.ts';

export interface SpecState {
  readonly values: SpecValues;
  readonly setValues: (values: SpecValues) => void;
  readonly problems: RunProblems;
  /** Null while something is wrong. */
  readonly spec: BacktestSpecInput | null;
}

/**
 * Gives the form's state; `from` is a stored specification to begin with, `run` what is begun with it. What the host finds
 * wrong with several fields together stands at the field it names, until something is changed.
 */
export function useSpecValues(from: BacktestSpec | null, run: Run): SpecState {
  const [values, setValues] = useState<SpecValues>(() =>
    from === null ? readSpecValues(useSettings.getState().settings['lab.form']) : valuesOfSpec(from),
  );
  const fields = useStrategies().find(({ id }) => id === values.strategy)?.fields ?? [];
  const checked = specOfValues(values, fields);
  return {
    values,
    // At once: a run that ends within a moment must leave its form remembered; the keeper of settings gathers the writes.
    setValues: (next) => {
      setValues(next);
      run.changed();
      settings.set('lab.form', next);
    },
    problems: { ...run.problems, ...('problems' in checked ? checked.problems : {}) },
    spec: 'spec' in checked ? checked.spec : null,
  };
}
