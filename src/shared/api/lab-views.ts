/** What the Lab shows: stored backtests with their reports, studies, walk-forward runs, checks. */

import { z } from 'zod';
import { exitReasons } from '../lab/result.ts';
import { seriesParamsView } from '../lab/run-params.ts';
import { backtestSpec } from '../lab/spec.ts';
import { studyEnds, studySpec, trialRow } from '../lab/study.ts';
import { windowOutcomes } from '../lab/walk-forward.ts';

const metricsView = z.record(z.string(), z.number().nullable());
const numbers = z.array(z.number().nullable());

export const confidenceView = z.object({
  grade: z.enum(['A', 'B', 'C', 'D', 'E']),
  points: z.number(),
  summary: z.string(),
  checks: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      outcome: z.enum(['passed', 'weak', 'failed', 'not-done']),
      finding: z.string(),
      advice: z.string().optional(),
    }),
  ),
});

const instrumentOfRun = z.object({
  venue: z.string(),
  symbol: z.string(),
  kind: z.enum(['spot', 'perpetual']),
  quote: z.string(),
  timeframeMs: z.number(),
  tickSize: z.string(),
  lotSize: z.string(),
});

/** A stored backtest as lists show it. */
export const backtestSummaryView = z.object({
  id: z.string(),
  name: z.string(),
  createdMs: z.number(),
  spec: backtestSpec,
  instruments: z.array(instrumentOfRun),
  fromMs: z.number(),
  toMs: z.number(),
  startEquity: z.number(),
  finalEquity: z.number(),
  metrics: metricsView,
  grade: confidenceView.shape.grade,
  wallMs: z.number(),
  barsPerSecond: z.number(),
  /** Equity of the run in at most a hundred points, for a small picture. */
  spark: z.array(z.number()),
});
export type BacktestSummaryView = z.output<typeof backtestSummaryView>;

const periodReturn = z.object({ year: z.number(), month: z.number(), value: z.number(), days: z.number() });

/** Everything a report shows but its trades. Ratios are fractions, times epoch ms UTC, money in quote currency. */
export const backtestReportView = z.object({
  spec: backtestSpec,
  /** Left out in reports of older versions. */
  params: z.array(seriesParamsView).optional(),
  instruments: z.array(instrumentOfRun),
  fromMs: z.number(),
  toMs: z.number(),
  startEquity: z.number(),
  finalEquity: z.number(),
  counts: z.record(z.string(), z.number()),
  metrics: metricsView,
  confidence: confidenceView,
  assumptions: z.array(z.string()),
  warnings: z.array(z.string()),
  months: z.array(periodReturn),
  years: z.array(periodReturn),
  drawdowns: z.array(
    z.object({
      depth: z.number(),
      peakMs: z.number(),
      troughMs: z.number(),
      recoveryMs: z.number().nullable(),
    }),
  ),
  daily: z.object({
    firstDayMs: z.number(),
    equity: numbers,
    underwater: numbers,
    benchmark: numbers,
    returns: numbers,
    rollingDays: z.number(),
    rollingSharpe: numbers,
    rollingVolatility: numbers,
  }),
  tradeCount: z.number(),
});
export type BacktestReportView = z.output<typeof backtestReportView>;

/** A round trip of a stored backtest. */
export const backtestTradeView = z.object({
  number: z.number(),
  instrument: z.string(),
  side: z.enum(['long', 'short']),
  entryTimeMs: z.number(),
  exitTimeMs: z.number(),
  quantity: z.number(),
  entryPrice: z.number(),
  exitPrice: z.number(),
  fees: z.number(),
  funding: z.number(),
  slippage: z.number(),
  profit: z.number(),
  profitRatio: z.number(),
  mae: z.number(),
  mfe: z.number(),
  exitReason: z.enum(exitReasons),
});
export type BacktestTradeView = z.output<typeof backtestTradeView>;

/** A study as lists show it. */
export const studySummaryView = z.object({
  id: z.string(),
  createdMs: z.number(),
  spec: studySpec,
  end: z.enum(studyEnds).nullable(),
  trials: z.number(),
  best: trialRow.nullable(),
});
export type StudySummaryView = z.output<typeof studySummaryView>;

/** One of the best trials and what it did on data no trial had seen. */
export const testedTrialView = z.object({ row: trialRow, outOfSample: metricsView.nullable() });
export type TestedTrialView = z.output<typeof testedTrialView>;

export const walkForwardWindowView = z.object({
  trainFromMs: z.number(),
  trainToMs: z.number(),
  testFromMs: z.number(),
  testToMs: z.number(),
  values: trialRow.shape.values,
  /** Figures of the best setting where it was optimised; empty without one. */
  train: metricsView,
  /** Null where nothing was traded. */
  test: metricsView.nullable(),
  /** Left out in runs stored before it was kept. */
  outcome: z.enum(windowOutcomes).optional(),
  /** Why nothing was traded. */
  reason: z.string().nullable().default(null),
});

/** A walk-forward run. */
export const walkForwardView = z.object({
  id: z.string(),
  createdMs: z.number(),
  /** Empty in runs stored before it was kept. */
  strategy: z.string().default(''),
  windows: z.array(walkForwardWindowView),
  /** Return a year where it traded over return a year where it was optimised; null without a profit to compare with. */
  efficiency: z.number().nullable(),
  /** Figures of all traded stretches as one run. */
  metrics: metricsView,
  equity: z.object({ timeMs: z.array(z.number()), equity: z.array(z.number()) }),
});
export type WalkForwardView = z.output<typeof walkForwardView>;
