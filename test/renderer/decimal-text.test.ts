/** Numbers on the screen: exact, grouped, signed, never through a float. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatCompact,
  formatDecimal,
  formatFraction,
  formatMoney,
  formatRate,
  groupSpace,
  minusSign,
  noValue,
  placesOfStep,
  signOf,
} from '../../src/renderer/format/decimal-text.ts';
import { Decimal } from '../../src/shared/domain/decimal.ts';

const plain = (text: string): string => text.replaceAll(groupSpace, ' ').replaceAll(minusSign, '-');

describe('formatDecimal', () => {
  const cases: readonly [
    name: string,
    text: string | null,
    format: Parameters<typeof formatDecimal>[1],
    shown: string,
  ][] = [
    ['a small number stays as it is', '12.5', {}, '12.5'],
    ['four digits are not grouped', '1234.5', {}, '1234.5'],
    ['five digits are', '61500.25', {}, '61 500.25'],
    ['groups of three from the right', '1234567890', {}, '1 234 567 890'],
    ['fixed places fill up with zeros', '3.1', { places: 4 }, '3.1000'],
    ['halves go to the even digit', '0.125', { places: 2 }, '0.12'],
    ['halves go to the even digit, upwards', '0.135', { places: 2 }, '0.14'],
    ['rounding down never shows more than there is', '0.999', { places: 2, rounding: 'down' }, '0.99'],
    ['a minus sign as wide as a plus', '-1234567.1', {}, '-1 234 567.1'],
    ['profit shows its plus', '12.4', { signed: true, places: 2 }, '+12.40'],
    ['zero has no sign', '0.000', { signed: true, places: 2 }, '0.00'],
    ['what rounds to zero has no sign', '-0.001', { signed: true, places: 2 }, '0.00'],
    [
      'more digits than a double holds',
      '123456789012345678.123456789',
      {},
      '123 456 789 012 345 678.123456789',
    ],
    ['nothing is a dash', null, {}, noValue],
    ['no number is a dash, not a guess', '1,5', {}, noValue],
    ['NaN is a dash', 'NaN', { places: 2 }, noValue],
  ];
  it.each(cases)('%s', (_name, text, format, shown) => {
    expect(plain(formatDecimal(text, format))).toBe(shown);
  });

  it('with fixed places says what exact arithmetic says, padded or rounded', () => {
    const text = fc.stringMatching(/^-?\d{1,9}(\.\d{1,6})?$/);
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 5 }), (one, places) => {
        const exact = Decimal.parse(one).toFixed(places);
        const shown = formatDecimal(one, { places }).replaceAll(groupSpace, '').replace(minusSign, '-');
        expect(shown).toBe(/[1-9]/.test(exact) ? exact : exact.replace('-', ''));
      }),
      { numRuns: 1000 },
    );
  });

  it('loses no digit of any decimal', () => {
    const decimal = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.stringMatching(/^\d{0,8}[1-9]$/));
    fc.assert(
      fc.property(decimal, ([whole, fraction]) => {
        const text = `${whole}.${fraction}`;
        expect(formatDecimal(text).replaceAll(groupSpace, '')).toBe(text);
      }),
    );
  });
});

describe('rates and fractions', () => {
  it.each([
    ['0.0123', 2, false, '1.23 %'],
    ['0.00367', 3, true, '+0.367 %'],
    ['-0.5', 1, true, '-50.0 %'],
  ] as const)('%s with %i places is %s', (rate, places, signed, shown) => {
    expect(plain(formatRate(rate, places, signed))).toBe(shown);
  });
  it('a fraction that is no number is a dash', () => {
    expect(formatFraction(Number.NaN)).toBe(noValue);
    expect(plain(formatFraction(-0.02173))).toBe('-2.17 %');
  });
});

describe('the rest', () => {
  it.each([
    ['0.01', 2],
    ['0.00001', 5],
    ['0.10', 1],
    ['1', 0],
    ['10', 0],
  ])('a step of %s has %i places', (step, places) => {
    expect(placesOfStep(step)).toBe(places);
  });
  it('dollars have cents, coins eight places', () => {
    expect(formatMoney('1.005', 'USDT')).toBe('1.00');
    expect(formatMoney('0.5', 'BTC')).toBe('0.50000000');
  });
  it('volumes are short', () => {
    expect([12.345, 999, 1234, 56_780, 12_400_000, 3.2e9].map(formatCompact)).toEqual([
      '12.35',
      '999',
      '1.23K',
      '56.8K',
      '12.4M',
      '3.20B',
    ]);
  });
  it('the sign of a text is that of its digits', () => {
    expect(['-0.000', '0', '-0.1', '2', null].map(signOf)).toEqual([0, 0, -1, 1, 0]);
  });
});
