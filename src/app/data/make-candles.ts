/** Joins stored trades to candles and stores those: what charts, pairs and indicators read. */

import { tradeCandles, tradePrices } from '../../adapters/tick-files/tick-candles.ts';
import { ApiError } from '../../shared/api/result.ts';
import { JobCancelled, type JobControl } from '../jobs/job-runner.ts';
import { factsOf, type SeriesFacts } from './check.ts';
import type { DataLibrary } from './data-library.ts';
import { type StoredSeries, seriesText } from './series.ts';

/** The candle series that trades went into, and how many candles they gave. */
export interface MadeCandles extends SeriesFacts {
  readonly made: number;
}

/**
 * Joins a series of trades, or the trades of an order book recording; stored candles of the same times are replaced. The last
 * candle is provisional: later trades may belong to it. Throws `ApiError`, `DataFileError`, `JobCancelled`.
 */
export async function makeCandles(
  library: DataLibrary,
  series: StoredSeries & { readonly kind: 'trades' | 'l2' },
  timeframeMs: number,
  control: JobControl,
): Promise<MadeCandles> {
  const abort = new AbortController();
  control.onCancel(() => abort.abort());
  const onProgress = (part: number): void =>
    control.progress({ done: part, total: 1, message: 'reading trades' });
  const read = await library
    .ticks(series.kind)
    .read(series, { signal: abort.signal, onProgress })
    .catch((error: unknown) => {
      throw control.isCancelled() ? new JobCancelled() : error;
    });
  const columns = read === undefined ? undefined : tradeCandles(tradePrices(read), timeframeMs);
  const made = columns?.openTimeMs.length ?? 0;
  if (columns === undefined || made === 0) {
    throw new ApiError('bad-input', `kind: there is no trade in ${seriesText(series)}`, { field: 'kind' });
  }
  if (control.isCancelled()) throw new JobCancelled();
  const { venue, symbol } = series;
  const target = { kind: 'candles' as const, venue, symbol, timeframeMs };
  await library.candles.merge(target, columns, { lastIsProvisional: true });
  return { ...factsOf(library, target), made };
}
