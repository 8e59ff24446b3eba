/** `bias`, `sensitivity` and `studies`: what can be said of a strategy and of the studies there are. */

import { biasCheck } from '../../app/lab/bias-of.ts';
import type { CommandContext } from '../cli/context.ts';
import { badFlag, parseNumber } from '../cli/values.ts';
import { runConsoleJob } from '../host/console-job.ts';
import { withLab } from '../host/console-lab.ts';
import { type BacktestFlags, backtestSpecOf } from './backtest-flags.ts';
import { biasText, sensitivityText, studyTable, studyText } from './lab-run-views.ts';
import { studyResult } from './optimise.ts';
import { withOwnStrategy } from './own-strategy.ts';
import { withWholePaths } from './whole-paths.ts';

const cutsMaximum = 200;
const reachMaximum = 20;

/** Looks for lookahead, and for a warm-up that is too short. */
export async function bias(
  context: CommandContext,
  typed: BacktestFlags & { readonly cuts?: string | undefined },
): Promise<number> {
  const { flags, own } = await withOwnStrategy(typed);
  const spec = withWholePaths(await backtestSpecOf(flags));
  const cuts = whole(flags.cuts ?? '20', 'cuts', 1, cutsMaximum);
  return withLab(
    context,
    async (lab) => {
      const job = await runConsoleJob(
        context.output,
        'bias-check',
        spec.strategy,
        biasCheck(lab.tools, spec, cuts),
      );
      if (!job.isDone) return interrupted(context, job.exitCode);
      context.output.result(job.result, () => biasText(job.result));
      return 0;
    },
    own,
  );
}

/** Runs the neighbours of a trial. */
export async function sensitivity(
  context: CommandContext,
  typed: {
    readonly study: string;
    readonly trial?: string | undefined;
    readonly reach?: string | undefined;
    /** The file of a strategy of one's own, where the study searched one. */
    readonly strategy?: string | undefined;
  },
): Promise<number> {
  const { flags, own } = await withOwnStrategy(typed);
  const { study, trial } = flags;
  const number = trial === undefined ? undefined : whole(trial, 'trial', 0, Number.MAX_SAFE_INTEGER);
  const reach = whole(flags.reach ?? '3', 'reach', 1, reachMaximum);
  return withLab(
    context,
    async (lab) => {
      const work = lab.studies.sensitivity(study, number, reach);
      const job = await runConsoleJob(context.output, 'sensitivity', study, work);
      if (!job.isDone) return interrupted(context, job.exitCode);
      context.output.result({ study, ...job.result }, () => sensitivityText(job.result));
      return 0;
    },
    own,
  );
}

/** Lists what is stored, newest first. */
export async function listStudies(context: CommandContext): Promise<number> {
  return withLab(context, async (lab) => {
    const studies = lab.studies.list().map(({ id, createdMs, spec, trials, end, best }) => {
      const { backtest, objectives, sampler } = spec;
      return {
        id,
        createdMs,
        strategy: backtest.strategy,
        sampler,
        objectives,
        trials,
        of: spec.trials,
        end,
        best,
      };
    });
    context.output.result({ studies, total: studies.length }, () => studyTable(studies));
    return 0;
  });
}

/** Shows a study as `optimise` told it, with what it was asked for. */
export async function showStudy(context: CommandContext, id: string): Promise<number> {
  return withLab(context, async (lab) => {
    const { summary } = lab.studies.show(id);
    const result = { ...studyResult(lab, id), createdMs: summary.createdMs, spec: summary.spec };
    context.output.result(result, () => studyText(result));
    return 0;
  });
}

function interrupted(context: CommandContext, exitCode: number): number {
  context.output.talk('Interrupted. Nothing was stored.');
  return exitCode;
}

function whole(text: string, field: string, least: number, most: number): number {
  const value = parseNumber(text, field);
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw badFlag(field, text, `is not a whole number from ${least} to ${most}`);
}
