/** The trials of one study in a worker: what they share is loaded once, and figures alone are given back. */

import type { NativeAddon } from '../../adapters/compute/addon.ts';
import { computeFigures } from '../../adapters/compute/performance.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import type { TrialOutcome, TrialRequest } from '../optimise/trial-evaluator.ts';
import type { BacktestOptions } from './backtest-options.ts';
import { BacktestEndedEarlyError, checkpointsOf } from './checkpoints.ts';
import { CompiledTrials } from './compiled-trials.ts';
import { type LoadedBacktest, loadBacktest, runLoaded, runsByEvent } from './run-backtest.ts';

/** What trials of one specification are run with. */
export interface TrialSessionOptions {
  readonly addon: NativeAddon;
  readonly backtest: BacktestOptions;
  /** The figures asked for; all when left out. */
  readonly metrics: readonly string[] | undefined;
}

export class TrialSession {
  readonly #options: TrialSessionOptions;
  readonly #spec: BacktestSpec;
  readonly #loaded: LoadedBacktest;
  /** Undefined where no trial can run on the sweep path. */
  readonly #compiled: CompiledTrials | undefined;

  private constructor(spec: BacktestSpec, loaded: LoadedBacktest, options: TrialSessionOptions) {
    this.#spec = spec;
    this.#loaded = loaded;
    this.#options = options;
    this.#compiled = compiledTrials(spec, loaded, options);
  }

  /** Loads what the trials of a specification run over. Throws `ApiError`. */
  static async open(spec: BacktestSpec, options: TrialSessionOptions): Promise<TrialSession> {
    return new TrialSession(spec, await loadBacktest(spec, options.backtest), options);
  }

  /** Runs a trial on the sweep path; null where that cannot run it. */
  compiled(request: TrialRequest): TrialOutcome | null {
    return this.#compiled?.run(request) ?? null;
  }

  /** Runs a trial on the path it needs. Throws as `runBacktest`, but a trial that ended early is an outcome. */
  async whole(
    { params, pruneBelow }: TrialRequest,
    watch: Pick<BacktestOptions, 'isCancelled' | 'onProgress'>,
  ): Promise<TrialOutcome> {
    const { addon, backtest, metrics } = this.#options;
    const interim: number[] = [];
    try {
      const { equity, startEquity, trades } = await runLoaded({ ...this.#spec, params }, this.#loaded, {
        ...backtest,
        ...watch,
        checkpoints: checkpointsOf(pruneBelow),
        onCheckpoint: (gain) => interim.push(gain),
      });
      return {
        state: 'complete',
        metrics: computeFigures(addon, equity, trades, startEquity, metrics),
        interim,
      };
    } catch (error) {
      if (error instanceof BacktestEndedEarlyError) return { state: 'pruned', interim };
      throw error;
    }
  }
}

function compiledTrials(
  spec: BacktestSpec,
  loaded: LoadedBacktest,
  { addon, backtest, metrics }: TrialSessionOptions,
): CompiledTrials | undefined {
  if (runsByEvent(spec, backtest) !== undefined) return undefined;
  try {
    return new CompiledTrials(addon, spec, loaded, metrics);
  } catch (error) {
    // Whole runs tell why, where the sweep path was asked for.
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
