/** Mark prices of a series, read and matched to its candles. */

import { readCandleFile } from '../../adapters/candle-files/read-candle-file.ts';
import { type CandleColumns, columnTicks } from '../../engine/simulation/candles/candle-track.ts';
import type { MarkPrices } from '../../engine/simulation/candles/mark-prices.ts';
import { ApiError } from '../../shared/api/result.ts';
import { bucketOpenMs } from '../../shared/domain/candle.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { SeriesSpec } from '../../shared/lab/spec.ts';
import { readingFile } from '../data/file-error.ts';
import type { StoreReader } from './load-series.ts';

/** Mark prices, and for how many candles none is known. */
export interface LoadedMarks {
  readonly prices: MarkPrices;
  readonly missing: number;
}

/** Candles of a timeframe. */
interface TimedColumns {
  readonly columns: CandleColumns;
  readonly timeframeMs: number;
}

/**
 * Matches mark candles of the same or a shorter timeframe; shorter ones are joined. Throws `ApiError` `bad-input` for longer
 * ones, which do not tell a candle's own range.
 */
export function matchMarks(
  marks: TimedColumns,
  candles: TimedColumns,
  instrument: Instrument,
  field: string,
): LoadedMarks {
  // A single mark candle has no timeframe of its own.
  if (marks.timeframeMs === 0 || candles.timeframeMs % marks.timeframeMs !== 0) {
    throw new ApiError(
      'bad-input',
      `${field}.marks: mark prices of ${marks.timeframeMs / 60_000} minutes do not divide candles of ${candles.timeframeMs / 60_000}`,
      { field: `${field}.marks`, hint: 'Give mark prices of the same or a shorter timeframe.' },
    );
  }
  const { tickSize } = instrument;
  const { openTimeMs } = marks.columns;
  const low = columnTicks(marks.columns.low, tickSize);
  const high = columnTicks(marks.columns.high, tickSize);
  const rows = candles.columns.openTimeMs.length;
  const rowLow = new Float64Array(rows).fill(Number.NaN);
  const rowHigh = new Float64Array(rows).fill(Number.NaN);
  let row = 0;
  for (let mark = 0; mark < openTimeMs.length; mark += 1) {
    const bucketMs = bucketOpenMs(openTimeMs[mark] as number, candles.timeframeMs);
    while (row < rows && (candles.columns.openTimeMs[row] as number) < bucketMs) row += 1;
    if (candles.columns.openTimeMs[row] !== bucketMs) continue;
    // Math.min of NaN is NaN: the first mark of a candle sets it.
    rowLow[row] = Number.isNaN(rowLow[row])
      ? (low[mark] as number)
      : Math.min(rowLow[row] as number, low[mark] as number);
    rowHigh[row] = Number.isNaN(rowHigh[row])
      ? (high[mark] as number)
      : Math.max(rowHigh[row] as number, high[mark] as number);
  }
  const open = columnTicks(marks.columns.open, tickSize);
  const missing = rowLow.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
  return { prices: { timesMs: openTimeMs, open, rowLow, rowHigh }, missing };
}

/** Gives the mark prices of a perpetual; undefined where none were asked for. Throws `ApiError`. */
export async function readMarks(
  series: SeriesSpec,
  instrument: Instrument,
  candles: TimedColumns,
  readStored: StoreReader | undefined,
  field: string,
): Promise<LoadedMarks | undefined> {
  const { marks } = series;
  if (marks === undefined) return undefined;
  if (instrument.kind !== 'perpetual') {
    throw new ApiError('bad-input', `${field}.marks: ${instrument.symbol} is spot and has no mark price`, {
      field: `${field}.marks`,
      hint: 'Name a perpetual, for example BTC/USDT:USDT.',
    });
  }
  if (marks.kind === 'file') {
    const table = await readingFile(`${field}.marks`, () =>
      readCandleFile(marks.path, { volumeIsOptional: true }),
    );
    return matchMarks({ columns: table, timeframeMs: table.timeframeMs }, candles, instrument, field);
  }
  if (readStored?.marks === undefined) {
    throw new ApiError('bad-input', `${field}.marks: stored mark prices need a data folder`, {
      field: `${field}.marks`,
    });
  }
  const { venue, symbol } = instrument;
  return matchMarks(readStored.marks(venue, symbol, candles.timeframeMs), candles, instrument, field);
}
