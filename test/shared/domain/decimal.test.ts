import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, DecimalSyntaxError } from '../../../src/shared/domain/decimal.ts';

const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.integer({ min: 0, max: 18 }))
  .map(([coefficient, scale]) => Decimal.of(coefficient, scale));

describe('Decimal', () => {
  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['1.500', '1.5'],
    ['-0.00012', '-0.00012'],
    ['1e-8', '0.00000001'],
    ['1.5E3', '1500'],
    ['+7', '7'],
    ['123456789012345678901234567890.123456789', '123456789012345678901234567890.123456789'],
  ])('reads %s as %s', (text, expected) => {
    expect(Decimal.parse(text).toString()).toBe(expected);
  });

  it.each([
    '',
    ' ',
    '1,5',
    'NaN',
    'Infinity',
    '1e400',
    '0x10',
    '1.',
    '.5',
    '--1',
    '1 000',
    `1${'0'.repeat(100)}`,
  ])('refuses "%s"', (text) => {
    expect(() => Decimal.parse(text)).toThrow(DecimalSyntaxError);
  });

  it('refuses doubles that are no numbers', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => Decimal.fromNumber(value)).toThrow(DecimalSyntaxError);
    }
  });

  it('adds what doubles cannot: 0.1 + 0.2 is 0.3', () => {
    expect(Decimal.parse('0.1').plus(Decimal.parse('0.2')).toString()).toBe('0.3');
  });

  it.each([
    ['10', '3', 4, 'down', '3.3333'],
    ['-10', '3', 4, 'down', '-3.3333'],
    ['10', '3', 4, 'up', '3.3334'],
    ['1', '8', 2, 'half-even', '0.12'],
    ['3', '8', 2, 'half-even', '0.38'],
    ['0.001', '0.00001', 0, 'down', '100'],
    ['61837.64', '0.01', 0, 'half-even', '6183764'],
  ] as const)('divides %s by %s to %i digits, %s: %s', (left, right, scale, rounding, expected) => {
    expect(Decimal.parse(left).dividedBy(Decimal.parse(right), scale, rounding).toString()).toBe(expected);
  });

  it('fails on division by zero', () => {
    expect(() => Decimal.one.dividedBy(Decimal.zero, 2)).toThrow(RangeError);
  });

  it('prints a fixed number of digits', () => {
    expect(Decimal.parse('2').toFixed(2)).toBe('2.00');
    expect(Decimal.parse('-0.005').toFixed(2)).toBe('0.00');
    expect(Decimal.parse('1.005').toFixed(2)).toBe('1.00');
    expect(Decimal.parse('1.015').toFixed(2)).toBe('1.02');
  });

  it('survives its own text, and keeps the laws of arithmetic', () => {
    fc.assert(
      fc.property(decimals, decimals, decimals, (a, b, c) => {
        expect(Decimal.parse(a.toString()).equals(a)).toBe(true);
        expect(a.plus(b).equals(b.plus(a))).toBe(true);
        expect(
          a
            .plus(b)
            .plus(c)
            .equals(a.plus(b.plus(c))),
        ).toBe(true);
        expect(a.times(b.plus(c)).equals(a.times(b).plus(a.times(c)))).toBe(true);
        expect(a.minus(b).plus(b).equals(a)).toBe(true);
        expect(a.compare(b)).toBe(-b.compare(a) === 0 ? 0 : -b.compare(a));
      }),
    );
  });

  it('rounds a quotient to within one unit of the last digit', () => {
    fc.assert(
      fc.property(decimals, decimals, fc.integer({ min: 0, max: 12 }), (a, b, scale) => {
        fc.pre(!b.isZero);
        const error = a.dividedBy(b, scale, 'down').times(b).minus(a).absolute();
        expect(error.compare(b.absolute().times(Decimal.of(1n, scale)))).toBeLessThanOrEqual(0);
      }),
    );
  });
});
