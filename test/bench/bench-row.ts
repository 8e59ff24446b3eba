/** One row of the benchmark table. `target` is what we aim at; `peer` what it is held against in the same run. */

export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: number;
  readonly peer?: string | undefined;
  readonly peerValue?: number | undefined;
  readonly ratio?: number | undefined;
  readonly ok: boolean;
}

/** A rate: more is better. */
export function rateRow(name: string, value: number, unit: string, target: number): BenchRow {
  return { name, value, unit, target, ok: value >= target };
}

/** A cost: less is better. */
export function costRow(name: string, value: number, unit: string, target: number): BenchRow {
  return { name, value, unit, target, ok: value <= target };
}

/** Gives the value below which a fraction of the samples lies. */
export function percentile(samples: readonly number[], fraction: number): number {
  const sorted = [...samples].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}
