/**
 * Runs backtests on a thread of their own: the caller stays free, and a strategy that never returns is ended from
 * outside. `worker.ts` is the other side.
 */

import { Worker } from 'node:worker_threads';
import { ApiError } from '../../shared/api/result.ts';
import type { BacktestResult } from '../../shared/lab/result.ts';
import type { TrialOutcome } from '../optimise/trial-evaluator.ts';
import { BacktestCancelledError } from './backtest-options.ts';
import type {
  BacktestTask,
  TrialsTask,
  WorkerAnswer,
  WorkerOutcome,
  WorkerRequest,
} from './worker-messages.ts';

export interface WorkerOptions {
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Ends the run; the promise is then rejected with `BacktestCancelledError`. */
  readonly signal?: AbortSignal | undefined;
}

/** How long a cancelled worker may take to end by itself. */
const cancelGraceMs = 2_000;

/** Sources run as they are; the bundle of the desktop program has the worker beside it. */
function workerFile(): URL {
  const name = import.meta.url.endsWith('.ts') ? './worker.ts' : './backtest-worker.js';
  return new URL(name, import.meta.url);
}

/** What a caller says of a task. */
type Asked<Task extends WorkerRequest> = Omit<Task, 'cancel' | 'kind'>;
type Request = Omit<BacktestTask, 'cancel'> | Omit<TrialsTask, 'cancel'>;

/** The request a thread has in hand. */
interface Running {
  readonly request: Request;
  readonly options: WorkerOptions;
  readonly settled: PromiseWithResolvers<WorkerOutcome>;
  place: string;
  watchdog: NodeJS.Timeout | undefined;
}

/** A thread that takes one request after the other. While it has none, it does not keep the process alive. */
export class BacktestWorker {
  readonly #thread = new Worker(workerFile());
  #running: Running | undefined;
  #isUsable = true;

  constructor() {
    this.#thread.unref();
    this.#thread.on('message', (message: WorkerAnswer) => this.#onAnswer(message));
    this.#thread.on('error', (error) => this.#fail(error));
    this.#thread.on('exit', (code) => this.#fail(new Error(`the backtest worker ended by itself (${code})`)));
  }

  /** False once it was closed, a strategy hung in it, or it broke: it takes no more runs. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /**
   * Runs a backtest; the request before must have ended. Throws `ApiError` (bad input, a strategy that throws or makes no
   * progress for `spec.stallTimeoutMs`), `BacktestCancelledError`.
   */
  async run(request: Asked<BacktestTask>, options?: WorkerOptions): Promise<BacktestResult> {
    const outcome = await this.#ask({ ...request, kind: 'backtest' }, options);
    if (outcome.kind === 'done') return outcome.result;
    throw new Error(`a worker answered a backtest with ${outcome.kind}`);
  }

  /** Runs trials; gives what became of each, null for one that was left out. Throws as `run`. */
  async trials(
    request: Asked<TrialsTask>,
    options?: WorkerOptions,
  ): Promise<readonly (TrialOutcome | null)[]> {
    const outcome = await this.#ask({ ...request, kind: 'trials' }, options);
    if (outcome.kind === 'trials') return outcome.outcomes;
    throw new Error(`a worker answered trials with ${outcome.kind}`);
  }

  async #ask(request: Request, options: WorkerOptions = {}): Promise<WorkerOutcome> {
    if (options.signal?.aborted === true) throw new BacktestCancelledError('the backtest was cancelled');
    const running: Running = {
      request,
      options,
      settled: Promise.withResolvers(),
      place: ' while it was loaded',
      watchdog: undefined,
    };
    this.#running = running;
    const cancel = new Int32Array(new SharedArrayBuffer(4));
    let grace: NodeJS.Timeout | undefined;
    const stop = (): void => {
      Atomics.store(cancel, 0, 1);
      grace = setTimeout(
        () => this.#fail(new BacktestCancelledError('the backtest was cancelled')),
        cancelGraceMs,
      );
    };
    options.signal?.addEventListener('abort', stop, { once: true });
    this.#thread.ref();
    this.#thread.postMessage({ ...request, cancel } satisfies WorkerRequest);
    try {
      return await running.settled.promise;
    } finally {
      clearTimeout(running.watchdog);
      clearTimeout(grace);
      options.signal?.removeEventListener('abort', stop);
      this.#running = undefined;
      if (this.#isUsable) this.#thread.unref();
      else await this.close();
    }
  }

  /** Ends the thread; a run it has in hand is cancelled. */
  async close(): Promise<void> {
    this.#fail(new BacktestCancelledError('the backtest was cancelled'));
    await this.#thread.terminate();
  }

  #onAnswer(message: WorkerAnswer): void {
    const running = this.#running;
    if (running === undefined) return;
    const { options, settled } = running;
    switch (message.kind) {
      case 'loading':
        this.#watch(running);
        return;
      case 'reading':
        clearTimeout(running.watchdog);
        return;
      case 'progress':
        running.place = ` after ${message.done} of ${message.total} candles`;
        this.#watch(running);
        options.onProgress?.(message.done, message.total);
        return;
      case 'done':
      case 'trials':
        settled.resolve(message);
        return;
      case 'cancelled':
        settled.reject(new BacktestCancelledError('the backtest was cancelled'));
        return;
      case 'failed': {
        const { code, message: words, field, hint } = message.failure;
        settled.reject(new ApiError(code, words, { field, hint }));
        return;
      }
      case 'broken':
        settled.reject(message.error);
        return;
    }
  }

  #watch(running: Running): void {
    const { stallTimeoutMs, strategy } = running.request.spec;
    clearTimeout(running.watchdog);
    running.watchdog = setTimeout(() => {
      this.#fail(
        new ApiError(
          'refused',
          `strategy: ${strategy} was ended: it made no progress for ${stallTimeoutMs / 1000} s${running.place}`,
          { field: 'strategy', hint: 'Look for a loop that never ends; see stallTimeoutMs for slow ones.' },
        ),
      );
    }, stallTimeoutMs);
  }

  /** The thread can no longer be trusted: what it has in hand fails, and it takes nothing more. */
  #fail(error: Error): void {
    this.#isUsable = false;
    this.#running?.settled.reject(error);
  }
}

/** Runs one backtest in a worker of its own. Throws as `BacktestWorker.run` does. */
export async function runInWorker(
  request: Asked<BacktestTask>,
  options: WorkerOptions = {},
): Promise<BacktestResult> {
  const worker = new BacktestWorker();
  try {
    return await worker.run(request, options);
  } finally {
    await worker.close();
  }
}
