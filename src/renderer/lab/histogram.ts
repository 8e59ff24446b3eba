/** Values counted in bins of one width, for a picture. */

export interface Histogram {
  readonly bins: readonly number[];
  /** Lower end of the first bin and upper end of the last. */
  readonly low: number;
  readonly high: number;
  /** Values in the fullest bin. */
  readonly most: number;
}

const binsMost = 40;

/** Counts values; the range holds `mark` too. As many bins as the square root of the values, at most forty. */
export function histogram(values: readonly number[], mark: number): Histogram {
  const low = Math.min(mark, ...values);
  const highest = Math.max(mark, ...values);
  const high = highest > low ? highest : low + 1e-9;
  const count = Math.max(1, Math.min(binsMost, Math.ceil(Math.sqrt(values.length))));
  const bins = Array.from({ length: count }, () => 0);
  for (const value of values) {
    const bin = Math.min(count - 1, Math.floor(((value - low) / (high - low)) * count));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return { bins, low, high, most: Math.max(...bins) };
}
