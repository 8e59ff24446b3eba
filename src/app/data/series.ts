/** Names of stored series, as people write them and as stores know them. */

import type { CandleColumns } from '../../adapters/compute/candle-columns.ts';
import { type SeriesKind, seriesKinds } from '../../adapters/data-formats/format.ts';
import { venueText } from '../../shared/api/primitives.ts';
import { ApiError } from '../../shared/api/result.ts';
import { bucketOpenMs } from '../../shared/domain/candle.ts';
import { nearestSymbol, parseSymbol, symbolKey } from '../../shared/domain/symbol.ts';

export { type SeriesKind, seriesKinds };

/** One stored series; what is no candle has a timeframe of 0. */
export interface StoredSeries {
  readonly kind: SeriesKind;
  readonly venue: string;
  readonly symbol: string;
  readonly timeframeMs: number;
}

/** Narrows to single trades and order books. */
export function isTicks(series: StoredSeries): series is StoredSeries & { readonly kind: 'trades' | 'l2' } {
  return series.kind === 'trades' || series.kind === 'l2';
}

/** Narrows to series of trades and order books. Throws `ApiError` `bad-input` for others. */
export function tickSeries(series: StoredSeries): StoredSeries & { readonly kind: 'trades' | 'l2' } {
  if (isTicks(series)) return series;
  throw new ApiError('bad-input', `kind: ${series.kind} hold no single trades`, { field: 'kind' });
}

const units = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;
/** Reads `1m`, `4h`, `1w` … Throws `ApiError` `bad-input`. */
export function parseTimeframe(text: string, field = 'timeframe'): number {
  const match = /^([1-9]\d{0,4})([smhdw])$/.exec(text);
  const unitMs = units.find(([name]) => name === match?.[2])?.[1];
  if (match !== null && unitMs !== undefined) return Number(match[1]) * unitMs;
  throw new ApiError('bad-input', `${field}: "${text.slice(0, 20)}" is not a timeframe`, {
    field,
    hint: 'Such as 1m, 5m, 1h, 4h, 1d, 1w.',
  });
}

/** Writes a timeframe as `parseTimeframe` reads it. */
export function timeframeLabel(timeframeMs: number): string {
  const unit = units.find(([, ms]) => timeframeMs > 0 && timeframeMs % ms === 0);
  return unit === undefined ? `${timeframeMs}ms` : `${timeframeMs / unit[1]}${unit[0]}`;
}

/** `binance BTC/USDT 1h`, for people. */
export function seriesText({ kind, venue, symbol, timeframeMs }: StoredSeries): string {
  const what = kind === 'candles' ? '' : ` ${kind}`;
  return `${venue} ${symbol}${timeframeMs > 0 ? ` ${timeframeLabel(timeframeMs)}` : ''}${what}`;
}

/** Refuses candles that do not open on their timeframe's grid, naming the first. Throws `ApiError` `bad-input`. */
export function checkGrid(columns: CandleColumns, timeframeMs: number): void {
  const off = columns.openTimeMs.findIndex((timeMs) => bucketOpenMs(timeMs, timeframeMs) !== timeMs);
  if (off < 0) return;
  const timeMs = columns.openTimeMs[off] as number;
  throw new ApiError(
    'bad-input',
    `timeframe: candle ${off + 1} opens at ${new Date(timeMs).toISOString()}, which is not on the grid of ${timeframeLabel(timeframeMs)}`,
    { field: 'timeframe', hint: 'Say the timeframe of the file with --timeframe, or repair the row.' },
  );
}

/** Refuses names under which data could not be found again, before anything is stored. Throws `ApiError` `bad-input`. */
export function checkMarketNames(venue: string, symbols: readonly string[]): void {
  if (!venueText.safeParse(venue).success) {
    throw new ApiError('bad-input', `venue: ${shown(venue)} is no name of a venue`, {
      field: 'venue',
      hint: 'Small letters, digits and hyphens, 41 at most, such as binance or my-dex.',
    });
  }
  for (const symbol of symbols) {
    if (parseSymbol(symbol) !== undefined) continue;
    const near = nearestSymbol(symbol);
    throw new ApiError('bad-input', `instrument: ${shown(symbol)} does not name a market as CCXT does`, {
      field: 'instrument',
      hint:
        near === undefined
          ? 'Spot is BTC/USDT, a perpetual BTC/USDT:USDT.'
          : `Did you mean ${near}? A perpetual has its settle currency behind it, as BTC/USDT:USDT.`,
    });
  }
}

function shown(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
}

/** Candles need timeframes, trades have none. Throws `ApiError` `bad-input`. */
export function checkTimeframes(kind: 'candles' | 'trades', timeframesMs: readonly number[]): void {
  if ((kind === 'candles') === timeframesMs.length > 0) return;
  const message = kind === 'trades' ? 'single trades have none' : 'say which candles';
  throw new ApiError('bad-input', `timeframe: ${message}`, { field: 'timeframe', hint: 'Such as 1m,1h.' });
}

/** A question that names the stored market which an unknown one is another writing of; empty where there is none. */
export function nearNameHint(
  stored: readonly { readonly venue: string; readonly symbol: string }[],
  wanted: { readonly venue: string; readonly symbol: string },
): string {
  const key = symbolKey(wanted.symbol);
  const near = stored.find(({ venue, symbol }) => venue === wanted.venue && symbolKey(symbol) === key);
  return near === undefined ? '' : `Did you mean ${near.symbol}? `;
}

/** Finds the series that is meant. Without a timeframe it must be the only one. Throws `ApiError` `not-found`, `bad-input`. */
export function findSeries(
  stored: readonly StoredSeries[],
  wanted: Omit<StoredSeries, 'timeframeMs'> & { readonly timeframeMs?: number | undefined },
): StoredSeries {
  const known = stored.filter(
    ({ kind, venue, symbol }) => kind === wanted.kind && venue === wanted.venue && symbol === wanted.symbol,
  );
  const [found, other] = known.filter(
    ({ kind, timeframeMs }) =>
      (kind !== 'candles' && kind !== 'marks') ||
      wanted.timeframeMs === undefined ||
      timeframeMs === wanted.timeframeMs,
  );
  if (found === undefined) {
    const text = seriesText({ ...wanted, timeframeMs: wanted.timeframeMs ?? 0 });
    const ofKind = stored.filter(({ kind }) => kind === wanted.kind);
    throw new ApiError('not-found', `there is no ${text} among the stored data`, {
      field: known.length === 0 ? 'instrument' : 'timeframe',
      hint: `${known.length === 0 ? nearNameHint(ofKind, wanted) : ''}See what there is: bin/sextant data list`,
    });
  }
  if (other === undefined) return found;
  const labels = known.map(({ timeframeMs }) => timeframeLabel(timeframeMs)).join(', ');
  throw new ApiError('bad-input', `timeframe: say which one of ${labels}`, { field: 'timeframe' });
}
