import { expect, it } from 'vitest';
import { candleStep } from '../../../src/shared/domain/candle-step.ts';

it.each([
  ['no candle', [], 0, 0],
  ['one', [7], 0, 0],
  ['a grid', [0, 5, 10, 15], 5, 5],
  ['holes in it', [0, 5, 10, 60, 65, 70], 5, 5],
  ['as many of each', [0, 5, 15], 5, 5],
  ['one that is off', [0, 60, 65, 120, 180, 240], 5, 60],
  ['mostly holes', [0, 10, 20, 25, 35, 45], 5, 10],
])('reads the distances of %s', (_name, times, smallestMs, commonMs) => {
  expect(candleStep(Float64Array.from(times))).toEqual({ smallestMs, commonMs });
});
