/**
 * The sweep path of a backtest: the rules of a strategy compiled to columns and run by the native part. It gives what the
 * event path gives, trade for trade, and refuses what it does not know.
 */

import { loadNative } from '../../adapters/compute/native.ts';
import { createRuleSweeper } from '../../adapters/compute/sweep.ts';
import type { AnyStrategy } from '../../engine/strategy/api.ts';
import { ApiError } from '../../shared/api/result.ts';
import { ensureDefined } from '../../shared/domain/assert.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import {
  type BacktestResult,
  exitReasons,
  type OpenPosition,
  type TradeTable,
} from '../../shared/lab/result.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import { assumptionsOf } from './assumptions.ts';
import { liquidationWarnings } from './liquidation-warning.ts';
import type { LoadedSeries } from './load-series.ts';
import type { PreparedBot } from './prepare-bots.ts';
import { resultInstrumentOf } from './result-instrument.ts';
import { paramsOfRun } from './run-params.ts';
import { SmallEntries } from './small-orders.ts';
import { sweepAssumptionsOf, sweepSeriesOf } from './sweep-input.ts';
import { checkSweepSpec, sweepRulesOf } from './sweep-rules.ts';
import {
  botWarnings,
  seriesWarnings,
  tooSmallWarning,
  unfundedWarning,
  unsellableWarnings,
} from './warnings.ts';

function onlyOf([only]: readonly LoadedSeries[]): LoadedSeries {
  return ensureDefined(only, 'the series of a sweep');
}

/** Gives why the sweep path cannot run a loaded backtest; undefined when it can. */
export function sweepRefusal(
  spec: BacktestSpec,
  strategy: AnyStrategy,
  series: readonly LoadedSeries[],
  bots: readonly PreparedBot[],
): ApiError | undefined {
  try {
    checkSweepSpec(spec);
    sweepRulesOf(strategy, bots[0]?.parsed, onlyOf(series));
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

/**
 * The value below which a sale may be too small for the market; 0 where there is no such value. On spot the venue refuses it,
 * so that a position which lost too much stays, and compiled rules sell it all the same.
 */
export function leastSaleOf({ kind, minimumNotional }: Instrument): number {
  return kind === 'spot' ? minimumNotional.toNumber() * (1 + 1e-9) : 0;
}

/** Gives why a run of the sweep path cannot stand: a sale that may be too small. Undefined where none came near that. */
export function smallSaleRefusal(
  { price, spec, trades }: BacktestResult,
  series: readonly LoadedSeries[],
): ApiError | undefined {
  const { instrument } = onlyOf(series);
  const leastSale = leastSaleOf(instrument);
  if (leastSale === 0) return undefined;
  for (let trade = 0; trade < trades.length; trade += 1) {
    if (exitReasons[trades.exitReason[trade] as number] === 'open') continue;
    const sold = trades.exitPrice[trade] as number;
    // What is decided at a close is valued there, though it fills at the next open.
    const decided =
      spec.fill === 'next-open' ? price?.close[(trades.exitBar[trade] as number) - 1] : undefined;
    const value = (trades.quantity[trade] as number) * Math.min(sold, decided ?? sold);
    if (value >= leastSale) continue;
    return new ApiError(
      'bad-input',
      `series.0.rules.minimumNotional: trade ${trade + 1} was worth ${value.toPrecision(6)} ${instrument.quote} when it was to be sold, below the ${instrument.minimumNotional.toNumber()} the market takes; the sweep path does not know what is left over then`,
      { field: 'series.0.rules.minimumNotional', hint: 'Use the event path, or larger entries.' },
    );
  }
  return undefined;
}

/** Gives what is open at the end: a trade of rules is entered and left whole, and an open one is valued at the last close. */
function openPositionsOf(trades: TradeTable, takerFee: number): OpenPosition[] {
  return [...trades.exitReason].flatMap((reason, trade) =>
    exitReasons[reason] === 'open'
      ? [
          {
            trade,
            quantity: trades.quantity[trade] as number,
            lastPrice: trades.exitPrice[trade] as number,
            takerFee,
          },
        ]
      : [],
  );
}

/** Runs a loaded backtest on the sweep path. Throws `ApiError` for what it does not know. */
export function runSweep(
  spec: BacktestSpec,
  strategy: AnyStrategy,
  series: readonly LoadedSeries[],
  bots: readonly PreparedBot[],
): BacktestResult {
  const startedAt = performance.now();
  checkSweepSpec(spec);
  const loaded = onlyOf(series);
  const { columns, endRow, firstRow, instrument, timeframeMs } = loaded;
  const rules = sweepRulesOf(strategy, bots[0]?.parsed, loaded);
  const run = createRuleSweeper(loadNative()).runOnce(
    sweepSeriesOf(spec, loaded),
    rules,
    sweepAssumptionsOf(spec, loaded),
  );
  const bars = endRow - firstRow;
  const wallMs = performance.now() - startedAt;
  const openPositions = openPositionsOf(run.trades, instrument.takerFeeRate.toNumber());
  const sum = (column: Float64Array): number => column.reduce((total, value) => total + value, 0);
  const instruments = [resultInstrumentOf(loaded)];
  const smallEntries = new SmallEntries(instrument);
  // Compiled rules enter with one fill each.
  for (let row = 0; row < run.trades.length; row += 1)
    smallEntries.note(
      String(row),
      (run.trades.quantity[row] as number) * (run.trades.entryPrice[row] as number),
    );
  return {
    spec,
    path: 'sweep',
    params: paramsOfRun(bots),
    instruments,
    trades: run.trades,
    equity: run.equity,
    openPositions,
    price: { close: columns.close.subarray(firstRow, endRow), start: columns.open[firstRow] as number },
    counts: {
      bars,
      filledBars: loaded.filledBars,
      orders: run.orders,
      fills: run.fills,
      // Compiled rules enter and leave with one fill each.
      closingFills: run.fills - run.trades.length,
      rejected: 0,
      refusedEntries: run.refusedEntries,
      liquidations: run.liquidations,
    },
    fees: sum(run.trades.fees),
    funding: sum(run.trades.funding),
    slippage: sum(run.trades.slippage),
    startEquity: Number(spec.capital),
    finalEquity: run.finalEquity,
    fromMs: columns.openTimeMs[firstRow] as number,
    toMs: (columns.openTimeMs[endRow - 1] as number) + timeframeMs,
    assumptions: assumptionsOf(spec, series, 'sweep'),
    warnings: [
      ...liquidationWarnings(run.trades, instruments),
      ...botWarnings(bots),
      ...smallEntries.warnings(),
      ...seriesWarnings(series),
      ...(run.refusedEntries > 0 ? [unfundedWarning(run.refusedEntries)] : []),
      ...(run.tooSmallEntries > 0 ? [tooSmallWarning] : []),
      ...unsellableWarnings(openPositions, run.trades, series),
    ],
    wallMs: Math.round(wallMs),
    barsPerSecond: Math.round(bars / (wallMs / 1000)),
  };
}
