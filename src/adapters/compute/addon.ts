/** The native addon as TypeScript sees it: what `native/crates/binding` exports. Change both together, and its ABI number. */

import type { CandleFileAddon } from './candle-file-addon.ts';
import type { L2Addon } from './l2-addon.ts';
import type { PerformanceAddon } from './performance-addon.ts';
import type { RobustnessAddon } from './robustness-addon.ts';
import type { SamplersAddon } from './samplers-addon.ts';
import type { StatisticsAddon } from './statistics-addon.ts';
import type { SweepAddon } from './sweep-addon.ts';

/** Columns of a candle series; all have the same length. Times are epoch milliseconds UTC. */
export interface CandleColumns {
  readonly openTimeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** What is known about an indicator of the catalogue. */
export interface AddonIndicatorInfo {
  /** Name, as in TA-Lib where it has the function. */
  readonly id: string;
  readonly aliases: readonly string[];
  /** overlap, momentum, volatility, volume, statistic, cycle, price, math or pattern. */
  readonly group: string;
  readonly title: string;
  /** Input columns in order, named after the candle column they are by default. */
  readonly inputs: readonly string[];
  readonly params: readonly {
    readonly name: string;
    readonly defaultValue: number;
    readonly minimum: number;
    readonly maximum: number;
    readonly whole: boolean;
  }[];
  readonly outputs: readonly string[];
  /** Formula, seed and convention where tools differ. */
  readonly formula: string;
  readonly source: string;
  /** Bars before all outputs are known, with the default parameters. */
  readonly warmUpBars: number;
}

/** Incremental indicator of the catalogue. */
export interface AddonIndicatorStream {
  readonly warmUpBars: number;
  update(bar: Float64Array, out: Float64Array): void;
  reset(): void;
}

/** Facts about a candle file. */
export interface CandleFileInfo {
  readonly series: string;
  readonly timeframeMs: number;
  readonly rows: number;
  readonly firstMs?: number;
  readonly lastMs?: number;
  readonly lastIsProvisional: boolean;
  readonly bytes: number;
  /** Whether the remains of an unfinished append were found; they are not part of the series. */
  readonly unfinishedAppend: boolean;
}

/** What an append or a rewrite did. */
export interface AppendSummary {
  /** Rows the series has now. */
  readonly rows: number;
  readonly added: number;
  readonly replacedLast: boolean;
  /** Whether the remains of an append that a crash had cut off were found and erased. */
  readonly recovered: boolean;
}

/** What was found in a candle file; no damage means it is sound. */
export interface VerifyReport {
  readonly rows: number;
  /** Rows from the beginning up to the first damage. */
  readonly intactRows: number;
  /** One sentence each. */
  readonly damage: readonly string[];
  readonly unfinishedAppend: boolean;
}

export interface AddonCandleReader {
  info(): CandleFileInfo;
  locate(fromMs: number, toMs: number): { readonly first: number; readonly count: number };
  readRows(first: number, out: CandleColumns): void;
  close(): void;
}

export interface AddonCandleWriter {
  append(rows: CandleColumns, lastIsProvisional: boolean): Promise<AppendSummary>;
  rewrite(rows: CandleColumns, lastIsProvisional: boolean): Promise<AppendSummary>;
  close(): void;
}

/** Progress (0 to 1) and cancel of one running task. */
export interface AddonTaskControl {
  readonly progress: number;
  cancel(): void;
}

/** Everything the addon exports. Columns named `out…` are allocated by the caller and filled. */
export interface NativeAddon
  extends CandleFileAddon,
    L2Addon,
    PerformanceAddon,
    RobustnessAddon,
    SamplersAddon,
    StatisticsAddon,
    SweepAddon {
  version(): { readonly version: string; readonly abi: number };
  listIndicators(): readonly AddonIndicatorInfo[];
  /** Fills `outputs`; gives the warm-up in bars. */
  runIndicator(
    id: string,
    params: Float64Array,
    inputs: readonly Float64Array[],
    outputs: readonly Float64Array[],
  ): number;
  /** Runs several parameter sets; `outputs` are the columns of the first set, then those of the second, and so on. */
  runIndicatorLanes(
    id: string,
    paramSets: readonly Float64Array[],
    inputs: readonly Float64Array[],
    outputs: readonly Float64Array[],
  ): void;
  readonly IndicatorStream: new (id: string, params: Float64Array) => AddonIndicatorStream;
  resampleCandles(
    source: CandleColumns,
    fromMs: number,
    toMs: number,
    lastIsProvisional: boolean,
    out: CandleColumns,
    outSources: Uint32Array,
  ): { readonly rows: number; readonly lastIsProvisional: boolean; readonly firstIsPartial: boolean };
  verifyCandleFile(path: string, control: AddonTaskControl): Promise<VerifyReport>;
  readonly CandleReader: { open(path: string): AddonCandleReader };
  readonly CandleWriter: new (path: string, series: string, timeframeMs: number) => AddonCandleWriter;
  readonly TaskControl: new () => AddonTaskControl;
}
