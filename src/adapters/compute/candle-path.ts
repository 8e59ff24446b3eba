/** Names of candle files: any venue and symbol, safe on every file system, and back again. */

import { join } from 'node:path';
import { ComputeError } from './compute-error.ts';

/** Which candles: `binance`, `BTC/USDT:USDT`, 60000. */
export interface SeriesId {
  readonly venue: string;
  readonly symbol: string;
  readonly timeframeMs: number;
}

const fileExtension = '.candles';
/** Common file systems allow 255 bytes; the rest is for the timeframe and a temporary ending. */
const segmentBytesMaximum = 200;
/** Devices of Windows, which no file may be named after. */
const reservedName = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/i;

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** Name of a series as the file itself holds it: `binance:BTC/USDT:USDT`. */
export function seriesName(series: SeriesId): string {
  return `${series.venue}:${series.symbol}`;
}

/** Path of a series' file: `<folder>/binance/BTC%2FUSDT%3AUSDT.1m.candles`. Throws `ComputeError` for a name no file can have. */
export function candlePath(folder: string, series: SeriesId): string {
  const { timeframeMs } = series;
  if (!Number.isSafeInteger(timeframeMs) || timeframeMs <= 0) {
    throw new ComputeError(
      'BAD_ARGUMENT',
      `timeframeMs must be a whole number above zero, got ${timeframeMs}`,
    );
  }
  const file = `${encodeSegment('symbol', series.symbol)}.${timeframeLabel(timeframeMs)}${fileExtension}`;
  return join(folder, encodeSegment('venue', series.venue), file);
}

/** The series of a file, from the names of its folder and itself; undefined when it is no candle file of ours. */
export function parseCandlePath(venueFolder: string, fileName: string): SeriesId | undefined {
  const match = /^([^.]+)\.(\d+)(ms|[smhd])\.candles$/.exec(fileName);
  const [, symbolText, amount, unit] = match ?? [];
  const venue = decodeSegment(venueFolder);
  const symbol = decodeSegment(symbolText ?? '');
  if (venue === undefined || symbol === undefined) return undefined;
  const unitMs = unit === 'ms' ? 1 : units.find(([name]) => name === unit)?.[1];
  const timeframeMs = Number(amount) * (unitMs ?? Number.NaN);
  return Number.isSafeInteger(timeframeMs) && timeframeMs > 0 ? { venue, symbol, timeframeMs } : undefined;
}

function timeframeLabel(timeframeMs: number): string {
  const unit = units.find(([, ms]) => timeframeMs % ms === 0);
  return unit === undefined ? `${timeframeMs}ms` : `${timeframeMs / unit[1]}${unit[0]}`;
}

/** Percent-encodes everything but letters, digits, `_` and `-`: no separators, no dots, so no way out of the folder. */
export function encodeSegment(what: string, text: string): string {
  if (text === '' || !text.isWellFormed()) {
    throw new ComputeError(
      'BAD_ARGUMENT',
      `${what} must be a text that is not empty, got ${JSON.stringify(text)}`,
    );
  }
  const bytes = new TextEncoder().encode(text);
  const encodeByte = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  const plain = (byte: number): boolean => /[A-Za-z0-9_-]/.test(String.fromCharCode(byte));
  const encoded = Array.from(bytes, (byte, index) =>
    plain(byte) && !(index === 0 && reservedName.test(text)) ? String.fromCharCode(byte) : encodeByte(byte),
  ).join('');
  if (encoded.length > segmentBytesMaximum) {
    throw new ComputeError('BAD_ARGUMENT', `${what} is too long for a file name: ${JSON.stringify(text)}`);
  }
  return encoded;
}

/** Gives the text of a segment; undefined for one that `encodeSegment` does not write. */
export function decodeSegment(segment: string): string | undefined {
  try {
    const text = decodeURIComponent(segment);
    return text !== '' && encodeSegment('name', text) === segment ? text : undefined;
  } catch {
    // Not something that encodeSegment writes: somebody else's file.
    return undefined;
  }
}
