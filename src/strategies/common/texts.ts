/** Numbers as a trader reads them, and the builders of plan figures and violations. */

import { type Decimal, Decimal as Decimals } from '../../shared/domain/decimal.ts';
import { type Instrument, priceOf } from '../../shared/domain/instrument.ts';
import type { PlanFigure, PlanViolation } from '../../shared/domain/plan.ts';
import { hundred } from './decimal-math.ts';

/** A price in ticks as text with all digits of the tick size. */
export function priceText(instrument: Instrument, ticks: number): string {
  return priceOf(instrument, ticks).toFixed(instrument.tickSize.scale);
}

/** An amount rounded to `places` digits, without trailing zeros. */
export function amountText(amount: Decimal, places = 8): string {
  return amount.rounded(places, 'half-even').toString();
}

/** Money rounded up: what has to be there. */
export function neededText(amount: Decimal, places = 8): string {
  return amount.rounded(places, 'up').toString();
}

/** A fraction as a percentage: 0.0123 becomes `1.23`. */
export function percentText(fraction: Decimal, places = 4): string {
  return fraction.times(hundred).rounded(places, 'half-even').toString();
}

/** A text as a decimal, or undefined when it is absent or not a plain number (then its field already complains). */
export function readDecimal(text: string | undefined): Decimal | undefined {
  if (text === undefined || !/^\d{1,20}(\.\d{1,20})?$/.test(text)) return undefined;
  return Decimals.parse(text);
}

export function figure(key: string, label: string, value: string, unit: string, help: string): PlanFigure {
  return { key, label, value, unit, help };
}

export function violation(code: string, field: string, message: string): PlanViolation {
  return { code, field, message, severity: 'error' };
}

export function caution(code: string, field: string, message: string): PlanViolation {
  return { code, field, message, severity: 'warning' };
}
