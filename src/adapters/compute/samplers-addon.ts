/** The part of the native addon that proposes trials of the optimiser. */

export interface AddonDimension {
  readonly kind: 'stepped' | 'continuous' | 'log' | 'categorical';
  readonly from: number;
  readonly to: number;
  readonly step?: number;
}

export interface AddonSampler {
  /** Writes the values of `count` trials to `out`, one after the other; gives how many there were. */
  ask(first: number, count: number, out: Float64Array): number;
  /** The outcome of a trial; `objectives` is empty for a trial without one. */
  tell(number: number, values: Float64Array, objectives: Float64Array): void;
}

export interface SamplersAddon {
  listSamplers(): readonly string[];
  readonly Sampler: new (
    method: string,
    dimensions: readonly AddonDimension[],
    objectives: number,
    seed: number,
  ) => AddonSampler;
}
