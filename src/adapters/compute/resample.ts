/** Candles of a longer timeframe from those of a shorter one, by the native part. */

import type { CandleColumns, NativeAddon } from './addon.ts';
import { allocateColumns, sliceColumns } from './candle-columns.ts';
import { ComputeError, computing } from './compute-error.ts';

/** Joined candles. */
export interface ResampledCandles {
  readonly columns: CandleColumns;
  /** Source candles in each row; fewer than `toMs / fromMs` where the source has a hole. */
  readonly sources: Uint32Array;
  /** Whether the last row may still change. */
  readonly lastIsProvisional: boolean;
  /** Whether the source begins inside the first row, which then lacks its beginning. */
  readonly firstIsPartial: boolean;
}

/**
 * Joins candles of `fromMs` to candles of `toMs`, a multiple of it, on the UTC grid (weeks begin on Monday). A row is final
 * only when its last source candle, or a later one, is there; holes invent no candles. `lastIsProvisional` says whether the
 * last source candle may still change. Throws `ComputeError`: `BAD_ROWS` with row and reason, `BAD_ARGUMENT`.
 */
export function resampleCandles(
  addon: NativeAddon,
  source: CandleColumns,
  fromMs: number,
  toMs: number,
  lastIsProvisional = false,
): ResampledCandles {
  // Allocated only once the timeframes are known to be whole numbers: the addon checks everything else.
  if (!Number.isSafeInteger(fromMs) || !Number.isSafeInteger(toMs) || fromMs <= 0 || toMs <= 0) {
    throw new ComputeError(
      'BAD_ARGUMENT',
      `timeframes must be whole milliseconds, got ${fromMs} and ${toMs}`,
    );
  }
  const capacity = source.openTimeMs.length;
  const out = allocateColumns(capacity);
  const sources = new Uint32Array(capacity);
  const made = computing(() => addon.resampleCandles(source, fromMs, toMs, lastIsProvisional, out, sources));
  return {
    columns: sliceColumns(out, 0, made.rows),
    sources: sources.subarray(0, made.rows),
    lastIsProvisional: made.lastIsProvisional,
    firstIsPartial: made.firstIsPartial,
  };
}
