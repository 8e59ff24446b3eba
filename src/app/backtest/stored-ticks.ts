/** Stored trades, read for a backtest: joined to candles for the strategy, one by one for the venue. */

import { tradeCandles, tradePrices } from '../../adapters/tick-files/tick-candles.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
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
