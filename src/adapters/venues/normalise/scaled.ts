/** Decimal text to an integer number of steps without a float in between, fast enough for every level of a book. */

import type { Decimal } from '../../../shared/domain/decimal.ts';
import { Refusal } from './refusal.ts';

const digitZero = 48;
const digitNine = 57;
const point = 46;

/** A step such as 0.01 or 0.5 as `units / 10^scale`, prepared for parsing. */
export interface StepGrid {
  readonly scale: number;
  readonly units: number;
}

/** Largest step of a grid and finest scale; anything beyond is no venue's rule. */
const scaleMaximum = 15;

/** Prepares a tick or lot size. Throws `Refusal` when it is not positive or not exactly representable. */
export function stepGrid(step: Decimal): StepGrid {
  const units = Number(step.coefficient);
  if (!step.isPositive) throw new Refusal('not-positive', 'step', `a step must be above zero, not ${step}`);
  if (step.scale > scaleMaximum || !Number.isSafeInteger(units)) {
    throw new Refusal('unsupported', 'step', `a step of ${step} is finer than ${scaleMaximum} decimals`);
  }
  return { scale: step.scale, units };
}

/**
 * Gives the number of steps in a plain decimal text such as `61837.63000000`. Throws `Refusal` for anything that is
 * not a plain non-negative decimal or is beyond 2^53 steps. Zero is allowed. A value between two steps is refused,
 * or rounded down where asked.
 */
export function stepsOfText(
  text: unknown,
  grid: StepGrid,
  field: string,
  between: 'refuse' | 'down' = 'refuse',
): number {
  if (typeof text !== 'string') throw notPlain(text, field);
  const length = text.length;
  if (length === 0 || length > 40) throw notPlain(text, field);
  let value = 0;
  let decimals = -1;
  let digits = 0;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= digitZero && code <= digitNine) {
      digits += 1;
      if (decimals >= 0) {
        if (decimals === grid.scale) {
          if (code !== digitZero && between === 'refuse') throw offGrid(text, field);
          continue;
        }
        decimals += 1;
      }
      value = value * 10 + (code - digitZero);
    } else if (code === point && decimals < 0 && index > 0) {
      decimals = 0;
    } else {
      throw notPlain(text, field);
    }
  }
  if (digits === 0 || text.charCodeAt(length - 1) === point) throw notPlain(text, field);
  for (let missing = grid.scale - Math.max(decimals, 0); missing > 0; missing -= 1) value *= 10;
  if (value > Number.MAX_SAFE_INTEGER)
    throw new Refusal('too-large-number', field, `${field} is too large: ${shorten(text)}`);
  if (grid.units === 1) return value;
  const steps = value / grid.units;
  if (Number.isInteger(steps)) return steps;
  if (between === 'refuse') throw offGrid(text, field);
  return Math.floor(steps);
}

/** As `stepsOfText`, and refuses zero: for prices and trade sizes. */
export function positiveStepsOfText(text: unknown, grid: StepGrid, field: string): number {
  const steps = stepsOfText(text, grid, field);
  if (steps === 0) throw new Refusal('not-positive', field, `${field} must be above zero`);
  return steps;
}

const powersOfTen = Array.from({ length: scaleMaximum + 1 }, (_, exponent) => 10 ** exponent);

/** How a double that lies between two steps is treated. */
export type StepRounding = 'down' | 'up' | 'nearest';

/**
 * Gives the number of steps in a double that was parsed from a decimal text (CCXT hands out doubles). The nearest
 * step is exact for such values; a value that truly lies between two steps is rounded as asked. Throws `Refusal`
 * for NaN, infinities, negative values, zero, and values beyond 2^53 steps.
 */
export function stepsOfNumber(value: unknown, grid: StepGrid, rounding: StepRounding, field: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw notPlain(value, field);
  if (value <= 0) throw new Refusal('not-positive', field, `${field} must be above zero, not ${value}`);
  const exact = (value * (powersOfTen[grid.scale] as number)) / grid.units;
  const nearest = Math.round(exact);
  if (nearest > Number.MAX_SAFE_INTEGER)
    throw new Refusal('too-large-number', field, `${field} is too large: ${value}`);
  // Two roundings of a double: the error stays below 2^-51 of the value; a hundredfold margin tells grid from off-grid.
  if (Math.abs(exact - nearest) <= Math.max(1e-9, nearest * 1e-13)) return nearest;
  if (rounding === 'down') return Math.floor(exact);
  return rounding === 'up' ? Math.ceil(exact) : nearest;
}

/** Gives how many digits after the point of a plain decimal text are not trailing zeros; undefined when it is none. */
export function decimalsOfText(text: unknown): number | undefined {
  if (typeof text !== 'string' || text.length === 0 || text.length > 45) return undefined;
  let pointAt = -1;
  let lastNonZero = -1;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === point && pointAt < 0 && index > 0) pointAt = index;
    else if (code < digitZero || code > digitNine) return undefined;
    else if (code !== digitZero) lastNonZero = index;
  }
  if (pointAt === text.length - 1) return undefined;
  return pointAt < 0 ? 0 : Math.max(0, lastNonZero - pointAt);
}

function notPlain(value: unknown, field: string): Refusal {
  return new Refusal('bad-number', field, `${field} is not a plain decimal number: ${shorten(value)}`);
}

function offGrid(text: string, field: string): Refusal {
  return new Refusal('off-grid', field, `${field} ${shorten(text)} lies between two steps of the instrument`);
}

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
