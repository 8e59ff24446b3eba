/** What a backtest is run with besides its specification, and how it ends when it is cancelled. */

import type { AnyStrategy } from '../../engine/strategy/api.ts';
import type { Checkpoint } from './checkpoints.ts';
import type { FileReader, StoreReader } from './load-series.ts';

export interface BacktestOptions {
  readonly findStrategy: (id: string) => AnyStrategy | undefined;
  /** Reads stored candles; without it only files can be named. */
  readonly readStored?: StoreReader | undefined;
  /** Reads candle files; from disk when left out. */
  readonly readFile?: FileReader | undefined;
  /** The strategy is somebody's own code: whatever it is called, there are no rules of ours to compile in its place. */
  readonly isOwnCode?: boolean | undefined;
  /** Keeps the full hash chain of audit records, for a proof that two runs are equal; slower. */
  readonly withAudit?: boolean | undefined;
  /** Told now and then: candles done and candles in all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly isCancelled?: (() => boolean) | undefined;
  /** Moments, rising, at which the return so far is told, and below which the run ends there. */
  readonly checkpoints?: readonly Checkpoint[] | undefined;
  /** Told the return at each checkpoint (equity over start equity, less one), in their order. */
  readonly onCheckpoint?: ((gain: number) => void) | undefined;
}

/** Thrown when a run was cancelled: there is no result. */
export class BacktestCancelledError extends Error {
  override readonly name = 'BacktestCancelledError';
}
