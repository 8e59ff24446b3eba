import { expect, test } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { createSampler, type SamplerOptions } from '../../../src/adapters/compute/samplers.ts';
import { type Dimension, searchValue } from '../../../src/shared/lab/search-space.ts';
import { multiObjectiveSamplers, samplerNames } from '../../../src/shared/lab/study.ts';
import { failureOf } from './support.ts';

const addon = loadNative();
const space: readonly Dimension[] = [
  { kind: 'integer', name: 'period', from: 2, to: 40, step: 2 },
  { kind: 'decimal', name: 'stop', from: 0.5, to: 5, step: 0.5, log: false },
  { kind: 'boolean', name: 'shorts' },
];
const free: Dimension = { kind: 'decimal', name: 'rate', from: 0.001, to: 1, log: true };

function loss(values: Float64Array): number {
  const [period = 0, stop = 0, shorts = 0] = values;
  return ((period - 24) / 10) ** 2 + (stop - 2) ** 2 + shorts;
}

const make = (method: string, change: Partial<SamplerOptions> = {}) =>
  createSampler(addon, { method, space, objectives: 1, seed: 7, ...change });

test('the addon has every sampler a study can name', () => {
  expect([...addon.listSamplers()].sort()).toEqual([...samplerNames].sort());
});

for (const method of samplerNames) {
  test(`${method}: proposes what the space has, the same when it is told the same`, () => {
    const [first, second] = [make(method), make(method)];
    for (let number = 0; number < 60; number += 4) {
      const rows = first.ask(number, 4);
      expect(rows).toHaveLength(4);
      for (const [index, row] of rows.entries()) {
        space.forEach((dimension, at) => {
          const value = searchValue(dimension, row[at] as number);
          const plain = dimension.kind === 'boolean' ? row[at] === 1 : row[at];
          expect(value).toBe(plain);
        });
        // A failed trial among them.
        const outcome = (number + index) % 11 === 5 ? [] : [loss(row)];
        first.tell(number + index, row, outcome);
        second.tell(number + index, row, outcome);
      }
    }
    expect(second.ask(60, 2)).toEqual(first.ask(60, 2));
  });
}

test('those that learn find more than chance does', () => {
  const best = (method: string): number => {
    const sampler = make(method, { space: [...space, free] });
    let least = Number.POSITIVE_INFINITY;
    for (let number = 0; number < 120; number += 1) {
      const [row] = sampler.ask(number, 1);
      if (row === undefined) throw new Error('no trial');
      const value = loss(row) + Math.log((row[3] as number) / 0.05) ** 2;
      sampler.tell(number, row, [value]);
      least = Math.min(least, value);
    }
    return least;
  };
  const chance = best('random');
  for (const method of ['tpe', 'gp', 'cma-es', 'nsga-ii']) expect(best(method), method).toBeLessThan(chance);
});

test('several objectives: only where a study may have them', async () => {
  for (const method of samplerNames) {
    const several = () => make(method, { objectives: 3 });
    if (multiObjectiveSamplers.has(method)) expect(several().ask(0, 1)).toHaveLength(1);
    else expect(await failureOf(several)).toMatchObject({ code: 'BAD_ARGUMENT' });
  }
});
