/** Puts a study together: space, sampler and evaluator for one stretch of data. */

import { createSampler } from '../../adapters/compute/samplers.ts';
import type { AnyStrategy } from '../../engine/strategy/api.ts';
import { issueWords } from '../../shared/api/issue-words.ts';
import { ApiError } from '../../shared/api/result.ts';
import { ExpressionError } from '../../shared/lab/metric-expression.ts';
import type { Dimension, SearchValue } from '../../shared/lab/search-space.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import { type StudyEnd, type StudySpec, trialMetrics } from '../../shared/lab/study.ts';
import { sweepLimits } from '../../shared/lab/sweep-limits.ts';
import { uselessSearches } from '../api/unused-params.ts';
import { strategyHint } from '../backtest/load-strategy.ts';
import { checkSweepSpec } from '../backtest/sweep-rules.ts';
import { parsedObjectives, runStudy, type StudyProgress, type TrialLogPort } from '../optimise/run-study.ts';
import { strategySpace, trialParams } from '../optimise/strategy-space.ts';
import { backtestEvaluator } from './backtest-evaluator.ts';
import type { LabTools, RunControl } from './lab-tools.ts';

/** What a study searches. */
export interface PreparedStudy {
  readonly strategy: AnyStrategy;
  readonly space: readonly Dimension[];
  /** Parameters with a range of their own that the path cannot search, and why; they stay as they are. */
  readonly leftOut: readonly LeftOut[];
  /** Searched parameters but for which every trial could run on the sweep path, which is several times as fast. */
  readonly slowing: readonly string[];
}

export interface LeftOut {
  readonly parameter: string;
  readonly reason: string;
}

/** Gives the whole parameters of a trial, or why the strategy does not take them. */
export type ParamsOf = (
  values: readonly SearchValue[],
) => { readonly params: Record<string, unknown> } | { readonly refusal: string };

/** Checks a study before anything runs. Throws `ApiError` (`not-found`, `bad-input`) naming the field. */
export function prepareStudy(tools: Pick<LabTools, 'findStrategy'>, spec: StudySpec): PreparedStudy {
  const { strategy: id, params: fixed } = spec.backtest;
  const strategy = tools.findStrategy(id);
  if (strategy === undefined) {
    throw new ApiError('not-found', `there is no strategy "${id}"`, {
      field: 'backtest.strategy',
      hint: strategyHint(id),
    });
  }
  try {
    parsedObjectives(spec);
  } catch (error) {
    if (error instanceof ExpressionError) {
      throw new ApiError('bad-input', `objectives: ${error.message}`, { field: 'objectives' });
    }
    throw error;
  }
  // Else every trial would be refused by itself.
  if (spec.backtest.path === 'sweep') checkSweepSpec(spec.backtest);
  const whole = strategySpace(strategy, fixed, spec.spaces, spec.only);
  const unsearchable = spec.backtest.path === 'sweep' ? sweepLimits(id) : {};
  const leftOut: LeftOut[] = [];
  const space = whole.filter(({ name }) => {
    const reason = unsearchable[name];
    if (reason === undefined) return true;
    if (isAsked(spec, name)) {
      throw new ApiError('bad-input', `spaces.${name}: ${reason}`, {
        field: `spaces.${name}`,
        hint: 'Leave it out of the search, or use the event path.',
      });
    }
    leftOut.push({ parameter: name, reason });
    return false;
  });
  if (space.length === 0) {
    throw new ApiError('bad-input', 'spaces: there is nothing to search', {
      field: 'spaces',
      hint: 'Name parameters with ranges, for example {"fastPeriod":{"from":5,"to":50,"step":1}}.',
    });
  }
  return { strategy, space, leftOut, slowing: slowingOf(spec.backtest, space) };
}

/**
 * Refuses a search that a person asked for and that changes nothing: it would be hours for one result. `params` are those given,
 * or the whole ones where they are known. Throws `bad-input` naming the parameter.
 */
export function refuseUselessSearch(
  { space, strategy }: Pick<PreparedStudy, 'space' | 'strategy'>,
  spec: StudySpec,
  params: Readonly<Record<string, unknown>>,
): void {
  const searched = space.map(({ name }) => name);
  const useless = uselessSearches(strategy, searched, params).find(({ name }) => isAsked(spec, name));
  if (useless === undefined) return;
  const field = `spaces.${useless.name}`;
  throw new ApiError('bad-input', `${field}: ${useless.reason}`, { field, hint: useless.advice });
}

function slowingOf(backtest: BacktestSpec, space: readonly Dimension[]): string[] {
  if (backtest.path !== 'auto') return [];
  try {
    checkSweepSpec(backtest);
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
  const limits = sweepLimits(backtest.strategy);
  return space.map(({ name }) => name).filter((name) => limits[name] !== undefined);
}

/** Whether a person named a parameter as one to search. */
function isAsked({ only, spaces }: StudySpec, name: string): boolean {
  return Object.hasOwn(spaces, name) || only?.includes(name) === true;
}

/** Gives what makes parameters of searched values; what nobody named is suggested for the market. Throws `ApiError`. */
export async function paramsOfTrials(
  tools: Pick<LabTools, 'wholeParams'>,
  spec: StudySpec,
  { strategy, space }: PreparedStudy,
): Promise<ParamsOf> {
  const { raw } = await tools.wholeParams(spec.backtest);
  return (values) => {
    const params = trialParams(strategy, raw, space, values);
    const parsed = strategy.params.safeParse(params);
    if (parsed.success) return { params };
    const issue = parsed.error.issues[0];
    return {
      refusal: `${issue?.path.join('.') ?? 'params'}: ${issue === undefined ? 'is not allowed' : issueWords(issue, params)}`,
    };
  };
}

/** Runs a study over one stretch of data into a log. */
export async function runOneStudy(
  tools: LabTools,
  spec: StudySpec,
  prepared: PreparedStudy,
  backtest: BacktestSpec,
  log: TrialLogPort,
  control: Pick<RunControl, 'isCancelled'> & { onProgress(progress: StudyProgress): void },
): Promise<StudyEnd> {
  const paramsOf = await paramsOfTrials(tools, spec, prepared);
  const sampler = createSampler(tools.addon, {
    method: spec.sampler,
    space: prepared.space,
    objectives: spec.objectives.length,
    seed: spec.seed,
  });
  const read = parsedObjectives(spec).flatMap(({ formula }) => formula.metrics);
  const evaluator = backtestEvaluator(tools, backtest, [...new Set([...trialMetrics, ...read])]);
  try {
    return await runStudy({
      spec,
      space: prepared.space,
      sampler,
      evaluator,
      log,
      paramsOf,
      isCancelled: () => control.isCancelled(),
      onProgress: (progress) => control.onProgress(progress),
      nowMs: tools.wallClock,
    });
  } finally {
    await evaluator.close();
  }
}
