/** Numbers, times and text as the page shows them. */

import type { Metric, MetricUnit, MetricValues } from '../../../shared/lab/metrics.ts';
import { moneyPlaces } from '../../../shared/lab/money-places.ts';
import { figureWords } from '../../../shared/lab/run-words.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for between tags and for attributes in quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] as string);
}

/** What stands for a figure without a value. */
export const none = '–';

/** With a minus sign and thousands apart; not by Intl, which takes longer to start than the page to build. */
export function number(value: number, digits: number): string {
  if (!Number.isFinite(value)) return none;
  const fixed = Math.abs(value).toFixed(digits);
  const [whole = '', fraction] = fixed.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ' ');
  const sign = value < 0 && Number(fixed) !== 0 ? '−' : '';
  return `${sign}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** Money to two places, or more where all of a column is small, as the Lab shows it. */
export function money(value: number, places = moneyPlaces([value])): string {
  return number(value, places);
}

/** A fraction as percent. */
export function percent(ratio: number, digits = 2): string {
  return Number.isFinite(ratio) ? `${number(ratio * 100, digits)} %` : none;
}

/** As `percent`, with a plus sign for gains. */
export function signedPercent(ratio: number, digits = 2): string {
  return `${ratio > 0 ? '+' : ''}${percent(ratio, digits)}`;
}

/** A price or quantity with as many digits as it needs, at most eight after the point. */
export function price(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return number(value, 0);
  const digits = Math.max(0, Math.min(8, 6 - Math.ceil(Math.log10(Math.abs(value)))));
  return number(value, digits)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

/** A count that is whole is shown whole. */
function count(value: number): string {
  return Number.isInteger(value) ? number(value, 0) : number(value, 1);
}

/** Hours, or days and minutes where they say it better. */
export function duration(hours: number): string {
  if (!Number.isFinite(hours)) return none;
  if (hours >= 72) return `${number(hours / 24, 1)} d`;
  return hours >= 1 ? `${number(hours, 1)} h` : `${number(hours * 60, 0)} min`;
}

const formats: Readonly<Record<MetricUnit, (value: number) => string>> = {
  ratio: (value) => percent(value, Math.abs(value) >= 10 ? 0 : 2),
  factor: (value) => number(value, Math.abs(value) >= 1000 ? 0 : 2),
  quote: (value) => money(value),
  count,
  days: (value) => `${number(value, Number.isInteger(value) ? 0 : 1)} d`,
  hours: duration,
};

/** A figure with its unit, in words where it has some. */
export function figureText(metric: Metric, values: MetricValues): string {
  const value = values[metric.id];
  const words = figureWords(metric.id, values, { count, money });
  if (words !== undefined) return words;
  return value === null || value === undefined ? none : formats[metric.unit](value);
}

/** Day in UTC. */
export function dayText(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** Minute in UTC. */
export function minuteText(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ');
}
