/** `optimise` and `walkforward`: searches for parameters, in this process. */

import type { JobControl, JobProgress } from '../../app/jobs/job-runner.ts';
import type { Lab } from '../../app/lab/lab.ts';
import { withoutScore } from '../../app/optimise/without-score.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { StudySpec } from '../../shared/lab/study.ts';
import { windowFindings } from '../../shared/lab/walk-forward.ts';
import type { CommandContext } from '../cli/context.ts';
import { runConsoleJob } from '../host/console-job.ts';
import { withLab } from '../host/console-lab.ts';
import { interruptedExitCode } from '../host/stop-signals.ts';
import { countWords } from '../output/words.ts';
import { studyText, walkForwardText } from './lab-run-views.ts';
import { withOwnStrategy } from './own-strategy.ts';
import { type StudyFlags, studySpecOf, type WalkForwardFlags, walkForwardSpecOf } from './study-flags.ts';

/** Runs a study, or goes on with one. */
export async function optimise(
  context: CommandContext,
  typed: StudyFlags & { readonly resume?: string | undefined },
): Promise<number> {
  const { flags, own } = await withOwnStrategy(typed);
  const { resume, ...others } = flags;
  // The file of a strategy is no part of a stored study: it is named again.
  const extra = Object.keys(others).find((name) => name !== 'strategy' || own === undefined);
  if (resume !== undefined && extra !== undefined) {
    const field = extra.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new ApiError('bad-input', `${field}: a study goes on with what it was begun with`, { field });
  }
  const spec = resume === undefined ? await studySpecOf(others) : undefined;
  return withLab(
    context,
    async (lab) => {
      if (spec !== undefined) tellSearch(context, lab, spec);
      const work = spec === undefined ? lab.studies.resume(resume ?? '') : lab.studies.begin(spec);
      let study = resume;
      const job = await runConsoleJob(context.output, 'study', 'study', (control) =>
        work(
          listening(control, ({ preview }) => {
            study ??= (preview as { readonly study?: string } | undefined)?.study;
          }),
        ),
      );
      const found = job.isDone ? job.result.study : study;
      if (found === undefined) {
        context.output.talk('Interrupted before the first trial. Nothing was stored.');
        return interruptedExitCode;
      }
      const result = studyResult(lab, found);
      context.output.result(result, () => studyText(result));
      if (result.end !== 'cancelled') return 0;
      context.output.talk(
        `Interrupted: the trials so far are stored. Go on with: bin/sextant optimise --resume ${found}${
          own === undefined ? '' : ` --strategy ${own.path}`
        }`,
      );
      return interruptedExitCode;
    },
    own,
  );
}

/** What is known of a study; without an end it was interrupted. */
export function studyResult(lab: Lab, id: string) {
  const { best, summary, trials } = lab.studies.show(id);
  return {
    study: id,
    trials: trials.length,
    complete: trials.filter(({ state }) => state === 'complete').length,
    pruned: trials.filter(({ state }) => state === 'pruned').length,
    best: best.map(({ outOfSample, row: { metrics, number, objectives, values } }) => ({
      number,
      values,
      objectives,
      metrics,
      outOfSample,
    })),
    withoutScore: withoutScore(trials),
    leftOut: lab.studies.leftOut(summary.spec),
    gridCells: lab.studies.gridCells(summary.spec),
    end: summary.end ?? 'cancelled',
  };
}

/** Says before a run what it will not search, which part of a grid, and what makes it slow. */
function tellSearch(context: CommandContext, lab: Lab, spec: StudySpec): void {
  for (const { parameter, reason } of lab.studies.leftOut(spec)) {
    context.output.talk(`${parameter} is not searched and stays as it is: ${reason}.`);
  }
  tellGrid(context, lab.studies.gridCells(spec), spec.trials);
  const slowing = lab.studies.slowing(spec);
  if (slowing.length === 0) return;
  const them = slowing.length === 1 ? 'it' : 'them';
  context.output.talk(
    `Trials run on the event path, because ${slowing.join(' and ')} ${slowing.length === 1 ? 'is' : 'are'} searched: --path sweep leaves ${them} out and is several times as fast.`,
  );
}

/** Says which part of a grid is tried: a search that leaves cells out must not look like a whole one. */
function tellGrid(context: CommandContext, cells: number | null, trials: number): void {
  if (cells === null || !Number.isFinite(cells)) return;
  const part =
    trials < cells
      ? `${countWords(trials)} of them are tried, spread over all of it by the seed; --trials ${cells} tries all`
      : 'all of them are tried';
  context.output.talk(`The grid has ${countWords(cells)} cells: ${part}.`);
}

/** Hears what a job says of itself. */
function listening(control: JobControl, onNews: (news: JobProgress) => void): JobControl {
  return {
    isCancelled: () => control.isCancelled(),
    onCancel: (stop) => control.onCancel(stop),
    progress(news) {
      onNews(news);
      control.progress(news);
    },
  };
}

/** Optimises and trades window after window. */
export async function walkForward(context: CommandContext, typed: WalkForwardFlags): Promise<number> {
  const { flags, own } = await withOwnStrategy(typed);
  const spec = await walkForwardSpecOf(flags);
  return withLab(
    context,
    async (lab) => {
      tellSearch(context, lab, spec.study);
      const job = await runConsoleJob(
        context.output,
        'walk-forward',
        'walk-forward',
        lab.walkForwards.begin(spec),
      );
      if (!job.isDone) {
        context.output.talk('Interrupted. Nothing was stored: a walk-forward run begins anew.');
        return job.exitCode;
      }
      const { id, windows, efficiency, metrics } = job.result;
      const findings = windowFindings(windows);
      context.output.result({ walkForward: id, windows, efficiency, metrics, findings }, () =>
        walkForwardText(job.result),
      );
      return 0;
    },
    own,
  );
}
