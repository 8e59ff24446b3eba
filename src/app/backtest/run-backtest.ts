/** Runs a backtest on the sweep path where that gives the same, on the event path otherwise. */

import type { AnyStrategy } from '../../engine/strategy/api.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { BacktestResult } from '../../shared/lab/result.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import type { BacktestOptions } from './backtest-options.ts';
import { checkSeries } from './check-series.ts';
import { Checkpoints } from './checkpoints.ts';
import { type LoadedSeries, loadSeries } from './load-series.ts';
import { strategyHint } from './load-strategy.ts';
import { prepareBots } from './prepare-bots.ts';
import { runEvents } from './run-events.ts';
import { runSweep, smallSaleRefusal, sweepRefusal } from './run-sweep.ts';

/** Runs a backtest on the path its specification names. Throws `ApiError` for bad input, bad files and failing strategies. */
export async function runBacktest(spec: BacktestSpec, options: BacktestOptions): Promise<BacktestResult> {
  return runLoaded(spec, await loadBacktest(spec, options), options);
}

/** The strategy of a specification and what it runs over. */
export interface LoadedBacktest {
  readonly strategy: AnyStrategy;
  readonly series: readonly LoadedSeries[];
}

/** Finds the strategy and loads the series of a specification; runs do not change them. Throws `ApiError`. */
export async function loadBacktest(spec: BacktestSpec, options: BacktestOptions): Promise<LoadedBacktest> {
  const strategy = options.findStrategy(spec.strategy);
  if (strategy === undefined) {
    throw new ApiError('not-found', `strategy: there is no strategy "${spec.strategy}"`, {
      field: 'strategy',
      hint: strategyHint(spec.strategy),
    });
  }
  const series = await Promise.all(
    spec.series.map((_, index) => loadSeries(spec, index, options.readStored, options.readFile)),
  );
  checkSeries(series);
  return { strategy, series };
}

/** As `runBacktest`, with what it runs over at hand. */
export async function runLoaded(
  spec: BacktestSpec,
  { series, strategy }: LoadedBacktest,
  options: BacktestOptions,
): Promise<BacktestResult> {
  const bots = prepareBots(spec, strategy, series);
  const refusal = runsByEvent(spec, options) ?? sweepRefusal(spec, strategy, series, bots);
  if (refusal !== undefined) {
    if (spec.path === 'sweep') throw refusal;
    return runEvents(spec, options, series, bots);
  }
  const result = runSweep(spec, strategy, series, bots);
  const late = smallSaleRefusal(result, series);
  if (late !== undefined) {
    if (spec.path === 'sweep') throw late;
    return runEvents(spec, options, series, bots);
  }
  const { equity, startEquity } = result;
  const checkpoints = new Checkpoints(options.checkpoints, equity.length, startEquity, options.onCheckpoint);
  checkpoints.passAll(equity.length, (row) => equity.equity[row] as number);
  return result;
}

/** Why the event path was asked for, if it was. */
export function runsByEvent(
  { path }: BacktestSpec,
  { isOwnCode, withAudit }: BacktestOptions,
): ApiError | undefined {
  if (isOwnCode === true) {
    return new ApiError('bad-input', 'path: the sweep path runs no code of your own', {
      field: 'path',
      hint: 'Use the event path.',
    });
  }
  if (path !== 'event' && withAudit !== true) return undefined;
  return new ApiError('bad-input', 'path: only the event path keeps audit records', {
    field: 'path',
    hint: 'Leave out the audit, or use the event path.',
  });
}
