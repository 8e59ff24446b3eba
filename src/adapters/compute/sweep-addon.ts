/** The sweep path of the addon as TypeScript sees it: `native/crates/binding/src/sweep.rs` and `rule_trials.rs`. */

import type { AddonTaskControl, CandleColumns } from './addon.ts';

/** Columns of one market and what holds for it. */
export interface AddonSweepSeries extends CandleColumns {
  readonly fundingRow: Float64Array;
  readonly fundingRate: Float64Array;
  readonly tickSize: number;
  readonly lotSize: number;
  readonly minimumLots: number;
  readonly maximumLots: number;
  readonly minimumNotional: number;
  readonly takerFee: number;
  readonly perpetual: boolean;
  readonly leverage: number;
  readonly maintenanceRate: number;
  readonly timeframeMs: number;
}

export interface AddonSweepSettings {
  readonly capital: number;
  readonly slippage: number;
  readonly fill: string;
  readonly intrabar: string;
  readonly firstRow: number;
  readonly reserve: number;
  readonly statistics: boolean;
  readonly threads: number;
}

/** Columns a run writes its round trips to. */
export interface AddonTradeArrays {
  readonly side: Int8Array;
  readonly entryTimeMs: Float64Array;
  readonly exitTimeMs: Float64Array;
  readonly entryBar: Int32Array;
  readonly exitBar: Int32Array;
  readonly quantity: Float64Array;
  readonly entryPrice: Float64Array;
  readonly exitPrice: Float64Array;
  readonly fees: Float64Array;
  readonly funding: Float64Array;
  readonly slippage: Float64Array;
  readonly profit: Float64Array;
  readonly profitRatio: Float64Array;
  readonly mae: Float64Array;
  readonly mfe: Float64Array;
  readonly exitReason: Uint8Array;
}

/** One run in full. */
export interface AddonRuleRun {
  readonly trades: number;
  readonly finalEquity: number;
  /** Orders sent, orders filled, entries refused, liquidations. */
  readonly counts: readonly number[];
  readTrades(out: AddonTradeArrays): void;
}

/** Runs over one series, of which figures are given. */
export interface AddonRuleTrials {
  /**
   * Runs rules over the columns of the series this was made for. Fills `out` with the figures of `performanceMetrics`, the least
   * value of an exit (infinite without any), and the equity at each of `rows`, counted from the first decided candle.
   */
  run(columns: AddonSweepSeries, rules: string, rows: Float64Array, out: Float64Array): void;
}

/** What the addon exports for sweeps. */
export interface SweepAddon {
  sweepFields(): readonly string[];
  sweepRules(
    series: readonly AddonSweepSeries[],
    rules: string,
    names: readonly string[],
    sets: Float64Array,
    settings: AddonSweepSettings,
    control: AddonTaskControl,
  ): Promise<Float64Array>;
  /** Fills the last three columns, which have a row for each candle from the first decided one, or are all empty. */
  readonly RuleRun: new (
    series: AddonSweepSeries,
    rules: string,
    settings: AddonSweepSettings,
    outTimeMs: Float64Array,
    outEquity: Float64Array,
    outExposure: Float64Array,
  ) => AddonRuleRun;
  readonly RuleTrials: new (series: AddonSweepSeries, settings: AddonSweepSettings) => AddonRuleTrials;
}
