/** Runs backtests of the Lab in workers, as many side by side as there are cores. */

import { availableParallelism } from 'node:os';
import { BacktestCancelledError } from '../backtest/run-backtest.ts';
import { runInWorker } from '../backtest/run-in-worker.ts';
import { JobCancelled } from '../jobs/job-runner.ts';
import type { BacktestRunner } from './lab-tools.ts';

/** How often a running backtest looks whether it should stop. */
const cancelPollMs = 100;

export function createBacktestRunner(dataFolder: string): BacktestRunner {
  return {
    parallel: availableParallelism(),
    async run(spec, control) {
      if (control.isCancelled()) throw new JobCancelled();
      const stop = new AbortController();
      const poll = setInterval(() => {
        if (control.isCancelled()) stop.abort();
      }, cancelPollMs);
      try {
        return await runInWorker(
          { spec, dataFolder },
          { signal: stop.signal, onProgress: (done, total) => control.onProgress?.(done, total) },
        );
      } catch (error) {
        if (error instanceof BacktestCancelledError) throw new JobCancelled();
        throw error;
      } finally {
        clearInterval(poll);
      }
    },
  };
}
