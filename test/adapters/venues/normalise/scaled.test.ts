import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../../src/adapters/venues/normalise/refusal.ts';
import {
  decimalsOfText,
  stepGrid,
  stepsOfNumber,
  stepsOfText,
} from '../../../../src/adapters/venues/normalise/scaled.ts';
import { Decimal } from '../../../../src/shared/domain/decimal.ts';

const grid = (step: string) => stepGrid(Decimal.parse(step));

describe('decimal text to steps', () => {
  it.each([
    ['61837.63000000', '0.01', 6_183_763],
    ['61837.5', '0.5', 123_675],
    ['0.00000001', '0.00000001', 1],
    ['100', '5', 20],
    ['007.10', '0.1', 71],
    ['90071992547409.91', '0.01', Number.MAX_SAFE_INTEGER],
  ])('%s in steps of %s is %d', (text, step, steps) => {
    expect(stepsOfText(text, grid(step), 'p')).toBe(steps);
    expect(Decimal.parse(step).times(Decimal.fromInteger(steps)).equals(Decimal.parse(text))).toBe(true);
  });

  it('agrees with exact decimals for every step count and step', () => {
    const steps = ['1', '0.1', '0.01', '0.00001', '0.00000001', '0.5', '0.25', '0.05', '10'];
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 40 }),
        fc.constantFrom(...steps),
        fc.integer({ min: 0, max: 6 }),
        (count, step, zeros) => {
          const exact = Decimal.parse(step).timesInteger(count);
          const text = zeros === 0 ? exact.toString() : exact.toFixed(exact.scale + zeros);
          expect(stepsOfText(text, grid(step), 'p')).toBe(count);
          if (count > 0) expect(stepsOfNumber(Number(text), grid(step), 'down', 'p')).toBe(count);
        },
      ),
    );
  });

  it.each([
    ['11979.30000000', '1', 11_979],
    ['0.99', '0.5', 1],
    ['0.4', '0.5', 0],
  ])(
    'rounds the text %s in steps of %s down to %d where asked, and refuses it otherwise',
    (text, step, steps) => {
      expect(stepsOfText(text, grid(step), 'q', 'down')).toBe(steps);
      expect(() => stepsOfText(text, grid(step), 'q')).toThrow(/between two steps/);
    },
  );

  it.each([
    ['down', 100],
    ['up', 101],
    ['nearest', 101],
  ] as const)('rounds a double between two steps %s to %d', (rounding, steps) => {
    expect(stepsOfNumber(1.006, grid('0.01'), rounding, 'p')).toBe(steps);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 0, -1, null, '1', 1e300])(
    'refuses the double %s',
    (value) => {
      expect(() => stepsOfNumber(value, grid('0.01'), 'nearest', 'p')).toThrow(Refusal);
    },
  );

  it.each(['0', '-0.01', '0.0000000000000001'])('refuses a step of %s', (step) => {
    expect(() => grid(step)).toThrow(Refusal);
  });

  it.each([
    ['61837.63000000', 2],
    ['5', 0],
    ['5.000', 0],
    ['0.00000001', 8],
    ['1.', undefined],
    ['.5', undefined],
    ['x', undefined],
    ['', undefined],
    [5, undefined],
  ])('%s has %s decimals', (text, decimals) => {
    expect(decimalsOfText(text)).toBe(decimals);
  });
});
