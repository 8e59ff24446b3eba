/** Long work of the host as the page knows it: fetched once, then followed by the stream. */

import { create } from 'zustand';
import type { JobView } from '../../shared/api/job-view.ts';

export interface JobsState {
  /** By id. */
  readonly jobs: ReadonlyMap<string, JobView>;
}

export const useJobs = create<JobsState>()(() => ({ jobs: new Map() }));

/** Takes jobs that changed. */
export function applyJobs(changed: readonly JobView[]): void {
  const jobs = new Map(useJobs.getState().jobs);
  for (const job of changed) jobs.set(job.id, job);
  useJobs.setState({ jobs });
}

/** Replaces everything, after a fresh start of the stream. */
export function setJobs(all: readonly JobView[]): void {
  useJobs.setState({ jobs: new Map(all.map((job) => [job.id, job])) });
}

/** Follows one job; null while it is not known. */
export function useJob(id: string | null): JobView | null {
  return useJobs(({ jobs }) => (id === null ? null : (jobs.get(id) ?? null)));
}
