/** From values to places on a chart, and round values for its axes. */

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Lowest and highest finite value of these rows; `include` are values that must lie inside. */
export function rangeOf(column: ArrayLike<number>, rows: readonly number[], ...include: number[]): Range {
  let low = Math.min(...include);
  let high = Math.max(...include);
  for (const row of rows) {
    const value = column[row] as number;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low <= high)) return { low: 0, high: 1 };
  // A flat line lies in the middle.
  if (low === high) return { low: low - Math.abs(low || 1) * 0.01, high: high + Math.abs(high || 1) * 0.01 };
  return { low, high };
}

/** At most `steps` round values inside a range. */
export function ticks({ low, high }: Range, steps: number): number[] {
  const rough = (high - low) / steps;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude;
  const first = Math.ceil(low / step);
  const found: number[] = [];
  for (let index = first; index * step <= high + step * 1e-9; index++) found.push(index * step);
  return found;
}

/** Digits after the point that tell the values of an axis apart. */
export function axisDigits(values: readonly number[]): number {
  const step = Math.abs((values[1] ?? 1) - (values[0] ?? 0)) || 1;
  return Math.max(0, Math.min(8, Math.ceil(-Math.log10(step) - 1e-9)));
}

/** Place in 0 to `size`, turned upside down: high values are at the top. */
export function placeOf(value: number, { low, high }: Range, size: number): number {
  return size - ((value - low) / (high - low)) * size;
}

/** At most `count` indices out of `length`, evenly spread. */
export function spread(length: number, count: number): number[] {
  if (length <= count) return Array.from({ length }, (_, index) => index);
  return Array.from({ length: count }, (_, index) => Math.floor((index * length) / count));
}
