/** From values to places on a chart, round axis values, and long columns cut down to what a screen can show. */

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Lowest and highest finite value; `include` are values that must lie inside. */
export function rangeOf(column: ArrayLike<number>, ...include: number[]): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < column.length; row++) {
    const value = column[row] as number;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  low = Math.min(low, ...include);
  high = Math.max(high, ...include);
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

/**
 * Rows to draw of a long column: of each of `buckets` equal stretches the lowest and the highest value, in their order, and
 * both ends. Rows that are no number are left out.
 */
export function decimate(column: ArrayLike<number>, buckets: number): number[] {
  const rows = column.length;
  if (rows <= buckets * 2) {
    const all: number[] = [];
    for (let row = 0; row < rows; row++) if (Number.isFinite(column[row])) all.push(row);
    return all;
  }
  const kept: number[] = [];
  const keep = (row: number): void => {
    if (row >= 0 && kept.at(-1) !== row) kept.push(row);
  };
  keep(Number.isFinite(column[0]) ? 0 : -1);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const end = Math.floor(((bucket + 1) * rows) / buckets);
    let lowRow = -1;
    let highRow = -1;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let row = Math.floor((bucket * rows) / buckets); row < end; row++) {
      const value = column[row] as number;
      if (value < low) {
        low = value;
        lowRow = row;
      }
      if (value > high) {
        high = value;
        highRow = row;
      }
    }
    keep(Math.min(lowRow, highRow));
    keep(Math.max(lowRow, highRow));
  }
  keep(Number.isFinite(column[rows - 1]) ? rows - 1 : -1);
  return kept;
}

/** At most `count` indices out of `length`, evenly spread. */
export function spread(length: number, count: number): number[] {
  if (length <= count) return Array.from({ length }, (_, index) => index);
  return Array.from({ length: count }, (_, index) => Math.floor((index * length) / count));
}
