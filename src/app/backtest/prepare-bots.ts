/** Which bots a backtest runs: one for each traded series, all of the same strategy, the money shared evenly. */

import { columnTicks } from '../../engine/simulation/candles/candle-track.ts';
import type { AnyStrategy, PlanMarket, Subscription } from '../../engine/strategy/api.ts';
import { ApiError } from '../../shared/api/result.ts';
import { type Candle, timeframeMs, timeframes } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { lotsOf, priceOf } from '../../shared/domain/instrument.ts';
import { botId, type EpochMs } from '../../shared/domain/nominal.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { BotDefinition } from '../../shared/events/control.ts';
import type { SeriesParams } from '../../shared/lab/run-params.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import { type CompleteParams, completedParams, suggestedParams } from '../api/params.ts';
import type { LoadedSeries } from './load-series.ts';
import { shortfallOf } from './plan-funding.ts';
import { seriesParams } from './run-params.ts';

/** A bot, ready to be created. */
export interface PreparedBot {
  /** Index of its series. */
  readonly series: number;
  readonly definition: BotDefinition;
  /** Its parameters as the strategy reads them. */
  readonly parsed: unknown;
  /** Its parameters as reports tell them. */
  readonly params: SeriesParams;
  /** Timeframes it wants beyond the one of its candles. */
  readonly longerTimeframesMs: readonly number[];
  /** Lots of base currency it begins with. */
  readonly heldLots: number;
  /** What keeps it from trading its plan, in sentences: missing money, too few candles. */
  readonly warnings: readonly string[];
}

/** Where a bot trades and what it begins with, whatever its parameters are. */
export interface BotPlace {
  /** Index of its series. */
  readonly series: number;
  readonly loaded: LoadedSeries;
  readonly means: BotMeans;
  /** What is known of the market before its first traded candle. */
  readonly market: PlanMarket;
  /** What the strategy suggests there, with the timeframe of the data. */
  readonly suggested: Readonly<Record<string, unknown>>;
}

/** Parameters that a strategy takes in a place. */
export interface CheckedParams extends CompleteParams {
  readonly plan: Plan;
  readonly subscription: Subscription;
  /** Timeframes it wants beyond the one of its candles. */
  readonly longerTimeframesMs: readonly number[];
}

/** Digits after the point to which money is shared. */
const shareScale = 8;
/** Candles a plan may look at for its volatility figures. */
const planCandles = 500;

/** Checks parameters against every market and makes the bots. Throws `ApiError` naming the field. */
export function prepareBots(
  spec: BacktestSpec,
  strategy: AnyStrategy,
  series: readonly LoadedSeries[],
): PreparedBot[] {
  return tradedSeries(spec, series).map((index, number) => {
    const place = botPlace(spec, strategy, series, index);
    return preparedBot(spec, strategy, place, checkParams(strategy, place, spec.params), number);
  });
}

/** Gives the indexes of the series that are traded. Throws `ApiError` where there are none, or goods nobody trades. */
export function tradedSeries(spec: BacktestSpec, series: readonly LoadedSeries[]): number[] {
  const traded = series.flatMap((loaded, index) => (loaded.spec.tradable ? [index] : []));
  if (traded.length === 0) {
    throw new ApiError('bad-input', 'series: none of them may be traded', { field: 'series' });
  }
  refuseStrangeHoldings(
    spec,
    traded.map((index) => series[index] as LoadedSeries),
  );
  return traded;
}

/** Gives the place of the bot of a series. Throws `ApiError` where the strategy does not trade such a market. */
export function botPlace(
  spec: BacktestSpec,
  strategy: AnyStrategy,
  series: readonly LoadedSeries[],
  index: number,
): BotPlace {
  const loaded = series[index] as LoadedSeries;
  const supported = strategy.supports(loaded.instrument);
  if (supported !== true) {
    throw new ApiError('bad-input', `series.${index}: ${supported}`, { field: `series.${index}` });
  }
  const means = meansOf(spec, loaded.instrument);
  const market = planMarket(loaded, means.allocation, lentTo(spec, strategy, loaded));
  return { series: index, loaded, means, market, suggested: suggestedAt(strategy, loaded, market) };
}

/** Completes parameters for a place and checks them there. Throws `ApiError` naming the field. */
export function checkParams(
  strategy: AnyStrategy,
  { loaded, market, suggested }: BotPlace,
  given: Readonly<Record<string, unknown>>,
): CheckedParams {
  const complete = completedParams(strategy, given, suggested);
  const plan = strategy.plan(complete.parsed, market);
  const bad = plan.violations.find(({ severity }) => severity === 'error');
  if (bad !== undefined) {
    const field = bad.field === undefined ? 'params' : `params.${bad.field}`;
    throw new ApiError('bad-input', `${field}: ${bad.message}`, { field });
  }
  const subscription = strategy.subscribe(complete.parsed);
  const longerTimeframesMs = longerThan(loaded.timeframeMs, subscription.timeframesMs);
  return { ...complete, plan, subscription, longerTimeframesMs };
}

function preparedBot(
  spec: BacktestSpec,
  strategy: AnyStrategy,
  { loaded, market, means, series }: BotPlace,
  { longerTimeframesMs, parsed, plan, raw, subscription, unused }: CheckedParams,
  number: number,
): PreparedBot {
  const { instrument } = loaded;
  const { allocation, held, money, sharers } = means;
  const { decisionBars: bars = 0, timeframesMs } = subscription;
  const shortfall = shortfallOf(plan, instrument, {
    given: money,
    sharers,
    leverage: market.leverage ?? 1,
  });
  return {
    series,
    definition: {
      id: botId(`b${number + 1}`),
      name: strategy.title,
      strategy: strategy.id,
      instrument: instrument.id,
      params: raw,
      allocation,
    },
    parsed,
    params: seriesParams(strategy, series, spec.params, { raw, parsed }),
    longerTimeframesMs,
    heldLots: lotsOf(instrument, held),
    warnings: [
      shortfall,
      leverageWarning(spec, strategy, instrument),
      ...unused.map(({ message }) => `${instrument.symbol}: ${message}.`),
      warmupWarning(loaded, Math.max(0, ...timeframesMs), bars),
    ].filter((sentence) => sentence !== undefined),
  };
}

/** Whether leverage pays for orders: not on spot, nor where the strategy keeps to its own money. */
function lendsTo({ usesLeverage = true }: AnyStrategy, { kind }: LoadedSeries['instrument']): boolean {
  return kind === 'perpetual' && usesLeverage;
}

/** The leverage that pays for the orders of a bot. */
function lentTo(
  { leverage }: Pick<BacktestSpec, 'leverage'>,
  strategy: AnyStrategy,
  { instrument }: LoadedSeries,
): number {
  return lendsTo(strategy, instrument) ? Math.min(leverage, instrument.leverageMax) : 1;
}

/** Says where leverage was asked for and the strategy does not size by it; spot tells it with the series. */
function leverageWarning(
  { leverage }: BacktestSpec,
  strategy: AnyStrategy,
  instrument: LoadedSeries['instrument'],
): string | undefined {
  if (leverage <= 1 || instrument.kind !== 'perpetual' || lendsTo(strategy, instrument)) return undefined;
  return `Leverage ${leverage} makes no entry in ${instrument.symbol} larger: "${strategy.title}" enters with no more than its own money.`;
}

/** Goods that no market of the run buys or sells would be held by nobody, and counted nowhere. */
function refuseStrangeHoldings({ holdings = {} }: BacktestSpec, traded: readonly LoadedSeries[]): void {
  const bases = new Set(
    traded.flatMap(({ instrument }) => (instrument.kind === 'spot' ? [instrument.base] : [])),
  );
  const strange = Object.keys(holdings).find((currency) => !bases.has(currency));
  if (strange === undefined) return;
  throw new ApiError('bad-input', `holdings: no spot market of this run trades ${strange}`, {
    field: 'holdings',
    hint:
      bases.size === 0
        ? 'Only spot markets without margin can begin with goods: leave the holdings out.'
        : `There is ${[...bases].sort().join(', ')}; money of the quote currency is the capital.`,
  });
}

/** What a bot begins with: its share of the venue's money, and on spot the goods there are. */
interface BotMeans {
  readonly allocation: Readonly<Record<string, string>>;
  readonly held: Decimal;
  readonly money: Decimal;
  /** Bots that share the capital of the venue. */
  readonly sharers: number;
}

function meansOf(
  spec: Pick<BacktestSpec, 'capital' | 'holdings' | 'series'>,
  { base, kind, settle, venue }: LoadedSeries['instrument'],
): BotMeans {
  const traded = spec.series.filter((series) => series.tradable && series.venue === venue).length;
  const sharers = Math.max(1, traded);
  const whole = Decimal.parse(spec.capital);
  const money = whole.dividedBy(Decimal.fromInteger(sharers), shareScale, 'down');
  const held = kind === 'spot' ? Decimal.parse(spec.holdings?.[base] ?? '0') : Decimal.zero;
  const goods = held.isPositive ? { [base]: held.toString() } : {};
  return { allocation: { [settle]: money.toString(), ...goods }, held, money, sharers };
}

/** Gives the whole parameters a run would have on a series of it. Throws `ApiError` naming the field. */
export function paramsFor(
  spec: Pick<BacktestSpec, 'params' | 'capital' | 'holdings' | 'leverage' | 'series'>,
  strategy: AnyStrategy,
  loaded: LoadedSeries,
): CompleteParams {
  const { allocation } = meansOf(spec, loaded.instrument);
  const market = planMarket(loaded, allocation, lentTo(spec, strategy, loaded));
  return completedParams(strategy, spec.params, suggestedAt(strategy, loaded, market));
}

/** A strategy with a timeframe that was not given uses the one of the data. */
function suggestedAt(
  strategy: AnyStrategy,
  loaded: LoadedSeries,
  market: PlanMarket,
): Readonly<Record<string, unknown>> {
  const suggested = suggestedParams(strategy, market);
  const own = timeframes.find((timeframe) => timeframeMs(timeframe) === loaded.timeframeMs);
  return suggested['timeframe'] === undefined || own === undefined
    ? suggested
    : { ...suggested, timeframe: own };
}

/** A warm-up that takes less of the traded candles than this is not worth a word. */
const warmupShare = 0.25;

/** Says where the first decision comes late or never; `bars` candles of `timeframeMs` are needed before it. */
function warmupWarning(
  { endRow, firstRow, instrument: { symbol }, timeframeMs: ownMs }: LoadedSeries,
  timeframeMs: number,
  bars: number,
): string | undefined {
  const perBar = Math.max(1, timeframeMs / ownMs);
  const last = Math.floor(endRow / perBar);
  const length = countOf(timeframeMs);
  if (bars > last) {
    return (
      `${symbol}: nothing can be traded: the strategy needs ${bars} candles of ${length} before its first decision, ` +
      `and the data have ${last}. Shorten its periods, or give more candles.`
    );
  }
  const idle = Math.ceil(bars * perBar) - firstRow;
  if (idle <= warmupShare * (endRow - firstRow)) return undefined;
  return (
    `${symbol}: the first ${idle} of ${endRow - firstRow} candles only warm the strategy up, and count in the figures: ` +
    'nothing is decided there. Give earlier candles and let trading begin later, or shorten its periods.'
  );
}

function countOf(lengthMs: number): string {
  return (
    timeframes.find((timeframe) => timeframeMs(timeframe) === lengthMs) ?? `${lengthMs / 60_000} minutes`
  );
}

function longerThan(baseMs: number, wantedMs: readonly number[]): number[] {
  for (const wanted of wantedMs) {
    if (wanted % baseMs === 0) continue;
    throw new ApiError(
      'bad-input',
      `params.timeframe: candles of ${wanted / 60_000} minutes cannot be made of those of ${baseMs / 60_000}`,
      { field: 'params.timeframe', hint: 'Use finer data, or a timeframe that is a multiple of it.' },
    );
  }
  return [...new Set(wantedMs)].filter((wanted) => wanted > baseMs).sort((left, right) => left - right);
}

/** What is known of a market before its first traded candle. */
function planMarket(
  loaded: LoadedSeries,
  allocation: Readonly<Record<string, string>>,
  leverage: number,
): PlanMarket {
  const { columns, firstRow, instrument } = loaded;
  const price = firstRow > 0 ? columns.close[firstRow - 1] : columns.open[0];
  const ticks = columnTicks(Float64Array.of(price as number), instrument.tickSize)[0] as number;
  const candles: Candle[] = [];
  for (let row = Math.max(0, firstRow - planCandles); row < firstRow; row += 1) {
    candles.push({
      openTimeMs: columns.openTimeMs[row] as EpochMs,
      open: columns.open[row] as number,
      high: columns.high[row] as number,
      low: columns.low[row] as number,
      close: columns.close[row] as number,
      volume: columns.volume[row] as number,
    });
  }
  return { instrument, referencePrice: priceOf(instrument, ticks), candles, allocation, leverage };
}
