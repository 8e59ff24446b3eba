/** Runs backtests on a thread of its own, one after the other, and says how each went. */

import { parentPort } from 'node:worker_threads';
import { loadNative } from '../../adapters/compute/native.ts';
import { failureOf } from '../../shared/api/result.ts';
import { ensureDefined } from '../../shared/domain/assert.ts';
import { type BacktestResult, tradeColumns } from '../../shared/lab/result.ts';
import { findStrategy } from '../../strategies/registry.ts';
import { dataError } from '../data/data-errors.ts';
import { noisyReaders } from './chance-candles.ts';
import { BacktestEndedEarlyError } from './checkpoints.ts';
import { KeptCandles } from './kept-candles.ts';
import { loadOwnStrategy } from './own-strategy.ts';
import { BacktestCancelledError, runBacktest } from './run-backtest.ts';
import type { WorkerAnswer, WorkerRequest } from './worker-messages.ts';

const port = ensureDefined(parentPort, 'a worker has a parent');
/** Candles of the data folder of the last run; runs of one host have one. */
let kept: { readonly dataFolder: string | undefined; readonly candles: KeptCandles } | undefined;

function answer(message: WorkerAnswer, handedOver: ArrayBuffer[] = []): void {
  port.postMessage(message, handedOver);
}

function keptCandles(dataFolder: string | undefined): KeptCandles {
  if (kept === undefined || kept.dataFolder !== dataFolder) {
    kept = { dataFolder, candles: new KeptCandles(dataFolder) };
  }
  return kept.candles;
}

async function run(request: WorkerRequest, interim: number[]): Promise<void> {
  const { spec, strategyModule, dataFolder } = request;
  answer({ kind: 'loading' });
  const own = strategyModule === undefined ? undefined : await loadOwnStrategy(strategyModule);
  answer({ kind: 'reading' });
  const candles = keptCandles(dataFolder);
  const { readFile, readStored } =
    request.noise === undefined ? candles : noisyReaders(loadNative(), request.noise, candles);
  const ran = await runBacktest(spec, {
    findStrategy: (id) => (own?.id === id ? own : findStrategy(id)),
    readStored,
    readFile,
    isOwnCode: own?.id === spec.strategy,
    withAudit: request.withAudit,
    checkpoints: request.checkpoints,
    onCheckpoint: (gain) => interim.push(gain),
    onProgress: (done, total) => answer({ kind: 'progress', done, total }),
    isCancelled: () => Atomics.load(request.cancel, 0) !== 0,
  });
  const result = withOwnPrice(ran);
  const columns = [
    ...tradeColumns.map((name) => result.trades[name]),
    result.equity.timeMs,
    result.equity.equity,
    result.equity.exposure,
    ...(result.price === undefined ? [] : [result.price.close]),
  ];
  answer({ kind: 'done', result, interim }, [...new Set(columns.map(({ buffer }) => buffer as ArrayBuffer))]);
}

/** The price is a part of candles that are kept: it goes as a copy. */
function withOwnPrice(result: BacktestResult): BacktestResult {
  const { price } = result;
  return price === undefined ? result : { ...result, price: { ...price, close: price.close.slice() } };
}

port.on('message', async (request: WorkerRequest) => {
  const interim: number[] = [];
  try {
    await run(request, interim);
  } catch (error) {
    if (error instanceof BacktestCancelledError) answer({ kind: 'cancelled' });
    else if (error instanceof BacktestEndedEarlyError) answer({ kind: 'ended-early', interim });
    else {
      const failure = failureOf(dataError(error, 'series'));
      answer(failure.code === 'internal' ? { kind: 'broken', error } : { kind: 'failed', failure });
    }
  }
});
