/** Moments of a run at which it tells its return so far and may end: a trial that lags behind need not run on. */

import { interimPoints, type TrialRequest } from '../optimise/trial-evaluator.ts';

/** A moment of a run, as part of its candles (0 to 1). */
export interface Checkpoint {
  readonly part: number;
  /** Return below which the run ends here with `BacktestEndedEarlyError`; null: it goes on. */
  readonly endBelow: number | null;
}

/** Gives the checkpoints of a trial. */
export function checkpointsOf(pruneBelow: TrialRequest['pruneBelow']): Checkpoint[] {
  return interimPoints.map((part, index) => ({ part, endBelow: pruneBelow[index] ?? null }));
}

/** Candles of a run of `bars` after which a checkpoint is. */
function barsAt(part: number, bars: number): number {
  return 1 + Math.floor(part * (bars - 1));
}

/** Gives the rows of the equity of a run of `bars` candles at which the checkpoints of a trial are. */
export function checkpointRows(bars: number): number[] {
  return interimPoints.map((part) => barsAt(part, bars) - 1);
}

/** Thrown when a run fell below what a checkpoint asks for: there is no result. */
export class BacktestEndedEarlyError extends Error {
  override readonly name = 'BacktestEndedEarlyError';
}

/** The checkpoints of one run of `bars` candles. */
export class Checkpoints {
  readonly #rest: { readonly bars: number; readonly endBelow: number | null }[];
  readonly #startEquity: number;
  readonly #onCheckpoint: ((gain: number) => void) | undefined;

  constructor(
    checkpoints: readonly Checkpoint[] | undefined,
    bars: number,
    startEquity: number,
    onCheckpoint: ((gain: number) => void) | undefined,
  ) {
    this.#rest = (checkpoints ?? []).map(({ part, endBelow }) => ({
      bars: barsAt(part, bars),
      endBelow,
    }));
    this.#startEquity = startEquity;
    this.#onCheckpoint = onCheckpoint;
  }

  /** Candles after which the next one is; Infinity when there is none left. */
  get nextBars(): number {
    return this.#rest[0]?.bars ?? Number.POSITIVE_INFINITY;
  }

  /** Passes what has been reached after so many candles. Throws `BacktestEndedEarlyError`. */
  pass(bars: number, equity: () => number): void {
    while (bars >= this.nextBars) {
      const endBelow = this.#rest.shift()?.endBelow ?? null;
      const gain = equity() / this.#startEquity - 1;
      this.#onCheckpoint?.(gain);
      if (endBelow === null || gain >= endBelow) continue;
      throw new BacktestEndedEarlyError(`a return of ${gain} after ${bars} candles`);
    }
  }

  /** Passes all of a run of so many candles that is whole already. Throws `BacktestEndedEarlyError` as a live one does. */
  passAll(length: number, equityAt: (row: number) => number): void {
    while (this.nextBars <= length) {
      const bars = this.nextBars;
      this.pass(bars, () => equityAt(bars - 1));
    }
  }
}
