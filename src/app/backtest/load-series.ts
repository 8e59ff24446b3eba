/** Reads what a backtest runs over: candles and finer data, with what belongs to them. */

import { readCandleFile } from '../../adapters/candle-files/read-candle-file.ts';
import { readTimedValues } from '../../adapters/candle-files/timed-values.ts';
import type { TradePrices } from '../../adapters/tick-files/tick-candles.ts';
import type { BookRows } from '../../engine/simulation/books/book-rows.ts';
import {
  type CandleColumns,
  columnTicks,
  type FundingTimes,
} from '../../engine/simulation/candles/candle-track.ts';
import type { MarkPrices } from '../../engine/simulation/candles/mark-prices.ts';
import type { PriceDetail } from '../../engine/simulation/candles/price-detail.ts';
import type { BorrowRates } from '../../engine/simulation/matching/borrow-interest.ts';
import { ApiError } from '../../shared/api/result.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
import { candleStep } from '../../shared/domain/candle-step.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { BacktestSpec, CandleSourceSpec, SeriesSpec } from '../../shared/lab/spec.ts';
import { readingFile } from '../data/file-error.ts';
import { instrumentOf } from './instrument-of.ts';
import { loadBook } from './load-book.ts';
import { fundingWarnings, readFunding } from './load-funding.ts';
import { readMarks } from './load-marks.ts';
import { refuseOtherMarket } from './other-market.ts';

/** Candles of one source with what their numbers look like. */
export interface SourceCandles {
  readonly columns: CandleColumns;
  readonly timeframeMs: number;
  readonly priceDecimals: number;
  readonly volumeDecimals: number;
  /** The trades that the candles are joined from, where they are. */
  readonly trades?: TradePrices | undefined;
  /** Open times, rising, of candles that a repair made up in gaps; those of a shorter timeframe the candles are made of. */
  readonly filledTimesMs?: Float64Array | undefined;
  /** The order book recording whose trades the candles are joined from, where they are. */
  readonly book?: SourceBook | undefined;
}

/** An order book recording in steps of its own. */
export interface SourceBook {
  readonly rows: BookRows;
  readonly tickSize: Decimal;
  readonly lotSize: Decimal;
  /** Places at which changes are missing and the book began anew. */
  readonly holes: number;
}

/** A series of the data folder, as a specification names it. */
export type StoredSource = Extract<CandleSourceSpec, { kind: 'store' }>;

/** Reads what is stored: where the data folder is, is the reader's to know. */
export interface StoreReader {
  (source: StoredSource): Promise<SourceCandles>;
  /** Mark prices of this timeframe, or of the longest stored one that divides it. Throws `ApiError` `not-found`. */
  readonly marks?:
    | ((
        venue: string,
        symbol: string,
        timeframeMs: number,
      ) => { readonly columns: CandleColumns; readonly timeframeMs: number })
    | undefined;
  /** Funding rates of an instrument. Throws `ApiError` `not-found`. */
  readonly funding?: ((venue: string, symbol: string) => FundingTimes) | undefined;
}

/** Reads a candle file. Throws `DataFileError`. */
export type FileReader = (path: string) => Promise<SourceCandles>;

/** One series, ready to run. */
export interface LoadedSeries {
  readonly spec: SeriesSpec;
  readonly instrument: Instrument;
  readonly columns: CandleColumns;
  readonly timeframeMs: number;
  /** Rows traded over; those before warm up. */
  readonly firstRow: number;
  readonly endRow: number;
  readonly detail: PriceDetail | undefined;
  readonly funding: FundingTimes | undefined;
  readonly borrow: BorrowRates | undefined;
  readonly marks: MarkPrices | undefined;
  /** The recorded order book that orders meet; undefined where one price at a time is known. */
  readonly book: BookRows | undefined;
  /** How many of the candles traded over are made up, or have a part that is. */
  readonly filledBars: number;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** Reads a candle file from disk. Throws `DataFileError`. */
export async function readSourceFile(path: string): Promise<SourceCandles> {
  const table = await readCandleFile(path);
  return { ...table, columns: table };
}

/** Loads one series. `readFile` may keep what it read; the columns are not changed. Throws `ApiError`. */
export async function loadSeries(
  spec: BacktestSpec,
  index: number,
  readStored: StoreReader | undefined,
  readFile: FileReader = readSourceFile,
): Promise<LoadedSeries> {
  const series = spec.series[index] as SeriesSpec;
  const field = `series.${index}`;
  const candles = since(
    await readCandles(series.source, { readStored, readFile }, `${field}.source`),
    spec.dataFromMs,
  );
  const asked = series.timeframe === undefined ? undefined : timeframeMs(series.timeframe);
  if (asked !== undefined && candles.timeframeMs !== 0 && candles.timeframeMs !== asked) {
    throw new ApiError(
      'bad-input',
      `${field}.timeframe: the candles are ${candles.timeframeMs / 60_000} minutes apart, not ${asked / 60_000}`,
      { field: `${field}.timeframe`, hint: 'Leave it out, or resample the data first.' },
    );
  }
  if (asked === undefined && series.source.kind === 'file')
    refuseMixedSteps(candles.columns.openTimeMs, field);
  const lengthMs = asked ?? candles.timeframeMs;
  if (!(lengthMs > 0)) {
    throw new ApiError('bad-input', `${field}.timeframe: one candle does not tell its length`, {
      field: `${field}.timeframe`,
      hint: 'Give --timeframe.',
    });
  }
  const { book, priceDecimals: price, volumeDecimals: volume } = candles;
  const { instrument, notes } = instrumentOf(series, spec, { price, volume, ...book }, field);
  const { firstRow, endRow } = rowsOf(spec, candles.columns.openTimeMs, field);
  const warnings: string[] = [];
  if (spec.leverage > 1 && instrument.kind === 'spot')
    warnings.push(
      `Leverage ${spec.leverage} does nothing in ${instrument.symbol}: spot has none without interest on borrowed money (--borrow).`,
    );
  const { openTimeMs } = candles.columns;
  const spanMs = (openTimeMs[endRow - 1] as number) - (openTimeMs[firstRow] as number);
  const missing = Math.round(spanMs / lengthMs) + 1 - (endRow - firstRow);
  if (missing > 0)
    warnings.push(`${missing} candles of ${instrument.symbol} are missing: nothing trades in the gaps.`);
  if ((book?.holes ?? 0) > 0)
    warnings.push(
      `The order book of ${instrument.symbol} has ${book?.holes} holes: it began anew behind each, and queues with it.`,
    );
  const filledBars = countRowsWith(candles.filledTimesMs, openTimeMs.subarray(firstRow, endRow), lengthMs);
  if (filledBars > 0)
    warnings.push(
      `${filledBars} candles of ${instrument.symbol} lie in gaps that a repair filled: nobody traded there, but the run may have.`,
    );
  const own = { columns: candles.columns, timeframeMs: lengthMs };
  const marks = await readMarks(series, instrument, own, readStored, field);
  if (marks !== undefined) {
    const { open, timesMs } = marks.prices;
    refuseOtherMarket({ timesMs, ticks: open }, own, instrument, `${field}.marks`);
  }
  if ((marks?.missing ?? 0) > 0)
    warnings.push(
      `${marks?.missing} candles of ${instrument.symbol} have no mark price: their own price counts.`,
    );
  const detail = await readDetail(series, instrument, { readStored, readFile }, field);
  if (detail !== undefined) {
    const ticks = detail.kind === 'trades' ? detail.ticks : detail.open;
    refuseOtherMarket({ timesMs: detail.timesMs, ticks }, own, instrument, `${field}.detail`);
  }
  const funding = await readFunding(series, instrument, openTimeMs, lengthMs, readStored, field);
  const endMs = (openTimeMs[endRow - 1] as number) + lengthMs;
  warnings.push(...fundingWarnings(funding, instrument, openTimeMs[firstRow] as number, endMs));
  return {
    spec: series,
    instrument,
    columns: candles.columns,
    timeframeMs: lengthMs,
    firstRow,
    endRow,
    detail: detail ?? tradeDetail(candles.trades, instrument),
    funding,
    borrow: borrowOf(series),
    marks: marks?.prices,
    book: book === undefined ? undefined : loadBook(spec, series, book, instrument, field),
    filledBars,
    notes: [...notes, ...tradeNotes(candles, instrument)],
    warnings,
  };
}

/** Refuses a file whose smallest distance is not its usual one: taken for the timeframe it would make holes of the rest. */
function refuseMixedSteps(openTimeMs: Float64Array, field: string): void {
  const { commonMs, smallestMs } = candleStep(openTimeMs);
  if (commonMs === smallestMs) return;
  const row = openTimeMs.findIndex((timeMs, index) => timeMs - (openTimeMs[index - 1] ?? 0) === smallestMs);
  const atText = new Date(openTimeMs[row] as number).toISOString();
  throw new ApiError(
    'bad-input',
    `${field}.timeframe: most candles lie ${commonMs / 60_000} minutes apart, but that of ${atText} only ${smallestMs / 60_000}`,
    {
      field: `${field}.timeframe`,
      hint: 'Repair the row. Where candles without trades were left out of the file, give its --timeframe.',
    },
  );
}

/** Gives how many candles have one of these times in them. */
function countRowsWith(
  timesMs: Float64Array | undefined,
  openTimeMs: Float64Array,
  lengthMs: number,
): number {
  if (timesMs === undefined || timesMs.length === 0) return 0;
  let count = 0;
  for (const openMs of openTimeMs) {
    const timeMs = timesMs[lowerBound(timesMs, openMs)];
    if (timeMs !== undefined && timeMs < openMs + lengthMs) count += 1;
  }
  return count;
}

/** Leaves out what opened before a time. */
function since(candles: SourceCandles, fromMs: number | undefined): SourceCandles {
  if (fromMs === undefined) return candles;
  const { columns } = candles;
  const first = lowerBound(columns.openTimeMs, fromMs);
  const cut = (column: Float64Array): Float64Array => column.subarray(first);
  return {
    ...candles,
    columns: {
      openTimeMs: cut(columns.openTimeMs),
      open: cut(columns.open),
      high: cut(columns.high),
      low: cut(columns.low),
      close: cut(columns.close),
      volume: cut(columns.volume),
    },
  };
}

interface Readers {
  readonly readStored: StoreReader | undefined;
  readonly readFile: FileReader;
}

async function readCandles(
  source: CandleSourceSpec,
  { readStored, readFile }: Readers,
  field: string,
): Promise<SourceCandles> {
  if (source.kind === 'file') return readingFile(`${field}.path`, () => readFile(source.path));
  if (readStored === undefined) {
    throw new ApiError('bad-input', `${field}: stored candles need a data folder`, { field });
  }
  try {
    return await readStored(source);
  } catch (error) {
    if (!(error instanceof ApiError) || error.field !== 'series') throw error;
    const words = error.message.replace(/^series: /, '');
    throw new ApiError(error.code, `${field}: ${words}`, { field, hint: error.hint });
  }
}

/** Gives the rows to trade over; those before them warm up. */
function rowsOf(
  spec: BacktestSpec,
  openTimeMs: Float64Array,
  field: string,
): { firstRow: number; endRow: number } {
  const endRow = spec.toMs === undefined ? openTimeMs.length : lowerBound(openTimeMs, spec.toMs);
  const { warmupBars = 0 } = spec;
  if (endRow > 0 && warmupBars >= endRow) {
    throw new ApiError(
      'bad-input',
      `warmupBars: ${warmupBars} candles are to warm up, and there are ${endRow}: none is left to trade`,
      { field: 'warmupBars', hint: `Ask for fewer (--warmup, at most ${endRow - 1}), or give more candles.` },
    );
  }
  const firstRow = Math.max(spec.fromMs === undefined ? 0 : lowerBound(openTimeMs, spec.fromMs), warmupBars);
  if (firstRow >= endRow) {
    const minute = (timeMs: number | undefined): string =>
      new Date(timeMs ?? 0).toISOString().slice(0, 16).replace('T', ' ');
    const there =
      openTimeMs.length === 0
        ? ''
        : `; there are candles from ${minute(openTimeMs[0])} to ${minute(openTimeMs.at(-1))} UTC`;
    throw new ApiError('bad-input', `${field}: there is no candle in the time asked for${there}`, {
      field: spec.fromMs === undefined ? 'warmupBars' : 'fromMs',
      hint: 'Check --from and --to, and that there are more candles than warm up.',
    });
  }
  return { firstRow, endRow };
}

/** Gives the first index whose value is not below `value`. */
export function lowerBound(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The trades themselves, where the candles are joined from some. */
function tradeDetail(trades: TradePrices | undefined, instrument: Instrument): PriceDetail | undefined {
  if (trades === undefined) return undefined;
  const { prices, quantities, timesMs } = trades;
  // A whole number of lots is not always one as a double; what is less than a lot of the market fills nobody.
  const lotSize = instrument.lotSize.toNumber();
  const lots = quantities.map((quantity) => Math.floor((quantity / lotSize) * (1 + 1e-12) + 1e-9));
  return { kind: 'trades', timesMs, ticks: columnTicks(prices, instrument.tickSize), lots };
}

function tradeNotes({ trades }: SourceCandles, { symbol }: Instrument): string[] {
  if (trades === undefined) return [];
  return [
    `Candles of ${symbol} are joined from ${trades.timesMs.length} stored trades, which orders meet one by one at their prices: "open of the next candle" is its first trade. A trade fills resting limit orders at their price with no more than its own size, the best price first; the rest waits for further trades. Whoever takes is filled whatever was traded. The first and the last candle may be cut.`,
  ];
}

async function readDetail(
  series: SeriesSpec,
  instrument: Instrument,
  readers: Readers,
  field: string,
): Promise<PriceDetail | undefined> {
  const { detail } = series;
  if (detail === undefined) return undefined;
  const { tickSize } = instrument;
  if (detail.kind === 'trades') {
    const { timesMs, texts } = await readingFile(`${field}.detail`, () =>
      readTimedValues(detail.path, [{ title: 'price', names: ['price', 'p', 'rate'], sign: 'positive' }]),
    );
    const prices = Float64Array.from(texts[0] ?? [], Number);
    return { kind: 'trades', timesMs, ticks: columnTicks(prices, tickSize) };
  }
  const candles = await readCandles(detail.source, readers, `${field}.detail`);
  if (candles.book !== undefined) {
    throw new ApiError('bad-input', `${field}.detail: an order book is a source by itself`, {
      field: `${field}.detail`,
      hint: 'Name it as the source: it says what happens inside its candles.',
    });
  }
  if (candles.trades !== undefined) return tradeDetail(candles.trades, instrument);
  const { columns } = candles;
  return {
    kind: 'candles',
    timeframeMs: candles.timeframeMs,
    timesMs: columns.openTimeMs,
    open: columnTicks(columns.open, tickSize),
    high: columnTicks(columns.high, tickSize),
    low: columnTicks(columns.low, tickSize),
    close: columnTicks(columns.close, tickSize),
  };
}

function borrowOf({ borrow }: SeriesSpec): BorrowRates | undefined {
  if (borrow === undefined) return undefined;
  return {
    basePerDay: Decimal.fromNumber(borrow.baseRatePerDay),
    quotePerDay: Decimal.fromNumber(borrow.quoteRatePerDay),
  };
}
