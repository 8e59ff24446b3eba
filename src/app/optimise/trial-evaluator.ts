/** What runs the trials of a study: backtests in workers, or a compiled sweep; tests hand in functions. */

import { errorText, isCallersFault } from '../../shared/api/result.ts';
import type { MetricValues } from '../../shared/lab/metric-expression.ts';

/** Points of the data, as parts of its length, at which a running trial tells its return. */
export const interimPoints = [0.25, 0.5, 0.75] as const;

export interface TrialRequest {
  readonly params: Readonly<Record<string, unknown>>;
  /** By interim point: the return below which the trial is to be ended; null: never. */
  readonly pruneBelow: readonly (number | null)[];
}

export type TrialOutcome =
  | { readonly state: 'complete'; readonly metrics: MetricValues; readonly interim: readonly number[] }
  | { readonly state: 'pruned'; readonly interim: readonly number[] }
  | { readonly state: 'invalid' | 'failed'; readonly message: string };

/** The outcome of a trial that an error ended: one that other parameters or data would mend makes it invalid. */
export function trialFailure(error: unknown): TrialOutcome {
  return { state: isCallersFault(error) ? 'invalid' : 'failed', message: errorText(error) };
}

/** Runs trials over one stretch of data. */
export interface TrialEvaluator {
  /** Runs trials side by side; gives their outcomes in the same order. Rejects only when cancelled or broken itself. */
  evaluate(requests: readonly TrialRequest[], isCancelled: () => boolean): Promise<readonly TrialOutcome[]>;
  /** Ends workers; the evaluator is not used again. */
  close(): Promise<void>;
}
