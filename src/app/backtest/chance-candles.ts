/** Candles with noise in place of the real ones, for runs of a strategy on histories that could have been. */

import type { NativeAddon } from '../../adapters/compute/addon.ts';
import { chanceCandles } from '../../adapters/compute/robustness.ts';
import { ApiError } from '../../shared/api/result.ts';
import { withDataErrors } from '../data/data-errors.ts';
import type { FileReader, SourceCandles, StoreReader } from './load-series.ts';

/** Which noise: a history of its own for each number of one seed. */
export interface CandleNoise {
  /** Standard deviation of the noise in each close, in those of the real logarithmic returns. */
  readonly scale: number;
  readonly seed: number;
  /** Number of the history. */
  readonly history: number;
}

/** Sources of one run get noise of their own; more than a run may have. */
const sourcesMaximum = 1024;

/**
 * Gives readers whose candles have noise; what they read stays as it is. Prices are whole steps of the source, as the real
 * ones are. They reject with `ApiError` (`bad-input`) where candles are too few, and as the readers do.
 */
export function noisyReaders(
  addon: NativeAddon,
  noise: CandleNoise,
  readers: { readonly readFile: FileReader; readonly readStored: StoreReader | undefined },
): { readonly readFile: FileReader; readonly readStored: StoreReader | undefined } {
  let sources = 0;
  const noisy = <Source>(read: (source: Source) => Promise<SourceCandles>) => {
    return async (source: Source): Promise<SourceCandles> => {
      const series = noise.history * sourcesMaximum + sources;
      sources += 1;
      const real = await read(source);
      if (real.book !== undefined) {
        throw new ApiError('bad-input', 'series: noise is put on candles, not on an order book', {
          field: 'series',
          hint: 'Run the strategy on candles of the same market for this.',
        });
      }
      return withDataErrors(async () => {
        const { scale, seed } = noise;
        const made = chanceCandles(addon, real.columns, { kind: 'noise', scale, seed, series });
        const step = 10 ** -real.priceDecimals;
        for (const column of [made.open, made.high, made.low, made.close]) toSteps(column, step);
        // The trades behind the candles would undo the noise.
        return { ...real, columns: made, trades: undefined };
      }, 'series');
    };
  };
  return {
    readFile: noisy(readers.readFile),
    readStored:
      readers.readStored === undefined
        ? undefined
        : Object.assign(noisy(readers.readStored), {
            marks: readers.readStored.marks,
            funding: readers.readStored.funding,
          }),
  };
}

/** Rounds prices in place; equal rounding keeps every price inside its candle, and none falls to nothing. */
function toSteps(column: Float64Array, step: number): void {
  const perUnit = Math.round(1 / step);
  for (let row = 0; row < column.length; row += 1) {
    column[row] = Math.max(1, Math.round((column[row] as number) * perUnit)) / perUnit;
  }
}
