/**
 * Runs a backtest on a thread of its own: the caller stays free, and a strategy that never returns is ended from
 * outside. `worker.ts` is the other side.
 */

import { Worker } from 'node:worker_threads';
import { ApiError } from '../../shared/api/result.ts';
import type { BacktestResult } from '../../shared/lab/result.ts';
import { BacktestCancelledError } from './run-backtest.ts';
import type { WorkerAnswer, WorkerRequest } from './worker-messages.ts';

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

/**
 * Runs a backtest in a worker. Throws `ApiError` (bad input, a strategy that throws or makes no progress for
 * `spec.stallTimeoutMs`), `BacktestCancelledError`.
 */
export async function runInWorker(
  request: Omit<WorkerRequest, 'cancel'>,
  options: WorkerOptions = {},
): Promise<BacktestResult> {
  const cancel = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(workerFile(), { workerData: { ...request, cancel } satisfies WorkerRequest });
  const { promise, resolve, reject } = Promise.withResolvers<BacktestResult>();
  const { stallTimeoutMs, strategy } = request.spec;
  let watchdog: NodeJS.Timeout | undefined;
  let place = ' while it was loaded';
  const watch = (): void => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => {
      reject(
        new ApiError(
          'refused',
          `strategy: ${strategy} was ended: it made no progress for ${stallTimeoutMs / 1000} s${place}`,
          { field: 'strategy', hint: 'Look for a loop that never ends; see stallTimeoutMs for slow ones.' },
        ),
      );
    }, stallTimeoutMs);
  };
  worker.on('message', (message: WorkerAnswer) => {
    switch (message.kind) {
      case 'loading':
        watch();
        return;
      case 'reading':
        clearTimeout(watchdog);
        return;
      case 'progress':
        place = ` after ${message.done} of ${message.total} candles`;
        watch();
        options.onProgress?.(message.done, message.total);
        return;
      case 'done':
        resolve(message.result);
        return;
      case 'cancelled':
        reject(new BacktestCancelledError('the backtest was cancelled'));
        return;
      case 'failed': {
        const { code, message: words, field, hint } = message.failure;
        reject(new ApiError(code, words, { field, hint }));
        return;
      }
    }
  });
  worker.on('error', reject);
  worker.on('exit', (code) => reject(new Error(`the backtest worker ended by itself (${code})`)));
  const stop = (): void => {
    Atomics.store(cancel, 0, 1);
    setTimeout(() => reject(new BacktestCancelledError('the backtest was cancelled')), cancelGraceMs).unref();
  };
  if (options.signal?.aborted === true) stop();
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    return await promise;
  } finally {
    clearTimeout(watchdog);
    options.signal?.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
