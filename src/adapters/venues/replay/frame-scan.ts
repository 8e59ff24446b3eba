/** A first look through a recording: which symbols, which market type, and how many decimals prices and sizes have. */

import type { EpochMs } from '../../../shared/domain/nominal.ts';
import { DataFileError } from '../../candle-files/data-file-error.ts';
import { kindOf, symbolOf } from '../normalise/binance.ts';
import type { BinanceMarket } from '../normalise/binance-symbols.ts';
import type { FrameBounds } from '../normalise/frame-guard.ts';
import { decimalsOfText } from '../normalise/scaled.ts';

/** A line of a recording: when the frame was received, and its text. */
export interface StampedFrame {
  readonly receiveTimeMs: EpochMs;
  readonly text: string;
}

/** Bounds of a recorded frame: a depth snapshot of 5000 levels is some 300 kB. */
export const recordedFrameBounds: FrameBounds = { bytesMaximum: 8 * 1024 * 1024, depthMaximum: 32 };

const stampDigits = 19;
const space = 32;

/** Splits a line into its nanosecond stamp and the frame. Undefined when it does not have that shape. */
export function splitStamp(line: string): StampedFrame | undefined {
  if (line.charCodeAt(stampDigits) !== space) return undefined;
  // 19 digits do not fit a double; the milliseconds are its first 13.
  const milliseconds = Number(line.slice(0, 13));
  if (
    !Number.isSafeInteger(milliseconds) ||
    milliseconds < 1e12 ||
    !/^\d{6}$/.test(line.slice(13, stampDigits))
  )
    return undefined;
  return { receiveTimeMs: milliseconds as EpochMs, text: line.slice(stampDigits + 1) };
}

/** What one symbol's frames look like. */
export interface ScannedSymbol {
  readonly venueSymbol: string;
  priceDecimals: number;
  lotDecimals: number;
  frames: number;
}

/** Collects what `FrameReplay` must know before the first event. */
export class FrameScan {
  readonly #path: string;
  readonly symbols = new Map<string, ScannedSymbol>();
  #snapshotPriceDecimals = 0;
  #snapshotLotDecimals = 0;
  market: BinanceMarket = 'spot';
  hasTrades = false;
  hasSnapshot = false;
  lines = 0;
  frames = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Looks at one line. A line that is no frame is left to the replay, which counts it as refused. */
  line(line: string): void {
    if (line === '') return;
    this.lines += 1;
    const stamped = splitStamp(line);
    if (stamped === undefined) return;
    let data: Record<string, unknown>;
    let stream: string | undefined;
    try {
      // Only read here, never kept: the replay itself guards every frame before it uses it.
      const outer = JSON.parse(stamped.text) as Record<string, unknown>;
      stream = typeof outer['stream'] === 'string' ? outer['stream'] : undefined;
      data = (stream === undefined ? outer : outer['data']) as Record<string, unknown>;
    } catch {
      return;
    }
    if (typeof data !== 'object' || data === null) return;
    const kind = kindOf(data, stream);
    if (kind === 'other') return;
    this.frames += 1;
    if (data['ps'] !== undefined || data['pair'] !== undefined) this.market = 'cm';
    else if (this.market === 'spot' && (data['pu'] !== undefined || data['e'] === 'bookTicker'))
      this.market = 'usdm';
    if (kind === 'trade') this.hasTrades = true;
    const venueSymbol = symbolOf(data, stream);
    if (kind === 'snapshot') {
      this.hasSnapshot = true;
      this.#snapshotPriceDecimals = this.#levels(
        data['bids'],
        0,
        this.#levels(data['asks'], 0, this.#snapshotPriceDecimals),
      );
      this.#snapshotLotDecimals = this.#levels(
        data['bids'],
        1,
        this.#levels(data['asks'], 1, this.#snapshotLotDecimals),
      );
    }
    if (venueSymbol === undefined) return;
    const symbol = this.#symbol(venueSymbol);
    symbol.frames += 1;
    if (kind === 'depth') {
      symbol.priceDecimals = this.#levels(data['b'], 0, this.#levels(data['a'], 0, symbol.priceDecimals));
      symbol.lotDecimals = this.#levels(data['b'], 1, this.#levels(data['a'], 1, symbol.lotDecimals));
    } else if (kind === 'trade' || kind === 'agg-trade') {
      if (data['X'] !== undefined && data['X'] !== 'MARKET') return;
      symbol.priceDecimals = Math.max(symbol.priceDecimals, decimalsOfText(data['p']) ?? 0);
      symbol.lotDecimals = Math.max(symbol.lotDecimals, decimalsOfText(data['q']) ?? 0);
    } else if (kind === 'quote') {
      symbol.priceDecimals = Math.max(
        symbol.priceDecimals,
        decimalsOfText(data['b']) ?? 0,
        decimalsOfText(data['a']) ?? 0,
      );
      symbol.lotDecimals = Math.max(
        symbol.lotDecimals,
        decimalsOfText(data['B']) ?? 0,
        decimalsOfText(data['A']) ?? 0,
      );
    }
  }

  /**
   * Gives the symbol to replay: the one asked for, or the only one there is. Throws `DataFileError` when the file
   * holds no frames or the choice is open.
   */
  choose(asked: string | undefined): ScannedSymbol {
    if (this.frames === 0) {
      throw new DataFileError({
        code: this.lines === 0 ? 'empty' : 'unknown-format',
        path: this.#path,
        reason: this.lines === 0 ? 'the file is empty' : 'no line is "<nanoseconds> <Binance frame>"',
        hint: 'Give a recording of raw Binance WebSocket frames, each line stamped with local nanoseconds.',
      });
    }
    const names = [...this.symbols.keys()];
    const name = asked ?? (names.length === 1 ? names[0] : undefined);
    const chosen = name === undefined ? undefined : this.symbols.get(name);
    if (chosen === undefined) {
      throw new DataFileError({
        code: 'no-instrument',
        path: this.#path,
        reason:
          asked === undefined
            ? `it holds several symbols: ${names.join(', ')}`
            : `it holds no frames of ${asked}, only ${names.join(', ')}`,
        hint: 'Name one of them as the instrument.',
      });
    }
    // Spot snapshots name no symbol: with one symbol in the file they are its own.
    if (names.length === 1) {
      chosen.priceDecimals = Math.max(chosen.priceDecimals, this.#snapshotPriceDecimals);
      chosen.lotDecimals = Math.max(chosen.lotDecimals, this.#snapshotLotDecimals);
    }
    return chosen;
  }

  #symbol(venueSymbol: string): ScannedSymbol {
    let symbol = this.symbols.get(venueSymbol);
    if (symbol === undefined) {
      symbol = { venueSymbol, priceDecimals: 0, lotDecimals: 0, frames: 0 };
      this.symbols.set(venueSymbol, symbol);
    }
    return symbol;
  }

  #levels(levels: unknown, position: 0 | 1, atLeast: number): number {
    if (!Array.isArray(levels)) return atLeast;
    let decimals = atLeast;
    for (const level of levels) {
      const text: unknown = Array.isArray(level) ? level[position] : undefined;
      const found = decimalsOfText(text);
      if (found !== undefined && found > decimals) decimals = found;
    }
    return decimals;
  }
}
