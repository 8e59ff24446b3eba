/** The risk limits as a form: texts in, a request for the host out. */

import type { RiskView } from '../../shared/api/views.ts';
import { outsideBounds, parseDecimalInput, parseIntegerInput } from '../format/parse-input.ts';

export type RiskLimits = RiskView['limits'];

export interface LimitField {
  readonly name: keyof RiskLimits;
  readonly label: string;
  readonly unit: string;
  readonly help: string;
  readonly kind: 'decimal' | 'integer';
  readonly minimum: string;
  readonly maximum: string;
}

export const limitFields: readonly LimitField[] = [
  {
    name: 'orderNotionalMax',
    label: 'Largest order',
    unit: 'quote',
    help: 'Price times quantity of one order; exits of bots may be larger',
    kind: 'decimal',
    minimum: '0',
    maximum: '1000000000000',
  },
  {
    name: 'botExposureMax',
    label: 'Largest exposure of a bot',
    unit: 'quote',
    help: 'Position plus all its open orders in the bad direction',
    kind: 'decimal',
    minimum: '0',
    maximum: '1000000000000',
  },
  {
    name: 'totalExposureMax',
    label: 'Largest exposure in all',
    unit: 'quote',
    help: 'The same over all bots, for each quote currency',
    kind: 'decimal',
    minimum: '0',
    maximum: '1000000000000',
  },
  {
    name: 'priceBand',
    label: 'Price band',
    unit: 'fraction',
    help: 'How far through the market a limit price may lie (a buy above, a sell below the middle): 0.1 is 10 %',
    kind: 'decimal',
    minimum: '0',
    maximum: '10',
  },
  {
    name: 'openOrdersPerBotMax',
    label: 'Open orders of a bot',
    unit: 'orders',
    help: 'Most resting orders of one bot',
    kind: 'integer',
    minimum: '1',
    maximum: '10000',
  },
  {
    name: 'openOrdersTotalMax',
    label: 'Open orders in all',
    unit: 'orders',
    help: 'Most resting orders of all bots',
    kind: 'integer',
    minimum: '1',
    maximum: '100000',
  },
  {
    name: 'ordersPerTenSecondsMax',
    label: 'Orders in ten seconds',
    unit: 'orders',
    help: 'Most orders a bot may send in any ten seconds',
    kind: 'integer',
    minimum: '1',
    maximum: '10000',
  },
  {
    name: 'dataAgeMsMax',
    label: 'Oldest data',
    unit: 'ms',
    help: 'Orders that raise exposure are refused when data is older',
    kind: 'integer',
    minimum: '100',
    maximum: '3600000',
  },
];

export type LimitTexts = Record<keyof RiskLimits, string>;

/** Gives the limits as texts for the form. */
export function textsOfLimits(limits: RiskLimits): LimitTexts {
  return Object.fromEntries(limitFields.map(({ name }) => [name, String(limits[name])])) as LimitTexts;
}

/** Gives what is wrong with a field's text, or null. */
export function limitProblem(field: LimitField, text: string): string | null {
  if (field.kind === 'integer') {
    const parsed = parseIntegerInput(text, field);
    return parsed.ok ? null : parsed.message;
  }
  const parsed = parseDecimalInput(text);
  return parsed.ok ? outsideBounds(parsed.text, field.minimum, field.maximum) : parsed.message;
}

/** Gives the limits of texts that have no problem. */
export function limitsOfTexts(texts: LimitTexts): RiskLimits {
  const read = limitFields.map(({ name, kind }) => {
    const parsed = parseDecimalInput(texts[name]);
    return [name, kind === 'integer' ? Number(texts[name].trim()) : parsed.ok ? parsed.text : texts[name]];
  });
  return Object.fromEntries(read) as RiskLimits;
}
