/** Chance applied to a backtest, as the native addon exports it. */

import type { AddonTaskControl, CandleColumns } from './addon.ts';

export interface AddonMonteCarloOptions {
  readonly method: string;
  readonly blockLength?: number | undefined;
  readonly missProbability?: number | undefined;
  readonly runs: number;
  readonly seed: number;
  readonly threads: number;
  readonly fanPoints: number;
  readonly ruin: number;
}

/** Lists of five are the percentiles 5, 25, 50, 75 and 95. */
export interface AddonMonteCarloResult {
  readonly original: { readonly finalValue: number; readonly maxDrawdown: number };
  readonly finalRank: number;
  readonly drawdownRank: number;
  readonly finalPercentiles: readonly number[];
  readonly finalMean: number;
  readonly drawdownPercentiles: readonly number[];
  readonly lossShare: number;
  readonly ruinShare: number;
  readonly fanSteps: readonly number[];
  /** Five values a point, one point after another. */
  readonly fan: readonly number[];
}

/** A rule's entries against entries at random. */
export interface RuleSignificance {
  /** Mean logarithmic return of the rule's trades, without costs. */
  readonly observed: number;
  /** The same of trades at random, over all simulations. */
  readonly randomMean: number;
  /** The value below which 95 % of the simulations stay. */
  readonly randomP95: number;
  /** Probability of a mean at least as high by chance. */
  readonly pValue: number;
}

/** What the addon exports for robustness. */
export interface RobustnessAddon {
  monteCarlo(
    returns: Float64Array,
    options: AddonMonteCarloOptions,
    control: AddonTaskControl,
  ): Promise<AddonMonteCarloResult>;
  ruleSignificance(
    close: Float64Array,
    entryBar: Int32Array,
    exitBar: Int32Array,
    side: Int8Array,
    options: {
      readonly firstBar: number;
      readonly simulations: number;
      readonly seed: number;
      readonly threads: number;
    },
    control: AddonTaskControl,
  ): Promise<RuleSignificance>;
  chanceCandles(
    source: CandleColumns,
    options: {
      readonly blockLength?: number | undefined;
      readonly noise?: number | undefined;
      readonly seed: number;
      readonly series: number;
    },
    out: CandleColumns,
  ): void;
}
