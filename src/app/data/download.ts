/**
 * Downloads candles through CCXT into the library. Every page is stored when it has arrived, so that a download that was
 * cut goes on where it was: what lies behind the stored candles is appended, what lies before them is gathered beside
 * them and joined when it is whole. There is never a hole between what was stored and what is new.
 */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Exchange } from 'ccxt';
import {
  allocateColumns,
  type CandleColumns,
  columnsOf,
  mergeColumns,
} from '../../adapters/compute/candle-columns.ts';
import { candlePath } from '../../adapters/compute/candle-path.ts';
import { CandleStore } from '../../adapters/compute/candle-store.ts';
import { candlePages, checkInstrument } from '../../adapters/venues/ccxt/candle-pages.ts';
import { createExchange } from '../../adapters/venues/ccxt/create-exchange.ts';
import { marketTypesFor } from '../../adapters/venues/ccxt/market-types.ts';
import { VenueError } from '../../adapters/venues/ccxt/venue-error.ts';
import { systemClock } from '../../adapters/venues/rate-limit/clock.ts';
import { ApiError } from '../../shared/api/result.ts';
import { bucketOpenMs } from '../../shared/domain/candle.ts';
import { JobCancelled, type JobControl } from '../jobs/job-runner.ts';
import { factsOf, type SeriesFacts } from './check.ts';
import { dataError, venueFailure } from './data-errors.ts';
import type { DataLibrary } from './data-library.ts';
import type { FetchRange } from './repair.ts';
import { checkMarketNames, seriesText } from './series.ts';

/** What to download. */
export interface DownloadRequest {
  /** Id of the exchange as CCXT has it. */
  readonly venue: string;
  readonly symbols: readonly string[];
  readonly timeframesMs: readonly number[];
  readonly fromMs: number;
  /** Up to now when not given. */
  readonly toMs?: number | undefined;
}

/** Where requests go and what time it is; other than the real ones in tests. */
export interface DownloadWorld {
  readonly nowMs: () => number;
  readonly rewriteUrl?: ((url: string) => string) | undefined;
}

/** What was downloaded, a series each. */
export interface DownloadResult {
  /** New candles of all series. */
  readonly bars: number;
  readonly series: readonly (SeriesFacts & { readonly added: number })[];
}

/** A candle that has just ended may be corrected by the venue: it is kept as provisional until then. */
const finalAfterMs = 2_000;

/** Downloads. Throws `ApiError` (`venue`, `not-found`, `bad-input`), `JobCancelled`; what had arrived is stored then. */
export async function downloadCandles(
  library: DataLibrary,
  request: DownloadRequest,
  control: JobControl,
  world: DownloadWorld,
): Promise<DownloadResult> {
  checkMarketNames(request.venue, request.symbols);
  const toMs = Math.min(request.toMs ?? Number.POSITIVE_INFINITY, world.nowMs());
  if (request.fromMs >= toMs)
    throw new ApiError('bad-input', 'from: must be before the end', { field: 'from' });
  const abort = new AbortController();
  control.onCancel(() => abort.abort());
  const work = request.symbols.flatMap((symbol) =>
    request.timeframesMs.map((timeframeMs) => ({ symbol, timeframeMs })),
  );
  const bars = work.map(({ timeframeMs }) => Math.ceil((toMs - request.fromMs) / timeframeMs));
  const total = bars.reduce((sum, count) => sum + count, 0);
  const series: (SeriesFacts & { added: number })[] = [];
  const parts = new CandleStore(library.addon, join(library.folder, 'parts'));
  try {
    const exchange = await connect(request.venue, request.symbols, abort.signal, world);
    let before = 0;
    for (const [index, { symbol, timeframeMs }] of work.entries()) {
      await checkInstrument(exchange, symbol);
      const download = new SeriesDownload(library, parts, exchange, {
        ...{ venue: request.venue, symbol, timeframeMs, nowMs: world.nowMs, signal: abort.signal },
        onBars: (done) =>
          control.progress({
            ...{ done: Math.min(total, before + done), total, unit: 'candles' },
            message: seriesText({ kind: 'candles', venue: request.venue, symbol, timeframeMs }),
          }),
      });
      const added = await download.run(bucketOpenMs(request.fromMs, timeframeMs), toMs);
      before += bars[index] as number;
      const stored = { kind: 'candles' as const, venue: request.venue, symbol, timeframeMs };
      series.push({ ...factsOf(library, stored), added });
    }
  } catch (error) {
    if (control.isCancelled()) throw new JobCancelled();
    throw downloadFailure(request.venue, error);
  } finally {
    await parts.close();
  }
  return { bars: series.reduce((sum, { added }) => sum + added, 0), series };
}

/** Gives the function that asks a venue for a range, for repairs. */
export function rangeFetcher(control: JobControl, world: DownloadWorld): FetchRange {
  const abort = new AbortController();
  control.onCancel(() => abort.abort());
  /** By venue and symbol: each loads the instruments of its own kind. */
  const exchanges = new Map<string, Promise<Exchange>>();
  return async ({ venue, symbol, timeframeMs }, fromMs, toMs) => {
    try {
      const key = `${venue} ${symbol}`;
      const exchange = await (exchanges.get(key) ?? connect(venue, [symbol], abort.signal, world));
      exchanges.set(key, Promise.resolve(exchange));
      await checkInstrument(exchange, symbol);
      let columns = allocateColumns(0);
      const range = { symbol, timeframeMs, fromMs, toMs: toMs + timeframeMs, signal: abort.signal };
      for await (const { candles } of candlePages(exchange, range)) {
        columns = mergeColumns(columns, columnsOf(candles));
      }
      return columns;
    } catch (error) {
      if (control.isCancelled()) throw new JobCancelled();
      throw downloadFailure(venue, error);
    }
  };
}

/** Connects to a venue for public data of these symbols. */
export async function connect(
  venue: string,
  symbols: readonly string[],
  signal: AbortSignal,
  world: DownloadWorld,
): Promise<Exchange> {
  const { rewriteUrl } = world;
  const { exchange } = await createExchange(venue, {
    clock: systemClock,
    signal,
    rewriteUrl,
    exchangeOptions: marketTypesFor(venue, symbols),
  });
  return exchange;
}

/** What a download threw, in the words of the API. */
export function downloadFailure(venue: string, error: unknown): unknown {
  if (error instanceof ApiError) return error;
  const known = error instanceof VenueError ? error : undefined;
  const other = dataError(error);
  return known === undefined && other === error ? venueFailure(venue, error) : other;
}

interface SeriesDownloadOptions {
  readonly venue: string;
  readonly symbol: string;
  readonly timeframeMs: number;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
  /** Told how many candles of the range have been passed. */
  readonly onBars: (done: number) => void;
}

/** One series. */
class SeriesDownload {
  readonly #library: DataLibrary;
  readonly #parts: CandleStore;
  readonly #exchange: Exchange;
  readonly #options: SeriesDownloadOptions;

  constructor(library: DataLibrary, parts: CandleStore, exchange: Exchange, options: SeriesDownloadOptions) {
    this.#library = library;
    this.#parts = parts;
    this.#exchange = exchange;
    this.#options = options;
  }

  /** Gives how many candles are new. */
  async run(fromMs: number, toMs: number): Promise<number> {
    const { candles } = this.#library;
    const series = this.#options;
    const stored = candles.info(series);
    const before = stored?.rows ?? 0;
    if (stored?.firstMs !== undefined && fromMs < stored.firstMs) {
      await this.#pages(this.#parts, fromMs, this.#resumeMs(this.#parts, fromMs), stored.firstMs);
      if ((this.#parts.info(series)?.rows ?? 0) > 0) await candles.merge(series, this.#parts.read(series));
      await this.#forgetPart();
    }
    await this.#pages(candles, fromMs, this.#resumeMs(candles, fromMs), toMs);
    return (candles.info(series)?.rows ?? 0) - before;
  }

  /** Where a store goes on: with its last candle again when that was provisional. */
  #resumeMs(store: CandleStore, fromMs: number): number {
    const info = store.info(this.#options);
    if (info?.lastMs === undefined) return fromMs;
    return info.lastIsProvisional ? info.lastMs : info.lastMs + this.#options.timeframeMs;
  }

  async #pages(store: CandleStore, beginMs: number, fromMs: number, toMs: number): Promise<void> {
    const { symbol, timeframeMs, signal, onBars, nowMs } = this.#options;
    for await (const page of candlePages(this.#exchange, { symbol, timeframeMs, fromMs, toMs, signal })) {
      const last = page.candles.at(-1);
      if (last !== undefined) {
        const lastIsProvisional = last.openTimeMs + timeframeMs + finalAfterMs > nowMs();
        const columns: CandleColumns = columnsOf(page.candles);
        await store.merge(this.#options, columns, { lastIsProvisional });
      }
      onBars(Math.round((page.nextMs - beginMs) / timeframeMs));
    }
  }

  async #forgetPart(): Promise<void> {
    await this.#parts.close();
    rmSync(candlePath(join(this.#library.folder, 'parts'), this.#options), { force: true });
  }
}
