/** Answers of the Lab's part of the API as tables and facts for people. */

import type { JobView } from '../../shared/api/job-view.ts';
import { renderFacts, renderTable } from '../output/table.ts';
import { durationWords, timeWords } from '../output/words.ts';

/** `42 %, 1 200 of 2 900 trials, 1 min left`. */
export function progressText(job: JobView): string {
  if (job.state !== 'running') return job.error?.message ?? job.message;
  const parts = [
    ...(job.progress === null ? [] : [`${Math.floor(job.progress * 100)} %`]),
    ...(job.total === null ? [] : [`${job.done} of ${job.total} ${job.unit}`]),
    ...(job.timeLeftMs === null ? [] : [`${durationWords(job.timeLeftMs)} left`]),
    ...(job.message === '' ? [] : [job.message]),
  ];
  return parts.join(', ');
}

export function jobTable(jobs: readonly JobView[]): string {
  return renderTable(
    jobs,
    [
      { title: 'Job', of: ({ id }) => id },
      { title: 'Kind', of: ({ kind }) => kind },
      { title: 'What', of: ({ title }) => title },
      { title: 'State', of: ({ state }) => state },
      { title: 'Progress', of: progressText },
    ],
    'No job has run since the host started.',
  );
}

export function jobFacts(job: JobView): string {
  return renderFacts([
    ['Job', `${job.id} (${job.kind})`],
    ['What', job.title],
    ['State', job.state],
    ['Progress', progressText(job)],
    ['Started', job.startedMs === null ? '–' : timeWords(job.startedMs)],
    ['Ended', job.endedMs === null ? '–' : timeWords(job.endedMs)],
    ...(job.error?.hint === undefined ? [] : [['Hint', job.error.hint] as const]),
  ]);
}
