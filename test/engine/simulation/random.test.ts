/** The generator against its published first numbers, its distributions against their moments. */

import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/engine/simulation/random.ts';

function moments(draw: () => number, count = 200_000) {
  let sum = 0;
  let squares = 0;
  let fourths = 0;
  for (let index = 0; index < count; index += 1) {
    const value = draw();
    sum += value;
    squares += value * value;
    fourths += value ** 4;
  }
  const mean = sum / count;
  const variance = squares / count - mean * mean;
  return { mean, variance, kurtosis: fourths / count / variance ** 2 };
}

describe('RandomStream', () => {
  it('is xoshiro128**: state 1, 2, 3, 4 gives the published sequence', () => {
    const stream = RandomStream.restore({ words: [1, 2, 3, 4], spareNormal: null });
    const numbers = Array.from({ length: 4 }, () => stream.nextUint32());
    expect(numbers).toEqual([11520, 0, 5927040, 70819200]);
  });

  it('gives the same numbers for the same seed and name, others for another', () => {
    const draw = (seed: string, name: string) => {
      const stream = new RandomStream(seed, name);
      return Array.from({ length: 8 }, () => stream.nextUint32()).join();
    };
    const all = [draw('1', 'a'), draw('1', 'b'), draw('2', 'a'), draw('', '1a'), draw('1a', '')];
    expect(draw('1', 'a')).toBe(all[0]);
    expect(new Set(all).size).toBe(all.length);
  });

  it('neighbouring names are unrelated', () => {
    const left = new RandomStream('s', 'flow:1');
    const right = new RandomStream('s', 'flow:2');
    let product = 0;
    for (let index = 0; index < 50_000; index += 1) product += left.normal() * right.normal();
    expect(Math.abs(product / 50_000)).toBeLessThan(0.02);
  });

  it.each([
    {
      name: 'uniform',
      draw: (s: RandomStream) => s.uniform(),
      mean: 0.5,
      variance: 1 / 12,
      kurtosis: undefined,
    },
    { name: 'normal', draw: (s: RandomStream) => s.normal(), mean: 0, variance: 1, kurtosis: 3 },
    {
      name: 'exponential of mean 2',
      draw: (s: RandomStream) => s.exponential(2),
      mean: 2,
      variance: 4,
      kurtosis: undefined,
    },
    // Student-t with 10 degrees: variance 10/8, kurtosis 3 + 6/(10 - 4) = 4.
    {
      name: 'Student-t, 10 degrees',
      draw: (s: RandomStream) => s.studentT(10),
      mean: 0,
      variance: 1.25,
      kurtosis: 4,
    },
  ])('$name has its moments', ({ draw, mean, variance, kurtosis }) => {
    const stream = new RandomStream('moments', 'test');
    const measured = moments(() => draw(stream));
    expect(Math.abs(measured.mean - mean)).toBeLessThan(0.02);
    expect(Math.abs(measured.variance / variance - 1)).toBeLessThan(0.03);
    if (kurtosis !== undefined) expect(Math.abs(measured.kurtosis / kurtosis - 1)).toBeLessThan(0.1);
  });

  it('integerBelow covers its range evenly', () => {
    const stream = new RandomStream('dice', 'test');
    const counts = [0, 0, 0, 0, 0, 0];
    for (let index = 0; index < 60_000; index += 1) {
      const face = stream.integerBelow(6);
      counts[face] = (counts[face] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it('goes on exactly from a saved state, the spare normal included', () => {
    const stream = new RandomStream('save', 'test');
    stream.normal();
    const twin = RandomStream.restore(JSON.parse(JSON.stringify(stream.save())));
    const draw = (s: RandomStream) => [s.normal(), s.normal(), s.uniform(), s.studentT(4), s.exponential(1)];
    expect(draw(twin)).toEqual(draw(stream));
  });
});
