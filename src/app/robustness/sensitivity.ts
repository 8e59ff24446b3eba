/**
 * How much the result hangs on each parameter: the neighbours of a setting, one parameter at a time and two together.
 * A setting on a plateau can be believed; one on a needle was found by luck.
 */

import {
  type Dimension,
  dimensionSize,
  type SearchValue,
  samplerNumber,
  searchValue,
} from '../../shared/lab/search-space.ts';

/** A point of the map with its objective; null without a score. */
export interface SensitivityPoint {
  readonly values: readonly SearchValue[];
  readonly objective: number | null;
}

/** Values of one parameter, the others as in the base. */
export interface SensitivityLine {
  readonly parameter: string;
  readonly points: readonly { readonly value: SearchValue; readonly objective: number | null }[];
  /** Standard deviation of the objective over the line; null with fewer than two scores. */
  readonly spread: number | null;
}

/** Two parameters against each other; rows are values of the second one. */
export interface SensitivityMap {
  readonly across: string;
  readonly down: string;
  readonly acrossValues: readonly SearchValue[];
  readonly downValues: readonly SearchValue[];
  readonly objectives: readonly (readonly (number | null)[])[];
}

/** Gives the values of a dimension around one of them: at most `reach` steps to each side, all options of a choice. */
export function neighbours(of: Dimension, around: SearchValue, reach: number): SearchValue[] {
  if (of.kind === 'categorical') return [...of.options];
  if (of.kind === 'boolean') return [false, true];
  const centre = samplerNumber(of, around);
  const size = dimensionSize(of);
  // A range without steps is walked in twentieths, the centre among them.
  const step = of.step ?? (of.to - of.from) / 20;
  const found = new Set<SearchValue>();
  for (let offset = -reach; offset <= reach; offset += 1) {
    const raw = centre + offset * step;
    if (size > 1 && (raw < of.from - step / 2 || raw > of.to + step / 2)) continue;
    found.add(offset === 0 ? around : searchValue(of, raw));
  }
  return [...found].sort((left, right) => Number(left) - Number(right));
}

/** Scores many settings at once, in order. */
export type ScoreAll = (settings: readonly (readonly SearchValue[])[]) => Promise<readonly (number | null)[]>;

/** Gives one line a parameter; together they cost about `2 × reach` runs each. */
export async function sensitivityLines(
  space: readonly Dimension[],
  base: readonly SearchValue[],
  reach: number,
  score: ScoreAll,
): Promise<SensitivityLine[]> {
  const rows = space.map((dimension, index) => neighbours(dimension, base[index] as SearchValue, reach));
  const settings = rows.flatMap((values, index) => values.map((value) => base.with(index, value)));
  const scores = await score(settings);
  let at = 0;
  return space.map(({ name }, index) => {
    const points = (rows[index] as SearchValue[]).map((value) => {
      const objective = scores[at] ?? null;
      at += 1;
      return { value, objective };
    });
    return { parameter: name, points, spread: spreadOf(points.map(({ objective }) => objective)) };
  });
}

/** Gives the map of two parameters, named by their place in the space. */
export async function sensitivityMap(
  space: readonly Dimension[],
  base: readonly SearchValue[],
  places: readonly [across: number, down: number],
  reach: number,
  score: ScoreAll,
): Promise<SensitivityMap> {
  const [across, down] = places;
  const acrossValues = neighbours(space[across] as Dimension, base[across] as SearchValue, reach);
  const downValues = neighbours(space[down] as Dimension, base[down] as SearchValue, reach);
  const scores = await score(
    downValues.flatMap((lower) => acrossValues.map((upper) => base.with(across, upper).with(down, lower))),
  );
  return {
    across: (space[across] as Dimension).name,
    down: (space[down] as Dimension).name,
    acrossValues,
    downValues,
    objectives: downValues.map((_value, row) =>
      acrossValues.map((_other, column) => scores[row * acrossValues.length + column] ?? null),
    ),
  };
}

/**
 * Gives the share of the neighbours that keep at least half of what the base has over the worst of them: near 1 on a
 * plateau, near 0 on a needle. `better` says which way the objective goes; null when the base has no score.
 */
export function plateauShare(
  objectives: readonly (number | null)[],
  base: number | null,
  better: 'maximise' | 'minimise',
): number | null {
  if (base === null) return null;
  const turned = objectives.map((value) => (value === null ? null : better === 'maximise' ? value : -value));
  const top = better === 'maximise' ? base : -base;
  const known = turned.filter((value) => value !== null);
  const floor = Math.min(top, ...known);
  if (objectives.length === 0 || floor === top) return 1;
  const half = floor + (top - floor) / 2;
  return turned.filter((value) => value !== null && value >= half).length / objectives.length;
}

/**
 * Says which parameters are known to one side only, in sentences: a setting at the edge of its space, or with neighbours on one
 * side that have no score, may stand on a slope that goes on where nobody looked.
 */
export function oneSidedNotes(
  lines: readonly SensitivityLine[],
  base: Readonly<Record<string, SearchValue>>,
): string[] {
  return lines.flatMap(({ parameter, points }) => {
    const value = base[parameter];
    if (typeof value !== 'number') return [];
    const below = points.filter((point) => Number(point.value) < value);
    const above = points.filter((point) => Number(point.value) > value);
    return [
      ...oneSided(parameter, value, below, above, 'lowest', 'below'),
      ...oneSided(parameter, value, above, below, 'highest', 'above'),
    ];
  });
}

function oneSided(
  parameter: string,
  value: number,
  points: SensitivityLine['points'],
  others: SensitivityLine['points'],
  edge: string,
  side: string,
): string[] {
  const isScored = ({ objective }: { readonly objective: number | null }): boolean => objective !== null;
  if (points.some(isScored) || !others.some(isScored)) return [];
  const start = `${parameter} is known to one side only: `;
  return points.length === 0
    ? [
        `${start}${value} is the ${edge} value of its space, so nothing ${side} it was run. A better one may lie outside: widen the space and search again.`,
      ]
    : [`${start}no neighbour ${side} ${value} has a score.`];
}

function spreadOf(objectives: readonly (number | null)[]): number | null {
  const known = objectives.filter((value) => value !== null);
  if (known.length < 2) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (known.length - 1));
}
