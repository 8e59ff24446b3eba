/** Runs the trials of a study as backtests, side by side in workers. */

import { errorText, isCallersFault } from '../../shared/api/result.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import { JobCancelled } from '../jobs/job-runner.ts';
import type { TrialEvaluator, TrialOutcome, TrialRequest } from '../optimise/trial-evaluator.ts';
import type { LabTools } from './lab-tools.ts';

/** Gives an evaluator over the data of `spec`, whose parameters each trial replaces. */
export function backtestEvaluator(
  tools: Pick<LabTools, 'runner' | 'figures'>,
  spec: BacktestSpec,
): TrialEvaluator {
  const runOne = async (request: TrialRequest, isCancelled: () => boolean): Promise<TrialOutcome> => {
    try {
      const { params, pruneBelow } = request;
      const trial = { ...spec, params: { ...params } };
      const { interim, result } = await tools.runner.trial(trial, pruneBelow, { isCancelled });
      if (result === null) return { state: 'pruned', interim };
      return { state: 'complete', metrics: tools.figures(result), interim };
    } catch (error) {
      if (isCancelled()) throw new JobCancelled();
      return { state: isCallersFault(error) ? 'invalid' : 'failed', message: errorText(error) };
    }
  };
  return {
    async evaluate(requests, isCancelled) {
      const outcomes: TrialOutcome[] = [];
      let next = 0;
      const lane = async (): Promise<void> => {
        while (next < requests.length) {
          const index = next;
          next += 1;
          outcomes[index] = await runOne(requests[index] as TrialRequest, isCancelled);
        }
      };
      await Promise.all(Array.from({ length: Math.min(tools.runner.parallel, requests.length) }, lane));
      return outcomes;
    },
    close: () => Promise.resolve(),
  };
}
