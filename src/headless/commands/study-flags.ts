/** The flags of `optimise` and `walkforward` as the specification they stand for. */

import type { z } from 'zod';
import { inputFault, keyHint } from '../../shared/api/input-fault.ts';
import { ApiError } from '../../shared/api/result.ts';
import { metricIds } from '../../shared/lab/metrics.ts';
import { namedObjectives, type StudySpec, studySpec } from '../../shared/lab/study.ts';
import { type WalkForwardSpec, walkForwardSpec } from '../../shared/lab/walk-forward.ts';
import { flagOf } from '../cli/run-field-flags.ts';
import { badFlag, parseDuration, parseNumber, parseParams } from '../cli/values.ts';
import { type BacktestFlags, backtestSpecOf } from './backtest-flags.ts';
import { withWholePaths } from './whole-paths.ts';

/** The flags as commander gives them; those of a backtest lie beside them. */
export interface StudyFlags extends BacktestFlags {
  readonly spaces?: string | undefined;
  readonly only?: string | undefined;
  readonly sampler?: string | undefined;
  readonly objective?: string | undefined;
  readonly expression?: string | undefined;
  readonly goal?: string | undefined;
  readonly trials?: string | undefined;
  readonly batch?: string | undefined;
  readonly minimumTrades?: string | undefined;
  readonly outOfSample?: string | undefined;
  readonly pruner?: string | undefined;
  readonly patience?: string | undefined;
  readonly timeLimit?: string | undefined;
}

export interface WalkForwardFlags extends StudyFlags {
  readonly windows?: string | undefined;
  readonly trainToTest?: string | undefined;
  readonly anchored?: boolean | undefined;
}

/** Reads the flags of a study. Throws `ApiError` naming the flag. */
export async function studySpecOf(flags: StudyFlags): Promise<StudySpec> {
  // Here `--seed` is the study's: chance inside a backtest stays as it is by default.
  const backtest = withWholePaths(await backtestSpecOf({ ...flags, seed: undefined }));
  const { only, timeLimit } = flags;
  const given = {
    spaces: flags.spaces === undefined ? undefined : await parseParams(flags.spaces, 'spaces'),
    only: only === undefined ? undefined : listOf(only, 'only'),
    sampler: flags.sampler,
    objectives: objectivesOf(flags),
    trials: number(flags.trials, 'trials'),
    seed: number(flags.seed, 'seed'),
    batch: number(flags.batch, 'batch'),
    minimumTrades: number(flags.minimumTrades, 'minimum-trades'),
    outOfSample: number(flags.outOfSample, 'out-of-sample'),
    pruner: flags.pruner,
    patience: number(flags.patience, 'patience'),
    timeLimitMs: timeLimit === undefined ? undefined : parseDuration(timeLimit, 'time-limit'),
  };
  return checked(studySpec, { backtest, ...present(given) });
}

/** Reads the flags of a walk-forward run. Throws `ApiError` naming the flag. */
export async function walkForwardSpecOf(flags: WalkForwardFlags): Promise<WalkForwardSpec> {
  const study = await studySpecOf(flags);
  const given = {
    windows: number(flags.windows, 'windows'),
    trainToTest: number(flags.trainToTest, 'train-to-test'),
    anchored: flags.anchored,
  };
  return checked(walkForwardSpec, { study, ...present(given) });
}

function checked<Spec>(schema: z.ZodType<Spec>, value: unknown): Spec {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fault = inputFault(parsed.error, schema, value);
  const [first = '', ...rest] = fault.path.map(String);
  const name = flagOf(first);
  // Parts of a range belong to the flag and the parameter; an objective has no name of its own.
  const field = first === 'spaces' ? [name, ...rest.slice(0, 1)].join('.') : name;
  throw new ApiError('bad-input', `${field}: ${fault.reason}`, {
    field,
    hint: keyHint(fault) ?? 'See: bin/sextant optimise --help',
  });
}

/** Names of objectives, or one formula of the user's. */
function objectivesOf({ objective, expression, goal }: StudyFlags): unknown {
  if (expression === undefined) {
    if (goal !== undefined) throw badFlag('goal', goal, 'belongs to --expression');
    return objective === undefined ? undefined : listOf(objective, 'objective').map(objectiveName);
  }
  if (objective !== undefined)
    throw badFlag('objective', objective, 'cannot be given together with --expression');
  if (goal !== undefined && goal !== 'maximise' && goal !== 'minimise') {
    throw badFlag('goal', goal, 'is not one of maximise, minimise');
  }
  return [{ expression, goal: goal ?? 'maximise' }];
}

/** A name as a study has it; the report's own name of the figure behind one will do (`maxDrawdown`). */
function objectiveName(typed: string): string {
  const found = namedObjectives.find(({ expression, name }) => typed === name || typed === expression);
  if (found !== undefined) return found.name;
  const names = namedObjectives.map(({ name }) => name).join(', ');
  throw new ApiError('bad-input', `objective: ${JSON.stringify(typed)} is not one of ${names}`, {
    field: 'objective',
    hint: metricIds.includes(typed)
      ? `For this figure say: --expression ${typed}`
      : "Or a formula of figures: --expression 'sharpe * winRate'",
  });
}

function listOf(text: string, field: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw badFlag(field, text, 'is not a list of names separated by commas');
  return names;
}

function number(text: string | undefined, field: string): number | undefined {
  return text === undefined ? undefined : parseNumber(text, field);
}

function present(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
