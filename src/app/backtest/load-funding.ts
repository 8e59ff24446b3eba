/** Funding rates of a series: from a file, from the store, or one rate for every payment. */

import { readTimedValues } from '../../adapters/candle-files/timed-values.ts';
import type { FundingTimes } from '../../engine/simulation/candles/candle-track.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { SeriesSpec } from '../../shared/lab/spec.ts';
import { readingFile } from '../data/file-error.ts';
import type { StoreReader } from './load-series.ts';

const hourMs = 3_600_000;
const fundingIntervalMs = 8 * hourMs;
/** Rates that begin later or end earlier than the run by more than this leave out payments. */
const fundingSlackMs = 24 * hourMs;

/** Gives the payments of a perpetual; undefined where none were asked for. Throws `ApiError`. */
export async function readFunding(
  series: SeriesSpec,
  instrument: Instrument,
  openTimeMs: Float64Array,
  lengthMs: number,
  readStored: StoreReader | undefined,
  field: string,
): Promise<FundingTimes | undefined> {
  const { funding } = series;
  if (funding === undefined || funding.kind === 'none') return undefined;
  if (instrument.kind !== 'perpetual' || series.borrow !== undefined) {
    throw new ApiError('bad-input', `${field}.funding: ${instrument.symbol} is spot and pays no funding`, {
      field: `${field}.funding`,
      hint: 'Name a perpetual, for example BTC/USDT:USDT.',
    });
  }
  if (funding.kind === 'file') {
    const { timesMs, texts } = await readingFile(`${field}.funding`, () =>
      readTimedValues(funding.path, [
        { title: 'funding_rate', names: ['funding_rate', 'fundingrate', 'rate'], sign: 'any' },
      ]),
    );
    return { timesMs, rates: texts[0] ?? [] };
  }
  if (funding.kind === 'store') {
    if (readStored?.funding === undefined) {
      throw new ApiError('bad-input', `${field}.funding: stored funding rates need a data folder`, {
        field: `${field}.funding`,
      });
    }
    return readStored.funding(instrument.venue, instrument.symbol);
  }
  const firstMs = Math.ceil((openTimeMs[0] as number) / fundingIntervalMs) * fundingIntervalMs;
  const endMs = (openTimeMs.at(-1) as number) + lengthMs;
  const count = Math.max(0, Math.ceil((endMs - firstMs) / fundingIntervalMs));
  return {
    timesMs: Float64Array.from({ length: count }, (_, number) => firstMs + number * fundingIntervalMs),
    rates: Array.from({ length: count }, () => String(funding.rate)),
  };
}

/** Says where a run has no funding rates though some were given. */
export function fundingWarnings(
  funding: FundingTimes | undefined,
  { symbol }: Instrument,
  fromMs: number,
  toMs: number,
): string[] {
  if (funding === undefined) return [];
  const firstMs = funding.timesMs[0] ?? Number.POSITIVE_INFINITY;
  const lastMs = funding.timesMs.at(-1) ?? Number.NEGATIVE_INFINITY;
  if (firstMs <= fromMs + fundingSlackMs && lastMs >= toMs - fundingSlackMs) return [];
  const day = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10);
  const known = Number.isFinite(firstMs) ? `reach from ${day(firstMs)} to ${day(lastMs)}` : 'are none';
  return [`Funding rates of ${symbol} ${known}: a position outside of them paid nothing.`];
}
