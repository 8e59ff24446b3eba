/** How far the candles of a file lie apart: what its own times say about its timeframe. */

/** Distances between neighbours, in milliseconds; both 0 with fewer than two candles. */
export interface CandleStep {
  readonly smallestMs: number;
  /** The one that occurs most often; of several the smallest. */
  readonly commonMs: number;
}

/** Reads the distances off rising open times. */
export function candleStep(openTimeMs: Float64Array): CandleStep {
  const count = openTimeMs.length - 1;
  if (count < 1) return { smallestMs: 0, commonMs: 0 };
  let smallestMs = Number.POSITIVE_INFINITY;
  let smallestCount = 0;
  for (let row = 1; row <= count; row += 1) {
    const stepMs = (openTimeMs[row] as number) - (openTimeMs[row - 1] as number);
    if (stepMs < smallestMs) {
      smallestMs = stepMs;
      smallestCount = 0;
    }
    if (stepMs === smallestMs) smallestCount += 1;
  }
  // Nearly every file: nothing can occur more often than what half of it has.
  if (smallestCount * 2 >= count) return { smallestMs, commonMs: smallestMs };
  return { smallestMs, commonMs: mostCommon(openTimeMs) };
}

function mostCommon(openTimeMs: Float64Array): number {
  const counts = new Map<number, number>();
  for (let row = 1; row < openTimeMs.length; row += 1) {
    const stepMs = (openTimeMs[row] as number) - (openTimeMs[row - 1] as number);
    counts.set(stepMs, (counts.get(stepMs) ?? 0) + 1);
  }
  const [common] = [...counts].sort(([a, first], [b, second]) => second - first || a - b);
  return common?.[0] ?? 0;
}
