/**
 * The report as JSON, for programs. `version` rises whenever a field changes its name or meaning; new fields may come without.
 * Ratios are fractions, money is in quote currency, times are epoch ms UTC; a figure without a value is null.
 */

import { type BacktestResult, exitReasons, tradeColumns } from '../../shared/lab/result.ts';
import { programVersion } from '../../shared/version.ts';
import { exactMetrics, exactMoney, exactOfTrade, exactRatio } from './exact-numbers.ts';
import type { MeasuredResult } from './measure.ts';

export const reportSchema = { name: 'sextant.backtest-report', version: 2 } as const;

const dayMs = 86_400_000;

/** Gives the report as an object to serialise. */
export function reportObject({ result, performance, confidence }: MeasuredResult, createdMs: number): object {
  const { trades, equity } = result;
  const { daily } = performance;
  const timeOf = (row: number): number => equity.timeMs[row] ?? result.toMs;
  return {
    schema: reportSchema.name,
    schemaVersion: reportSchema.version,
    program: programVersion,
    createdMs,
    spec: result.spec,
    params: result.params,
    instruments: result.instruments,
    fromMs: result.fromMs,
    toMs: result.toMs,
    startEquity: exactMoney(result.startEquity),
    finalEquity: exactMoney(result.finalEquity),
    path: result.path,
    counts: result.counts,
    metrics: exactMetrics(performance.values),
    confidence,
    assumptions: result.assumptions,
    warnings: result.warnings,
    months: performance.months.map(exactPeriod),
    years: performance.years.map(exactPeriod),
    drawdowns: performance.drawdowns.map(({ peakRow, troughRow, recoveryRow, depth }) => ({
      depth: exactRatio(depth),
      peakMs: timeOf(peakRow),
      troughMs: timeOf(troughRow),
      recoveryMs: recoveryRow === undefined ? null : timeOf(recoveryRow),
    })),
    daily: {
      firstDayMs: performance.firstDay * dayMs,
      equity: numbers(daily.equity, exactMoney),
      underwater: numbers(daily.underwater),
      benchmark: numbers(daily.benchmark, exactMoney),
      returns: numbers(daily.returns),
      rollingDays: performance.rollingDays,
      rollingSharpe: numbers(daily.rollingSharpe),
      rollingVolatility: numbers(daily.rollingVolatility),
    },
    trades: {
      length: trades.length,
      exitReasons,
      ...exactTrades(result),
    },
    wallMs: result.wallMs,
    barsPerSecond: result.barsPerSecond,
    ...(result.auditHash === undefined ? {} : { auditHash: result.auditHash }),
  };
}

/** Gives the report as JSON text. */
export function reportJson(measured: MeasuredResult, createdMs: number): string {
  return JSON.stringify(reportObject(measured, createdMs));
}

/** The columns of a result's trades, as files have them. */
export function exactTrades({
  trades,
  instruments,
}: Pick<BacktestResult, 'trades' | 'instruments'>): Record<(typeof tradeColumns)[number], (number | null)[]> {
  const columns = tradeColumns.map((name) => {
    const exact = (value: number, row: number): number =>
      exactOfTrade(name, value, instruments[trades.instrument[row] as number]);
    return [name, numbers(trades[name], exact)] as const;
  });
  return Object.fromEntries(columns) as Record<(typeof tradeColumns)[number], (number | null)[]>;
}

function exactPeriod<Period extends { readonly value: number }>(period: Period): Period {
  return { ...period, value: exactRatio(period.value) };
}

/** A column as JSON has it: no NaN. */
function numbers(
  column: ArrayLike<number>,
  exact: (value: number, row: number) => number = exactRatio,
): (number | null)[] {
  return Array.from(column, (value, row) => (Number.isFinite(value) ? exact(value, row) : null));
}
