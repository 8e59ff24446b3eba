/**
 * Every figure of a backtest: what it is called, its unit, which way is better and what it means in plain language. Ids and
 * order are those of the native core (`native/crates/core/src/performance`), where the formulas are.
 *
 * Daily figures rest on the equity at the end of each day (UTC), 365 days a year, over a risk-free rate of 0; drawdowns look
 * at every bar unless they say daily. Figures of trades are of those that have ended.
 */

import { accountMetrics } from './account-metrics.ts';
import { type Metric, type MetricGroup, type MetricRow, metricGroups } from './metric.ts';
import type { MetricValues } from './metric-expression.ts';
import { tradeMetrics } from './trade-metrics.ts';

export { type Metric, type MetricGroup, type MetricUnit, metricGroups } from './metric.ts';
export type { MetricValues } from './metric-expression.ts';

const rows: Readonly<Record<MetricGroup, readonly MetricRow[]>> = { ...accountMetrics, ...tradeMetrics };

/** All figures, in the order of the native core. */
export const metrics: readonly Metric[] = metricGroups.flatMap(({ id: group }) =>
  rows[group].map(([id, title, unit, better, meaning]) => ({ id, group, title, unit, better, meaning })),
);

/** Ids of all figures. */
export const metricIds: readonly string[] = metrics.map(({ id }) => id);

/** Gives the figure of an id; undefined for an unknown one. */
export function metricOf(id: string): Metric | undefined {
  return metrics.find((metric) => metric.id === id);
}

/** Gives values by id from a column in the order of `ids`; null where there is no finite value. */
export function metricValues(ids: readonly string[], column: ArrayLike<number>): MetricValues {
  return Object.fromEntries(
    ids.map((id, index) => {
      const value = column[index];
      return [id, value !== undefined && Number.isFinite(value) ? value : null];
    }),
  );
}
