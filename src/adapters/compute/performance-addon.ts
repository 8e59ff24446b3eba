/** The figures of a report as the native addon exports them. */

/** Equity at the close of each bar; exposure may be empty. */
export interface EquityColumns {
  readonly timeMs: Float64Array;
  readonly equity: Float64Array;
  readonly exposure: Float64Array;
}

/** Columns of round trips that figures are made of; all have one length. */
export interface TradeColumns {
  readonly side: Int8Array;
  readonly entryTimeMs: Float64Array;
  readonly exitTimeMs: Float64Array;
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

export interface AddonPerformanceOptions {
  readonly startEquity?: number | undefined;
  readonly periodsPerYear: number;
  readonly rollingDays: number;
  readonly trials: number;
  readonly trialVariance?: number | undefined;
  readonly pictures: boolean;
  readonly benchmarkStart?: number | undefined;
}

/** Return of a month; of a year with month 0. */
export interface PeriodReturn {
  readonly year: number;
  readonly month: number;
  readonly value: number;
  /** Days of the period that the series has. */
  readonly days: number;
}

/** One of the deepest falls, in rows of the equity columns; without `recoveryRow` it lasted to the end. */
export interface DrawdownRows {
  readonly peakRow: number;
  readonly troughRow: number;
  readonly recoveryRow?: number;
  /** Negative fraction. */
  readonly depth: number;
}

/** Columns with one value a day. */
export interface DailyColumns {
  readonly equity: Float64Array;
  /** Fall below the highest day so far, 0 or negative. */
  readonly underwater: Float64Array;
  /** Price of the benchmark; empty without one. */
  readonly benchmark: Float64Array;
  /** Return of the day; one row fewer than days where the money at the start is not known. */
  readonly returns: Float64Array;
  /** Over the window of days up to each; NaN until it is full. As long as `returns`. */
  readonly rollingSharpe: Float64Array;
  readonly rollingVolatility: Float64Array;
}

/** Rows that a picture of each column needs: lowest and highest of some hundred stretches. Empty when not asked for. */
export interface DrawnRows {
  readonly equity: readonly number[];
  /** Of the fall from the peak by bar, and the falls at those rows. */
  readonly falls: readonly number[];
  readonly fallValues: readonly number[];
  readonly benchmark: readonly number[];
  /** By day. */
  readonly rollingSharpe: readonly number[];
}

export interface AddonPerformanceReport {
  readonly values: readonly number[];
  /** Days since 1970-01-01. */
  readonly firstDay: number;
  readonly days: number;
  readonly emptyDays: number;
  readonly returns: number;
  readonly months: readonly PeriodReturn[];
  readonly years: readonly PeriodReturn[];
  readonly drawdowns: readonly DrawdownRows[];
  readonly drawn: DrawnRows;
  fill(out: DailyColumns): void;
}

/** What the addon exports for figures. */
export interface PerformanceAddon {
  performanceMetrics(): readonly string[];
  readonly PerformanceReport: {
    of(
      equity: EquityColumns,
      trades: TradeColumns,
      benchmark: Float64Array | undefined,
      options: AddonPerformanceOptions,
    ): AddonPerformanceReport;
  };
}
