/** What a backtest worker is told and what it answers. Everything can be cloned; columns are handed over, not copied. */

import type { ApiFailure } from '../../shared/api/result.ts';
import type { BacktestResult } from '../../shared/lab/result.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import type { CandleNoise } from './chance-candles.ts';
import type { Checkpoint } from './checkpoints.ts';

/** What a worker runs; it takes the next one when it has answered how this one ended. */
export interface WorkerRequest {
  readonly spec: BacktestSpec;
  /** Where stored candles lie; without it only files can be named. */
  readonly dataFolder?: string | undefined;
  /** File whose export `strategy` runs instead of one that Sextant ships. */
  readonly strategyModule?: string | undefined;
  readonly withAudit?: boolean | undefined;
  /** Noise in all candles; without it they are as they were read. */
  readonly noise?: CandleNoise | undefined;
  /** Moments at which the return so far is noted, and below which the run ends there. */
  readonly checkpoints?: readonly Checkpoint[] | undefined;
  /** One 32-bit number: not zero once the run should end. */
  readonly cancel: Int32Array;
}

/** How a run ended that nothing went wrong with; `interim` holds the returns at the checkpoints it came to. */
export type WorkerOutcome =
  | { readonly kind: 'done'; readonly result: BacktestResult; readonly interim: readonly number[] }
  | { readonly kind: 'ended-early'; readonly interim: readonly number[] };

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
