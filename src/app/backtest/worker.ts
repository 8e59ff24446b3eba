/** Runs backtests and trials on a thread of its own, one after the other, and says how each went. */

import { parentPort } from 'node:worker_threads';
import { loadNative } from '../../adapters/compute/native.ts';
import { failureOf } from '../../shared/api/result.ts';
import { ensureDefined } from '../../shared/domain/assert.ts';
import { type BacktestResult, tradeColumns } from '../../shared/lab/result.ts';
import { findStrategy } from '../../strategies/registry.ts';
import { dataError } from '../data/data-errors.ts';
import type { TrialOutcome } from '../optimise/trial-evaluator.ts';
import { BacktestCancelledError, type BacktestOptions } from './backtest-options.ts';
import { noisyReaders } from './chance-candles.ts';
import { KeptCandles } from './kept-candles.ts';
import { loadOwnStrategy } from './own-strategy.ts';
import { runBacktest } from './run-backtest.ts';
import { TrialSession } from './trial-session.ts';
import type { BacktestTask, TrialsTask, WorkerAnswer, WorkerRequest } from './worker-messages.ts';

const port = ensureDefined(parentPort, 'a worker has a parent');
/** Candles of the data folder of the last run; runs of one host have one. */
let kept: { readonly dataFolder: string | undefined; readonly candles: KeptCandles } | undefined;
/** What the trials of the studies in hand share, by number, the one used last at the end. */
const sessions = new Map<number, TrialSession>();
/** Studies kept at a time: as many as a host runs side by side, and some. */
const sessionsMaximum = 4;

function answer(message: WorkerAnswer, handedOver: ArrayBuffer[] = []): void {
  port.postMessage(message, handedOver);
}

function keptCandles(dataFolder: string | undefined): KeptCandles {
  if (kept === undefined || kept.dataFolder !== dataFolder) {
    kept = { dataFolder, candles: new KeptCandles(dataFolder) };
  }
  return kept.candles;
}

/** Gives what a request runs with; loads the strategy, which is watched. */
async function optionsOf(request: WorkerRequest): Promise<BacktestOptions> {
  const { spec, strategyModule, dataFolder } = request;
  answer({ kind: 'loading' });
  const own = strategyModule === undefined ? undefined : await loadOwnStrategy(strategyModule);
  answer({ kind: 'reading' });
  const candles = keptCandles(dataFolder);
  const noise = request.kind === 'backtest' ? request.noise : undefined;
  const { readFile, readStored } = noise === undefined ? candles : noisyReaders(loadNative(), noise, candles);
  return {
    findStrategy: (id) => (own?.id === id ? own : findStrategy(id)),
    readStored,
    readFile,
    isOwnCode: own?.id === spec.strategy,
  };
}

/** How a run is watched and ended. */
function watchOf({ cancel }: WorkerRequest) {
  return {
    onProgress: (done: number, total: number) => answer({ kind: 'progress', done, total }),
    isCancelled: () => Atomics.load(cancel, 0) !== 0,
  };
}

async function runOne(request: BacktestTask): Promise<void> {
  const options = await optionsOf(request);
  const { withAudit } = request;
  const ran = await runBacktest(request.spec, { ...options, ...watchOf(request), withAudit });
  const result = withOwnPrice(ran);
  const columns = [
    ...tradeColumns.map((name) => result.trades[name]),
    result.equity.timeMs,
    result.equity.equity,
    result.equity.exposure,
    ...(result.price === undefined ? [] : [result.price.close]),
  ];
  answer({ kind: 'done', result }, [...new Set(columns.map(({ buffer }) => buffer as ArrayBuffer))]);
}

async function runTrials(request: TrialsTask): Promise<void> {
  const session = await sessionOf(request);
  const watch = watchOf(request);
  const outcomes: (TrialOutcome | null)[] = [];
  for (const trial of request.trials) {
    if (watch.isCancelled()) throw new BacktestCancelledError('the trials were cancelled');
    outcomes.push(request.compiledOnly ? session.compiled(trial) : await session.whole(trial, watch));
  }
  answer({ kind: 'trials', outcomes });
}

async function sessionOf(request: TrialsTask): Promise<TrialSession> {
  const { metrics, session: number, spec } = request;
  const found =
    sessions.get(number) ??
    (await TrialSession.open(spec, { addon: loadNative(), backtest: await optionsOf(request), metrics }));
  sessions.delete(number);
  sessions.set(number, found);
  for (const oldest of sessions.keys()) {
    if (sessions.size <= sessionsMaximum) break;
    sessions.delete(oldest);
  }
  return found;
}

/** The price is a part of candles that are kept: it goes as a copy. */
function withOwnPrice(result: BacktestResult): BacktestResult {
  const { price } = result;
  return price === undefined ? result : { ...result, price: { ...price, close: price.close.slice() } };
}

port.on('message', async (request: WorkerRequest) => {
  try {
    await (request.kind === 'trials' ? runTrials(request) : runOne(request));
  } catch (error) {
    if (error instanceof BacktestCancelledError) answer({ kind: 'cancelled' });
    else {
      const failure = failureOf(dataError(error, 'series'));
      answer(failure.code === 'internal' ? { kind: 'broken', error } : { kind: 'failed', failure });
    }
  }
});
