/**
 * The unseen fair prices behind all venues. Each underlying follows a log-price with regimes (calm, trending,
 * volatile), two speeds of stochastic volatility, jumps, a mild daily rhythm and a shared market factor. It
 * advances on a fixed time grid, so the path does not depend on who asks when.
 */

import { AssertionFailure } from '../../../shared/domain/assert.ts';
import { type RandomState, RandomStream } from '../random.ts';

export interface UnderlyingConfig {
  /** For example `BTC`. Also the name of its random stream. */
  readonly name: string;
  /** Middle of the start price in quote currency; the seed moves it by some percent. */
  readonly typicalPrice: number;
  /** Standard deviation of one-minute returns in the calm regime. */
  readonly calmMinuteDeviation: number;
  /** Correlation with the common market factor, 0 to 1. */
  readonly marketCorrelation: number;
}

/** What one underlying needs to go on exactly. */
export interface UnderlyingState {
  readonly name: string;
  readonly logPrice: number;
  readonly logAnchor: number;
  readonly fastLogVolatility: number;
  readonly slowLogVolatility: number;
  readonly regime: number;
  readonly driftPerStep: number;
  readonly random: RandomState;
}

export interface LatentMarketState {
  readonly gridStep: number;
  readonly marketRandom: RandomState;
  readonly underlyings: readonly UnderlyingState[];
}

export const gridMs = 250;
const stepsPerMinute = 60_000 / gridMs;
const stepsPerSecond = 1000 / gridMs;

/** One mood of the market: volatility as a multiple of calm, drift in calm deviations per minute, mean duration. */
export interface Regime {
  readonly volatilityFactor: number;
  readonly driftFactor: number;
  readonly meanSeconds: number;
  /** Chances of the regimes that may follow, by index. */
  readonly next: readonly [number, number, number];
}

export const regimes: readonly [Regime, Regime, Regime] = [
  { volatilityFactor: 1, driftFactor: 0, meanSeconds: 2700, next: [0, 0.6, 0.4] },
  { volatilityFactor: 1.4, driftFactor: 0.22, meanSeconds: 1500, next: [0.65, 0, 0.35] },
  { volatilityFactor: 2.8, driftFactor: 0, meanSeconds: 600, next: [0.6, 0.4, 0] },
];

export const fastVolatility = { deviation: 0.34, halfLifeSeconds: 900 } as const;
export const slowVolatility = { deviation: 0.34, halfLifeSeconds: 18_000 } as const;
/** Jumps: mean time between two, and their deviation in calm one-minute deviations. */
export const jumps = { meanSeconds: 7200, deviation: 5 } as const;
/** A very weak pull to the start price: absurd prices stay out of reach however long the world runs. */
const anchorHalfLifeSeconds = 60 * 86_400;

/** Gives how lively a time of day is: 1 on average, most in the UTC afternoon. */
export function seasonality(timeMs: number): number {
  const hour = (timeMs / 3_600_000) % 24;
  return 1 + 0.2 * Math.cos(((hour - 15) / 24) * 2 * Math.PI);
}

/** Gives the next regime when `chance` (0 to 1) is drawn while `current` ends. */
export function nextRegime(current: number, chance: number): number {
  const { next } = regimes[current] ?? regimes[0];
  if (chance < next[0]) return 0;
  return chance < next[0] + next[1] ? 1 : 2;
}

interface StepFactors {
  readonly fastDecay: number;
  readonly fastNoise: number;
  readonly slowDecay: number;
  readonly slowNoise: number;
}

const perSecond: StepFactors = {
  fastDecay: 0.5 ** (1 / fastVolatility.halfLifeSeconds),
  fastNoise: fastVolatility.deviation * Math.sqrt(1 - 0.25 ** (1 / fastVolatility.halfLifeSeconds)),
  slowDecay: 0.5 ** (1 / slowVolatility.halfLifeSeconds),
  slowNoise: slowVolatility.deviation * Math.sqrt(1 - 0.25 ** (1 / slowVolatility.halfLifeSeconds)),
};
const anchorPullPerStep = 1 - 0.5 ** (1 / (anchorHalfLifeSeconds * stepsPerSecond));

/** One underlying; fields are read by the venues' price models. */
export class Underlying {
  readonly config: UnderlyingConfig;
  logPrice: number;
  /** Present volatility as a multiple of the calm one. */
  volatilityRatio = 1;
  private logAnchor: number;
  private fastLogVolatility: number;
  private slowLogVolatility: number;
  private regime = 0;
  private driftPerStep = 0;
  private stepDeviation = 0;
  private random: RandomStream;

  constructor(seed: string, startMs: number, config: UnderlyingConfig) {
    this.config = config;
    this.random = new RandomStream(seed, `underlying:${config.name}`);
    this.logAnchor = Math.log(config.typicalPrice) + 0.06 * this.random.normal();
    this.logPrice = this.logAnchor;
    this.fastLogVolatility = fastVolatility.deviation * this.random.normal();
    this.slowLogVolatility = slowVolatility.deviation * this.random.normal();
    this.enterRegime(nextRegime(Math.floor(this.random.uniform() * 3), this.random.uniform()));
    this.updateVolatility(startMs);
  }

  /** Moves one grid step; `marketShock` is the common standard normal number of this step. */
  step(gridStep: number, marketShock: number): void {
    const { marketCorrelation } = this.config;
    if (gridStep % stepsPerSecond === 0) this.changeMood(gridStep * gridMs);
    const own = this.random.normal();
    const shock = marketCorrelation * marketShock + Math.sqrt(1 - marketCorrelation ** 2) * own;
    const pull = (this.logAnchor - this.logPrice) * anchorPullPerStep;
    this.logPrice += this.driftPerStep + pull + this.stepDeviation * shock;
  }

  save(): UnderlyingState {
    return {
      name: this.config.name,
      logPrice: this.logPrice,
      logAnchor: this.logAnchor,
      fastLogVolatility: this.fastLogVolatility,
      slowLogVolatility: this.slowLogVolatility,
      regime: this.regime,
      driftPerStep: this.driftPerStep,
      random: this.random.save(),
    };
  }

  restore(state: UnderlyingState, timeMs: number): void {
    this.logPrice = state.logPrice;
    this.logAnchor = state.logAnchor;
    this.fastLogVolatility = state.fastLogVolatility;
    this.slowLogVolatility = state.slowLogVolatility;
    this.regime = state.regime;
    this.driftPerStep = state.driftPerStep;
    this.random = RandomStream.restore(state.random);
    this.updateVolatility(timeMs);
  }

  private changeMood(timeMs: number): void {
    const { random } = this;
    const regime = regimes[this.regime] ?? regimes[0];
    if (random.uniform() < 1 / regime.meanSeconds) {
      this.enterRegime(nextRegime(this.regime, random.uniform()));
    }
    this.fastLogVolatility =
      this.fastLogVolatility * perSecond.fastDecay + perSecond.fastNoise * random.normal();
    this.slowLogVolatility =
      this.slowLogVolatility * perSecond.slowDecay + perSecond.slowNoise * random.normal();
    this.updateVolatility(timeMs);
    if (random.uniform() < 1 / jumps.meanSeconds) {
      this.logPrice += jumps.deviation * this.config.calmMinuteDeviation * random.studentT(5);
    }
  }

  private enterRegime(regime: number): void {
    this.regime = regime;
    const { driftFactor } = regimes[regime] ?? regimes[0];
    const direction = this.random.uniform() < 0.5 ? -1 : 1;
    this.driftPerStep = (direction * driftFactor * this.config.calmMinuteDeviation) / stepsPerMinute;
  }

  private updateVolatility(timeMs: number): void {
    const { volatilityFactor } = regimes[this.regime] ?? regimes[0];
    const logVolatility = this.fastLogVolatility + this.slowLogVolatility;
    this.volatilityRatio = volatilityFactor * Math.exp(logVolatility) * seasonality(timeMs);
    this.stepDeviation = (this.config.calmMinuteDeviation / Math.sqrt(stepsPerMinute)) * this.volatilityRatio;
  }
}

export class LatentMarket {
  readonly underlyings: readonly Underlying[];
  private gridStep: number;
  private marketRandom: RandomStream;

  constructor(seed: string, startMs: number, configs: readonly UnderlyingConfig[]) {
    this.marketRandom = new RandomStream(seed, 'market-factor');
    this.underlyings = configs.map((config) => new Underlying(seed, startMs, config));
    this.gridStep = Math.floor(startMs / gridMs);
  }

  /** Gives an underlying by name; throws for one that was not configured. */
  find(name: string): Underlying {
    const found = this.underlyings.find((underlying) => underlying.config.name === name);
    if (found === undefined) throw new AssertionFailure(`unknown underlying ${name}`);
    return found;
  }

  /** Moves all underlyings to the last grid point not later than `timeMs`. */
  advance(timeMs: number): void {
    const target = Math.floor(timeMs / gridMs);
    while (this.gridStep < target) {
      this.gridStep += 1;
      const shock = this.marketRandom.normal();
      for (const underlying of this.underlyings) underlying.step(this.gridStep, shock);
    }
  }

  save(): LatentMarketState {
    return {
      gridStep: this.gridStep,
      marketRandom: this.marketRandom.save(),
      underlyings: this.underlyings.map((underlying) => underlying.save()),
    };
  }

  restore(state: LatentMarketState): void {
    this.gridStep = state.gridStep;
    this.marketRandom = RandomStream.restore(state.marketRandom);
    const lastSecond = Math.floor(state.gridStep / stepsPerSecond) * stepsPerSecond;
    for (const saved of state.underlyings) this.find(saved.name).restore(saved, lastSecond * gridMs);
  }
}
