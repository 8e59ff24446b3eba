/** Statistics of pairs as the native addon exports them: `native/crates/binding/src/statistics.rs`. */

import type { AddonTaskControl } from './addon.ts';

/** The deterministic terms of a regression: none, a constant, a linear trend too, a quadratic one too. */
export type TrendTerms = 'n' | 'c' | 'ct' | 'ctt';

/** How many lagged differences a test takes: a fixed number, or the best one up to `lags` (Schwert's bound when left out). */
export type LagChoice =
  | { readonly criterion: 'fixed'; readonly lags: number }
  | { readonly criterion: 'aic' | 'bic' | 't-stat'; readonly lags?: number };

export interface UnitRootTest {
  /** t-value of the level. */
  readonly t: number;
  /** MacKinnon's p-value: small means that the series returns to its mean. */
  readonly p: number;
  /** Lagged differences used. */
  readonly lag: number;
  /** Rows of the regression. */
  readonly observations: number;
  /** At 1, 5 and 10 %. */
  readonly critical: readonly number[];
}

export interface EngleGrangerTest {
  /** t-value of the residuals. */
  readonly t: number;
  /** MacKinnon's p-value: small means cointegrated. */
  readonly p: number;
  /** Lagged differences used. */
  readonly lag: number;
  /** At 1, 5 and 10 %; NaN without a constant. */
  readonly critical: readonly number[];
  /** One for each of the other series. */
  readonly hedgeRatios: readonly number[];
  readonly intercept: number;
  readonly rSquared: number;
}

/** Entry r of the statistics belongs to the hypothesis "at most r relations". */
export interface JohansenTest {
  readonly trace: readonly number[];
  /** Largest-eigenvalue statistics. */
  readonly maximum: readonly number[];
  /** At 90, 95 and 99 %. */
  readonly traceCritical: readonly (readonly number[])[];
  readonly maximumCritical: readonly (readonly number[])[];
  /** Largest first. */
  readonly eigenvalues: readonly number[];
  /** Weights of the series in the strongest relation, that of the first being 1. */
  readonly relation: readonly number[];
}

/** Facts about `first - hedgeRatio · second - intercept`. */
export interface SpreadFacts {
  /** Bars after which half of a deviation is gone; negative where it grows. */
  readonly halfLife: number;
  /** Hurst exponent by lagged differences; left out for fewer than 33 bars. */
  readonly hurst?: number;
  /** How often the spread passed through its mean. */
  readonly zeroCrossings: number;
  /** Deviation of the last bar from the mean in standard deviations (n - 1). */
  readonly lastZ: number;
  /** Correlation of the changes of the two series from bar to bar; left out where one never changes. */
  readonly correlation?: number;
}

/** `lagged-differences`: slope of the deviation over lags 2 to 20. `rescaled-range`: Hurst's R/S of the changes. */
export type HurstMethod = 'lagged-differences' | 'rescaled-range';

export interface KalmanHedgeSettings {
  /** A step of ratio and intercept has the variance δ / (1 - δ). */
  readonly delta: number;
  /** Variance of the noise of an observation. */
  readonly observationVariance: number;
  /** Variance of ratio and intercept before the first bar. */
  readonly initialVariance: number;
}

export interface PairScanSettings {
  readonly method: 'engle-granger' | 'johansen';
  /** Johansen takes a fixed number. */
  readonly lag: LagChoice;
  /** Largest p-value of a hit; with Johansen 0.1, 0.05 or 0.01, which choose the critical value of its trace statistic. */
  readonly pMaximum: number;
  /** Whether each pair is tested both ways round (Engle-Granger). */
  readonly bothWays: boolean;
  /** 0 for one a core; the result does not depend on it. */
  readonly threads: number;
}

/** A pair that passed. */
export interface PairHit {
  /** Number of the dependent series. */
  readonly first: number;
  readonly second: number;
  /** Units of the second against one of the first. */
  readonly hedgeRatio: number;
  readonly intercept: number;
  /** t of Engle-Granger, trace statistic of Johansen. */
  readonly statistic: number;
  /** Left out with Johansen, which has critical values only. */
  readonly p?: number;
  readonly lag: number;
  readonly facts: SpreadFacts;
}

export interface PairScan {
  /** Tests done. */
  readonly tested: number;
  /** Pairs in which one series is a multiple of the other. */
  readonly collinear: readonly (readonly [first: number, second: number])[];
  /** By number of the series. */
  readonly hits: readonly PairHit[];
}

/** The part of the addon that this page describes. Arrays named `out…` are allocated by the caller and filled. */
export interface StatisticsAddon {
  testUnitRoot(values: Float64Array, trend: TrendTerms, lag: LagChoice): UnitRootTest;
  testEngleGranger(
    dependent: Float64Array,
    others: readonly Float64Array[],
    trend: TrendTerms,
    lag: LagChoice,
  ): EngleGrangerTest;
  /** `order` -1: no deterministic terms, 0: a constant, 1: a linear trend too. */
  testJohansen(series: readonly Float64Array[], order: -1 | 0 | 1, lags: number): JohansenTest;
  hurstOf(values: Float64Array, method: HurstMethod): number;
  halfLifeOf(values: Float64Array): number;
  zScoresOf(values: Float64Array, out: Float64Array): void;
  correlationsOf(series: readonly Float64Array[], out: Float64Array): void;
  /** Four outputs: ratio, intercept, error, deviation of the error. */
  kalmanHedgeOf(
    y: Float64Array,
    x: Float64Array,
    settings: KalmanHedgeSettings,
    outputs: readonly Float64Array[],
  ): void;
  spreadFactsOf(
    first: Float64Array,
    second: Float64Array,
    hedgeRatio: number,
    intercept: number,
  ): SpreadFacts;
  scanAllPairs(
    series: readonly Float64Array[],
    settings: PairScanSettings,
    control: AddonTaskControl,
  ): Promise<PairScan>;
}
