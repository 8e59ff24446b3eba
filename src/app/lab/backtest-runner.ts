/** Runs backtests of the Lab in workers, as many side by side as there are cores; a worker takes many runs. */

import { availableParallelism } from 'node:os';
import type { BacktestResult } from '../../shared/lab/result.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import type { CandleNoise } from '../backtest/chance-candles.ts';
import { BacktestCancelledError } from '../backtest/run-backtest.ts';
import { BacktestWorker, type WorkerOptions } from '../backtest/run-in-worker.ts';
import type { WorkerOutcome, WorkerRequest } from '../backtest/worker-messages.ts';
import { JobCancelled } from '../jobs/job-runner.ts';
import { interimPoints } from '../optimise/trial-evaluator.ts';
import type { BacktestRunner, RunControl, TrialRun } from './lab-tools.ts';

/** How often a running backtest looks whether it should stop. */
const cancelPollMs = 100;
/** A worker nobody needs for so long is ended: it holds candles. */
const idleMs = 60_000;

export interface RunnerOptions {
  /** Where stored candles lie. */
  readonly dataFolder: string;
  /** Workers side by side; one a core when left out. */
  readonly parallel?: number | undefined;
  /** File whose export `strategy` runs instead of one that Sextant ships. */
  readonly strategyModule?: string | undefined;
}

export function createBacktestRunner(options: RunnerOptions): BacktestRunner {
  return new PooledRunner(options);
}

class PooledRunner implements BacktestRunner {
  readonly parallel: number;
  readonly #options: RunnerOptions;
  readonly #workers = new Set<BacktestWorker>();
  /** Workers without a run, with the timer that ends them. The one used last is taken first: its candles are there. */
  readonly #idle = new Map<BacktestWorker, NodeJS.Timeout>();
  /** Runs in line for a worker, first come first served. */
  readonly #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.parallel = options.parallel ?? availableParallelism();
  }

  async run(spec: BacktestSpec, control: RunControl, noise?: CandleNoise): Promise<BacktestResult> {
    const outcome = await this.#run({ spec, noise }, control);
    if (outcome.kind === 'done') return outcome.result;
    throw new Error('a run without checkpoints ended early');
  }

  async trial(
    spec: BacktestSpec,
    pruneBelow: readonly (number | null)[],
    control: RunControl,
  ): Promise<TrialRun> {
    const checkpoints = interimPoints.map((part, index) => ({ part, endBelow: pruneBelow[index] ?? null }));
    const outcome = await this.#run({ spec, checkpoints }, control);
    return { interim: outcome.interim, result: outcome.kind === 'done' ? outcome.result : null };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#idle.values()) clearTimeout(timer);
    this.#idle.clear();
    for (const go of this.#waiting.splice(0)) go();
    await Promise.all([...this.#workers].map((worker) => worker.close()));
  }

  async #run(
    request: Pick<WorkerRequest, 'spec' | 'checkpoints' | 'noise'>,
    control: RunControl,
  ): Promise<WorkerOutcome> {
    const worker = await this.#take(control);
    const stop = new AbortController();
    const poll = setInterval(() => {
      if (control.isCancelled()) stop.abort();
    }, cancelPollMs);
    const options: WorkerOptions = {
      signal: stop.signal,
      onProgress: (done, total) => control.onProgress?.(done, total),
    };
    const { dataFolder, strategyModule } = this.#options;
    try {
      return await worker.run({ ...request, dataFolder, strategyModule }, options);
    } catch (error) {
      if (error instanceof BacktestCancelledError) throw new JobCancelled();
      throw error;
    } finally {
      clearInterval(poll);
      this.#giveBack(worker);
    }
  }

  /** Gives a free worker, a new one while there may be more, or the next that is given back. */
  async #take(control: RunControl): Promise<BacktestWorker> {
    for (;;) {
      if (this.#isClosed || control.isCancelled()) {
        // Whoever is next in line must not wait for a worker that nobody takes.
        this.#waiting.shift()?.();
        throw new JobCancelled();
      }
      const worker = [...this.#idle.keys()].at(-1);
      if (worker !== undefined) {
        clearTimeout(this.#idle.get(worker));
        this.#idle.delete(worker);
        if (worker.isUsable) return worker;
        this.#workers.delete(worker);
      } else if (this.#workers.size < this.parallel) {
        const fresh = new BacktestWorker();
        this.#workers.add(fresh);
        return fresh;
      } else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** A worker whose strategy hung is not used again: the next run gets a new one. */
  #giveBack(worker: BacktestWorker): void {
    if (worker.isUsable && !this.#isClosed) {
      const retire = (): void => {
        this.#idle.delete(worker);
        this.#workers.delete(worker);
        void worker.close();
      };
      this.#idle.set(worker, setTimeout(retire, idleMs).unref());
    } else this.#workers.delete(worker);
    this.#waiting.shift()?.();
  }
}
