/** Runs a job in this process: progress on standard error, Ctrl-C stops it at its next step, a second one at once. */

import { JobRunner, type JobWork } from '../../app/jobs/job-runner.ts';
import type { JobKind, JobView } from '../../shared/api/job-view.ts';
import { ApiError } from '../../shared/api/result.ts';
import { progressText } from '../commands/lab-views.ts';
import type { Output } from '../output/output.ts';
import { interruptedExitCode, listenForSignals } from './stop-signals.ts';

const inPlaceMs = 250;
const plainMs = 5_000;

/** How a job ended. */
export type ConsoleJob<Result> =
  | { readonly isDone: true; readonly result: Result }
  /** It was interrupted; `exitCode` is the process's. */
  | { readonly isDone: false; readonly exitCode: number };

/** Runs work and gives its result. Throws its failure as `ApiError`; a bug as it was thrown. */
export async function runConsoleJob<Result>(
  output: Output,
  kind: JobKind,
  title: string,
  work: (control: Parameters<JobWork>[0]) => Promise<Result>,
): Promise<ConsoleJob<Result>> {
  let bug: unknown;
  let result: Result | undefined;
  const jobs = new JobRunner({
    parallel: 1,
    wallClock: () => Date.now(),
    onFailure: (_job, error) => {
      bug = error;
    },
  });
  const { id } = jobs.start(kind, title, async (control) => {
    result = await work(control);
    return null;
  });
  const signals = listenForSignals(() => undefined);
  void signals.requested.then(() => jobs.cancel(id));
  const stopShowing = show(output, () => jobs.show(id));
  const view = await jobs.ended(id);
  stopShowing();
  signals.dispose();
  if (bug !== undefined) throw bug;
  if (view.error !== null) throw new ApiError(view.error.code, view.error.message, view.error);
  if (view.state === 'cancelled') return { isDone: false, exitCode: interruptedExitCode };
  return { isDone: true, result: result as Result };
}

function show(output: Output, view: () => JobView): () => void {
  const isTerminal = process.stderr.isTTY === true;
  const timer = setInterval(
    () => {
      const job = view();
      const rate = job.ratePerSecond === null ? '' : ` (${Math.round(job.ratePerSecond)} ${job.unit}/s)`;
      const line = `${progressText(job)}${rate}`;
      if (isTerminal) output.talkInPlace(line);
      else output.talk(line);
    },
    isTerminal ? inPlaceMs : plainMs,
  );
  return () => {
    clearInterval(timer);
    if (isTerminal) output.talkInPlace('');
  };
}
