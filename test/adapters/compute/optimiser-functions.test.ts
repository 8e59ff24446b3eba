/**
 * The samplers on standard functions beside Optuna 5.0.0 with its defaults on the same functions, trials and number of
 * seeds (`test/fixtures/optuna-5.0.0.json`: best value of each of its twenty runs, or the hypervolume of its front).
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { createSampler } from '../../../src/adapters/compute/samplers.ts';
import { hypervolume, runTrials, spaceOf, standardFunctions } from './standard-functions.ts';

const recorded = z
  .object({
    program: z.string(),
    rows: z.array(
      z.object({
        sampler: z.string(),
        function: z.string(),
        trials: z.number(),
        values: z.array(z.number()).length(20),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/optuna-5.0.0.json', import.meta.url), 'utf8')));

/** Optuna's names of what we call otherwise. */
const ourName: Readonly<Record<string, string>> = { qmc: 'sobol', nsga2: 'nsga-ii', nsga3: 'nsga-iii' };
/** Equal samplers win half of all pairs; over twenty seeds each, chance takes less than this two times in a hundred. */
const leastShareWon = 0.31;

/** Best value of a run, or the negated hypervolume of its front: less is better. */
function outcome(name: string, method: string, trials: number, seed: number): number {
  const of = standardFunctions[name];
  if (of === undefined) throw new Error(`there is no function ${name}`);
  const objectives = of.reference?.length ?? 1;
  const sampler = createSampler(loadNative(), { method, space: spaceOf(of), objectives, seed });
  const values = runTrials(of, sampler, trials);
  if (of.reference !== undefined) return -hypervolume(values, of.reference);
  return Math.min(...values.map(([value = Number.NaN]) => value));
}

/** Share of pairs in which ours is less; ties count half. */
function shareWon(ours: readonly number[], theirs: readonly number[]): number {
  const points = ours.flatMap((own) => theirs.map((other) => (own < other ? 1 : own === other ? 0.5 : 0)));
  return points.reduce((total: number, point) => total + point, 0) / points.length;
}

const median = (values: readonly number[]): number =>
  [...values].sort((left, right) => left - right)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;

describe(`samplers beside ${recorded.program}`, () => {
  it.each(recorded.rows)(
    '$sampler on $function, $trials trials',
    ({ sampler, function: name, trials, values }) => {
      const isFront = standardFunctions[name]?.reference !== undefined;
      const theirs = isFront ? values.map((value) => -value) : values;
      const method = ourName[sampler] ?? sampler;
      const ours = theirs.map((_, seed) => outcome(name, method, trials, seed));
      const won = shareWon(ours, theirs);
      process.stdout.write(
        `${method} on ${name}: median ${median(ours)}, Optuna ${median(theirs)}; ${Math.round(won * 100)} % of pairs won\n`,
      );
      // Both may stand at the minimum, apart by rounding.
      const level = Math.abs(median(ours) - median(theirs)) <= 1e-9;
      if (!level) expect(won).toBeGreaterThanOrEqual(leastShareWon);
    },
  );

  it('gp needs a third of the trials to be where Optuna’s TPE is with 200', () => {
    const theirs = recorded.rows.find((row) => row.sampler === 'tpe' && row.function === 'hartmann6');
    const ours = Array.from({ length: 5 }, (_, seed) => outcome('hartmann6', 'gp', 66, seed));
    expect(median(ours)).toBeLessThanOrEqual(median(theirs?.values ?? []) + 0.01);
  });
});

describe('the functions themselves', () => {
  // Minima as the sources give them.
  it.each([
    ['branin', [Math.PI, 2.275], 0.397887],
    ['hartmann6', [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573], -3.32237],
    ['rosenbrock5', [1, 1, 1, 1, 1], 0],
    ['rastrigin5', [0, 0, 0, 0, 0], 0],
    ['ackley5', [0, 0, 0, 0, 0], 0],
    ['sphere10', [0, 0.3, 0.6, 0.9, 1.2, 1.5, 1.8, 0.1, 0.4, 0.7], 0],
  ])('%s has its minimum where the literature says', (name, at, value) => {
    expect(standardFunctions[name]?.at(at)[0]).toBeCloseTo(value, 4);
  });

  it('a hypervolume is what lies between the front and the reference', () => {
    // Two steps under (3, 3): 2 x 1 and 1 x 1 more.
    expect(
      hypervolume(
        [
          [1, 2],
          [2, 1],
          [2.5, 2.5],
          [9, 0],
        ],
        [3, 3],
      ),
    ).toBe(3);
    // A cube of side 1, and on half of its top a second one of height 1.
    expect(
      hypervolume(
        [
          [1, 1, 1],
          [1, 1.5, 0],
        ],
        [2, 2, 2],
      ),
    ).toBe(1.5);
  });
});
