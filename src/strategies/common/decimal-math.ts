/**
 * Powers and roots of exact decimals, for price ladders. Integer arithmetic only: the same digits on every machine,
 * which a double's `pow` does not promise.
 */

import { Decimal } from '../../shared/domain/decimal.ts';

/** Digits kept after the point in intermediate results: far more than any tick size needs. */
export const workingScale = 30;
const guardScale = 40;
const unit = 10n ** BigInt(guardScale);

export const hundred = Decimal.fromInteger(100);

/** Gives a percentage text as a fraction: `1.5` becomes 0.015. */
export function fractionOfPercent(percent: string): Decimal {
  return Decimal.parse(percent).dividedBy(hundred, workingScale);
}

/** Gives left / right with 30 digits after the point, rounded half to even. */
export function quotient(left: Decimal, right: Decimal): Decimal {
  return left.dividedBy(right, workingScale);
}

function toFixedPoint(value: Decimal): bigint {
  const rounded = value.rounded(guardScale, 'half-even');
  return rounded.coefficient * 10n ** BigInt(guardScale - rounded.scale);
}

function fixedPower(base: bigint, exponent: number): bigint {
  let result = unit;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = (result * square) / unit;
    if (rest > 1) square = (square * square) / unit;
  }
  return result;
}

/** Gives `base` to a whole power (negative: one over it), to about 38 digits. `base` must be positive. */
export function decimalPower(base: Decimal, exponent: number): Decimal {
  if (!base.isPositive || !Number.isSafeInteger(exponent))
    throw new RangeError('power of a non-positive base or by a fraction');
  const power = fixedPower(toFixedPoint(base), Math.abs(exponent));
  return Decimal.of(exponent < 0 ? (unit * unit) / power : power, guardScale);
}

/** Gives the positive root of `value`, which must be at least 1, to about 37 digits. */
export function nthRoot(value: Decimal, degree: number): Decimal {
  if (value.compare(Decimal.one) < 0) throw new RangeError('root of a value below 1');
  if (!Number.isSafeInteger(degree) || degree < 1)
    throw new RangeError('degree of a root must be a whole number of at least 1');
  if (degree === 1) return value;
  const target = toFixedPoint(value);
  const n = BigInt(degree);
  // Newton from above: 1 + (value - 1)/n is never below the root (Bernoulli), and each step comes nearer until
  // rounding stops it.
  let root = unit + (target - unit) / n;
  for (;;) {
    const next = ((n - 1n) * root + (target * unit) / fixedPower(root, degree - 1)) / n;
    if (next >= root) return Decimal.of(root, guardScale);
    root = next;
  }
}
