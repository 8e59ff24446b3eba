/** Chance applied to backtests: their trades in other orders, their candles with noise, their entries at random. */

import type { AddonTaskControl } from '../../adapters/compute/addon.ts';
import { ComputeError } from '../../adapters/compute/compute-error.ts';
import {
  type MonteCarlo,
  type MonteCarloMethod,
  returnsOfProfits,
  runMonteCarlo,
} from '../../adapters/compute/robustness.ts';
import { watchTask } from '../../adapters/compute/watch-task.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { BacktestResult } from '../../shared/lab/result.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import { programVersion } from '../../shared/version.ts';
import { JobCancelled, type JobControl } from '../jobs/job-runner.ts';
import {
  checkNoiseSpec,
  type NoiseOutcome,
  type NoiseSettings,
  runOnNoise,
} from '../robustness/noise-runs.ts';
import {
  compareWithRandomEntries,
  type RandomEntriesOutcome,
  type RandomEntriesSettings,
} from '../robustness/random-entries.ts';
import type { BacktestStore } from './backtest-store.ts';
import type { LabTools } from './lab-tools.ts';

/** Points of a Monte Carlo fan. */
const fanPoints = 60;
/** Trades of one Monte Carlo run, at most. */
const tradesMaximum = 1_000_000;

export interface TradeChance {
  readonly method: MonteCarloMethod;
  readonly runs: number;
  readonly seed: number;
}

/** What the trades of a stored backtest gave. */
export interface StoredMonteCarlo extends MonteCarlo {
  readonly backtest: string;
  readonly method: MonteCarloMethod['kind'];
  readonly runs: number;
  readonly trades: number;
}

export class ChanceService {
  readonly #tools: LabTools;
  readonly #backtests: BacktestStore;

  constructor(tools: LabTools, backtests: BacktestStore) {
    this.#tools = tools;
    this.#backtests = backtests;
  }

  /** Gives what runs the trades of a stored backtest again. Throws `ApiError` (`not-found`). */
  monteCarlo(backtest: string, chance: TradeChance): (control: JobControl) => Promise<StoredMonteCarlo> {
    const { finalEquity, metrics, spec, startEquity } = this.#backtests.summary(backtest);
    const { method, runs, seed } = chance;
    return async (control) => {
      const { rows } = this.#backtests.trades(backtest, 0, tradesMaximum);
      const profits = rows.filter(({ exitReason }) => exitReason !== 'open').map(({ profit }) => profit);
      const found = await this.#native(control, runs, (native) =>
        runMonteCarlo(this.#tools.addon, returnsOfProfits(profits, startEquity), {
          method,
          runs,
          seed,
          fanPoints,
          control: native,
        }),
      );
      if (method.kind === 'shuffle') {
        this.noteShuffle(spec, { finalEquity, trades: metrics['trades'] ?? 0 }, found);
      }
      return { ...found, backtest, method: method.kind, runs, trades: profits.length };
    };
  }

  /** Keeps what shuffling the trades of a run said, for its grade. */
  noteShuffle(
    spec: BacktestSpec,
    run: { readonly finalEquity: number; readonly trades: number },
    { drawdownRank, maxDrawdown }: MonteCarlo,
  ): void {
    const found = { drawdownRank, drawdownP5: maxDrawdown.p5 };
    this.#tools.evidence.add([{ kind: 'monte-carlo', ...this.#about(spec), ...run, ...found }]);
  }

  /** Gives what runs a specification on candles with noise. Throws `ApiError` for what noise cannot be put into. */
  noise(spec: BacktestSpec, settings: NoiseSettings): (control: JobControl) => Promise<NoiseOutcome> {
    checkNoiseSpec(spec);
    const { runner } = this.#tools;
    return async (control) => {
      let original: BacktestResult | undefined;
      const outcome = await runOnNoise(
        spec,
        settings,
        {
          parallel: runner.parallel,
          run: async (given, isCancelled, noise) => {
            const result = await runner.run(given, { isCancelled }, noise);
            if (noise === undefined) original = result;
            return result;
          },
          figures: (result) => this.#tools.figures(result),
        },
        control,
      );
      if (original !== undefined) {
        const { lossShare, runs, verdict } = outcome;
        const about = { ...this.#about(spec), ...runOf(original) };
        this.#tools.evidence.add([{ kind: 'noise', ...about, verdict, lossShare, runs }]);
      }
      return outcome;
    };
  }

  /** Gives what compares the entries of a specification with random ones. */
  randomEntries(
    spec: BacktestSpec,
    settings: RandomEntriesSettings,
  ): (control: JobControl) => Promise<RandomEntriesOutcome> {
    return async (control) => {
      const result = await this.#tools.runner.run(spec, {
        isCancelled: () => control.isCancelled(),
        onProgress: (done, total) =>
          control.progress({ done, total, unit: 'candles', message: 'runs the backtest' }),
      });
      control.progress({ message: 'draws entries' });
      const outcome = await this.#native(control, settings.runs, (native) =>
        compareWithRandomEntries(this.#tools.addon, result, settings, native),
      );
      const about = { ...this.#about(spec), ...runOf(result) };
      const { pValue, trades: compared } = outcome;
      this.#tools.evidence.add([{ kind: 'random-entries', ...about, pValue, compared }]);
      return outcome;
    };
  }

  #about(spec: BacktestSpec) {
    return { spec, madeMs: this.#tools.wallClock(), program: programVersion };
  }

  /** Runs a native task as (a part of) a job. */
  async #native<T>(
    control: JobControl,
    total: number,
    work: (native: AddonTaskControl) => Promise<T>,
  ): Promise<T> {
    const stop = new AbortController();
    control.onCancel(() => stop.abort());
    try {
      return await watchTask(
        this.#tools.addon,
        {
          signal: stop.signal,
          onProgress: (part) => control.progress({ done: Math.round(part * total), total, unit: 'runs' }),
        },
        work,
      );
    } catch (error) {
      if (control.isCancelled()) throw new JobCancelled();
      if (error instanceof ComputeError && error.code === 'BAD_ARGUMENT') {
        throw new ApiError('bad-input', error.message);
      }
      throw error;
    }
  }
}

function runOf({ finalEquity, trades }: BacktestResult) {
  return { finalEquity, trades: trades.length };
}
