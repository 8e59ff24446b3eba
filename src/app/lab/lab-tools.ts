/** What the Lab's services work with: the addon, the files, and the runner of backtests. The composition hands it in. */

import type { NativeAddon } from '../../adapters/compute/addon.ts';
import type { EvidenceLog } from '../../adapters/lab/evidence-log.ts';
import type { LabFiles } from '../../adapters/lab/lab-files.ts';
import type { AnyStrategy } from '../../engine/strategy/api.ts';
import type { MetricValues } from '../../shared/lab/metrics.ts';
import type { BacktestResult } from '../../shared/lab/result.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import type { CandleNoise } from '../backtest/chance-candles.ts';
import type { TrialOutcome, TrialRequest } from '../optimise/trial-evaluator.ts';
import type { MeasuredResult, MeasureOptions } from '../report/measure.ts';

/** How a run is watched and ended. */
export interface RunControl {
  isCancelled(): boolean;
  /** Candles done and in all. */
  onProgress?(done: number, total: number): void;
}

/** Runs backtests off the host's thread. */
export interface BacktestRunner {
  /** Backtests that make sense side by side. */
  readonly parallel: number;
  /** Runs, on candles with noise where it is given. Rejects with `JobCancelled` when cancelled, `ApiError` for bad input and failing strategies. */
  run(spec: BacktestSpec, control: RunControl, noise?: CandleNoise): Promise<BacktestResult>;
  /** Gives what runs trials of a specification; `metrics` are the figures asked for, all when left out. */
  trials(spec: BacktestSpec, metrics?: readonly string[]): TrialRuns;
  /** Ends the workers; runs in hand are cancelled, and there are no more. */
  close(): Promise<void>;
}

/** Trials of one specification, which differ in their parameters; a worker loads what they share once. */
export interface TrialRuns {
  /** Runs trials one after the other as far as they compile: null for one that only the event path can run. Rejects as `run`. */
  compiled(requests: readonly TrialRequest[], control: RunControl): Promise<readonly (TrialOutcome | null)[]>;
  /** Runs a trial on the path it needs. Rejects as `run`. */
  whole(request: TrialRequest, control: RunControl): Promise<TrialOutcome>;
}

/** First open and last close of the candles a specification runs over (warm-up apart), and their length. */
export interface DataRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly timeframeMs: number;
}

export interface LabTools {
  readonly addon: NativeAddon;
  readonly files: LabFiles;
  /** What checks have found, for the grades of reports. */
  readonly evidence: EvidenceLog;
  readonly runner: BacktestRunner;
  readonly strategies: readonly AnyStrategy[];
  findStrategy(id: string): AnyStrategy | undefined;
  /** Throws `ApiError` when the data cannot be read. */
  dataRange(spec: BacktestSpec): Promise<DataRange>;
  /** Whole parameters of a specification, what was left out suggested for its market. Throws `ApiError` naming the field. */
  wholeParams(spec: BacktestSpec): Promise<{
    readonly raw: Readonly<Record<string, unknown>>;
    readonly parsed: unknown;
  }>;
  /** Figures and grade of a result. */
  measure(result: BacktestResult, options?: MeasureOptions): MeasuredResult;
  /** Figures alone. */
  figures(result: BacktestResult): MetricValues;
  readonly wallClock: () => number;
}
