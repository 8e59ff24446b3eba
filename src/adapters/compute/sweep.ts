/**
 * The sweep path of the backtest: a rule set over candle columns, for one parameter set in full or for many in a few
 * numbers each. Semantics are those of the event path (`docs/rules.md`).
 */

import type { EquityTable, TradeTable } from '../../shared/lab/result.ts';
import { emptyTrades } from '../../shared/lab/result.ts';
import type { FillConvention, IntrabarPolicy } from '../../shared/lab/spec.ts';
import { type RuleSet, type RuleSetInput, ruleSet } from '../../shared/rules/rule-set.ts';
import type { AddonTaskControl, CandleColumns, NativeAddon } from './addon.ts';
import { computing, computingAsync } from './compute-error.ts';
import type { AddonSweepSeries, AddonSweepSettings } from './sweep-addon.ts';

/** One market: its candles, the venue's rules, and the funding payments of a perpetual. */
export interface SweepSeries {
  readonly columns: CandleColumns;
  readonly timeframeMs: number;
  /** Price step in quote currency. */
  readonly tickSize: number;
  /** Quantity step in base currency; 0 lets any quantity trade. */
  readonly lotSize: number;
  readonly minimumLots?: number | undefined;
  readonly maximumLots?: number | undefined;
  /** Least value of an entry in quote currency. */
  readonly minimumNotional?: number | undefined;
  /** A fraction of the value of each fill. */
  readonly takerFee: number;
  readonly perpetual: boolean;
  /** Leverage of the account; 1 unless told. */
  readonly leverage?: number | undefined;
  /** Maintenance margin, a fraction of the position's value. */
  readonly maintenanceRate?: number | undefined;
  /**
   * Rows at the price of whose open funding is paid, rising, and the rate of each payment. A whole row is paid by a position
   * that comes into the open, half a row more by one that is there after it.
   */
  readonly funding?: { readonly rows: Float64Array; readonly rates: Float64Array } | undefined;
}

/** Assumptions of a run. */
export interface SweepAssumptions {
  /** Money at the beginning, quote currency. */
  readonly capital: number;
  readonly slippage: number;
  readonly fill: FillConvention;
  readonly intrabar: IntrabarPolicy;
  /** The first candle at whose close a decision is made; earlier ones warm indicators up. 0 unless told. */
  readonly firstRow?: number | undefined;
  /** Share of the money an entry leaves where the rules name none; 0 with `close`, 0.005 with `next-open` unless told. */
  readonly reserve?: number | undefined;
}

export interface SweepWork {
  /** Whether drawdown and Sharpe ratio are wanted; they look at every candle of every position. */
  readonly statistics?: boolean | undefined;
  /** One a core unless told; results do not depend on it. */
  readonly threads?: number | undefined;
  readonly control?: AddonTaskControl | undefined;
}

/** The parameter sets of a sweep: `values` has those of `names`, set after set. */
export interface ParameterSets {
  readonly names: readonly string[];
  readonly values: Float64Array;
}

/** One run in full. */
export interface RuleRunResult {
  readonly trades: TradeTable;
  readonly equity: EquityTable;
  readonly finalEquity: number;
  readonly orders: number;
  readonly fills: number;
  readonly refusedEntries: number;
  readonly liquidations: number;
  /** Entries that were wanted but too small for the venue. */
  readonly tooSmallEntries: number;
}

/** What a sweep keeps of each run: a column a number, with a row for each parameter set of each series. */
export interface SweepSummaries {
  readonly runs: number;
  /** Number of parameter sets; the row of set `j` of series `i` is `i * sets + j`. */
  readonly sets: number;
  readonly columns: Readonly<Record<SweepField, Float64Array>>;
}

export const sweepFields = [
  'finalEquity',
  'profit',
  'trades',
  'openTrades',
  'winningTrades',
  'longTrades',
  'grossProfit',
  'grossLoss',
  'bestTrade',
  'worstTrade',
  'fees',
  'funding',
  'slippage',
  'exposure',
  'maxDrawdown',
  'sharpe',
  'orders',
  'fills',
  'refusedEntries',
  'liquidations',
] as const;
/**
 * A number of a run. Ratios are fractions; `exposure` is the share of candles with a position; `sharpe` is annualised over
 * 365 days from the returns of closes; it and `maxDrawdown` are NaN unless statistics were asked for.
 */
export type SweepField = (typeof sweepFields)[number];

/** The sweep path of a loaded addon. */
export interface RuleSweeper {
  /**
   * Runs every parameter set over every series. Rejects with `ComputeError`: `BAD_ARGUMENT` for rules, parameters or rates
   * that cannot be, `BAD_ROWS` for columns, `CANCELLED`.
   */
  sweep(
    series: readonly SweepSeries[],
    rules: RuleSetInput,
    sets: ParameterSets,
    assumptions: SweepAssumptions,
    work?: SweepWork,
  ): Promise<SweepSummaries>;
  /** Runs the rules once, with the values their parameters have. Throws as `sweep`. */
  runOnce(series: SweepSeries, rules: RuleSetInput, assumptions: SweepAssumptions): RuleRunResult;
}

/** Gives a series as the addon takes it. */
export function addonSeries(series: SweepSeries): AddonSweepSeries {
  return {
    ...series.columns,
    fundingRow: series.funding?.rows ?? new Float64Array(0),
    fundingRate: series.funding?.rates ?? new Float64Array(0),
    tickSize: series.tickSize,
    lotSize: series.lotSize,
    minimumLots: series.minimumLots ?? 0,
    maximumLots: series.maximumLots ?? Number.MAX_SAFE_INTEGER,
    minimumNotional: series.minimumNotional ?? 0,
    takerFee: series.takerFee,
    perpetual: series.perpetual,
    leverage: series.leverage ?? 1,
    maintenanceRate: series.maintenanceRate ?? 0,
    timeframeMs: series.timeframeMs,
  };
}

/** Gives assumptions as the addon takes them. */
export function addonSettings(assumptions: SweepAssumptions, work: SweepWork = {}): AddonSweepSettings {
  const { capital, slippage, fill, intrabar } = assumptions;
  return {
    capital,
    slippage,
    fill,
    intrabar,
    firstRow: assumptions.firstRow ?? 0,
    reserve: assumptions.reserve ?? (fill === 'close' ? 0 : 0.005),
    statistics: work.statistics ?? false,
    threads: work.threads ?? 0,
  };
}

/** The rules as the addon reads them: ranges of parameters left out. */
export function rulesText(rules: RuleSet): string {
  return JSON.stringify({
    ...rules,
    parameters: rules.parameters.map(({ name, value }) => ({ name, value })),
  });
}

/** Gives the sweep path of a loaded addon. */
export function createRuleSweeper(addon: NativeAddon): RuleSweeper {
  return {
    async sweep(series, rules, sets, assumptions, work = {}) {
      const control = work.control ?? new addon.TaskControl();
      const numbers = await computingAsync(async () =>
        addon.sweepRules(
          series.map(addonSeries),
          rulesText(ruleSet.parse(rules)),
          sets.names,
          sets.values,
          addonSettings(assumptions, work),
          control,
        ),
      );
      const width = sweepFields.length;
      const runs = numbers.length / width;
      const columns = sweepFields.map((field, index) => {
        const column = new Float64Array(runs);
        for (let run = 0; run < runs; run += 1) column[run] = numbers[run * width + index] as number;
        return [field, column] as const;
      });
      return {
        runs,
        sets: series.length === 0 ? 0 : runs / series.length,
        columns: Object.fromEntries(columns) as Record<SweepField, Float64Array>,
      };
    },
    runOnce(series, rules, assumptions) {
      return computing(() => {
        const length = Math.max(0, series.columns.openTimeMs.length - (assumptions.firstRow ?? 0));
        const equity = {
          length,
          timeMs: new Float64Array(length),
          equity: new Float64Array(length),
          exposure: new Float64Array(length),
        };
        const run = new addon.RuleRun(
          addonSeries(series),
          rulesText(ruleSet.parse(rules)),
          addonSettings(assumptions),
          equity.timeMs,
          equity.equity,
          equity.exposure,
        );
        const trades = emptyTrades(run.trades);
        run.readTrades(trades);
        const [orders = 0, fills = 0, refusedEntries = 0, liquidations = 0, tooSmallEntries = 0] = run.counts;
        const counts = { orders, fills, refusedEntries, liquidations, tooSmallEntries };
        return { trades, equity, finalEquity: run.finalEquity, ...counts };
      });
    },
  };
}
