/**
 * Numbers as a trader reads them. Decimal texts stay texts: they are rounded exactly and grouped with thin spaces,
 * and never pass through a float on their way to the screen.
 */

import { Decimal, type Rounding } from '../../shared/domain/decimal.ts';

/** Between groups of three digits; does not break a line. */
export const groupSpace = '\u202f';
/** A real minus sign: as wide as a plus, so that columns do not wobble. */
export const minusSign = '\u2212';
/** Shown where there is no value. */
export const noValue = '—';

export interface DecimalFormat {
  /** Digits after the point, fixed; left out: as many as the text has. */
  readonly places?: number | undefined;
  /** Shows `+` for positive values. */
  readonly signed?: boolean | undefined;
  readonly rounding?: Rounding | undefined;
}

function groupWhole(digits: string): string {
  if (digits.length <= 4) return digits;
  let out = '';
  for (let index = 0; index < digits.length; index += 1) {
    if (index > 0 && (digits.length - index) % 3 === 0) out += groupSpace;
    out += digits[index];
  }
  return out;
}

/**
 * Gives a plain text with `places` digits by padding alone, or null where it must be rounded or is not plain. Most
 * prices on a moving screen come with the digits they are shown with.
 */
function paddedText(text: string, places: number): string | null {
  let point = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 46 && point < 0 && at > 0) point = at;
    else if (code < 48 || code > 57) return null;
  }
  const digits = point < 0 ? 0 : text.length - point - 1;
  if (
    text.length === 0 ||
    digits > places ||
    (point >= 0 && digits === 0) ||
    (text.length > 1 && text.startsWith('0') && point !== 1)
  )
    return null;
  if (digits === places) return text;
  return `${text}${point < 0 ? '.' : ''}${'0'.repeat(places - digits)}`;
}

function roundedText(text: string, places: number | undefined, rounding: Rounding): string | null {
  const padded = places === undefined ? null : paddedText(text, places);
  if (padded !== null) return padded;
  try {
    const value = Decimal.parse(text);
    return places === undefined ? value.toString() : value.rounded(places, rounding).toFixed(places);
  } catch {
    // Not a number: the caller shows a dash, which is honest; a wrong figure would not be.
    return null;
  }
}

/** Gives a decimal text for the screen, or a dash for null, undefined and what is no number. */
export function formatDecimal(text: string | null | undefined, format: DecimalFormat = {}): string {
  if (text === null || text === undefined) return noValue;
  const plain = roundedText(text, format.places, format.rounding ?? 'half-even');
  if (plain === null) return noValue;
  const negative = plain.startsWith('-');
  const [whole = '0', fraction] = (negative ? plain.slice(1) : plain).split('.');
  const isZero = !/[1-9]/.test(plain);
  const sign = isZero ? '' : negative ? minusSign : format.signed === true ? '+' : '';
  return `${sign}${groupWhole(whole)}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** Gives the number of digits after the point of a step such as `0.01`: 2. A step of `10` gives 0. */
export function placesOfStep(step: string): number {
  const point = step.indexOf('.');
  return point < 0 ? 0 : step.slice(point + 1).replace(/0+$/, '').length;
}

/** Gives a fraction (decimal text) as a percentage: `0.0123` with 2 places is `1.23 %`. */
export function formatRate(rate: string | null | undefined, places = 2, signed = false): string {
  if (rate === null || rate === undefined) return noValue;
  try {
    const percent = Decimal.parse(rate).times(Decimal.fromInteger(100)).toString();
    return `${formatDecimal(percent, { places, signed })}${groupSpace}%`;
  } catch {
    return noValue;
  }
}

/** Gives a fraction that is a double (analysis, never money) as a percentage. */
export function formatFraction(fraction: number | null | undefined, places = 2, signed = true): string {
  if (fraction === null || fraction === undefined || !Number.isFinite(fraction)) return noValue;
  return formatRate(fraction.toFixed(places + 4), places, signed);
}

const compactUnits = [
  { size: 1e12, letter: 'T' },
  { size: 1e9, letter: 'B' },
  { size: 1e6, letter: 'M' },
  { size: 1e3, letter: 'K' },
] as const;

/** Gives a volume in few characters: `12.4M`. For volumes only; money is never shortened. */
export function formatCompact(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return noValue;
  for (const unit of compactUnits) {
    if (Math.abs(value) < unit.size) continue;
    const scaled = value / unit.size;
    return `${scaled.toFixed(Math.abs(scaled) >= 100 ? 0 : Math.abs(scaled) >= 10 ? 1 : 2)}${unit.letter}`;
  }
  return value.toFixed(Math.abs(value) >= 100 ? 0 : 2);
}

/** Gives -1, 0 or 1 for a decimal text; 0 for what is no number. */
export function signOf(text: string | null | undefined): -1 | 0 | 1 {
  if (text === null || text === undefined || !/[1-9]/.test(text)) return 0;
  return text.startsWith('-') ? -1 : 1;
}

/** Gives the places money of a currency is shown with: cents for dollars, eight for coins. */
export function placesOfCurrency(currency: string): number {
  return /^(USDT?|USDC|DAI|EUR|GBP|FDUSD|TUSD|BUSD)$/.test(currency) ? 2 : 8;
}

/** Gives an amount with its currency's places: `+12.40`. */
export function formatMoney(text: string | null | undefined, currency: string, signed = false): string {
  return formatDecimal(text, { places: placesOfCurrency(currency), signed });
}
