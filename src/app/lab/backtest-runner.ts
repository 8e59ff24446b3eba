/** Runs backtests of the Lab in workers, as many side by side as there are cores; a worker takes many runs. */

import { availableParallelism } from 'node:os';
import { ensureDefined } from '../../shared/domain/assert.ts';
import type { BacktestResult } from '../../shared/lab/result.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import { BacktestCancelledError } from '../backtest/backtest-options.ts';
import type { CandleNoise } from '../backtest/chance-candles.ts';
import { BacktestWorker, type WorkerOptions } from '../backtest/run-in-worker.ts';
import { JobCancelled } from '../jobs/job-runner.ts';
import type { TrialRequest } from '../optimise/trial-evaluator.ts';
import type { BacktestRunner, RunControl, TrialRuns } from './lab-tools.ts';

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
  /** Studies so far. */
  #sessions = 0;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.parallel = options.parallel ?? availableParallelism();
  }

  run(spec: BacktestSpec, control: RunControl, noise?: CandleNoise): Promise<BacktestResult> {
    const { dataFolder, strategyModule } = this.#options;
    return this.#with(control, (worker, options) =>
      worker.run({ spec, noise, dataFolder, strategyModule }, options),
    );
  }

  trials(spec: BacktestSpec, metrics?: readonly string[]): TrialRuns {
    this.#sessions += 1;
    const shared = { ...this.#options, spec, metrics, session: this.#sessions };
    const ask = (trials: readonly TrialRequest[], compiledOnly: boolean, control: RunControl) =>
      this.#with(control, (worker, options) => worker.trials({ ...shared, trials, compiledOnly }, options));
    return {
      compiled: (requests, control) => ask(requests, true, control),
      whole: async (request, control) => {
        const [outcome] = await ask([request], false, control);
        return ensureDefined(outcome ?? undefined, 'the outcome of a trial');
      },
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#idle.values()) clearTimeout(timer);
    this.#idle.clear();
    for (const go of this.#waiting.splice(0)) go();
    await Promise.all([...this.#workers].map((worker) => worker.close()));
  }

  async #with<Answer>(
    control: RunControl,
    ask: (worker: BacktestWorker, options: WorkerOptions) => Promise<Answer>,
  ): Promise<Answer> {
    const worker = await this.#take(control);
    const stop = new AbortController();
    const poll = setInterval(() => {
      if (control.isCancelled()) stop.abort();
    }, cancelPollMs);
    try {
      return await ask(worker, {
        signal: stop.signal,
        onProgress: (done, total) => control.onProgress?.(done, total),
      });
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
