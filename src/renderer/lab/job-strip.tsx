/** What runs now: how far it is, how fast, how long it will take, and the button that ends it. */

import type { JobView } from '../../shared/api/job-view.ts';
import { formatSpan } from '../format/time-text.ts';
import { useJobs } from '../store/jobs.ts';
import { act } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { countText } from './figures.ts';

/** Gives rate and time left in words. */
export function paceText(job: JobView): string {
  const parts: string[] = [];
  if (job.total !== null && job.total > 0 && job.unit !== '%') {
    parts.push(`${countText(job.done)} of ${countText(job.total)} ${job.unit}`);
  } else if (job.unit !== '' && job.unit !== '%') parts.push(`${countText(job.done)} ${job.unit}`);
  if (job.ratePerSecond !== null && job.unit !== '%') {
    parts.push(`${countText(Math.round(job.ratePerSecond))} ${job.unit}/s`);
  }
  if (job.timeLeftMs !== null && job.timeLeftMs >= 1000) parts.push(`${formatSpan(job.timeLeftMs)} left`);
  return parts.join(' · ');
}

/** All of them but the one that is shown in full anyway. */
export function JobStrip({ except }: { readonly except: string | null }) {
  const jobs = useJobs(({ jobs: all }) => all);
  const open = [...jobs.values()].filter(({ id, endedMs }) => endedMs === null && id !== except);
  if (open.length === 0) return null;
  return (
    <ul className="shrink-0 border-t border-line bg-raised" aria-label="Running jobs" data-testid="job-strip">
      {open.map((job) => (
        <JobRow key={job.id} job={job} />
      ))}
    </ul>
  );
}

/** One job as a line with its bar. */
export function JobRow({ job }: { readonly job: JobView }) {
  const percent = job.progress === null ? null : Math.round(job.progress * 100);
  return (
    <li className="relative flex h-8 items-center gap-3 px-3 text-sm" data-testid={`job-${job.id}`}>
      <span
        className="absolute inset-y-0 left-0 bg-accent/15 transition-[width] duration-200"
        style={{ width: `${percent ?? 0}%` }}
      />
      <span className="relative w-20 shrink-0 text-muted">
        {job.state === 'queued' ? 'waits' : kindWords(job)}
      </span>
      <span className="relative min-w-0 truncate font-medium">{job.title}</span>
      <span
        className="num relative w-10 shrink-0 text-right"
        role="progressbar"
        aria-label={job.title}
        aria-valuenow={percent ?? undefined}
      >
        {percent === null ? '' : `${percent} %`}
      </span>
      <span className="num relative shrink-0 text-xs text-muted">{paceText(job)}</span>
      <span className="relative min-w-0 grow truncate text-xs text-muted">{job.message}</span>
      <span className="relative">
        <Button
          size="sm"
          variant="ghost"
          icon="close"
          onClick={() => void act('Cancel', 'jobs/cancel', { job: job.id }, [])}
          data-testid={`job-cancel-${job.id}`}
        >
          Cancel
        </Button>
      </span>
    </li>
  );
}

function kindWords(job: JobView): string {
  const words = job.kind.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
