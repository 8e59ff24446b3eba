/** What the native addon exports for candle files: `native/crates/binding/src/candle_files.rs`. */

import type { AddonTaskControl, CandleColumns } from './addon.ts';

/** How to read a candle file; empty texts mean "find out". */
export interface AddonCandleFileRules {
  /** Names or numbers (from 1) of timestamp, open, high, low, close, volume. */
  readonly columns: string[];
  readonly timeUnit: string;
  readonly volumeIsOptional: boolean;
  readonly duplicates: string;
  readonly sort: boolean;
}

/** What is wrong with a file: code, line, column, reason and what to do. */
export interface AddonFileFault {
  readonly code: string;
  readonly line?: number;
  readonly column?: string;
  readonly reason: string;
  readonly hint: string;
}

/** A checked table, or its fault; the columns can be taken once. */
export interface AddonCandleTable {
  readonly fault: AddonFileFault | null;
  info(): {
    readonly rows: number;
    readonly timeframeMs: number;
    readonly hasGaps: boolean;
    readonly duplicates: number;
    readonly priceDecimals: number;
    readonly volumeDecimals: number;
  };
  takeColumns(out: CandleColumns): void;
}

/** Functions over candle files. */
export interface CandleFileAddon {
  readCandleCsv(
    path: string,
    rules: AddonCandleFileRules,
    control: AddonTaskControl,
  ): Promise<AddonCandleTable>;
  checkCandleRows(rows: CandleColumns, lines: Float64Array, rules: AddonCandleFileRules): AddonCandleTable;
  findCandleColumns(
    names: string[],
    rules: AddonCandleFileRules,
  ): { readonly positions: readonly number[]; readonly fault?: AddonFileFault };
}
