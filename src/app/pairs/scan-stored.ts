/** A scan of stored series for pairs that move together, as a job. */

import type { NativeAddon } from '../../adapters/compute/addon.ts';
import { ComputeError } from '../../adapters/compute/compute-error.ts';
import { watchTask } from '../../adapters/compute/watch-task.ts';
import type { ParsedRequestOf } from '../../shared/api/contract.ts';
import type { PairScanView } from '../../shared/api/research-contract.ts';
import { ApiError } from '../../shared/api/result.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
import type { StoreReader } from '../backtest/load-series.ts';
import { withDataErrors } from '../data/data-errors.ts';
import { JobCancelled, type JobControl } from '../jobs/job-runner.ts';
import type { NamedCandles } from './pair-series.ts';
import { scanSeries } from './scan-files.ts';

/** Bars that all series must have together: below it no test says anything. */
const barsMinimum = 60;
const johansenLevels = [0.1, 0.05, 0.01];
/** Part of the progress that reading takes. */
const readingPart = 0.3;

/** Checks a request and gives what scans. Throws `ApiError` naming the field. */
export function scanStored(
  addon: NativeAddon,
  readStored: StoreReader,
  request: ParsedRequestOf<'pairs/scan'>,
): (control: JobControl) => Promise<PairScanView> {
  const { bars, halfLifeMaximum, joinedTimeframe, method, pMaximum, prices, series } = request;
  if (method === 'johansen' && !johansenLevels.includes(pMaximum)) {
    throw new ApiError('bad-input', 'pMaximum: johansen has critical values for 0.1, 0.05 and 0.01 only', {
      field: 'pMaximum',
    });
  }
  const names = series.map(({ instrument, timeframe, venue }) => `${instrument} ${timeframe} (${venue})`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ApiError('bad-input', `series: ${twice} is named twice`, { field: 'series' });
  return async (control) => {
    const tell = (part: number): void =>
      control.progress({ done: Math.round(part * 100), total: 100, unit: '%' });
    const inputs: NamedCandles[] = [];
    for (const [index, one] of series.entries()) {
      if (control.isCancelled()) throw new JobCancelled();
      const { columns, timeframeMs: lengthMs } = await withDataErrors(
        () => readStored({ kind: 'store', ...one }),
        'series',
      );
      const candles = { ...columns, length: columns.openTimeMs.length, timeframeMs: lengthMs };
      inputs.push({ name: names[index] as string, candles });
      tell((readingPart * (index + 1)) / series.length);
    }
    const stop = new AbortController();
    control.onCancel(() => stop.abort());
    try {
      const scan = await watchTask(
        addon,
        { signal: stop.signal, onProgress: (part) => tell(readingPart + part * (1 - readingPart)) },
        (native) =>
          scanSeries(
            addon,
            inputs,
            {
              files: [],
              method,
              lag: { criterion: 'fixed', lags: 1 },
              pMaximum,
              halfLifeMaximum,
              bothWays: false,
              threads: 0,
              timeframeMs: joinedTimeframe === undefined ? undefined : timeframeMs(joinedTimeframe),
              prices,
              bars,
              barsMinimum,
            },
            native,
          ),
      );
      const { openTimeMs } = scan.aligned;
      return {
        method,
        pMaximum,
        timeframeMs: scan.aligned.timeframeMs,
        bars: openTimeMs.length,
        fromMs: openTimeMs[0] ?? 0,
        toMs: openTimeMs.at(-1) ?? 0,
        tested: scan.tested,
        passed: scan.passed,
        rows: [...scan.rows],
      };
    } catch (error) {
      if (control.isCancelled()) throw new JobCancelled();
      if (error instanceof ComputeError && error.code === 'BAD_ARGUMENT')
        throw new ApiError('bad-input', error.message, { field: 'series' });
      throw error;
    }
  };
}
