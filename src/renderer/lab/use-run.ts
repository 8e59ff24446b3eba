/** A form that starts jobs: the job it shows, and what the host found wrong with which field of the last one. */

import { useState } from 'react';
import type { MethodName, RequestOf, ResponseOf } from '../../shared/api/contract.ts';
import type { JobView } from '../../shared/api/job-view.ts';
import type { ApiFailure } from '../../shared/api/result.ts';
import { useJob } from '../store/jobs.ts';
import type { Topic } from '../store/query-cache.ts';
import { attempt } from '../store/terminal.ts';
import { problemsOfFailure, type RunProblems } from './run-problems.ts';

/** Methods of the host that begin a job. */
export type JobMethod = {
  [Name in MethodName]: ResponseOf<Name> extends { readonly job: JobView } ? Name : never;
}[MethodName];

export interface Run {
  /** The job to show; null before the first, and after the person went back to the form. */
  readonly job: string | null;
  /** Of the request or of the job, until something is changed in the form. */
  readonly problems: RunProblems;
  /** Begins a job; gives its id, or null when the host refused it, which is told. */
  readonly start: <Name extends JobMethod>(
    title: string,
    name: Name,
    request: RequestOf<Name>,
    topics?: readonly Topic[],
  ) => Promise<string | null>;
  /** Goes back to the form; what was wrong stays told. */
  readonly close: () => void;
  /** To be called when something in the form changes. */
  readonly changed: () => void;
}

/** Gives the state of such a form. `begun` is a job that was begun from it before it was left. */
export function useRun(begun: string | null = null): Run {
  const [last, setLast] = useState(begun);
  const [isShown, setShown] = useState(false);
  const [refusal, setRefusal] = useState<ApiFailure | null>(null);
  const [isChanged, setChanged] = useState(false);
  const job = useJob(last);
  const failure = refusal ?? (job?.state === 'failed' && job.error !== null ? job.error : null);
  return {
    job: isShown ? last : null,
    problems: isChanged ? {} : problemsOfFailure(failure),
    async start(title, name, request, topics = []) {
      const result = await attempt(title, name, request, topics);
      setChanged(false);
      setRefusal(result.ok ? null : result);
      if (!result.ok) return null;
      const { id } = (result.value as { readonly job: JobView }).job;
      setLast(id);
      setShown(true);
      return id;
    },
    close: () => setShown(false),
    changed: () => setChanged(true),
  };
}
