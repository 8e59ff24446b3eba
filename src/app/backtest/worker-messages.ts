/** What a backtest worker is told and what it answers. Everything can be cloned; columns are handed over, not copied. */

import type { ApiFailure } from '../../shared/api/result.ts';
import type { BacktestResult } from '../../shared/lab/result.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import type { TrialOutcome, TrialRequest } from '../optimise/trial-evaluator.ts';
import type { CandleNoise } from './chance-candles.ts';

/** What runs of a worker have in common. */
interface WorkerTask {
  readonly spec: BacktestSpec;
  /** Where stored candles lie; without it only files can be named. */
  readonly dataFolder?: string | undefined;
  /** File whose export `strategy` runs instead of one that Sextant ships. */
  readonly strategyModule?: string | undefined;
  /** One 32-bit number: not zero once the run should end. */
  readonly cancel: Int32Array;
}

/** A backtest in full. */
export interface BacktestTask extends WorkerTask {
  readonly kind: 'backtest';
  readonly withAudit?: boolean | undefined;
  /** Noise in all candles; without it they are as they were read. */
  readonly noise?: CandleNoise | undefined;
}

/** Some trials of a study, one after the other: `spec` with the parameters of each. */
export interface TrialsTask extends WorkerTask {
  readonly kind: 'trials';
  /** Number of the study: what its trials share is kept under it. */
  readonly session: number;
  readonly trials: readonly TrialRequest[];
  /** The figures asked for; all when left out. */
  readonly metrics?: readonly string[] | undefined;
  /** Leaves out trials that only the event path can run. */
  readonly compiledOnly: boolean;
}

/** What a worker runs; it takes the next one when it has answered how this one ended. */
export type WorkerRequest = BacktestTask | TrialsTask;

/** How a request ended that nothing went wrong with. */
export type WorkerOutcome =
  | { readonly kind: 'done'; readonly result: BacktestResult }
  /** In the order of the trials; null for one that was left out. */
  | { readonly kind: 'trials'; readonly outcomes: readonly (TrialOutcome | null)[] };

export type WorkerAnswer =
  /** The strategy is about to be loaded; then its data are read, which takes as long as it takes. */
  | { readonly kind: 'loading' }
  | { readonly kind: 'reading' }
  /** Told once the data are read and then after every few candles: the worker lives. */
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | WorkerOutcome
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: ApiFailure }
  /** A bug: the error as it was thrown. */
  | { readonly kind: 'broken'; readonly error: unknown };
