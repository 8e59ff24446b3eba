import { describe, expect, it } from 'vitest';
import {
  neighbours,
  oneSidedNotes,
  plateauShare,
  type ScoreAll,
  sensitivityLines,
  sensitivityMap,
} from '../../../src/app/robustness/sensitivity.ts';
import type { Dimension } from '../../../src/shared/lab/search-space.ts';

const space: Dimension[] = [
  { kind: 'integer', name: 'fast', from: 1, to: 10, step: 1 },
  { kind: 'decimal', name: 'stop', from: 0, to: 1, step: 0.25, log: false },
  { kind: 'categorical', name: 'average', options: ['sma', 'ema'] },
];
const score: ScoreAll = (settings) =>
  Promise.resolve(
    settings.map(([fast, stop, average]) =>
      average === 'ema' ? null : 10 - Math.abs(Number(fast) - 9) - Number(stop),
    ),
  );

describe('sensitivity', () => {
  it('walks steps around a value and stays inside the range', () => {
    expect(neighbours(space[0] as Dimension, 9, 3)).toEqual([6, 7, 8, 9, 10]);
    expect(neighbours(space[1] as Dimension, 0.25, 2)).toEqual([0, 0.25, 0.5, 0.75]);
    expect(neighbours({ kind: 'decimal', name: 'x', from: 0, to: 10, log: false }, 5.1, 1)).toEqual([
      4.6, 5.1, 5.6,
    ]);
  });

  it('scores one parameter at a time', async () => {
    const lines = await sensitivityLines(space, [9, 0.5, 'sma'], 1, score);
    expect(lines.map(({ parameter }) => parameter)).toEqual(['fast', 'stop', 'average']);
    expect(lines[0]?.points).toEqual([
      { value: 8, objective: 8.5 },
      { value: 9, objective: 9.5 },
      { value: 10, objective: 8.5 },
    ]);
    expect(lines[0]?.spread).toBeCloseTo(Math.sqrt(1 / 3), 12);
    expect(lines[2]).toEqual({
      parameter: 'average',
      points: [
        { value: 'sma', objective: 9.5 },
        { value: 'ema', objective: null },
      ],
      spread: null,
    });
  });

  it('scores two parameters together', async () => {
    const map = await sensitivityMap(space, [9, 0.25, 'sma'], [0, 1], 1, score);
    expect(map.acrossValues).toEqual([8, 9, 10]);
    expect(map.downValues).toEqual([0, 0.25, 0.5]);
    expect(map.objectives).toEqual([
      [9, 10, 9],
      [8.75, 9.75, 8.75],
      [8.5, 9.5, 8.5],
    ]);
  });

  it('says which parameters are known to one side only', async () => {
    const notes = async (base: readonly (string | number)[]) => {
      const lines = await sensitivityLines(space, base, 2, score);
      return oneSidedNotes(lines, { fast: base[0] ?? 0, stop: base[1] ?? 0, average: base[2] ?? '' });
    };
    expect(await notes([5, 0.5, 'sma'])).toEqual([]);
    expect(await notes([10, 0, 'sma'])).toEqual([
      'fast is known to one side only: 10 is the highest value of its space, so nothing above it was run. A better one may lie outside: widen the space and search again.',
      'stop is known to one side only: 0 is the lowest value of its space, so nothing below it was run. A better one may lie outside: widen the space and search again.',
    ]);
    // One step from the edge is a neighbour.
    expect(await notes([9, 0.25, 'sma'])).toEqual([]);
    // Neighbours that could not be scored say as little as those that are not there.
    const lines = [
      {
        parameter: 'slow',
        points: [
          { value: 4, objective: null },
          { value: 5, objective: 1 },
          { value: 6, objective: 2 },
        ],
        spread: 1,
      },
    ];
    expect(oneSidedNotes(lines, { slow: 5 })).toEqual([
      'slow is known to one side only: no neighbour below 5 has a score.',
    ]);
  });

  it('tells a plateau from a needle', () => {
    expect(plateauShare([9, 9.5, 10, 9.6], 10, 'maximise')).toBe(0.75);
    expect(plateauShare([0, 0.1, 0, null], 10, 'maximise')).toBe(0);
    expect(plateauShare([1.1, 5], 1, 'minimise')).toBe(0.5);
    expect(plateauShare([1], null, 'maximise')).toBeNull();
  });
});
