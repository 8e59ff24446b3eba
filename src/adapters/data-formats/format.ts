/** What a format of market data files is, and what a file of it gives. */

import type { CandleFileOptions, CandleTable } from '../candle-files/candle-table.ts';
import type { L2Format } from '../compute/l2.ts';
import type { TradeRow } from './trade-rows.ts';

/** What a series holds: traded prices, mark prices (without volume), funding rates, single trades, order book changes. */
export const seriesKinds = ['candles', 'marks', 'funding', 'trades', 'l2'] as const;
export type SeriesKind = (typeof seriesKinds)[number];

/** Funding rates, oldest first, strictly rising in time: what longs pay shorts at that time, as a part of the notional. */
export interface FundingTable {
  readonly length: number;
  readonly timeMs: Float64Array;
  readonly rate: Float64Array;
  /** Rows left out because another one has the same time. */
  readonly duplicates: number;
}

/** A whole file, checked. */
export type ImportedData =
  | {
      readonly kind: 'candles' | 'marks';
      readonly table: CandleTable;
      /** Whether the last candle may still change: one joined from trades is never known to be complete. */
      readonly lastIsProvisional: boolean;
      /** Whether the candles were joined from trades, to the length that was asked for. */
      readonly isJoined?: boolean;
    }
  | { readonly kind: 'funding'; readonly table: FundingTable };

/** How to read a file. */
export interface ImportOptions extends CandleFileOptions {
  /** Length of the candles to make of trades; a minute when not given. */
  readonly timeframeMs?: number | undefined;
  /** Unified symbol: chooses the instrument in archives that hold several. */
  readonly symbol: string;
}

/** The beginning of a file. */
export interface FilePeek {
  readonly fileName: string;
  /** First bytes as they lie on disk. */
  readonly magic: Buffer;
  /** First bytes of the unpacked content, as Latin-1 text. */
  readonly head: string;
  /** The first line that is not blank, its cells in lower case. */
  readonly cells: readonly string[];
}

/** Hands out every trade of a file in its order. Throws `DataFileError` with line and reason. */
export type EachTrade = (
  path: string,
  options: ImportOptions,
  onTrade: (trade: TradeRow) => void,
) => Promise<void>;

/** One format. The table of all is in `formats.ts`. */
export interface DataFormat {
  /** Name for `--format`. */
  readonly id: string;
  readonly title: string;
  /** Whether a file looks like it; the first format of the table that says yes is taken. */
  detect(peek: FilePeek): boolean;
  /** Reads a whole file; not there for order books. Throws `DataFileError` with line and reason. */
  readonly read?: (path: string, options: ImportOptions) => Promise<ImportedData>;
  /** Reads single trades, where it has any. */
  readonly eachTrade?: EachTrade;
  /** What the native core calls it, for recordings of an order book and its trades. */
  readonly recording?: L2Format;
}
