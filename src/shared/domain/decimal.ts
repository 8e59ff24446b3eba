/**
 * Exact decimals for money. A value is `coefficient / 10^scale` with a bigint coefficient, kept without
 * trailing zeros, so that equal values have one form and one text.
 */

/** How a result that does not fit the asked scale is rounded. */
export type Rounding = 'down' | 'up' | 'half-even';

/** The largest scale a parsed text may have: more digits after the point than any venue quotes. */
const scaleMax = 40;
const textLengthMax = 80;
const decimalPattern = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

const safeMax = BigInt(Number.MAX_SAFE_INTEGER);
const stepDigits = 8;
const step = 100_000_000n;

/** Characters of a text whose digits a double surely holds exactly. */
const shortTextMax = 16;
/** Digits after the point of the text `parseShort` read last. */
let shortScale = 0;

/** Reads a short plain text without exponent as its digits, point left out; undefined for everything else. */
function parseShort(text: string): number | undefined {
  const { length } = text;
  let value = 0;
  let point = -1;
  const first = text.charCodeAt(0);
  const start = first === minusSign ? 1 : 0;
  for (let at = start; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === pointSign && point < 0 && at > start && at < length - 1) point = at;
    else if (code >= zeroDigit && code <= zeroDigit + 9) value = value * 10 + (code - zeroDigit);
    else return undefined;
  }
  if (start === length || value > Number.MAX_SAFE_INTEGER) return undefined;
  shortScale = point < 0 ? 0 : length - 1 - point;
  return start === 1 ? -value : value;
}

const minusSign = 45;
const pointSign = 46;
const zeroDigit = 48;

const powersOfTen: bigint[] = [1n];
function powerOfTen(exponent: number): bigint {
  for (let next = powersOfTen.length; next <= exponent; next += 1) {
    powersOfTen.push((powersOfTen[next - 1] as bigint) * 10n);
  }
  return powersOfTen[exponent] as bigint;
}

/** Thrown for a text that is not a plain decimal number; `text` is what was given, cut to 40 characters. */
export class DecimalSyntaxError extends Error {
  override readonly name = 'DecimalSyntaxError';
  readonly text: string;
  constructor(text: string) {
    super(`not a decimal number: "${text.slice(0, 40)}"`);
    this.text = text;
  }
}

function divideRounded(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  const quotient = numerator / denominator;
  const remainder = numerator % denominator;
  if (remainder === 0n) return quotient;
  const away = numerator < 0n !== denominator < 0n ? -1n : 1n;
  if (rounding === 'down') return quotient;
  if (rounding === 'up') return quotient + away;
  const twice = (remainder < 0n ? -remainder : remainder) * 2n;
  const size = denominator < 0n ? -denominator : denominator;
  if (twice > size || (twice === size && quotient % 2n !== 0n)) return quotient + away;
  return quotient;
}

/** An exact, immutable decimal number. */
export class Decimal {
  readonly coefficient: bigint;
  readonly scale: number;

  private constructor(coefficient: bigint, scale: number) {
    this.coefficient = coefficient;
    this.scale = scale;
  }

  static readonly zero = new Decimal(0n, 0);
  static readonly one = new Decimal(1n, 0);

  /** Gives `coefficient / 10^scale` in its one canonical form. */
  static of(coefficient: bigint, scale: number): Decimal {
    if (coefficient === 0n) return Decimal.zero;
    if (scale <= 0) return new Decimal(coefficient, scale);
    let reduced = coefficient;
    let places = scale;
    // Whole steps first: dividing large integers is what costs.
    while (places >= stepDigits && (reduced > safeMax || reduced < -safeMax) && reduced % step === 0n) {
      reduced /= step;
      places -= stepDigits;
    }
    if (reduced <= safeMax && reduced >= -safeMax) return Decimal.ofSafe(Number(reduced), places);
    while (places > 0 && reduced % 10n === 0n) {
      reduced /= 10n;
      places -= 1;
    }
    return new Decimal(reduced, places);
  }

  /** The same for a coefficient that a double holds exactly. */
  private static ofSafe(coefficient: number, scale: number): Decimal {
    if (coefficient === 0) return Decimal.zero;
    let reduced = coefficient;
    let places = scale;
    while (places > 0 && reduced % 10 === 0) {
      reduced /= 10;
      places -= 1;
    }
    return new Decimal(BigInt(reduced), places);
  }

  /** Parses a plain or exponent decimal such as `0.001`, `-5` or `1e-8`. Throws `DecimalSyntaxError`. */
  static parse(text: string): Decimal {
    const short = text.length <= shortTextMax ? parseShort(text) : undefined;
    if (short !== undefined) return Decimal.ofSafe(short, shortScale);
    if (text.length > textLengthMax) throw new DecimalSyntaxError(text);
    const match = decimalPattern.exec(text);
    if (match === null) throw new DecimalSyntaxError(text);
    const fraction = match[3] ?? '';
    const scale = fraction.length - Number(match[4] ?? 0);
    const digits = BigInt(`${match[2]}${fraction}`);
    const signed = match[1] === '-' ? -digits : digits;
    if (scale > scaleMax || scale < -scaleMax) throw new DecimalSyntaxError(text);
    return scale >= 0 ? Decimal.of(signed, scale) : Decimal.of(signed * powerOfTen(-scale), 0);
  }

  /** Gives the decimal that a double prints as. Throws for NaN and infinities: they are never money. */
  static fromNumber(value: number): Decimal {
    if (!Number.isFinite(value)) throw new DecimalSyntaxError(String(value));
    return Decimal.parse(String(value));
  }

  static fromInteger(value: number | bigint): Decimal {
    return Decimal.of(BigInt(value), 0);
  }

  /** Adds up any number of values. */
  static sum(values: Iterable<Decimal>): Decimal {
    let total = Decimal.zero;
    for (const value of values) total = total.plus(value);
    return total;
  }

  plus(other: Decimal): Decimal {
    if (this.scale === other.scale) return Decimal.of(this.coefficient + other.coefficient, this.scale);
    return this.scale > other.scale
      ? Decimal.of(this.coefficient + other.coefficient * powerOfTen(this.scale - other.scale), this.scale)
      : Decimal.of(this.coefficient * powerOfTen(other.scale - this.scale) + other.coefficient, other.scale);
  }

  minus(other: Decimal): Decimal {
    return this.plus(other.negated());
  }

  times(other: Decimal): Decimal {
    return Decimal.of(this.coefficient * other.coefficient, this.scale + other.scale);
  }

  timesInteger(factor: number): Decimal {
    return Decimal.of(this.coefficient * BigInt(factor), this.scale);
  }

  /** Divides and rounds to `scale` digits after the point. Throws on division by zero. */
  dividedBy(other: Decimal, scale: number, rounding: Rounding = 'half-even'): Decimal {
    if (other.coefficient === 0n) throw new RangeError('division of a decimal by zero');
    const shift = scale + other.scale - this.scale;
    const numerator = shift >= 0 ? this.coefficient * powerOfTen(shift) : this.coefficient;
    const denominator = shift >= 0 ? other.coefficient : other.coefficient * powerOfTen(-shift);
    return Decimal.of(divideRounded(numerator, denominator, rounding), scale);
  }

  /** Rounds to `scale` digits after the point. */
  rounded(scale: number, rounding: Rounding): Decimal {
    if (scale >= this.scale) return this;
    return Decimal.of(divideRounded(this.coefficient, powerOfTen(this.scale - scale), rounding), scale);
  }

  negated(): Decimal {
    return this.coefficient === 0n ? this : new Decimal(-this.coefficient, this.scale);
  }

  absolute(): Decimal {
    return this.coefficient < 0n ? this.negated() : this;
  }

  /** Gives -1, 0 or 1. */
  compare(other: Decimal): -1 | 0 | 1 {
    if (this.scale === other.scale) {
      return this.coefficient < other.coefficient ? -1 : this.coefficient > other.coefficient ? 1 : 0;
    }
    const difference = this.minus(other).coefficient;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  equals(other: Decimal): boolean {
    return this.scale === other.scale && this.coefficient === other.coefficient;
  }

  get isZero(): boolean {
    return this.coefficient === 0n;
  }

  get isNegative(): boolean {
    return this.coefficient < 0n;
  }

  get isPositive(): boolean {
    return this.coefficient > 0n;
  }

  /** Gives the nearest double: for charts and indicators only, never back into the ledger. */
  toNumber(): number {
    return Number(this.toString());
  }

  /** Gives the value as a plain text without exponent, for example `-0.00012`. */
  toString(): string {
    if (this.scale === 0) return this.coefficient.toString();
    const negative = this.coefficient < 0n;
    const digits = (negative ? -this.coefficient : this.coefficient).toString().padStart(this.scale + 1, '0');
    const point = digits.length - this.scale;
    return `${negative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
  }

  /** Gives the value with exactly `places` digits after the point, rounded half to even. */
  toFixed(places: number): string {
    const text = this.rounded(places, 'half-even').toString();
    if (places === 0) return text;
    const [whole, fraction = ''] = text.split('.');
    return `${whole}.${fraction.padEnd(places, '0')}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Gives the smaller of two values. */
export function decimalMin(left: Decimal, right: Decimal): Decimal {
  return left.compare(right) <= 0 ? left : right;
}

/** Gives the larger of two values. */
export function decimalMax(left: Decimal, right: Decimal): Decimal {
  return left.compare(right) >= 0 ? left : right;
}
