/**
 * Candles of a data folder, read for a backtest: those of the library of market data first, at any timeframe that a stored
 * one divides, else those a paper or demo run has lived.
 */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { NativeAddon } from '../../adapters/compute/addon.ts';
import type { CandleColumns } from '../../adapters/compute/candle-columns.ts';
import { candlePath } from '../../adapters/compute/candle-path.ts';
import { CandleStore } from '../../adapters/compute/candle-store.ts';
import { ComputeError } from '../../adapters/compute/compute-error.ts';
import { loadNative } from '../../adapters/compute/native.ts';
import { ApiError } from '../../shared/api/result.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { DataLibrary, marketDataFolder } from '../data/data-library.ts';
import { RepairLog } from '../data/repair-log.ts';
import type { SourceCandles, StoredSource, StoreReader } from './load-series.ts';
import { readBookSource, readTradeSource } from './stored-ticks.ts';

/** Folders below `candles` that hold what runs have lived, the one looked at first first. */
const livedModes = ['paper', 'demo'];
const decimalsMax = 15;

interface Series {
  readonly venue: string;
  readonly symbol: string;
  readonly timeframeMs: number;
}

/** Gives a reader of the series stored in a data folder. */
export function storedCandles(dataFolder: string): StoreReader {
  const read = async (source: StoredSource): Promise<SourceCandles> => {
    const addon = loadNative();
    if (source.data === 'trades') return readTradeSource(new DataLibrary(addon, dataFolder), source);
    if (source.data === 'l2') return readBookSource(new DataLibrary(addon, dataFolder), source);
    const { venue, instrument, timeframe } = source;
    const series = { venue, symbol: instrument, timeframeMs: timeframeMs(timeframe) };
    const found = fromLibrary(addon, dataFolder, series);
    const library = found instanceof ApiError ? undefined : found;
    const columns = library?.columns ?? (await lived(addon, dataFolder, series));
    const rows = columns?.openTimeMs.length ?? 0;
    if (columns === undefined || rows === 0) {
      throw new ApiError(
        'not-found',
        `series: there are no ${timeframe} candles of ${instrument} at ${venue}`,
        {
          field: 'series',
          hint:
            (found instanceof ApiError ? found.hint : undefined) ??
            'See what there is with: bin/sextant data list',
        },
      );
    }
    return {
      columns,
      timeframeMs: series.timeframeMs,
      priceDecimals: decimalsOf(columns.open, columns.high, columns.low, columns.close),
      volumeDecimals: decimalsOf(columns.volume),
      filledTimesMs: library?.filledTimesMs,
    };
  };
  const marks: StoreReader['marks'] = (venue, symbol, timeframeMs) =>
    new DataLibrary(loadNative(), dataFolder).loadSeries({ venue, symbol, timeframeMs, kind: 'marks' });
  const funding: StoreReader['funding'] = (venue, symbol) => {
    const { rate, timeMs } = new DataLibrary(loadNative(), dataFolder).loadFunding(venue, symbol);
    return { timesMs: timeMs, rates: Array.from(rate, (one) => Decimal.fromNumber(one).toString()) };
  };
  return Object.assign(read, { marks, funding });
}

/** Gives a text that changes whenever candles of a venue's in a data folder do. */
export function storedCandlesStamp(
  dataFolder: string,
  { venue, instrument, timeframe }: Parameters<StoreReader>[0],
): string {
  const series = { venue, symbol: instrument, timeframeMs: timeframeMs(timeframe) };
  const roots = [
    join(marketDataFolder(dataFolder), 'candles'),
    join(marketDataFolder(dataFolder), 'trades'),
    join(marketDataFolder(dataFolder), 'l2'),
    ...livedModes.map((mode) => join(dataFolder, 'candles', mode)),
  ];
  const stamps = roots.flatMap((root) => {
    const folder = dirname(candlePath(root, series));
    if (!existsSync(folder)) return [];
    return readdirSync(folder).map((name) => {
      const found = statSync(join(folder, name), { throwIfNoEntry: false });
      return `${name} ${found?.mtimeMs ?? ''} ${found?.size ?? ''}`;
    });
  });
  return stamps.join('\n');
}

/** Gives candles of the library, or its error where it has none. Throws `ApiError` `damaged`. */
function fromLibrary(
  addon: NativeAddon,
  dataFolder: string,
  series: Series,
): { readonly columns: CandleColumns; readonly filledTimesMs: Float64Array } | ApiError {
  try {
    const library = new DataLibrary(addon, dataFolder);
    const { columns, sourceTimeframeMs } = library.loadSeries(series);
    const source = { ...series, kind: 'candles', timeframeMs: sourceTimeframeMs } as const;
    return { columns, filledTimesMs: new RepairLog(library).filledTimesMs(source) };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'not-found') return error;
    throw damaged(error);
  }
}

async function lived(
  addon: NativeAddon,
  dataFolder: string,
  series: Series,
): Promise<CandleColumns | undefined> {
  for (const mode of livedModes) {
    const folder = join(dataFolder, 'candles', mode);
    if (!existsSync(folder)) continue;
    const store = new CandleStore(addon, folder);
    try {
      if ((store.info(series)?.rows ?? 0) > 0) return store.read(series);
    } catch (error) {
      throw damaged(error);
    } finally {
      await store.close();
    }
  }
  return undefined;
}

function damaged(error: unknown): unknown {
  if (!(error instanceof ComputeError)) return error;
  return new ApiError('damaged', `series: ${error.message}`, { field: 'series' });
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
