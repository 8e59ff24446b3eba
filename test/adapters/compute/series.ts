/** Candles whose prices tell their row. */

import type { CandleColumns } from '../../../src/adapters/compute/candle-columns.ts';

export const minuteMs = 60_000;

/** Minute candles `first` to `end` (not included), each with prices that tell its row. */
export function minutes(first: number, end: number): CandleColumns {
  const column = (value: (row: number) => number): Float64Array =>
    Float64Array.from({ length: end - first }, (_, index) => value(first + index));
  return {
    openTimeMs: column((row) => row * minuteMs),
    open: column((row) => 100 + (row % 977) / 100),
    high: column((row) => 102 + (row % 977) / 100),
    low: column((row) => 99 + (row % 977) / 100),
    close: column((row) => 101 + (row % 977) / 100),
    volume: column((row) => row / 10),
  };
}
