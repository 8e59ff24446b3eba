/**
 * The fair price as one venue sees it: the latent price with a delay, plus a basis that reverts to its mean,
 * plus rare dislocations that fade within minutes, plus (perpetuals) a slow premium.
 */

import { type RandomState, RandomStream } from '../random.ts';
import type { Underlying } from './latent-market.ts';

export interface VenuePriceConfig {
  /** Time constant with which the venue follows the latent price; small values lead, large ones lag. */
  readonly lagMs: number;
  /** Deviation of the mean-reverting basis, in basis points. */
  readonly basisDeviationBps: number;
  readonly basisHalfLifeMs: number;
  /** Mean time between dislocations and their typical size. */
  readonly dislocationMeanMs: number;
  readonly dislocationBps: number;
  readonly dislocationHalfLifeMs: number;
  /** Deviation of the slow premium of a perpetual, in basis points; 0 for spot. */
  readonly premiumDeviationBps: number;
}

export interface VenuePriceState {
  readonly lastMs: number;
  readonly laggedLog: number;
  readonly basis: number;
  readonly dislocation: number;
  readonly premium: number;
  readonly averagePremium: number;
  readonly random: RandomState;
}

const premiumHalfLifeMs = 2 * 3_600_000;
const averagePremiumHalfLifeMs = 20 * 60_000;
const basisPoint = 1e-4;

export class VenuePrice {
  private readonly underlying: Underlying;
  private readonly config: VenuePriceConfig;
  private random: RandomStream;
  private lastMs: number;
  private laggedLog: number;
  private basis: number;
  private dislocation = 0;
  private premium: number;
  private averagePremium: number;

  constructor(seed: string, name: string, startMs: number, underlying: Underlying, config: VenuePriceConfig) {
    this.underlying = underlying;
    this.config = config;
    this.random = new RandomStream(seed, `venue-price:${name}`);
    this.lastMs = startMs;
    this.laggedLog = underlying.logPrice;
    this.basis = config.basisDeviationBps * basisPoint * this.random.normal();
    this.premium = config.premiumDeviationBps * basisPoint * this.random.normal();
    this.averagePremium = this.premium;
  }

  /** Moves to `timeMs` (the latent market must be there) and gives the natural logarithm of the fair price. */
  advance(timeMs: number): number {
    const elapsedMs = timeMs - this.lastMs;
    if (elapsedMs > 0) {
      this.lastMs = timeMs;
      this.move(elapsedMs);
    }
    return this.logFair;
  }

  get logFair(): number {
    return this.laggedLog + this.basis + this.dislocation + this.premium;
  }

  /** Gives the mark price of a perpetual: the index with the averaged premium. */
  get markPrice(): number {
    return Math.exp(this.underlying.logPrice + this.averagePremium);
  }

  /** Gives the funding rate for one interval: the averaged premium, pulled toward the interest rate. */
  get fundingRate(): number {
    const interest = 0.0001;
    const pull = Math.max(-0.0002, Math.min(0.0002, interest - this.averagePremium));
    return Math.max(-0.0075, Math.min(0.0075, this.averagePremium + pull));
  }

  save(): VenuePriceState {
    return {
      lastMs: this.lastMs,
      laggedLog: this.laggedLog,
      basis: this.basis,
      dislocation: this.dislocation,
      premium: this.premium,
      averagePremium: this.averagePremium,
      random: this.random.save(),
    };
  }

  restore(state: VenuePriceState): void {
    this.lastMs = state.lastMs;
    this.laggedLog = state.laggedLog;
    this.basis = state.basis;
    this.dislocation = state.dislocation;
    this.premium = state.premium;
    this.averagePremium = state.averagePremium;
    this.random = RandomStream.restore(state.random);
  }

  private move(elapsedMs: number): void {
    const { config, random } = this;
    const lagKeep = Math.exp(-elapsedMs / config.lagMs);
    this.laggedLog = this.underlying.logPrice + (this.laggedLog - this.underlying.logPrice) * lagKeep;
    // Venues disagree more when prices run.
    const stress = Math.min(3, 0.3 + 0.4 * this.underlying.volatilityRatio);
    const basisKeep = 0.5 ** (elapsedMs / config.basisHalfLifeMs);
    const basisNoise = stress * config.basisDeviationBps * basisPoint * Math.sqrt(1 - basisKeep * basisKeep);
    this.basis = this.basis * basisKeep + basisNoise * random.normal();
    this.dislocation *= 0.5 ** (elapsedMs / config.dislocationHalfLifeMs);
    if (random.uniform() < elapsedMs / config.dislocationMeanMs) {
      const direction = random.uniform() < 0.5 ? -1 : 1;
      const size = stress * config.dislocationBps * basisPoint * (0.5 + random.exponential(0.5));
      this.dislocation += direction * Math.min(size, 4 * config.dislocationBps * basisPoint);
    }
    if (config.premiumDeviationBps > 0) {
      const premiumKeep = 0.5 ** (elapsedMs / premiumHalfLifeMs);
      const noise = config.premiumDeviationBps * basisPoint * Math.sqrt(1 - premiumKeep * premiumKeep);
      this.premium = this.premium * premiumKeep + noise * random.normal();
      const averageKeep = 0.5 ** (elapsedMs / averagePremiumHalfLifeMs);
      const present = this.premium + this.basis + this.dislocation;
      this.averagePremium = present + (this.averagePremium - present) * averageKeep;
    }
  }
}
