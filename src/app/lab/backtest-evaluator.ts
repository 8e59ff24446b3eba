/** Runs the trials of a study as backtests, side by side in workers. */

import type { BacktestSpec } from '../../shared/lab/spec.ts';
import { JobCancelled } from '../jobs/job-runner.ts';
import {
  type TrialEvaluator,
  type TrialOutcome,
  type TrialRequest,
  trialFailure,
} from '../optimise/trial-evaluator.ts';
import type { LabTools } from './lab-tools.ts';

/** Trials a worker gets at a time, at most: between two lots it can be cancelled and others have their turn. */
const lotMaximum = 64;
/** Fewer are not worth a message of their own, unless that leaves a worker without any. */
const lotMinimum = 4;
/** Lots for each worker, where there are enough trials: one that is held up leaves its later ones to the others. */
const lotsPerWorker = 4;

/**
 * Gives an evaluator over the data of `spec`, whose parameters each trial replaces. `metrics` are the figures its outcomes
 * have; all when left out.
 */
export function backtestEvaluator(
  { runner }: Pick<LabTools, 'runner'>,
  spec: BacktestSpec,
  metrics?: readonly string[],
): TrialEvaluator {
  const runs = runner.trials(spec, metrics);
  return {
    async evaluate(requests, isCancelled) {
      const outcomes: (TrialOutcome | null)[] = requests.map(() => null);
      /** Runs what has no outcome yet, `size` trials at a time. */
      const runRest = async (
        size: number,
        run: (lot: TrialRequest[]) => Promise<readonly (TrialOutcome | null)[]>,
      ): Promise<void> => {
        const rest = [...requests.keys()].filter((index) => outcomes[index] === null);
        const lane = async (): Promise<void> => {
          for (let places = rest.splice(0, size); places.length > 0; places = rest.splice(0, size)) {
            const lot = places.map((index) => requests[index] as TrialRequest);
            const found = await outcomesOf(() => run(lot), lot.length, isCancelled);
            for (const [at, index] of places.entries()) outcomes[index] = found[at] ?? null;
          }
        };
        await Promise.all(Array.from({ length: Math.min(runner.parallel, rest.length) }, lane));
      };
      const share = Math.ceil(requests.length / runner.parallel);
      const size = Math.max(lotMinimum, Math.ceil(share / lotsPerWorker));
      await runRest(Math.min(lotMaximum, share, size), (lot) => runs.compiled(lot, { isCancelled }));
      await runRest(1, async ([request]) => [await runs.whole(request as TrialRequest, { isCancelled })]);
      return outcomes as TrialOutcome[];
    },
    close: () => Promise.resolve(),
  };
}

/** What became of trials: what goes wrong with them all is the outcome of each. Rejects only when they were cancelled. */
async function outcomesOf(
  run: () => Promise<readonly (TrialOutcome | null)[]>,
  trials: number,
  isCancelled: () => boolean,
): Promise<readonly (TrialOutcome | null)[]> {
  try {
    return await run();
  } catch (error) {
    if (isCancelled()) throw new JobCancelled();
    return Array.from({ length: trials }, () => trialFailure(error));
  }
}
