/**
 * Runs long work: one or two jobs at a time, the rest waits in line. A job belongs to the host, not to the page that
 * asked for it: it goes on when the page closes, and any page can look at it or end it. Jobs are not kept over a restart;
 * what they store is, and says itself how it is resumed.
 *
 * A job's work is a function that gets a {@link JobControl}: it tells how far it is and looks whether it should stop. The
 * same functions run in a command-line process with a control that prints.
 */

import type { JobKind, JobView } from '../../shared/api/job-view.ts';
import { ApiError, failureOf } from '../../shared/api/result.ts';

/** How far a job is; what is left out stays as it was. */
export interface JobProgress {
  readonly done?: number;
  readonly total?: number | null;
  readonly unit?: string;
  readonly message?: string;
  readonly preview?: unknown;
}

/** What work sees of its job. */
export interface JobControl {
  /** True once it should stop: it then throws `JobCancelled`, or ends early with what it has. */
  isCancelled(): boolean;
  progress(news: JobProgress): void;
  /** Calls `stop` once when the job is cancelled, for work that waits elsewhere. */
  onCancel(stop: () => void): void;
}

/** Gives what a page opens next; a small value that can be written as JSON. */
export type JobWork = (control: JobControl) => Promise<unknown>;

/** Thrown by work that stopped because it was asked to. */
export class JobCancelled extends Error {
  override readonly name = 'JobCancelled';

  constructor() {
    super('cancelled');
  }
}

export interface JobRunnerOptions {
  /** Jobs that run at the same time. */
  readonly parallel: number;
  readonly wallClock: () => number;
  /** Gets failures that are bugs. */
  readonly onFailure: (job: JobView, error: unknown) => void;
}

/** Ended jobs that are still shown. */
const endedJobsKept = 200;
const waitingJobsMaximum = 100;
/** A rate over less than this says nothing. */
const rateAfterMs = 500;

interface Job {
  view: JobView;
  /** Counts up whenever the view changes, over all jobs. */
  version: number;
  readonly work: JobWork;
  isCancelled: boolean;
  readonly stops: (() => void)[];
  readonly ended: PromiseWithResolvers<void>;
}

export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #jobs = new Map<string, Job>();
  #running = 0;
  #nextNumber = 1;
  #version = 0;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
  }

  /** Counts up with every change: a stream sends what is newer than what it sent. */
  get version(): number {
    return this.#version;
  }

  /** Puts work in line and gives its job. Throws `ApiError` (`refused`) when too many wait. */
  start(kind: JobKind, title: string, work: JobWork): JobView {
    const waiting = [...this.#jobs.values()].filter(({ view }) => view.state === 'queued').length;
    if (waiting >= waitingJobsMaximum) {
      throw new ApiError('refused', `${waiting} jobs wait already`, {
        hint: 'Cancel some, or wait for them.',
      });
    }
    const view: JobView = {
      id: `j${this.#nextNumber}`,
      kind,
      title,
      state: 'queued',
      progress: null,
      done: 0,
      total: null,
      unit: '',
      ratePerSecond: null,
      timeLeftMs: null,
      message: '',
      createdMs: this.#options.wallClock(),
      startedMs: null,
      endedMs: null,
      preview: null,
      result: null,
      error: null,
    };
    this.#nextNumber += 1;
    const job: Job = {
      view,
      version: 0,
      work,
      isCancelled: false,
      stops: [],
      ended: Promise.withResolvers(),
    };
    this.#jobs.set(view.id, job);
    this.#change(job, {});
    this.#startNext();
    return job.view;
  }

  /** All jobs, newest first. */
  list(): JobView[] {
    return [...this.#jobs.values()].map(({ view }) => view).reverse();
  }

  /** Throws `ApiError` (`not-found`). */
  show(id: string): JobView {
    return this.#find(id).view;
  }

  /** Jobs that changed after a version, oldest first. */
  changedSince(version: number): JobView[] {
    if (version >= this.#version) return [];
    return [...this.#jobs.values()].filter((job) => job.version > version).map(({ view }) => view);
  }

  /** Asks a job to stop; one that waits ends at once, one that ended stays as it is. Throws `ApiError` (`not-found`). */
  cancel(id: string): JobView {
    const job = this.#find(id);
    if (job.view.state === 'queued') this.#end(job, { state: 'cancelled' });
    else if (job.view.state === 'running' && !job.isCancelled) {
      job.isCancelled = true;
      this.#change(job, { message: 'stopping …' });
      for (const stop of job.stops) stop();
    }
    return job.view;
  }

  /** Settles when the job has ended, however. Throws `ApiError` (`not-found`). */
  async ended(id: string): Promise<JobView> {
    const job = this.#find(id);
    await job.ended.promise;
    return job.view;
  }

  /** Cancels everything and waits until it has ended, at most `timeoutMs`. */
  async stop(timeoutMs: number): Promise<void> {
    const open = [...this.#jobs.values()].filter(({ view }) => view.endedMs === null);
    for (const { view } of open) this.cancel(view.id);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([Promise.all(open.map(({ ended }) => ended.promise)), timeout]);
    clearTimeout(timer);
  }

  #find(id: string): Job {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new ApiError('not-found', `there is no job ${id}`, { field: 'job' });
    return job;
  }

  #startNext(): void {
    for (const job of this.#jobs.values()) {
      if (this.#running >= this.#options.parallel) return;
      if (job.view.state === 'queued') void this.#run(job);
    }
  }

  async #run(job: Job): Promise<void> {
    this.#running += 1;
    this.#change(job, { state: 'running', startedMs: this.#options.wallClock() });
    const control: JobControl = {
      isCancelled: () => job.isCancelled,
      progress: (news) => this.#progress(job, news),
      onCancel: (stop) => {
        if (job.isCancelled) stop();
        else job.stops.push(stop);
      },
    };
    try {
      const result = await job.work(control);
      this.#end(job, { state: 'done', progress: 1, timeLeftMs: null, result: result ?? null });
    } catch (error) {
      if (job.isCancelled) this.#end(job, { state: 'cancelled' });
      else {
        const { ok: _ok, ...failure } = failureOf(error);
        this.#end(job, { state: 'failed', error: failure });
        if (failure.code === 'internal') this.#options.onFailure(job.view, error);
      }
    } finally {
      this.#running -= 1;
      this.#startNext();
    }
  }

  #progress(job: Job, news: JobProgress): void {
    if (job.view.endedMs !== null) return;
    const { done = job.view.done, total = job.view.total } = news;
    const elapsedMs = this.#options.wallClock() - (job.view.startedMs ?? 0);
    const rate = elapsedMs >= rateAfterMs && done > 0 ? (done * 1000) / elapsedMs : null;
    const progress = total === null || total <= 0 ? null : Math.min(1, Math.max(0, done / total));
    this.#change(job, {
      done,
      total,
      progress,
      ratePerSecond: rate,
      timeLeftMs:
        rate === null || total === null ? null : Math.max(0, Math.round(((total - done) / rate) * 1000)),
      unit: news.unit ?? job.view.unit,
      message: job.isCancelled ? job.view.message : (news.message ?? job.view.message),
      preview: news.preview === undefined ? job.view.preview : news.preview,
    });
  }

  #end(job: Job, changes: Partial<JobView>): void {
    this.#change(job, { ...changes, endedMs: this.#options.wallClock() });
    job.ended.resolve();
    const ended = [...this.#jobs.values()].filter(({ view }) => view.endedMs !== null);
    for (const old of ended.slice(0, Math.max(0, ended.length - endedJobsKept)))
      this.#jobs.delete(old.view.id);
  }

  #change(job: Job, changes: Partial<JobView>): void {
    this.#version += 1;
    job.version = this.#version;
    job.view = { ...job.view, ...changes };
  }
}
