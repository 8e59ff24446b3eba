/**
 * Statistics of pairs and small baskets by the native part: cointegration, unit roots, mean reversion. Series are columns of
 * finite numbers of one length, oldest first; prices are best given as logarithms. Conventions are statsmodels' where it has
 * the test. Everything here throws `ComputeError` (`BAD_ARGUMENT`) for series that are too short, constant, of different
 * length or not finite.
 */

import type { AddonTaskControl, NativeAddon } from './addon.ts';
import { computing, computingAsync } from './compute-error.ts';
import type {
  EngleGrangerTest,
  HurstMethod,
  JohansenTest,
  KalmanHedgeSettings,
  LagChoice,
  PairScan,
  PairScanSettings,
  SpreadFacts,
  TrendTerms,
  UnitRootTest,
} from './statistics-addon.ts';

export type { LagChoice, PairHit, PairScan, PairScanSettings } from './statistics-addon.ts';

/** Hedge that moves; one value a bar. */
export interface KalmanHedge {
  readonly hedgeRatio: Float64Array;
  readonly intercept: Float64Array;
  /** What the bar differed by from what was expected before it: the spread without lookahead. */
  readonly error: Float64Array;
  /** Standard deviation of that error as expected before the bar. */
  readonly deviation: Float64Array;
}

/** δ and observation variance as in E. Chan, "Algorithmic Trading" (2013); hardly any knowledge before the first bar. */
export const kalmanHedgeDefaults: KalmanHedgeSettings = {
  delta: 1e-4,
  observationVariance: 1e-3,
  initialVariance: 1e6,
};

/** The statistics of a loaded addon. */
export interface Statistics {
  /** Augmented Dickey-Fuller test. */
  unitRoot(values: Float64Array, trend?: TrendTerms, lag?: LagChoice): UnitRootTest;
  /** Engle-Granger test of the first series against one to five others. */
  engleGranger(
    dependent: Float64Array,
    others: readonly Float64Array[],
    lag?: LagChoice,
    trend?: TrendTerms,
  ): EngleGrangerTest;
  /** Johansen test of two to twelve series. */
  johansen(series: readonly Float64Array[], order?: -1 | 0 | 1, lags?: number): JohansenTest;
  /** Hurst exponent of levels: ½ for a random walk, less where it returns to its mean. */
  hurst(values: Float64Array, method?: HurstMethod): number;
  /** Bars after which half of a deviation is gone; negative where it grows. */
  halfLife(values: Float64Array): number;
  /** Distance of each value from the mean in standard deviations (n - 1). */
  zScores(values: Float64Array): Float64Array;
  /** Pearson correlation of all series with all, row by row. */
  correlations(series: readonly Float64Array[]): Float64Array;
  /** Hedge ratio of `y` with `x` that moves, filtered bar by bar. */
  kalmanHedge(y: Float64Array, x: Float64Array, settings?: Partial<KalmanHedgeSettings>): KalmanHedge;
  /** Facts about `first - hedgeRatio · second - intercept`. */
  spreadFacts(first: Float64Array, second: Float64Array, hedgeRatio: number, intercept: number): SpreadFacts;
  /** Tests all pairs on other threads. Rejects with `CANCELLED` when `control` was cancelled. */
  scanPairs(
    series: readonly Float64Array[],
    settings: PairScanSettings,
    control: AddonTaskControl,
  ): Promise<PairScan>;
}

/** Gives the statistics of a loaded addon. */
export function createStatistics(addon: NativeAddon): Statistics {
  const akaike: LagChoice = { criterion: 'aic' };
  return {
    unitRoot: (values, trend = 'c', lag = akaike) => computing(() => addon.testUnitRoot(values, trend, lag)),
    engleGranger: (dependent, others, lag = akaike, trend = 'c') =>
      computing(() => addon.testEngleGranger(dependent, others, trend, lag)),
    johansen: (series, order = 0, lags = 1) => computing(() => addon.testJohansen(series, order, lags)),
    hurst: (values, method = 'lagged-differences') => computing(() => addon.hurstOf(values, method)),
    halfLife: (values) => computing(() => addon.halfLifeOf(values)),
    zScores(values) {
      const out = new Float64Array(values.length);
      computing(() => addon.zScoresOf(values, out));
      return out;
    },
    correlations(series) {
      const out = new Float64Array(series.length * series.length);
      computing(() => addon.correlationsOf(series, out));
      return out;
    },
    kalmanHedge(y, x, settings = {}) {
      const column = (): Float64Array => new Float64Array(y.length);
      const hedge = {
        hedgeRatio: column(),
        intercept: column(),
        error: column(),
        deviation: column(),
      };
      const outputs = [hedge.hedgeRatio, hedge.intercept, hedge.error, hedge.deviation];
      computing(() => addon.kalmanHedgeOf(y, x, { ...kalmanHedgeDefaults, ...settings }, outputs));
      return hedge;
    },
    spreadFacts: (first, second, hedgeRatio, intercept) =>
      computing(() => addon.spreadFactsOf(first, second, hedgeRatio, intercept)),
    scanPairs: (series, settings, control) =>
      computingAsync(() => addon.scanAllPairs(series, settings, control)),
  };
}
