/**
 * An optimiser study as it is asked for, and what its trials look like. The same object serves command line, API and the
 * stored study; with equal data it gives equal trials, however many workers run them and however often it is resumed.
 */

import { z } from 'zod';
import { backtestSpec } from './spec.ts';

export const samplerNames = [
  'tpe',
  'random',
  'grid',
  'sobol',
  'gp',
  'cma-es',
  'nsga-ii',
  'nsga-iii',
] as const;
/** How the next trials are chosen. */
export type SamplerName = (typeof samplerNames)[number];

/** Samplers that can follow several objectives at once. */
export const multiObjectiveSamplers: ReadonlySet<SamplerName> = new Set([
  'random',
  'grid',
  'sobol',
  'nsga-ii',
  'nsga-iii',
]);

/** Samplers whose proposals do not hang on what came of earlier ones. */
export const independentSamplers: ReadonlySet<SamplerName> = new Set(['random', 'grid', 'sobol']);

/** What is to be made large or small: an expression over metrics, and which way. */
export interface Objective {
  readonly name: string;
  readonly expression: string;
  readonly goal: 'maximise' | 'minimise';
  readonly meaning: string;
}

/** Objectives with names of their own; formulas over the metrics of a report. */
export const namedObjectives = [
  {
    name: 'sharpe',
    expression: 'sharpe',
    goal: 'maximise',
    meaning: 'Return for risk: Sharpe ratio of daily returns.',
  },
  {
    name: 'sortino',
    expression: 'sortino',
    goal: 'maximise',
    meaning: 'Return for losses: Sortino ratio of daily returns.',
  },
  {
    name: 'calmar',
    expression: 'calmar',
    goal: 'maximise',
    meaning: 'Return a year over the deepest drawdown.',
  },
  {
    name: 'max-drawdown',
    expression: 'maxDrawdown',
    goal: 'maximise',
    meaning: 'The smallest deepest drawdown (drawdowns are negative).',
  },
  {
    name: 'profit',
    expression: 'totalReturn',
    goal: 'maximise',
    meaning: 'Total return alone: finds lucky settings, use with care.',
  },
  {
    name: 'profit-drawdown',
    expression: 'totalReturn * (1 - abs(maxDrawdown)) - max(0, abs(maxDrawdown) - 0.2)',
    goal: 'maximise',
    meaning: 'Total return less what the drawdown takes of it; drawdowns beyond 20 % cost extra.',
  },
  {
    name: 'multi-metric',
    expression: 'sharpe * sqrt(min(trades, 400)) / 20 + min(profitFactor, 5) / 5 + winRate / 2 + maxDrawdown',
    goal: 'maximise',
    meaning: 'Sharpe ratio weighed by the number of trades, profit factor, win rate and drawdown together.',
  },
] as const satisfies readonly Objective[];
const objectiveNames = namedObjectives.map(({ name }) => name) as [string, ...string[]];

const customObjective = z.strictObject({
  expression: z.string().min(1).max(500),
  goal: z.enum(['maximise', 'minimise']),
});

const spaceChange = z.union([
  z.literal(false),
  z.strictObject({
    from: z.number(),
    to: z.number(),
    step: z.number().positive().optional(),
    log: z.boolean().optional(),
  }),
  z.strictObject({
    options: z
      .array(z.union([z.string(), z.boolean(), z.number()]))
      .min(1)
      .max(200),
  }),
]);

/**
 * A run whose return falls to this has used up its money. A liquidation leaves what rounding to the tick leaves, hardly ever
 * exactly nothing.
 */
export const ruinReturn = -0.99;

/** Why a study ends before its last trial. */
export const studyEnds = ['trials', 'patience', 'time', 'space', 'cancelled'] as const;
export type StudyEnd = (typeof studyEnds)[number];

export const studySpec = z
  .strictObject({
    /** What is run for each trial; its parameters are the fixed ones. */
    backtest: backtestSpec,
    /** Ranges or options by parameter, beside what the strategy itself offers; `false` leaves one fixed. */
    spaces: z.record(z.string().max(60), spaceChange).default({}),
    /** Only these parameters are searched. */
    only: z.array(z.string().max(60)).max(128).optional(),
    sampler: z.enum(samplerNames).default('tpe'),
    objectives: z
      .array(
        z.union([z.enum(objectiveNames), customObjective], {
          error: `an objective is one of ${objectiveNames.join(', ')}, or a formula with its goal`,
        }),
      )
      .min(1)
      .max(4)
      .default(['sharpe']),
    trials: z.number().int().min(1).max(1_000_000).default(200),
    seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(1),
    /** Trials that are proposed together and run side by side; part of the result, unlike the number of workers. */
    batch: z.number().int().min(1).max(4096).default(8),
    /** Trials with fewer trades have no score. */
    minimumTrades: z.number().int().min(0).max(1_000_000).default(10),
    /** The newest part of the data that no trial sees; the best are tested on it. */
    outOfSample: z.number().min(0).max(0.6).default(0.25),
    /** `median`: a trial that lags behind the median of the earlier ones at a quarter, half or three quarters is ended. */
    pruner: z.enum(['none', 'median']).default('none'),
    /** Ends when so many trials in a row brought nothing better. */
    patience: z.number().int().min(1).max(1_000_000).optional(),
    /** Ends after this time (wall clock); then two runs may differ in their number of trials. */
    timeLimitMs: z
      .number()
      .int()
      .min(1000)
      .max(30 * 86_400_000)
      .optional(),
  })
  .refine((spec) => spec.objectives.length === 1 || multiObjectiveSamplers.has(spec.sampler), {
    path: ['sampler'],
    message: `several objectives need one of ${[...multiObjectiveSamplers].join(', ')}`,
  });

export type StudySpec = z.output<typeof studySpec>;
export type StudySpecInput = z.input<typeof studySpec>;

export const trialStates = ['complete', 'pruned', 'invalid', 'failed'] as const;
/** `pruned`: ended early; `invalid`: the strategy does not take these parameters, or no score; `failed`: it broke. */
export type TrialState = (typeof trialStates)[number];

/** Metrics kept of every trial; the best ones have all of them. */
export const trialMetrics = [
  'totalReturn',
  'maxDrawdown',
  'sharpe',
  'sortino',
  'calmar',
  'profitFactor',
  'winRate',
  'trades',
] as const;

/** One trial, as it is stored and shown. */
export const trialRow = z.strictObject({
  number: z.number().int().min(0),
  /** The searched values, by parameter. */
  values: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  state: z.enum(trialStates),
  /** One an objective, as the user reads them (not turned); null without a score. */
  objectives: z.array(z.number()).nullable(),
  metrics: z.record(z.string(), z.number().nullable()),
  /** Returns at a quarter, half and three quarters of the data, as far as it came. */
  interim: z.array(z.number()),
  message: z.string().nullable(),
});
export type TrialRow = z.output<typeof trialRow>;

/** Gives an objective of a specification in full. */
export function objectiveOf(given: StudySpec['objectives'][number]): Objective {
  const named = namedObjectives.find(({ name }) => name === given);
  if (named !== undefined) return named;
  if (typeof given === 'string') throw new RangeError(`there is no objective "${given}"`);
  return { name: 'custom', ...given, meaning: 'Your own formula.' };
}
