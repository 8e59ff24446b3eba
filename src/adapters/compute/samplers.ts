/** Samplers of the optimiser: a search space in, trials out. Definitions: `native/crates/core/src/optimise`. */

import { type Dimension, dimensionSize } from '../../shared/lab/search-space.ts';
import { computing } from './compute-error.ts';
import type { AddonDimension, SamplersAddon } from './samplers-addon.ts';

/** A search that goes on. All its state is what it was told, so a new one told the same proposes the same. */
export interface Sampler {
  /**
   * Proposes `count` trials from number `first` on: one row of sampler numbers (see `searchValue`) a trial; fewer rows
   * when the space is used up.
   */
  ask(first: number, count: number): Float64Array[];
  /** The outcome of a trial, in rising order of numbers: objectives to be minimised, or none for a failed trial. */
  tell(number: number, values: Float64Array, objectives: readonly number[]): void;
}

export interface SamplerOptions {
  readonly method: string;
  readonly space: readonly Dimension[];
  readonly objectives: number;
  /** Whole number below 2^53. */
  readonly seed: number;
}

/** Gives a sampler. Throws `ComputeError` (`BAD_ARGUMENT`) when the method cannot search this space. */
export function createSampler(addon: SamplersAddon, options: SamplerOptions): Sampler {
  const { method, space, objectives, seed } = options;
  const width = space.length;
  const sampler = computing(() => new addon.Sampler(method, space.map(addonDimension), objectives, seed));
  return {
    ask(first, count) {
      const out = new Float64Array(count * width);
      const given = computing(() => sampler.ask(first, count, out));
      return Array.from({ length: given }, (_row, index) => out.slice(index * width, (index + 1) * width));
    },
    tell(number, values, outcome) {
      computing(() => sampler.tell(number, values, Float64Array.from(outcome)));
    },
  };
}

function addonDimension(of: Dimension): AddonDimension {
  switch (of.kind) {
    case 'integer':
      return { kind: 'stepped', from: of.from, to: of.to, step: of.step };
    case 'decimal':
      if (of.step !== undefined) return { kind: 'stepped', from: of.from, to: of.to, step: of.step };
      return { kind: of.log ? 'log' : 'continuous', from: of.from, to: of.to };
    case 'categorical':
    case 'boolean':
      return { kind: 'categorical', from: 0, to: dimensionSize(of) - 1 };
  }
}
