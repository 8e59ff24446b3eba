/** Runs of different rules over one series, of which figures alone are asked for: nothing is made anew that they share. */

import { type MetricValues, metricIds } from '../../shared/lab/metrics.ts';
import type { RuleSet } from '../../shared/rules/rule-set.ts';
import type { NativeAddon } from './addon.ts';
import { computing } from './compute-error.ts';
import { pickedFigures } from './performance.ts';
import { addonSeries, addonSettings, rulesText, type SweepAssumptions, type SweepSeries } from './sweep.ts';

/** What is known of a run. */
export interface RuleTrial {
  /** The figures asked for: those `computeFigures` makes of the tables of a whole run. */
  readonly figures: MetricValues;
  /** Money and position at the close of each of the rows asked for, quote currency. */
  readonly equity: readonly number[];
  /** The least value at which a position was sold or bought back, at the price of its decision or its fill; infinite without any. */
  readonly leastExit: number;
}

export interface RuleTrialOptions {
  /** Ids of the figures asked for. */
  readonly metrics: readonly string[];
  /** Candles, counted from the first decided one, at whose close the equity is told. */
  readonly rows: readonly number[];
}

/**
 * Gives what runs rules over a series, with the values their parameters have. Its columns must stay as they are. Throws
 * `ComputeError` as `RuleSweeper.runOnce` does.
 */
export function ruleTrials(
  addon: NativeAddon,
  series: SweepSeries,
  assumptions: SweepAssumptions,
  { metrics, rows }: RuleTrialOptions,
): (rules: RuleSet) => RuleTrial {
  const market = addonSeries(series);
  const runs = computing(() => new addon.RuleTrials(market, addonSettings(assumptions)));
  const equityRows = Float64Array.from(rows);
  const found = new Float64Array(metricIds.length + 1 + rows.length);
  return (rules) => {
    computing(() => runs.run(market, rulesText(rules), equityRows, found));
    const [leastExit = Number.NaN, ...equity] = found.subarray(metricIds.length);
    return { figures: pickedFigures(found, metrics), equity, leastExit };
  };
}
