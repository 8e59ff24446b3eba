/**
 * What a person typed into a number field. Only plain decimals pass; everything else is refused with the reason,
 * because guessing what `1,5` means has cost traders money.
 */

import { Decimal } from '../../shared/domain/decimal.ts';

export type ParsedInput =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string };

const refuse = (message: string): ParsedInput => ({ ok: false, message });

/** Gives the canonical decimal text of an input, or why it is refused. White space around it is ignored. */
export function parseDecimalInput(
  input: string,
  options: { signed?: boolean; positive?: boolean } = {},
): ParsedInput {
  const text = input.trim();
  if (text === '') return refuse('Enter a number');
  if (text.includes(','))
    return refuse('Use a point for decimals and no thousands separator, such as 1234.5');
  if (/\s/.test(text)) return refuse('No spaces inside a number');
  if (/e/i.test(text) && /^[-+]?[\d.]+e[-+]?\d+$/i.test(text))
    return refuse('Write the number out, without an exponent');
  if (text.startsWith('+')) return refuse('Leave the plus sign out');
  if (text.startsWith('-') && options.signed !== true) return refuse('Must not be negative');
  if (!/^-?\d+(\.\d+)?$/.test(text)) return refuse('Must be a plain decimal number such as 61500.5');
  if (text.length > 40) return refuse('Too many digits');
  const value = Decimal.parse(text);
  if (options.positive === true && !value.isPositive) return refuse('Must be greater than zero');
  return { ok: true, text: value.toString() };
}

/** Gives the whole number of an input within inclusive bounds, or why it is refused. */
export function parseIntegerInput(
  input: string,
  bounds: { minimum: string | null; maximum: string | null },
): { readonly ok: true; readonly value: number } | { readonly ok: false; readonly message: string } {
  const text = input.trim();
  if (text === '') return { ok: false, message: 'Enter a whole number' };
  if (!/^-?\d{1,15}$/.test(text))
    return { ok: false, message: 'Must be a whole number, without point or comma' };
  const value = Number(text);
  if (bounds.minimum !== null && value < Number(bounds.minimum))
    return { ok: false, message: `At least ${bounds.minimum}` };
  if (bounds.maximum !== null && value > Number(bounds.maximum))
    return { ok: false, message: `At most ${bounds.maximum}` };
  return { ok: true, value };
}

/** Tells why a decimal text lies outside inclusive bounds, or null when it does not. */
export function outsideBounds(text: string, minimum: string | null, maximum: string | null): string | null {
  const value = Decimal.parse(text);
  if (minimum !== null && value.compare(Decimal.parse(minimum)) < 0) return `At least ${minimum}`;
  if (maximum !== null && value.compare(Decimal.parse(maximum)) > 0) return `At most ${maximum}`;
  return null;
}

/** Gives the decimal text of the whole tick nearest to a chart price (a double), never below one tick. */
export function snapToTick(price: number, tickSize: string): string {
  const tick = Decimal.parse(tickSize);
  const ticks = Math.max(1, Math.round(price / tick.toNumber()));
  return tick.timesInteger(ticks).toString();
}
