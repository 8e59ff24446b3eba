/** Runs one backtest on a thread of its own and says how it went. */

import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { AnyStrategy } from '../../engine/strategy/api.ts';
import { ApiError, failureOf } from '../../shared/api/result.ts';
import { ensureDefined } from '../../shared/domain/assert.ts';
import { tradeColumns } from '../../shared/lab/result.ts';
import { findStrategy } from '../../strategies/registry.ts';
import { BacktestCancelledError, runBacktest } from './run-backtest.ts';
import { storedCandles } from './stored-candles.ts';
import type { WorkerAnswer, WorkerRequest } from './worker-messages.ts';

const request = workerData as WorkerRequest;
const port = ensureDefined(parentPort, 'a worker has a parent');

function answer(message: WorkerAnswer, handedOver: ArrayBuffer[] = []): void {
  port.postMessage(message, handedOver);
}

/** Loads a strategy of the user. Throws `ApiError` when the file is none. */
async function loadStrategy(path: string): Promise<AnyStrategy> {
  let module: { readonly strategy?: AnyStrategy };
  try {
    module = await import(pathToFileURL(path).href);
  } catch (error) {
    throw new ApiError(
      'bad-input',
      `strategy: ${path} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      { field: 'strategy' },
    );
  }
  if (module.strategy === undefined) {
    throw new ApiError('bad-input', `strategy: ${path} does not export "strategy"`, { field: 'strategy' });
  }
  return module.strategy;
}

async function run(): Promise<void> {
  const { spec, strategyModule, dataFolder } = request;
  answer({ kind: 'loading' });
  const own = strategyModule === undefined ? undefined : await loadStrategy(strategyModule);
  answer({ kind: 'reading' });
  const result = await runBacktest(spec, {
    findStrategy: (id) => (own?.id === id ? own : findStrategy(id)),
    readStored: dataFolder === undefined ? undefined : storedCandles(dataFolder),
    withAudit: request.withAudit,
    onProgress: (done, total) => answer({ kind: 'progress', done, total }),
    isCancelled: () => Atomics.load(request.cancel, 0) !== 0,
  });
  const columns = [
    ...tradeColumns.map((name) => result.trades[name]),
    result.equity.timeMs,
    result.equity.equity,
    result.equity.exposure,
  ];
  answer({ kind: 'done', result }, [...new Set(columns.map(({ buffer }) => buffer as ArrayBuffer))]);
}

try {
  await run();
} catch (error) {
  if (error instanceof BacktestCancelledError) answer({ kind: 'cancelled' });
  else answer({ kind: 'failed', failure: failureOf(error) });
}
