/** Short texts and small coefficients take another way through `Decimal`: it must lead to the same place. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Decimal, DecimalSyntaxError } from '../../../src/shared/domain/decimal.ts';

const digits = (most: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: most }).map((list) => list.join(''));

test('a plain text reads like the same text with an exponent, which takes the long way', () => {
  fc.assert(
    fc.property(fc.boolean(), digits(12), fc.option(digits(20)), (negative, whole, fraction) => {
      const text = `${negative ? '-' : ''}${whole}${fraction === null ? '' : `.${fraction}`}`;
      const short = Decimal.parse(text);
      const long = Decimal.parse(`${text}e0`);
      expect([short.coefficient, short.scale]).toEqual([long.coefficient, long.scale]);
      expect(short.toNumber()).toBe(Number(text) === 0 ? 0 : Number(text));
    }),
  );
});

test('large coefficients lose their zeros wherever the limit of a double lies', () => {
  for (const [coefficient, scale, text] of [
    [90_071_992_547_409_910_000_000n, 10, '9007199254740.991'],
    [10n ** 30n, 30, '1'],
    [10n ** 30n, 12, '1000000000000000000'],
    [-123_456_789_012_345_678_900n, 5, '-1234567890123456.789'],
    [9_007_199_254_740_993n, 3, '9007199254740.993'],
  ] as const) {
    expect(Decimal.of(coefficient, scale).toString()).toBe(text);
  }
});

test.each(['', '-', '.', '1.', '.5', '-.5', '1.2.3', '1,5', ' 1', '+', '0x1', '１'])(
  '"%s" is no decimal',
  (text) => {
    expect(() => Decimal.parse(text)).toThrow(DecimalSyntaxError);
  },
);
