/**
 * The sweep path of a backtest: the rules of a strategy compiled to columns and run by the native part. It gives what the
 * event path gives, trade for trade, and refuses what it does not know.
 */

import { loadNative } from '../../adapters/compute/native.ts';
import { createRuleSweeper, type SweepAssumptions, type SweepSeries } from '../../adapters/compute/sweep.ts';
import type { FundingTimes } from '../../engine/simulation/candles/candle-track.ts';
import type { AnyStrategy } from '../../engine/strategy/api.ts';
import { ApiError } from '../../shared/api/result.ts';
import { ensureDefined } from '../../shared/domain/assert.ts';
import { tickRounder } from '../../shared/domain/instrument.ts';
import {
  type BacktestResult,
  exitReasons,
  type OpenPosition,
  type TradeTable,
} from '../../shared/lab/result.ts';
import { type BacktestSpec, reserveOf, type SeriesSpec } from '../../shared/lab/spec.ts';
import { sweepLimits } from '../../shared/lab/sweep-limits.ts';
import { parseCondition } from '../../shared/rules/parse-rule.ts';
import { type RuleSet, ruleSet } from '../../shared/rules/rule-set.ts';
import type { MaCrossParams } from '../../strategies/ma-cross/params.ts';
import type { RuleParams } from '../../strategies/rules/params.ts';
import { ruleSetOf } from '../../strategies/rules/rule-texts.ts';
import { assumptionsOf } from './assumptions.ts';
import { liquidationWarnings } from './liquidation-warning.ts';
import { type LoadedSeries, lowerBound } from './load-series.ts';
import type { PreparedBot } from './prepare-bots.ts';
import { resultInstrumentOf } from './result-instrument.ts';
import { paramsOfRun } from './run-params.ts';
import { SmallEntries } from './small-orders.ts';
import {
  botWarnings,
  seriesWarnings,
  tooSmallWarning,
  unfundedWarning,
  unsellableWarnings,
} from './warnings.ts';

function refuse(field: string, message: string): never {
  throw new ApiError('bad-input', `${field}: ${message}`, { field, hint: 'Use the event path.' });
}

/** Every field of a specification is read by the sweep path or refused below: a new one does not compile until it is. */
type Considered =
  | 'strategy'
  | 'params'
  | 'series'
  | 'fromMs'
  | 'dataFromMs'
  | 'toMs'
  | 'capital'
  | 'holdings'
  // Stops and targets of these strategies take; nothing rests, so that maker fee and limit fills never matter.
  | 'makerFee'
  | 'limitFill'
  | 'takerFee'
  | 'slippage'
  | 'fill'
  | 'path'
  | 'intrabar'
  | 'reserve'
  | 'leverage'
  | 'latency'
  | 'impact'
  | 'warmupBars'
  // Chances are drawn for latency alone, and nothing here can hang.
  | 'seed'
  | 'stallTimeoutMs';
type ConsideredOfSeries =
  | 'source'
  | 'venue'
  | 'instrument'
  | 'timeframe'
  | 'rules'
  | 'detail'
  | 'funding'
  | 'borrow'
  | 'marks'
  | 'tradable';
type Forgotten = Exclude<keyof BacktestSpec, Considered> | Exclude<keyof SeriesSpec, ConsideredOfSeries>;
/** The specification, or the forgotten fields, which nobody can pass. */
type ConsideredSpec = [Forgotten] extends [never] ? BacktestSpec : Forgotten;

/** Refuses what only the event path can do, before any data are read. Throws `ApiError`. */
export function checkSweepSpec(spec: ConsideredSpec): void {
  const [only] = spec.series;
  if (only === undefined || spec.series.length > 1)
    refuse('series', 'the sweep path runs one series at a time');
  if (only.detail !== undefined) refuse('series.0.detail', 'the sweep path knows candles only');
  if (only.source.kind === 'store' && only.source.data !== undefined)
    refuse('series.0.source', 'the sweep path knows candles only');
  if (only.borrow !== undefined) refuse('series.0.borrow', 'the sweep path knows no interest');
  if (only.marks !== undefined) refuse('series.0.marks', 'the sweep path knows one price');
  if (spec.latency.kind !== 'none') refuse('latency', 'the sweep path knows no delays');
  if (spec.impact.kind !== 'none') refuse('impact', 'the sweep path knows no market impact');
  if (spec.holdings !== undefined) refuse('holdings', 'the sweep path begins with money only');
  if ((only.rules?.maintenanceTiers?.length ?? 0) > 1)
    refuse('series.0.rules.maintenanceTiers', 'the sweep path knows one maintenance rate');
}

function onlyOf([only]: readonly LoadedSeries[]): LoadedSeries {
  return ensureDefined(only, 'the series of a sweep');
}

/** Gives the rules of a strategy that the sweep path can run. Throws `ApiError` for the others. */
export function sweepRulesOf(strategy: AnyStrategy, params: unknown, loaded: LoadedSeries): RuleSet {
  if (strategy.id !== 'rules' && strategy.id !== 'ma-cross') {
    refuse('strategy', `the sweep path runs the strategies "rules" and "ma-cross", not "${strategy.id}"`);
  }
  const checked: unknown = strategy.params.parse(params);
  const [timeframe] = strategy.subscribe(checked).timeframesMs;
  if (timeframe !== loaded.timeframeMs)
    refuse('params.timeframe', 'the sweep path reads rules on the candles of the data');
  if (strategy.id === 'ma-cross' && !isOnGrid(loaded))
    refuse('series.0.rules.tickSize', 'the crossover averages whole ticks, and the prices have finer steps');
  return strategy.id === 'rules' ? ruleSetOf(checked as RuleParams) : crossRules(checked as MaCrossParams);
}

/** Columns of closes that were looked through, up to which row and with which tick: every trial of a study asks again. */
const onGrid = new WeakMap<Float64Array, { readonly key: string; readonly isOnGrid: boolean }>();

/** Whether every close is a whole number of ticks. */
function isOnGrid({ columns, endRow, instrument }: LoadedSeries): boolean {
  const key = `${instrument.tickSize} ${endRow}`;
  const known = onGrid.get(columns.close);
  if (known?.key === key) return known.isOnGrid;
  const tick = instrument.tickSize.toNumber();
  const toTicks = tickRounder(instrument.tickSize);
  const all = columns.close
    .subarray(0, endRow)
    .every((price) => Math.abs(toTicks(price) * tick - price) <= price * 1e-9);
  onGrid.set(columns.close, { key, isOnGrid: all });
  return all;
}

/** The rules that make the trades of the crossover strategy. */
function crossRules(params: MaCrossParams): RuleSet {
  const refuseParam = (name: string): never =>
    refuse(`params.${name}`, sweepLimits('ma-cross')[name] ?? 'the sweep path does not know it');
  if (params.direction !== 'long') refuseParam('direction');
  if (Number(params.minDistancePercent) > 0) refuseParam('minDistancePercent');
  if (Number(params.trailingStopPercent) > 0) refuseParam('trailingStopPercent');
  const average = (period: number) => `${params.average}(close, ${period})`;
  const crosses = (direction: string) =>
    parseCondition(`${average(params.fastPeriod)} crosses ${direction} ${average(params.slowPeriod)}`);
  return ruleSet.parse({
    longEntry: crosses('above'),
    longExit: crosses('below'),
    stop: Number(params.stopLossPercent) / 100,
    target: Number(params.takeProfitPercent) / 100,
    size:
      params.sizeType === 'quote'
        ? { kind: 'notional-quote', amount: Number(params.orderQuote) }
        : { kind: 'notional-fraction', fraction: Number(params.orderPercent) / 100 },
  });
}

/**
 * Gives the rows at whose open payments are due, and their rates: half a row more where the time lies inside the candle,
 * because its open has been traded then.
 */
function fundingRows(
  funding: FundingTimes | undefined,
  openTimeMs: Float64Array,
  timeframeMs: number,
  firstRow: number,
): SweepSeries['funding'] {
  if (funding === undefined) return undefined;
  const rows: number[] = [];
  const rates: number[] = [];
  for (const [index, dueMs] of funding.timesMs.entries()) {
    if (dueMs < (openTimeMs[firstRow] as number)) continue;
    const next = lowerBound(openTimeMs, dueMs);
    const isInside = openTimeMs[next] !== dueMs && dueMs < (openTimeMs[next - 1] as number) + timeframeMs;
    const row = isInside ? next - 0.5 : next;
    if (row >= openTimeMs.length) continue;
    rows.push(row);
    rates.push(Number(funding.rates[index]));
  }
  return { rows: Float64Array.from(rows), rates: Float64Array.from(rates) };
}

/** Gives a loaded series as the sweep path takes it. */
export function sweepSeriesOf(spec: BacktestSpec, loaded: LoadedSeries): SweepSeries {
  const { columns, endRow, firstRow, instrument, timeframeMs } = loaded;
  const cut = (column: Float64Array): Float64Array => column.subarray(0, endRow);
  const openTimeMs = cut(columns.openTimeMs);
  const tier = loaded.spec.rules?.maintenanceTiers?.[0];
  const perpetual = instrument.kind === 'perpetual';
  return {
    columns: {
      openTimeMs,
      open: cut(columns.open),
      high: cut(columns.high),
      low: cut(columns.low),
      close: cut(columns.close),
      volume: cut(columns.volume),
    },
    timeframeMs,
    tickSize: instrument.tickSize.toNumber(),
    lotSize: instrument.lotSize.toNumber(),
    minimumLots: instrument.minimumLots,
    maximumLots: instrument.maximumLots,
    minimumNotional: instrument.minimumNotional.toNumber(),
    takerFee: instrument.takerFeeRate.toNumber(),
    perpetual,
    leverage: perpetual ? Math.min(spec.leverage, instrument.leverageMax) : 1,
    maintenanceRate: tier?.maintenanceRate ?? instrument.maintenanceMarginRate.toNumber(),
    funding: fundingRows(loaded.funding, openTimeMs, timeframeMs, firstRow),
  };
}

/** Gives the assumptions of a specification as the sweep path takes them. */
export function sweepAssumptionsOf(spec: BacktestSpec, loaded: LoadedSeries): SweepAssumptions {
  const { fill, intrabar, slippage } = spec;
  const firstRow = loaded.firstRow;
  return { capital: Number(spec.capital), slippage, fill, intrabar, firstRow, reserve: reserveOf(spec) };
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
    sweepRulesOf(strategy, bots[0]?.definition.params, onlyOf(series));
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

/**
 * Gives why a run of the sweep path cannot stand: on spot the venue refuses a sale below its least value, so that a position
 * which lost too much stays, and compiled rules sell it all the same. Undefined where no sale came near that value.
 */
export function smallSaleRefusal(
  { price, spec, trades }: BacktestResult,
  series: readonly LoadedSeries[],
): ApiError | undefined {
  const { instrument } = onlyOf(series);
  const least = instrument.minimumNotional.toNumber();
  if (instrument.kind !== 'spot' || least === 0) return undefined;
  for (let trade = 0; trade < trades.length; trade += 1) {
    if (exitReasons[trades.exitReason[trade] as number] === 'open') continue;
    const sold = trades.exitPrice[trade] as number;
    // What is decided at a close is valued there, though it fills at the next open.
    const decided =
      spec.fill === 'next-open' ? price?.close[(trades.exitBar[trade] as number) - 1] : undefined;
    const value = (trades.quantity[trade] as number) * Math.min(sold, decided ?? sold);
    if (value >= least * (1 + 1e-9)) continue;
    return new ApiError(
      'bad-input',
      `series.0.rules.minimumNotional: trade ${trade + 1} was worth ${value.toPrecision(6)} ${instrument.quote} when it was to be sold, below the ${least} the market takes; the sweep path does not know what is left over then`,
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
  const rules = sweepRulesOf(strategy, bots[0]?.definition.params, loaded);
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
