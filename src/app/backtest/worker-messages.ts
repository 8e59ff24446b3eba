/** What a backtest worker is told and what it answers. Everything can be cloned; columns are handed over, not copied. */

import type { ApiFailure } from '../../shared/api/result.ts';
import type { BacktestResult } from '../../shared/lab/result.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';

/** What a worker runs. */
export interface WorkerRequest {
  readonly spec: BacktestSpec;
  /** Where stored candles lie; without it only files can be named. */
  readonly dataFolder?: string | undefined;
  /** File whose export `strategy` runs instead of one that Sextant ships. */
  readonly strategyModule?: string | undefined;
  readonly withAudit?: boolean | undefined;
  /** One 32-bit number: not zero once the run should end. */
  readonly cancel: Int32Array;
}

export type WorkerAnswer =
  /** The strategy is about to be loaded; then its data are read, which takes as long as it takes. */
  | { readonly kind: 'loading' }
  | { readonly kind: 'reading' }
  /** Told once the data are read and then after every few candles: the worker lives. */
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'done'; readonly result: BacktestResult }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: ApiFailure };
