/**
 * The market data of a data folder that was imported or downloaded: candles, mark prices, funding rates, trades and
 * order book recordings, in
 * `<data folder>/market-data`. What a demo or paper run has lived lies elsewhere and is not touched.
 *
 *     const library = new DataLibrary(loadNative(), dataFolder);
 *     const { columns } = library.loadSeries({ venue, symbol, timeframeMs: 3_600_000 });
 *
 * - `import-file.ts`, `download.ts`: what comes in; `check.ts`, `repair.ts`: what is found and mended
 */

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { NativeAddon } from '../../adapters/compute/addon.ts';
import { type CandleColumns, sliceColumns } from '../../adapters/compute/candle-columns.ts';
import { candlePath } from '../../adapters/compute/candle-path.ts';
import { CandleStore } from '../../adapters/compute/candle-store.ts';
import { resampleCandles } from '../../adapters/compute/resample.ts';
import type { FundingTable } from '../../adapters/data-formats/format.ts';
import { FundingStore } from '../../adapters/data-formats/funding-store.ts';
import { TickStore } from '../../adapters/tick-files/tick-store.ts';
import { ApiError } from '../../shared/api/result.ts';
import { bucketOpenMs } from '../../shared/domain/candle.ts';
import { isTicks, nearNameHint, type StoredSeries, seriesText, timeframeLabel } from './series.ts';

/** Which candles are wanted. */
export interface SeriesRequest {
  readonly venue: string;
  readonly symbol: string;
  readonly timeframeMs: number;
  /** Candles that open from here on … */
  readonly fromMs?: number | undefined;
  /** … and before this time. */
  readonly toMs?: number | undefined;
  /** Traded prices when not given. */
  readonly kind?: 'candles' | 'marks' | undefined;
  /** Also gives the last candle when it may still change. */
  readonly withProvisional?: boolean | undefined;
}

/** Candles from the library, oldest first. */
export interface LoadedSeries {
  readonly columns: CandleColumns;
  readonly timeframeMs: number;
  /** Timeframe of the stored series they come from. */
  readonly sourceTimeframeMs: number;
  /** Whether the last candle may still change; only where provisional candles were asked for. */
  readonly lastIsProvisional: boolean;
}

/** Where the market data of a data folder lies. */
export function marketDataFolder(dataFolder: string): string {
  return join(dataFolder, 'market-data');
}

const tickKinds = ['trades', 'l2'] as const;

export class DataLibrary {
  readonly addon: NativeAddon;
  /** Where everything lies. */
  readonly folder: string;
  readonly candles: CandleStore;
  readonly marks: CandleStore;
  readonly funding: FundingStore;
  readonly trades: TickStore;
  /** Recordings of order books. */
  readonly l2: TickStore;

  constructor(addon: NativeAddon, dataFolder: string) {
    this.addon = addon;
    this.folder = marketDataFolder(dataFolder);
    this.candles = new CandleStore(addon, this.storeFolder('candles'));
    this.marks = new CandleStore(addon, this.storeFolder('marks'));
    this.funding = new FundingStore(join(this.folder, 'funding'));
    this.trades = new TickStore(addon, join(this.folder, 'trades'));
    this.l2 = new TickStore(addon, join(this.folder, 'l2'));
  }

  /** The store of a kind of candles. */
  store(kind: 'candles' | 'marks'): CandleStore {
    return kind === 'candles' ? this.candles : this.marks;
  }

  /** The store of single trades or of order books. */
  ticks(kind: 'trades' | 'l2'): TickStore {
    return kind === 'trades' ? this.trades : this.l2;
  }

  /** All series, candles first. */
  list(): StoredSeries[] {
    const candles = (['candles', 'marks'] as const).flatMap((kind) =>
      this.store(kind)
        .list()
        .map((series) => ({ kind, ...series })),
    );
    return [
      ...candles,
      ...this.funding.list().map((id) => ({ kind: 'funding' as const, ...id, timeframeMs: 0 })),
      ...tickKinds.flatMap((kind) =>
        this.ticks(kind)
          .list()
          .map((id) => ({ kind, ...id, timeframeMs: 0 })),
      ),
    ];
  }

  /**
   * Candles of any timeframe that a stored one divides, joined without looking ahead: a candle is there once its last
   * source candle is final. A first candle that lacks its beginning is left out, as is a last one that may still change
   * unless it is asked for. The same call gives the same bytes. Throws `ApiError` `not-found` naming what is stored.
   */
  loadSeries(request: SeriesRequest): LoadedSeries {
    const { venue, symbol, timeframeMs, kind = 'candles', withProvisional = false } = request;
    const store = this.store(kind);
    const source = this.#sourceOf({ kind, venue, symbol, timeframeMs });
    const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = request;
    // Whole candles: a range that begins or ends inside one reads all of it.
    const firstMs = Number.isFinite(fromMs) ? bucketOpenMs(fromMs + timeframeMs - 1, timeframeMs) : fromMs;
    const endMs = Number.isFinite(toMs) ? bucketOpenMs(toMs - 1, timeframeMs) + timeframeMs : toMs;
    const info = store.info(source);
    const read = store.read(source, { fromMs: firstMs, toMs: endMs });
    const rows = read.openTimeMs.length;
    const reachesEnd = rows > 0 && read.openTimeMs[rows - 1] === info?.lastMs;
    const provisionalSource = reachesEnd && info?.lastIsProvisional === true;
    const made =
      source.timeframeMs === timeframeMs
        ? { columns: read, lastIsProvisional: provisionalSource, firstIsPartial: false }
        : resampleCandles(this.addon, read, source.timeframeMs, timeframeMs, provisionalSource);
    // A bucket cut by the range's end is complete: the source goes on behind it, with a hole at most.
    const lastIsProvisional = made.lastIsProvisional && reachesEnd;
    // A candle that a range or a hole cuts is complete as far as the data go; only where the series begins is one cut.
    const from = made.firstIsPartial && read.openTimeMs[0] === info?.firstMs ? 1 : 0;
    const ended = made.columns.openTimeMs.length - (lastIsProvisional && !withProvisional ? 1 : 0);
    const to = Math.max(from, ended);
    return {
      columns: sliceColumns(made.columns, from, to),
      timeframeMs,
      sourceTimeframeMs: source.timeframeMs,
      lastIsProvisional: lastIsProvisional && withProvisional && to > from,
    };
  }

  /** Funding rates of an instrument from `fromMs` (included) to `toMs` (not included). Throws `ApiError` `not-found`. */
  loadFunding(venue: string, symbol: string, fromMs = 0, toMs = Number.POSITIVE_INFINITY): FundingTable {
    const table = this.funding.read({ venue, symbol });
    if (table === undefined) {
      throw new ApiError('not-found', `there are no funding rates of ${venue} ${symbol}`, {
        hint: 'Import them: bin/sextant data import --file FILE --venue V --instrument I',
      });
    }
    const first = table.timeMs.findIndex((timeMs) => timeMs >= fromMs);
    const after = table.timeMs.findIndex((timeMs) => timeMs >= toMs);
    const from = first < 0 ? table.length : first;
    const to = after < 0 ? table.length : after;
    return {
      ...table,
      length: to - from,
      timeMs: table.timeMs.slice(from, to),
      rate: table.rate.slice(from, to),
    };
  }

  /** Forgets a series. Throws `ApiError` `not-found`. */
  async remove(series: StoredSeries): Promise<void> {
    let isThere = false;
    if (series.kind === 'funding') isThere = this.funding.remove(series);
    else if (isTicks(series)) isThere = this.ticks(series.kind).remove(series);
    else {
      const path = candlePath(this.storeFolder(series.kind as 'candles' | 'marks'), series);
      isThere = existsSync(path);
      // The store lets go of the file first: Windows deletes no open one.
      await this.store(series.kind as 'candles' | 'marks').close();
      rmSync(path, { force: true });
    }
    if (!isThere)
      throw new ApiError('not-found', `there is no ${seriesText(series)}`, { field: 'instrument' });
  }

  /** Waits for writes and lets go of all files. */
  async close(): Promise<void> {
    await this.candles.close();
    await this.marks.close();
  }

  /** Folder of the candle files of a kind. */
  storeFolder(kind: 'candles' | 'marks'): string {
    return join(this.folder, kind);
  }

  #sourceOf(series: StoredSeries & { readonly kind: 'candles' | 'marks' }) {
    const { kind, venue, symbol, timeframeMs } = series;
    const all = this.store(kind).list();
    const stored = all.filter((known) => known.venue === venue && known.symbol === symbol);
    const found = stored.filter((known) => timeframeMs % known.timeframeMs === 0).at(-1);
    if (found !== undefined) return found;
    const there = stored.map((known) => timeframeLabel(known.timeframeMs)).join(', ');
    throw new ApiError('not-found', `there is no ${seriesText(series)} among the stored data`, {
      field: stored.length === 0 ? 'instrument' : 'timeframe',
      hint:
        stored.length === 0
          ? `${nearNameHint(all, series)}See what there is: bin/sextant data list. Import or download it first.`
          : `Stored are ${there}; a longer timeframe can be made of them.`,
    });
  }
}
