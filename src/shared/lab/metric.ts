/** What a figure of a report is. */

/**
 * `ratio`: a fraction, shown as percent; `factor`: a plain number; `quote`: money in the quote currency; the others are
 * counts or times.
 */
export type MetricUnit = 'ratio' | 'factor' | 'quote' | 'count' | 'days' | 'hours';

/** Sections of a report. */
export const metricGroups = [
  { id: 'return', title: 'Return' },
  { id: 'risk', title: 'Risk' },
  { id: 'quality', title: 'Return for risk' },
  { id: 'trust', title: 'Is it more than luck' },
  { id: 'trades', title: 'Trades' },
  { id: 'costs', title: 'Costs and exposure' },
  { id: 'benchmark', title: 'Against buy and hold' },
] as const;
export type MetricGroup = (typeof metricGroups)[number]['id'];

export interface Metric {
  readonly id: string;
  readonly group: MetricGroup;
  readonly title: string;
  readonly unit: MetricUnit;
  /** Which way is better; `none` where neither is. Losses and drawdowns are negative: higher is better. */
  readonly better: 'higher' | 'lower' | 'none';
  /** One or two sentences for somebody who has not met it before. */
  readonly meaning: string;
}

/** A figure in the tables of figures, without its section. */
export type MetricRow = readonly [
  id: string,
  title: string,
  unit: MetricUnit,
  better: Metric['better'],
  meaning: string,
];
