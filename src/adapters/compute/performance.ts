/** Every figure of a run from its equity and trades; formulas: `native/crates/core/src/performance`. */

import { type MetricValues, metricIds, metricValues } from '../../shared/lab/metrics.ts';
import type { NativeAddon } from './addon.ts';
import { computing } from './compute-error.ts';
import type {
  AddonPerformanceReport,
  DailyColumns,
  DrawdownRows,
  DrawnRows,
  EquityColumns,
  PeriodReturn,
  TradeColumns,
} from './performance-addon.ts';

export type {
  DailyColumns,
  DrawdownRows,
  DrawnRows,
  EquityColumns,
  PeriodReturn,
  TradeColumns,
} from './performance-addon.ts';

/** Crypto markets trade every day. */
export const daysPerYear = 365;

/** What the figures rest on besides the columns. */
export interface PerformanceOptions {
  /** Money the run began with; without it the first day has no return. */
  readonly startEquity?: number | undefined;
  readonly periodsPerYear?: number | undefined;
  /** Days of the moving windows; 90, or a third of a short run. */
  readonly rollingDays?: number | undefined;
  /** Parameter sets tried before this one was chosen; 1 by default. */
  readonly trials?: number | undefined;
  /** Variance of the trials' daily Sharpe ratios, where known. */
  readonly trialVariance?: number | undefined;
  /** Whether the rows that pictures need (`drawn`) are looked for too; not by default. */
  readonly pictures?: boolean | undefined;
  /** A price for each row of the equity, to compare with buying and holding, and the price when the run began. */
  readonly benchmark?: { readonly price: Float64Array; readonly start?: number | undefined } | undefined;
}

/** All figures of a run and the series behind them. */
export interface Performance {
  readonly values: MetricValues;
  /** Days since 1970-01-01 of the first row of `daily`. */
  readonly firstDay: number;
  readonly emptyDays: number;
  readonly rollingDays: number;
  readonly daily: DailyColumns;
  readonly months: readonly PeriodReturn[];
  readonly years: readonly PeriodReturn[];
  /** Deepest first, at most ten. */
  readonly drawdowns: readonly DrawdownRows[];
  /** Empty without `pictures`. */
  readonly drawn: DrawnRows;
}

const dayMs = 86_400_000;
const longestWindowDays = 90;
const shortestWindowDays = 10;

/** Works out all figures. Throws `ComputeError` (`BAD_ARGUMENT`) for columns that do not belong together or hold no numbers. */
export function computePerformance(
  addon: NativeAddon,
  equity: EquityColumns,
  trades: TradeColumns,
  options: PerformanceOptions = {},
): Performance {
  const rollingDays = options.rollingDays ?? windowFor(equity.timeMs);
  return computing(() => {
    const report = reportOf(addon, equity, trades, { ...options, rollingDays });
    const { days, returns } = report;
    const daily: DailyColumns = {
      equity: new Float64Array(days),
      underwater: new Float64Array(days),
      benchmark: new Float64Array(options.benchmark === undefined ? 0 : days),
      returns: new Float64Array(returns),
      rollingSharpe: new Float64Array(returns),
      rollingVolatility: new Float64Array(returns),
    };
    report.fill(daily);
    return {
      values: metricValues(addon.performanceMetrics(), report.values),
      firstDay: report.firstDay,
      emptyDays: report.emptyDays,
      rollingDays,
      daily,
      months: report.months,
      years: report.years,
      drawdowns: report.drawdowns,
      drawn: report.drawn,
    };
  });
}

/**
 * Works out the figures of these ids alone, without the series behind them: they have the values `computePerformance` gives
 * them. Throws as it does.
 */
export function computeFigures(
  addon: NativeAddon,
  equity: EquityColumns,
  trades: TradeColumns,
  startEquity: number,
  ids: readonly string[] = metricIds,
): MetricValues {
  // No figure looks at the moving windows: no day has one.
  const options = { startEquity, rollingDays: 0 };
  return pickedFigures(
    computing(() => reportOf(addon, equity, trades, options).values),
    ids,
  );
}

/** Gives the figures of these ids from a column that begins with all; null where there is no finite value. */
export function pickedFigures(column: ArrayLike<number>, ids: readonly string[]): MetricValues {
  const values: Record<string, number | null> = {};
  for (const id of ids) {
    const value = column[placeOf.get(id) ?? -1];
    values[id] = value !== undefined && Number.isFinite(value) ? value : null;
  }
  return values;
}

const placeOf = new Map(metricIds.map((id, index) => [id, index]));

function reportOf(
  addon: NativeAddon,
  equity: EquityColumns,
  trades: TradeColumns,
  options: PerformanceOptions & { readonly rollingDays: number },
): AddonPerformanceReport {
  return addon.PerformanceReport.of(equity, trades, options.benchmark?.price, {
    startEquity: options.startEquity,
    periodsPerYear: options.periodsPerYear ?? daysPerYear,
    rollingDays: options.rollingDays,
    trials: options.trials ?? 1,
    trialVariance: options.trialVariance,
    pictures: options.pictures ?? false,
    benchmarkStart: options.benchmark?.start,
  });
}

function windowFor(timeMs: Float64Array): number {
  const days = ((timeMs.at(-1) ?? 0) - (timeMs[0] ?? 0)) / dayMs;
  return Math.max(shortestWindowDays, Math.min(longestWindowDays, Math.floor(days / 3)));
}
