/** A job that was started here: its progress while it runs, what went wrong when it failed. */

import { useEffect } from 'react';
import type { JobView } from '../../shared/api/job-view.ts';
import { useJob } from '../store/jobs.ts';
import { act } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { paceText } from './job-strip.tsx';

export function JobPanel({
  id,
  onDone,
  onRetry,
}: {
  readonly id: string;
  /** Called once when the job has ended well. */
  readonly onDone: (job: JobView) => void;
  readonly onRetry: () => void;
}) {
  const job = useJob(id);
  const state = job?.state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, when the state changes
  useEffect(() => {
    if (job !== null && state === 'done') onDone(job);
  }, [state]);
  if (job === null) return <SkeletonRows />;
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
