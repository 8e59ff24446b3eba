/**
 * Functions optimisers are compared on, in the usual forms (S. Surjanovic, D. Bingham, Virtual Library of Simulation
 * Experiments; E. Zitzler et al. 2000 for ZDT; K. Deb et al. 2002 for DTLZ), and the hypervolume of a front.
 */

import type { Sampler } from '../../../src/adapters/compute/samplers.ts';
import type { Dimension } from '../../../src/shared/lab/search-space.ts';

export interface StandardFunction {
  /** Lower and upper bound of each dimension. */
  readonly box: readonly (readonly [number, number])[];
  /** Objectives to be minimised. */
  readonly at: (x: readonly number[]) => readonly number[];
  /** Point the hypervolume is measured against; several objectives only. */
  readonly reference?: readonly number[];
}

const box = (dimensions: number, from: number, to: number): [number, number][] =>
  Array.from({ length: dimensions }, () => [from, to]);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const hartmannWeights = [1, 1.2, 3, 3.2];
const hartmannScales = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const hartmannCentres = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
];

export const standardFunctions: Readonly<Record<string, StandardFunction>> = {
  /** The sphere of the peers' script: its centre is 0.3 k mod 2. */
  sphere10: { box: box(10, -5, 5), at: (x) => [sum(x.map((value, k) => (value - ((0.3 * k) % 2)) ** 2))] },
  branin: {
    box: [
      [-5, 10],
      [0, 15],
    ],
    at: ([x = 0, y = 0]) => [
      (y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6) ** 2 +
        10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) +
        10,
    ],
  },
  hartmann6: {
    box: box(6, 0, 1),
    at: (x) => [
      -sum(
        hartmannWeights.map((weight, row) => {
          const apart = x.map(
            (value, k) =>
              (hartmannScales[row]?.[k] ?? 0) * (value - (hartmannCentres[row]?.[k] ?? 0) / 10_000) ** 2,
          );
          return weight * Math.exp(-sum(apart));
        }),
      ),
    ],
  },
  rosenbrock5: {
    box: box(5, -2, 2),
    at: (x) => [
      sum(x.slice(1).map((next, k) => 100 * (next - (x[k] ?? 0) ** 2) ** 2 + (1 - (x[k] ?? 0)) ** 2)),
    ],
  },
  rastrigin5: {
    box: box(5, -5.12, 5.12),
    at: (x) => [50 + sum(x.map((value) => value ** 2 - 10 * Math.cos(2 * Math.PI * value)))],
  },
  ackley5: {
    box: box(5, -32.768, 32.768),
    at: (x) => [
      -20 * Math.exp(-0.2 * Math.sqrt(sum(x.map((value) => value ** 2)) / 5)) -
        Math.exp(sum(x.map((value) => Math.cos(2 * Math.PI * value))) / 5) +
        20 +
        Math.E,
    ],
  },
  zdt1: {
    box: box(10, 0, 1),
    reference: [1.1, 1.1],
    at: ([first = 0, ...rest]) => {
      const g = 1 + (9 * sum(rest)) / rest.length;
      return [first, g * (1 - Math.sqrt(first / g))];
    },
  },
  dtlz2: {
    box: box(7, 0, 1),
    reference: [1.5, 1.5, 1.5],
    at: ([first = 0, second = 0, ...rest]) => {
      const radius = 1 + sum(rest.map((value) => (value - 0.5) ** 2));
      const [a, b] = [(first * Math.PI) / 2, (second * Math.PI) / 2];
      return [radius * Math.cos(a) * Math.cos(b), radius * Math.cos(a) * Math.sin(b), radius * Math.sin(a)];
    },
  },
};

/** The space of a function as an optimiser takes it. */
export function spaceOf({ box: bounds }: StandardFunction): Dimension[] {
  return bounds.map(([from, to], index) => ({ kind: 'decimal', name: `x${index}`, from, to, log: false }));
}

/** Runs trials one after the other; gives the objectives of each. */
export function runTrials(of: StandardFunction, sampler: Sampler, trials: number): (readonly number[])[] {
  return Array.from({ length: trials }, (_, number) => {
    const [row] = sampler.ask(number, 1);
    if (row === undefined) throw new Error(`the sampler has no trial ${number}`);
    const objectives = of.at([...row]);
    sampler.tell(number, row, objectives);
    return objectives;
  });
}

/** Volume between a set of points (minimised) and a point they dominate. */
export function hypervolume(points: readonly (readonly number[])[], reference: readonly number[]): number {
  const inside = front(points.filter((point) => point.every((value, k) => value < (reference[k] ?? 0))));
  const last = reference.length - 1;
  if (last === 0) return Math.max(0, ...inside.map(([value = 0]) => (reference[0] ?? 0) - value));
  // Slices along the last objective: between two of its values the volume is the area of what lies below.
  const levels = [...new Set(inside.map((point) => point[last] ?? 0))].sort((left, right) => left - right);
  return sum(
    levels.map((level, index) => {
      const below = inside
        .filter((point) => (point[last] ?? 0) <= level)
        .map((point) => point.slice(0, last));
      const height = (levels[index + 1] ?? reference[last] ?? 0) - level;
      return height * hypervolume(below, reference.slice(0, last));
    }),
  );
}

/** The points that no other is as good as in everything. */
function front(points: readonly (readonly number[])[]): (readonly number[])[] {
  const sorted = [...points].sort((left, right) => (left[0] ?? 0) - (right[0] ?? 0));
  const kept: (readonly number[])[] = [];
  for (const point of sorted) {
    if (!kept.some((other) => other.every((value, k) => value <= (point[k] ?? 0)))) kept.push(point);
  }
  return kept;
}
