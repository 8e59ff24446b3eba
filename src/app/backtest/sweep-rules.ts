/** What the sweep path can run: which specifications, and the rules that the parameters of a strategy make. */

import type { AnyStrategy } from '../../engine/strategy/api.ts';
import { ApiError } from '../../shared/api/result.ts';
import { tickRounder } from '../../shared/domain/instrument.ts';
import type { BacktestSpec, SeriesSpec } from '../../shared/lab/spec.ts';
import { sweepLimits } from '../../shared/lab/sweep-limits.ts';
import { parseCondition } from '../../shared/rules/parse-rule.ts';
import { type RuleCondition, type RuleSet, ruleSetFrom } from '../../shared/rules/rule-set.ts';
import type { MaCrossParams } from '../../strategies/ma-cross/params.ts';
import type { RuleParams } from '../../strategies/rules/params.ts';
import { ruleSetOf } from '../../strategies/rules/rule-texts.ts';
import type { LoadedSeries } from './load-series.ts';

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

/** Gives the rules that checked parameters of a strategy make, if the sweep path can run them. Throws `ApiError` otherwise. */
export function sweepRulesOf(strategy: AnyStrategy, params: unknown, loaded: LoadedSeries): RuleSet {
  if (strategy.id !== 'rules' && strategy.id !== 'ma-cross') {
    refuse('strategy', `the sweep path runs the strategies "rules" and "ma-cross", not "${strategy.id}"`);
  }
  const [timeframe] = strategy.subscribe(params).timeframesMs;
  if (timeframe !== loaded.timeframeMs)
    refuse('params.timeframe', 'the sweep path reads rules on the candles of the data');
  if (strategy.id === 'ma-cross' && !isOnGrid(loaded))
    refuse('series.0.rules.tickSize', 'the crossover averages whole ticks, and the prices have finer steps');
  return strategy.id === 'rules' ? ruleSetOf(params as RuleParams) : crossRules(params as MaCrossParams);
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

/** The crossings of two averages of the periods `$fast` and `$slow`. */
function crossingsOf(average: MaCrossParams['average']): Record<'above' | 'below', RuleCondition> {
  const crosses = (direction: string): RuleCondition =>
    parseCondition(`${average}(close, $fast) crosses ${direction} ${average}(close, $slow)`);
  return { above: crosses('above'), below: crosses('below') };
}

/** Read once: studies ask thousands of times. */
const crossings = { sma: crossingsOf('sma'), ema: crossingsOf('ema') };

/** The rules that make the trades of the crossover strategy. */
function crossRules(params: MaCrossParams): RuleSet {
  const refuseParam = (name: string): never =>
    refuse(`params.${name}`, sweepLimits('ma-cross')[name] ?? 'the sweep path does not know it');
  if (params.direction !== 'long') refuseParam('direction');
  if (Number(params.minDistancePercent) > 0) refuseParam('minDistancePercent');
  if (Number(params.trailingStopPercent) > 0) refuseParam('trailingStopPercent');
  const { above, below } = crossings[params.average];
  return ruleSetFrom({
    parameters: [
      { name: 'fast', value: params.fastPeriod },
      { name: 'slow', value: params.slowPeriod },
    ],
    longEntry: above,
    longExit: below,
    stop: Number(params.stopLossPercent) / 100,
    target: Number(params.takeProfitPercent) / 100,
    size:
      params.sizeType === 'quote'
        ? { kind: 'notional-quote', amount: Number(params.orderQuote) }
        : { kind: 'notional-fraction', fraction: Number(params.orderPercent) / 100 },
  });
}
