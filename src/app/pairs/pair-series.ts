/** Price series of several candle files, brought to one timeframe and to the bars that all of them have. */

import type { CandleTable } from '../../adapters/candle-files/candle-table.ts';
import type { NativeAddon } from '../../adapters/compute/addon.ts';
import { resampleCandles } from '../../adapters/compute/resample.ts';
import { ApiError } from '../../shared/api/result.ts';
import { timeframeLabel } from '../data/series.ts';

/** Whether tests see logarithms of prices (a hedge in value) or prices (a hedge in units). */
export type PriceScale = 'log' | 'plain';

/** A file's candles under the name of its series. */
export interface NamedCandles {
  readonly name: string;
  readonly candles: Pick<
    CandleTable,
    'openTimeMs' | 'open' | 'high' | 'low' | 'close' | 'volume' | 'length'
  > & {
    readonly timeframeMs: number;
  };
}

/** What became of one series. */
export interface SeriesFacts {
  readonly name: string;
  readonly bars: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Bars that its own timeframe expects between its first and last and that are not there. */
  readonly missing: number;
  /** Bars left out because another series has none at that time. */
  readonly notCommon: number;
}

/** Series of one length on the same times. */
export interface AlignedSeries {
  readonly timeframeMs: number;
  readonly openTimeMs: Float64Array;
  readonly columns: readonly Float64Array[];
  readonly series: readonly SeriesFacts[];
  /** Bars missing between the first and the last common one; the bars beside a gap count as neighbours. */
  readonly missing: number;
}

export interface AlignOptions {
  /** Joined to this timeframe; left as it is when undefined, then all must have the same. */
  readonly timeframeMs: number | undefined;
  readonly prices: PriceScale;
  /** Only the newest common bars. */
  readonly bars: number | undefined;
  /** Fewer common bars are refused. */
  readonly barsMinimum: number;
}

interface Closes {
  readonly name: string;
  readonly timeframeMs: number;
  readonly openTimeMs: Float64Array;
  readonly close: Float64Array;
}

/** Aligns the closes. Throws `ApiError` (`bad-input`) that names the series at fault. */
export function alignSeries(
  addon: NativeAddon,
  inputs: readonly NamedCandles[],
  options: AlignOptions,
): AlignedSeries {
  const joined = inputs.map((input) => joinedCloses(addon, input, options.timeframeMs));
  const timeframeMs = joined[0]?.timeframeMs ?? 0;
  const other = joined.find((series) => series.timeframeMs !== timeframeMs);
  if (other !== undefined) {
    const [first] = joined as [Closes];
    const found = `${first.name} has bars of ${timeframeLabel(timeframeMs)}, ${other.name} of ${timeframeLabel(other.timeframeMs)}`;
    throw refusal('timeframe', `${found}`, 'Give --timeframe, and all are joined to it.');
  }
  const all = commonTimes(joined);
  if (all.length < options.barsMinimum) throw tooFew(joined, all.length, options.barsMinimum);
  const openTimeMs = options.bars === undefined ? all : all.slice(-options.bars);
  return {
    timeframeMs,
    openTimeMs,
    columns: joined.map((series) => pricesAt(series, openTimeMs, options.prices)),
    series: joined.map((series) => ({
      name: series.name,
      bars: series.close.length,
      fromMs: series.openTimeMs[0] as number,
      toMs: series.openTimeMs.at(-1) as number,
      missing: missingBars(series.openTimeMs, timeframeMs),
      notCommon: series.close.length - all.length,
    })),
    missing: missingBars(openTimeMs, timeframeMs),
  };
}

function joinedCloses(
  addon: NativeAddon,
  { name, candles }: NamedCandles,
  wantedMs: number | undefined,
): Closes {
  const { timeframeMs, openTimeMs, close } = candles;
  if (candles.length < 2) throw refusal('candles', `${name} has fewer than two bars`);
  if (wantedMs === undefined || wantedMs === timeframeMs) return { name, timeframeMs, openTimeMs, close };
  if (wantedMs < timeframeMs || wantedMs % timeframeMs !== 0) {
    throw refusal(
      'timeframe',
      `${name} has bars of ${timeframeLabel(timeframeMs)}, which do not join to ${timeframeLabel(wantedMs)}`,
    );
  }
  const { columns, firstIsPartial, lastIsProvisional } = resampleCandles(
    addon,
    candles,
    timeframeMs,
    wantedMs,
  );
  // A bar that lacks its beginning or its end is no bar of this timeframe.
  const start = firstIsPartial ? 1 : 0;
  const end = columns.close.length - (lastIsProvisional ? 1 : 0);
  if (end - start < 2)
    throw refusal('timeframe', `${name} has fewer than two whole bars of ${timeframeLabel(wantedMs)}`);
  return {
    name,
    timeframeMs: wantedMs,
    openTimeMs: columns.openTimeMs.slice(start, end),
    close: columns.close.slice(start, end),
  };
}

function commonTimes(series: readonly Closes[]): Float64Array {
  let common = series[0]?.openTimeMs ?? new Float64Array(0);
  for (const { openTimeMs } of series.slice(1)) {
    const times = openTimeMs;
    let at = 0;
    common = common.filter((time) => {
      while ((times[at] ?? Number.POSITIVE_INFINITY) < time) at += 1;
      return times[at] === time;
    });
  }
  return common;
}

function pricesAt({ openTimeMs, close }: Closes, times: Float64Array, prices: PriceScale): Float64Array {
  let at = 0;
  return times.map((time) => {
    while (openTimeMs[at] !== time) at += 1;
    const price = close[at] as number;
    return prices === 'log' ? Math.log(price) : price;
  });
}

function missingBars(times: Float64Array, timeframeMs: number): number {
  const span = (times.at(-1) as number) - (times[0] as number);
  return Math.round(span / timeframeMs) + 1 - times.length;
}

function tooFew(series: readonly Closes[], common: number, minimum: number): ApiError {
  // The series without which the others would have most in common is the one to leave out.
  const [first] = series
    .map((left) => ({
      name: left.name,
      bars: commonTimes(series.filter((one) => one !== left)).length,
    }))
    .sort((a, b) => b.bars - a.bars);
  const hint =
    first === undefined || series.length < 3
      ? 'Choose files that overlap in time.'
      : `Without ${first.name} it would be ${first.bars}.`;
  return refusal('candles', `only ${common} bars are common to all series, ${minimum} are needed`, hint);
}

function refusal(field: string, message: string, hint?: string): ApiError {
  return new ApiError('bad-input', `${field}: ${message}`, hint === undefined ? { field } : { field, hint });
}
