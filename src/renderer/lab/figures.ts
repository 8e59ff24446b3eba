/** Figures of the Lab as texts: ratios as percent, money, counts, factors, each by its unit. */

import type { Metric, MetricValues } from '../../shared/lab/metrics.ts';
import { moneyPlaces } from '../../shared/lab/money-places.ts';
import { figureWords } from '../../shared/lab/run-words.ts';
import { groupSpace, minusSign, noValue } from '../format/decimal-text.ts';

/** Groups the whole part with thin spaces and writes a true minus. */
function grouped(text: string): string {
  const [whole = '', fraction] = text.replace('-', '').split('.');
  const digits = whole.replaceAll(/\B(?=(\d{3})+(?!\d))/g, groupSpace);
  return `${text.startsWith('-') ? minusSign : ''}${digits}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** What rounds to nothing has no sign: `-0.00` is `0.00`. */
function withoutNegativeZero(text: string): string {
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** The places that tell the ticks of an axis apart, at most four. */
export function tickPlaces(ticks: readonly (number | null)[]): number {
  const known = ticks.filter((tick) => tick !== null);
  const texts = [0, 1, 2, 3].find((places) =>
    known.every((tick) => Math.abs(Number(tick.toFixed(places)) - tick) < 1e-7 * Math.max(1, Math.abs(tick))),
  );
  return texts ?? 4;
}

/** A whole number: `12 345`. */
export function countText(value: number): string {
  return grouped(String(Math.round(value)));
}

/** The size of a file: kilobytes below a tenth of a megabyte. */
export function sizeText(bytes: number): string {
  const megabytes = bytes / 1_048_576;
  return megabytes < 0.1 ? `${(bytes / 1024).toFixed(1)} kB` : `${megabytes.toFixed(1)} MB`;
}

/** So many times, in words. */
export function timesText(count: number): string {
  return count === 0 ? 'never' : count === 1 ? 'once' : `${countText(count)} times`;
}

/** A fraction as percent: `+12.34 %`. */
export function percentText(value: number | null | undefined, signed = false, places = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return noValue;
  const text = withoutNegativeZero((value * 100).toFixed(Math.abs(value) >= 10 ? 0 : places));
  return `${signed && Number(text) > 0 ? '+' : ''}${grouped(text)} %`;
}

/** Money to two places, or more digits where it is small; `places` where a column has its own. */
export function moneyText(
  value: number | null | undefined,
  signed = false,
  places = moneyPlaces([value ?? 0]),
): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return noValue;
  const text = withoutNegativeZero(value.toFixed(places));
  return `${signed && Number(text) > 0 ? '+' : ''}${grouped(text)}`;
}

/** A plain number with sensible digits. */
export function factorText(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return noValue;
  return grouped(withoutNegativeZero(value.toFixed(Math.abs(value) >= 1000 ? 0 : 2)));
}

/** A price with the digits it came with, ten at most; `places` where a column has its own. */
export function priceText(value: number, places?: number): string {
  return grouped(places === undefined ? String(Number(value.toPrecision(10))) : value.toFixed(places));
}

/** The places that all prices of a column need, nine digits at most: means of several fills would never end. */
export function pricePlaces(values: readonly number[]): number {
  let needed = 0;
  let wholeDigits = 1;
  for (const value of values) {
    const text = String(Number(Math.abs(value).toPrecision(10)));
    const [whole = '', fraction = ''] = text.split('.');
    // Below a millionth it is written with an exponent.
    needed = Math.max(needed, text.includes('e-') ? 8 : fraction.length);
    wholeDigits = Math.max(wholeDigits, whole.split('e')[0]?.length ?? 1);
  }
  return Math.min(needed, Math.max(0, 9 - wholeDigits));
}

/** The value of a metric by its unit. */
export function metricText(metric: Pick<Metric, 'unit'>, value: number | null | undefined): string {
  if (value === null || value === undefined) return noValue;
  switch (metric.unit) {
    case 'ratio':
      return percentText(value);
    case 'quote':
      return moneyText(value);
    case 'count':
      return countText(value);
    case 'days':
      return `${factorText(value)} d`;
    case 'hours':
      return `${factorText(value)} h`;
    case 'factor':
      return factorText(value);
  }
}

/** A figure of a run by its unit, in words where it has some: `532 closed, 1 open`, `paid 59.77`. */
export function figureText(metric: Pick<Metric, 'id' | 'unit'>, values: MetricValues): string {
  const words = figureWords(metric.id, values, { count: countText, money: (value) => moneyText(value) });
  return words ?? metricText(metric, values[metric.id]);
}

/** Colour class by sign, for figures where more is better. */
export function toneOf(value: number | null | undefined): string {
  if (value === null || value === undefined || value === 0) return '';
  return value > 0 ? 'text-up' : 'text-down';
}
