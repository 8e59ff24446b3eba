/** A job that was started here: its progress while it runs, what went wrong when it failed. */

import { type ReactNode, useEffect } from 'react';
import type { JobView } from '../../shared/api/job-view.ts';
import { useQuery } from '../store/hooks.ts';
import { useJob } from '../store/jobs.ts';
import { act } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { paceText } from './job-strip.tsx';

export function JobPanel({
  id,
  onDone,
  onRetry,
  gone,
}: {
  readonly id: string;
  /** Called once when the job has ended well. */
  readonly onDone: (job: JobView) => void;
  readonly onRetry: () => void;
  /** What to show when the host does not know the job any more: after a restart, or long after its end. */
  readonly gone?: ReactNode;
}) {
  const job = useJob(id);
  const state = job?.state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, when the state changes
  useEffect(() => {
    if (job !== null && state === 'done') onDone(job);
  }, [state]);
  if (job === null) return <UnknownJob id={id} onRetry={onRetry} gone={gone} />;
  if (job.state === 'failed' && job.error !== null) {
    return (
      <ErrorState title={`${job.title} failed`} failure={{ ok: false, ...job.error }} onRetry={onRetry} />
    );
  }
  if (job.state === 'cancelled') {
    return (
      <EmptyState
        icon="stop"
        title="Cancelled"
        action={<Button onClick={onRetry}>Back to the form</Button>}
      />
    );
  }
  const percent = Math.round((job.progress ?? 0) * 100);
  return (
    <div className="flex h-full flex-col items-center justify-center gap-3 p-6" data-testid="job-panel">
      <p className="font-medium">{job.title}</p>
      <div
        role="progressbar"
        aria-valuenow={percent}
        aria-label={job.title}
        className="h-1.5 w-72 overflow-hidden rounded-full bg-line"
      >
        <div className="h-full bg-accent transition-[width] duration-200" style={{ width: `${percent}%` }} />
      </div>
      <p className="num text-sm text-muted">
        {job.state === 'queued' ? 'waits for another job' : paceText(job)}
      </p>
      {job.message === '' ? null : <p className="text-sm text-muted">{job.message}</p>}
      <Button icon="close" onClick={() => void act('Cancel', 'jobs/cancel', { job: id }, [])}>
        Cancel
      </Button>
    </div>
  );
}

/** More than a host keeps. */
const jobsAsked = 500;

/** A job the stream has not told yet: skeleton until it does, and a plain word when the host has none of this name. */
function UnknownJob({
  id,
  onRetry,
  gone,
}: {
  readonly id: string;
  readonly onRetry: () => void;
  readonly gone: ReactNode;
}) {
  const { value, failure, retry } = useQuery('jobs/list', { limit: jobsAsked }, ['never']);
  if (failure !== null) {
    return <ErrorState title="The job could not be asked for" failure={failure} onRetry={retry} />;
  }
  if (value === null || value.jobs.some((job) => job.id === id)) return <SkeletonRows />;
  if (gone !== undefined) return gone;
  return (
    <EmptyState
      icon="clock"
      title="This job is gone"
      action={<Button onClick={onRetry}>Back to the form</Button>}
    >
      The host does not know {id} any more: it was started again since, or the job ended long ago.
    </EmptyState>
  );
}
