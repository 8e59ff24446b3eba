/** Figures and grade of a backtest's result. */

import type { NativeAddon } from '../../adapters/compute/addon.ts';
import { computePerformance, type Performance } from '../../adapters/compute/performance.ts';
import { type Confidence, gradeConfidence } from '../../shared/lab/confidence.ts';
import type { ConfidenceEvidence } from '../../shared/lab/evidence-checks.ts';
import type { BacktestResult } from '../../shared/lab/result.ts';

/** The price that trades are drawn on and that holding is compared with. */
export interface ReportPrice {
  /** One price for each row of the equity table: the close. */
  readonly close: Float64Array;
  /** Price when the run began: the open of the first traded candle. */
  readonly start?: number | undefined;
}

export interface MeasureOptions {
  /** The result's own by default. */
  readonly price?: ReportPrice | undefined;
  /** Parameter sets tried before this one was chosen. */
  readonly trials?: number | undefined;
  /** Variance of their daily Sharpe ratios. */
  readonly trialVariance?: number | undefined;
  readonly evidence?: ConfidenceEvidence | undefined;
}

/** A result with everything that is said about it. */
export interface MeasuredResult {
  readonly result: BacktestResult;
  readonly performance: Performance;
  readonly confidence: Confidence;
  /** What trades are drawn on; without it that picture and the comparison with holding are left out. */
  readonly price: ReportPrice | undefined;
}

/** Works out all figures of a result and grades it. Throws `ComputeError` for columns that hold no numbers. */
export function measureResult(
  addon: NativeAddon,
  result: BacktestResult,
  options: MeasureOptions = {},
): MeasuredResult {
  const price = options.price ?? result.price;
  const performance = computePerformance(addon, result.equity, result.trades, {
    startEquity: result.startEquity,
    trials: options.trials,
    pictures: true,
    trialVariance: options.trialVariance,
    benchmark: price === undefined ? undefined : { price: price.close, start: price.start },
  });
  const confidence = gradeConfidence(result, performance.values, options.evidence);
  return { result, performance, confidence, price };
}
