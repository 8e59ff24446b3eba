/** Candles a host has stored, read for a backtest straight from the data folder. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CandleStore } from '../../adapters/compute/candle-store.ts';
import { ComputeError } from '../../adapters/compute/compute-error.ts';
import { loadNative } from '../../adapters/compute/native.ts';
import { ApiError } from '../../shared/api/result.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
import type { StoreReader } from './load-series.ts';

/** Folders below `candles` that hold series, the one looked at first first. */
const modes = ['data', 'paper', 'demo'];
const decimalsMax = 15;

/** Gives a reader of the series stored in a data folder. */
export function storedCandles(dataFolder: string): StoreReader {
  return async ({ venue, instrument, timeframe }) => {
    const addon = loadNative();
    const series = { venue, symbol: instrument, timeframeMs: timeframeMs(timeframe) };
    for (const mode of modes) {
      const folder = join(dataFolder, 'candles', mode);
      if (!existsSync(folder)) continue;
      const store = new CandleStore(addon, folder);
      try {
        if (store.info(series) === undefined) continue;
        const columns = store.read(series);
        const rows = columns.openTimeMs.length;
        if (rows === 0) continue;
        return {
          columns,
          timeframeMs: series.timeframeMs,
          priceDecimals: decimalsOf(columns.open, columns.high, columns.low, columns.close),
          volumeDecimals: decimalsOf(columns.volume),
        };
      } catch (error) {
        if (!(error instanceof ComputeError)) throw error;
        throw new ApiError('damaged', `series: ${error.message}`, { field: 'series' });
      } finally {
        await store.close();
      }
    }
    throw new ApiError(
      'not-found',
      `series: there are no ${timeframe} candles of ${instrument} at ${venue}`,
      {
        field: 'series',
        hint: 'See what there is with: bin/sextant data list',
      },
    );
  };
}

/** Gives the most digits after the point a value of these columns needs. */
function decimalsOf(...columns: readonly Float64Array[]): number {
  let decimals = 0;
  for (const column of columns) {
    for (const value of column) {
      while (decimals < decimalsMax) {
        const scaled = value * 10 ** decimals;
        if (Math.abs(scaled - Math.round(scaled)) <= Math.max(1e-9, scaled * 1e-13)) break;
        decimals += 1;
      }
    }
  }
  return decimals;
}
