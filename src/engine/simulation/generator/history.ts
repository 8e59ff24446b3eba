/**
 * Candles from before a world began. Each underlying has one path that is drawn backward from the start, minute
 * by minute, with the same regimes and volatility clustering as the live model: asking for more bars only
 * reaches further into the past. The last candle closes exactly at the instrument's start price.
 */

import { bucketOpenMs, type Candle } from '../../../shared/domain/candle.ts';
import type { Decimal } from '../../../shared/domain/decimal.ts';
import { epochMs } from '../../../shared/domain/nominal.ts';
import { RandomStream } from '../random.ts';
import { fastVolatility, jumps, nextRegime, regimes, seasonality, slowVolatility } from './latent-market.ts';

const minuteMs = 60_000;
/** One year of minutes: nothing older is made up. */
export const historyBarsMax = 525_600;

const fastKeep = 0.5 ** (60 / fastVolatility.halfLifeSeconds);
const slowKeep = 0.5 ** (60 / slowVolatility.halfLifeSeconds);
const fastNoise = fastVolatility.deviation * Math.sqrt(1 - fastKeep * fastKeep);
const slowNoise = slowVolatility.deviation * Math.sqrt(1 - slowKeep * slowKeep);

/** The path of one underlying, in logarithms relative to its end; index 0 is the last minute before the start. */
export class HistoryPath {
  readonly open: number[] = [];
  readonly close: number[] = [];
  /** How far the high lies above the body and the low below it. */
  readonly highWick: number[] = [];
  readonly lowWick: number[] = [];
  /** Volatility of the minute as a multiple of the calm one. */
  readonly activity: number[] = [];
  private readonly random: RandomStream;
  private readonly minuteDeviation: number;
  private readonly endMs: number;
  private regime = 0;
  private drift = 0;
  private fast: number;
  private slow: number;

  constructor(seed: string, underlying: string, minuteDeviation: number, endMs: number) {
    this.random = new RandomStream(seed, `history:${underlying}`);
    this.minuteDeviation = minuteDeviation;
    this.endMs = endMs;
    this.fast = fastVolatility.deviation * this.random.normal();
    this.slow = slowVolatility.deviation * this.random.normal();
  }

  /** Makes sure that at least `bars` minutes exist. */
  extend(bars: number): void {
    const wanted = Math.min(bars, historyBarsMax);
    while (this.close.length < wanted) this.addOlderMinute();
  }

  private addOlderMinute(): void {
    const { random } = this;
    const index = this.close.length;
    const regime = regimes[this.regime] ?? regimes[0];
    if (random.uniform() < 60 / regime.meanSeconds) {
      this.regime = nextRegime(this.regime, random.uniform());
      const { driftFactor } = regimes[this.regime] ?? regimes[0];
      this.drift = (random.uniform() < 0.5 ? -1 : 1) * driftFactor * this.minuteDeviation;
    }
    this.fast = this.fast * fastKeep + fastNoise * random.normal();
    this.slow = this.slow * slowKeep + slowNoise * random.normal();
    const { volatilityFactor } = regimes[this.regime] ?? regimes[0];
    const openTimeMs = this.endMs - (index + 1) * minuteMs;
    const activity = volatilityFactor * Math.exp(this.fast + this.slow) * seasonality(openTimeMs);
    const deviation = this.minuteDeviation * activity;
    let change = this.drift + deviation * random.normal();
    if (random.uniform() < 60 / jumps.meanSeconds)
      change += jumps.deviation * this.minuteDeviation * random.studentT(5);
    const close = index === 0 ? 0 : (this.open[index - 1] as number);
    this.close.push(close);
    this.open.push(close - change);
    this.highWick.push(random.exponential(0.4 * deviation));
    this.lowWick.push(random.exponential(0.4 * deviation));
    this.activity.push(activity);
  }
}

/** The price step as a fraction: 0.1 is 1 / 10. */
export interface PriceGrid {
  readonly numerator: number;
  readonly denominator: number;
}

/** Gives a decimal step as a fraction of two integers that doubles hold exactly. */
export function priceGridOf(step: Decimal): PriceGrid {
  return { numerator: Number(step.coefficient), denominator: 10 ** step.scale };
}

/** Consecutive minutes as columns, oldest first: a year of them costs no garbage. */
export class MinuteColumns {
  readonly firstMs: number;
  readonly count: number;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;

  constructor(firstMs: number, count: number) {
    this.firstMs = firstMs;
    this.count = count;
    this.open = new Float64Array(count);
    this.high = new Float64Array(count);
    this.low = new Float64Array(count);
    this.close = new Float64Array(count);
    this.volume = new Float64Array(count);
  }

  set(index: number, open: number, high: number, low: number, close: number, volume: number): void {
    this.open[index] = open;
    this.high[index] = high;
    this.low[index] = low;
    this.close[index] = close;
    this.volume[index] = volume;
  }
}

/** What makes one instrument's candles out of the path of its underlying. */
export interface InstrumentHistoryConfig {
  readonly instrument: string;
  readonly startPriceTicks: number;
  readonly grid: PriceGrid;
  readonly basisDeviationBps: number;
  /** Volume of a calm minute, in base currency. */
  readonly calmMinuteVolume: number;
}

/**
 * Writes the last `bars` minutes before the start into the first `bars` rows. Prices are on the tick; each minute
 * opens where the one before it closed, and the last closes at the start price.
 */
export function writeHistory(
  seed: string,
  path: HistoryPath,
  config: InstrumentHistoryConfig,
  columns: MinuteColumns,
  bars: number,
): void {
  path.extend(bars);
  const random = new RandomStream(seed, `history-noise:${config.instrument}`);
  const { numerator, denominator } = config.grid;
  const { startPriceTicks } = config;
  const basisNoise = config.basisDeviationBps * 1e-4;
  let basis = 0;
  let closeTicks = startPriceTicks;
  for (let index = 0; index < bars; index += 1) {
    basis = basis * 0.4 + 0.9 * basisNoise * random.normal();
    const openTicks = Math.max(
      1,
      Math.round(startPriceTicks * Math.exp((path.open[index] as number) + basis)),
    );
    const top = Math.max(openTicks, closeTicks) * Math.exp(path.highWick[index] as number);
    const bottom = Math.min(openTicks, closeTicks) * Math.exp(-(path.lowWick[index] as number));
    const volume = config.calmMinuteVolume * (path.activity[index] as number) * random.logNormal(0.9, 0.45);
    // One division of exact integers: the double nearest to the decimal price, as parsing its text would give.
    columns.set(
      bars - 1 - index,
      (openTicks * numerator) / denominator,
      (Math.ceil(top) * numerator) / denominator,
      (Math.max(1, Math.floor(bottom)) * numerator) / denominator,
      (closeTicks * numerator) / denominator,
      Math.round(volume * 1e6) / 1e6,
    );
    closeTicks = openTicks;
  }
}

/**
 * Gives the last `bars` candles of a timeframe, on the grid of `bucketOpenMs`. A first candle whose beginning is missing
 * and a last one that is not over yet are left out.
 */
export function joinMinutes(minutes: MinuteColumns, timeframeMs: number, bars: number): Candle[] {
  const perCandle = timeframeMs / minuteMs;
  const skipped = bucketOpenMs(minutes.firstMs + timeframeMs - minuteMs, timeframeMs) - minutes.firstMs;
  const first = skipped / minuteMs;
  const available = Math.max(0, Math.floor((minutes.count - first) / perCandle));
  const joined: Candle[] = [];
  for (let candle = Math.max(0, available - bars); candle < available; candle += 1) {
    const at = first + candle * perCandle;
    let high = minutes.high[at] as number;
    let low = minutes.low[at] as number;
    let volume = 0;
    for (let minute = at; minute < at + perCandle; minute += 1) {
      high = Math.max(high, minutes.high[minute] as number);
      low = Math.min(low, minutes.low[minute] as number);
      volume += minutes.volume[minute] as number;
    }
    joined.push({
      openTimeMs: epochMs(minutes.firstMs + at * minuteMs),
      open: minutes.open[at] as number,
      high,
      low,
      close: minutes.close[at + perCandle - 1] as number,
      volume,
    });
  }
  return joined;
}
