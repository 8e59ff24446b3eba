/**
 * Candles from before a world began. Each underlying has one path that is drawn backward from the start, minute
 * by minute, with the same regimes and volatility clustering as the live model: asking for more bars only
 * reaches further into the past. The last candle closes exactly at the instrument's start price.
 */

import type { Candle } from '../../../shared/domain/candle.ts';
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
    if (random.uniform() < 60 / jumps.meanSeconds) change += jumps.deviation * this.minuteDeviation * random.studentT(5);
    const close = index === 0 ? 0 : (this.open[index - 1] as number);
    this.close.push(close);
    this.open.push(close - change);
    this.highWick.push(random.exponential(0.4 * deviation));
    this.lowWick.push(random.exponential(0.4 * deviation));
    this.activity.push(activity);
  }
}

/** What makes one instrument's candles out of the path of its underlying. */
export interface InstrumentHistoryConfig {
  readonly instrument: string;
  readonly startPriceTicks: number;
  readonly tickSize: number;
  readonly tickDecimals: number;
  readonly basisDeviationBps: number;
  /** Volume of a calm minute, in base currency. */
  readonly calmMinuteVolume: number;
}

/**
 * Gives the last `bars` minutes before `endMs` (a full minute), oldest first. Prices are on the tick; each
 * candle opens where the one before it closed.
 */
export function minuteHistory(
  seed: string,
  path: HistoryPath,
  config: InstrumentHistoryConfig,
  endMs: number,
  bars: number,
): Candle[] {
  const count = Math.min(bars, historyBarsMax);
  path.extend(count);
  const random = new RandomStream(seed, `history-noise:${config.instrument}`);
  const price = (ticks: number) => Number((ticks * config.tickSize).toFixed(config.tickDecimals));
  const onTick = (logOffset: number) => Math.max(1, Math.round(config.startPriceTicks * Math.exp(logOffset)));
  const candles: Candle[] = new Array(count);
  const basisNoise = config.basisDeviationBps * 1e-4;
  let basis = 0;
  let closeTicks = config.startPriceTicks;
  for (let index = 0; index < count; index += 1) {
    basis = basis * 0.4 + 0.9 * basisNoise * random.normal();
    const openTicks = onTick((path.open[index] as number) + basis);
    const top = Math.max(openTicks, closeTicks);
    const bottom = Math.min(openTicks, closeTicks);
    const volume = config.calmMinuteVolume * (path.activity[index] as number) * random.logNormal(0.9, 0.45);
    candles[count - 1 - index] = {
      openTimeMs: epochMs(endMs - (index + 1) * minuteMs),
      open: price(openTicks),
      high: price(Math.ceil(top * Math.exp(path.highWick[index] as number))),
      low: price(Math.max(1, Math.floor(bottom * Math.exp(-(path.lowWick[index] as number))))),
      close: price(closeTicks),
      volume: Number(volume.toFixed(6)),
    };
    closeTicks = openTicks;
  }
  return candles;
}

/**
 * Joins minutes (oldest first, without holes) to candles of a longer timeframe, aligned to the epoch. A first
 * candle whose beginning is missing and a last one that is not over yet are left out.
 */
export function joinMinutes(minutes: readonly Candle[], timeframeMs: number): Candle[] {
  if (timeframeMs === minuteMs) return [...minutes];
  const joined: Candle[] = [];
  const perCandle = timeframeMs / minuteMs;
  let at = 0;
  while (at < minutes.length && (minutes[at] as Candle).openTimeMs % timeframeMs !== 0) at += 1;
  for (; at + perCandle <= minutes.length; at += perCandle) {
    const first = minutes[at] as Candle;
    const last = minutes[at + perCandle - 1] as Candle;
    let { high, low } = first;
    let volume = 0;
    for (let minute = at; minute < at + perCandle; minute += 1) {
      const candle = minutes[minute] as Candle;
      if (candle.high > high) high = candle.high;
      if (candle.low < low) low = candle.low;
      volume += candle.volume;
    }
    joined.push({ openTimeMs: first.openTimeMs, open: first.open, high, low, close: last.close, volume });
  }
  return joined;
}
