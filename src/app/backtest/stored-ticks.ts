/** Stored trades and order books, read for a backtest: joined to candles for the strategy, one by one for the venue. */

import { bookCandles, bookRows } from '../../adapters/tick-files/book-rows.ts';
import { tradeCandles, tradePrices } from '../../adapters/tick-files/tick-candles.ts';
import { ApiError } from '../../shared/api/result.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { DataLibrary } from '../data/data-library.ts';
import { findSeries } from '../data/series.ts';
import type { SourceCandles, StoredSource } from './load-series.ts';

/** Reads the trades of a stored source. Throws `ApiError` `not-found`, `DataFileError` `damaged`. */
export async function readTradeSource(
  library: DataLibrary,
  { venue, instrument, timeframe }: StoredSource,
): Promise<SourceCandles> {
  const id = findSeries(library.list(), { kind: 'trades', venue, symbol: instrument });
  const columns = await library.trades.read(id);
  if (columns === undefined) throw new TypeError(`the trades of ${instrument} have just been removed`);
  const trades = tradePrices(columns);
  const lengthMs = timeframeMs(timeframe);
  return {
    columns: tradeCandles(trades, lengthMs),
    timeframeMs: lengthMs,
    priceDecimals: columns.tick.decimals,
    volumeDecimals: columns.lot.decimals,
    trades,
  };
}

/** Reads a stored order book recording. Throws `ApiError` `not-found`, `bad-input`, `damaged`; `DataFileError` `damaged`. */
export async function readBookSource(
  library: DataLibrary,
  { venue, instrument, timeframe }: StoredSource,
): Promise<SourceCandles> {
  const id = findSeries(library.list(), { kind: 'l2', venue, symbol: instrument });
  const columns = await library.l2.read(id);
  if (columns === undefined) throw new TypeError(`the order book of ${instrument} has just been removed`);
  const rows = bookRows(columns);
  if ('reason' in rows) {
    throw new ApiError(
      'damaged',
      `series: row ${rows.row + 1} of the order book of ${instrument} cannot be used: ${rows.reason}`,
      { field: 'series', hint: 'Look at it with: bin/sextant data check' },
    );
  }
  const lengthMs = timeframeMs(timeframe);
  const candles = bookCandles(columns, lengthMs);
  if (candles.openTimeMs.length === 0) {
    throw new ApiError('bad-input', `series: there is no trade in the order book of ${instrument}`, {
      field: 'series',
      hint: 'Candles are made of trades: record them together with the book.',
    });
  }
  const { tick, lot } = columns;
  return {
    columns: candles,
    timeframeMs: lengthMs,
    priceDecimals: tick.decimals,
    volumeDecimals: lot.decimals,
    book: {
      rows,
      tickSize: Decimal.of(BigInt(tick.mantissa), tick.decimals),
      lotSize: Decimal.of(BigInt(lot.mantissa), lot.decimals),
      holes: library.l2.info(id)?.gaps ?? 0,
    },
  };
}
