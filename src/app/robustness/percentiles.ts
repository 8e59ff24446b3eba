/** Percentiles of a few hundred runs, as NumPy's `percentile` has them: linear between two values. */

import type { Percentiles } from '../../adapters/compute/robustness.ts';

/** Gives the values at five shares. Throws `RangeError` for no values. */
export function percentilesOf(values: readonly number[]): Percentiles {
  if (values.length === 0) throw new RangeError('percentiles need values');
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const low = sorted[below] as number;
    const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
    return low + (high - low) * (place - below);
  };
  return { p5: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95) };
}
