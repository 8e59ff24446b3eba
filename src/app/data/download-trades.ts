/**
 * Downloads single trades through CCXT into the library. Every page is kept when it has arrived, so that a download that was
 * cut goes on where it was: what lies behind the stored trades is joined to them when the work ends or stops, what lies
 * before them is gathered beside them and joined when it is whole. A venue that leaves trades out is refused.
 */

import { join } from 'node:path';
import type { Exchange } from 'ccxt';
import { encodeSegment } from '../../adapters/compute/candle-path.ts';
import { tradePrices } from '../../adapters/tick-files/tick-candles.ts';
import { sliceTicks, type TickColumns, wholeMsAt } from '../../adapters/tick-files/tick-columns.ts';
import { TradeBuilder } from '../../adapters/tick-files/trade-builder.ts';
import { TradePart } from '../../adapters/tick-files/trade-part.ts';
import { checkInstrument } from '../../adapters/venues/ccxt/candle-pages.ts';
import { tradePages, type VenueTrade } from '../../adapters/venues/ccxt/trade-pages.ts';
import { ApiError } from '../../shared/api/result.ts';
import { JobCancelled, type JobControl } from '../jobs/job-runner.ts';
import { factsOf, type SeriesFacts } from './check.ts';
import type { DataLibrary } from './data-library.ts';
import { connect, type DownloadResult, type DownloadWorld, downloadFailure } from './download.ts';
import { behindTrades } from './join-ticks.ts';
import { checkMarketNames, seriesText } from './series.ts';

/** What to download. */
export interface TradeDownloadRequest {
  /** Id of the exchange as CCXT has it. */
  readonly venue: string;
  readonly symbols: readonly string[];
  readonly fromMs: number;
  /** Up to now when not given. */
  readonly toMs?: number | undefined;
}

/** A trade may reach the venue's history a moment after it was made. */
const settledAfterMs = 2_000;
const minuteMs = 60_000;
const noCounts = { lines: 0, skipped: 0, dropped: 0, snapshots: 0, gaps: 0 };

/** Downloads. Throws `ApiError` (`venue`, `not-found`, `bad-input`), `JobCancelled`; what had arrived is stored then. */
export async function downloadTrades(
  library: DataLibrary,
  request: TradeDownloadRequest,
  control: JobControl,
  world: DownloadWorld,
): Promise<DownloadResult> {
  const { fromMs, symbols, venue } = request;
  checkMarketNames(venue, symbols);
  const toMs = Math.min(request.toMs ?? Number.POSITIVE_INFINITY, world.nowMs() - settledAfterMs);
  if (fromMs >= toMs) throw new ApiError('bad-input', 'from: must be before the end', { field: 'from' });
  const abort = new AbortController();
  control.onCancel(() => abort.abort());
  const minutes = (toMs - fromMs) / minuteMs;
  const series: (SeriesFacts & { added: number })[] = [];
  try {
    const exchange = await connect(venue, symbols, abort.signal, world);
    for (const [index, symbol] of symbols.entries()) {
      await checkInstrument(exchange, symbol);
      const stored = { kind: 'trades' as const, venue, symbol, timeframeMs: 0 };
      const onTime = (timeMs: number): void =>
        control.progress({
          done: Math.round(index * minutes + (timeMs - fromMs) / minuteMs),
          total: Math.round(minutes * symbols.length),
          unit: 'minutes',
          message: seriesText(stored),
        });
      const download = new TradeDownload(library, exchange, { venue, symbol, signal: abort.signal, onTime });
      const added = await download.run(fromMs, toMs);
      series.push({ ...factsOf(library, stored), added });
    }
  } catch (error) {
    if (control.isCancelled()) throw new JobCancelled();
    throw downloadFailure(venue, error);
  }
  return { bars: series.reduce((sum, { added }) => sum + added, 0), series };
}

interface TradeDownloadOptions {
  readonly venue: string;
  readonly symbol: string;
  readonly signal: AbortSignal;
  /** Told how far the range is done. */
  readonly onTime: (timeMs: number) => void;
}

/** One market. */
class TradeDownload {
  readonly #library: DataLibrary;
  readonly #exchange: Exchange;
  readonly #options: TradeDownloadOptions;

  constructor(library: DataLibrary, exchange: Exchange, options: TradeDownloadOptions) {
    this.#library = library;
    this.#exchange = exchange;
    this.#options = options;
  }

  /** Gives how many trades are new. */
  async run(fromMs: number, toMs: number): Promise<number> {
    const { trades } = this.#library;
    const before = trades.info(this.#options)?.rows ?? 0;
    // What an earlier download was cut off from storing comes first.
    await this.#pack('behind');
    const stored = await trades.read(this.#options);
    if (stored !== undefined && fromMs < firstMsOf(stored)) {
      await this.#gather('before', this.#part('before').read(), fromMs, firstMsOf(stored));
      await this.#pack('before');
    }
    const end = stored === undefined ? [] : lastMoment(stored);
    try {
      await this.#gather('behind', end, fromMs, toMs);
    } finally {
      await this.#pack('behind');
    }
    return (trades.info(this.#options)?.rows ?? 0) - before;
  }

  /** Takes pages into a part; `known` are the trades before them, of which those of the last moment are compared. */
  async #gather(
    where: 'before' | 'behind',
    known: readonly VenueTrade[],
    fromMs: number,
    toMs: number,
  ): Promise<void> {
    const { onTime, signal, symbol } = this.#options;
    const lastMs = known.at(-1)?.timeMs;
    const range = {
      ...{ symbol, toMs, signal, fromMs: lastMs ?? fromMs },
      known: known.filter(({ timeMs }) => timeMs === lastMs),
    };
    const part = this.#part(where);
    for await (const { nextMs, trades } of tradePages(this.#exchange, range)) {
      part.append(trades);
      onTime(nextMs);
    }
  }

  /** Joins what a part holds to the stored trades. */
  async #pack(where: 'before' | 'behind'): Promise<void> {
    const part = this.#part(where);
    const arrived = part.read();
    if (arrived.length > 0) {
      const { symbol } = this.#options;
      const builder = new TradeBuilder(`trades of ${symbol}`, false);
      for (const [index, trade] of arrived.entries()) builder.add({ ...trade, line: index + 1 });
      const { columns } = builder.finish();
      const { trades } = this.#library;
      const stored = await trades.read(this.#options);
      const joined =
        stored === undefined
          ? columns
          : where === 'before'
            ? behindTrades(columns, stored)
            : behindTrades(stored, columns);
      await trades.write(this.#options, joined, { ...noCounts, lines: joined.packed.length });
    }
    part.remove();
  }

  #part(where: 'before' | 'behind'): TradePart {
    const { symbol, venue } = this.#options;
    const file = `${encodeSegment('symbol', symbol)}.${where}.trades`;
    return new TradePart(join(this.#library.folder, 'parts', encodeSegment('venue', venue), file));
  }
}

function firstMsOf(columns: TickColumns): number {
  return wholeMsAt(columns.receiveNs, 0);
}

/** The trades of the last moment, as a venue would tell them. */
function lastMoment(columns: TickColumns): VenueTrade[] {
  const { receiveNs } = columns;
  const rows = receiveNs.length;
  const lastMs = wholeMsAt(receiveNs, rows - 1);
  let from = rows - 1;
  while (from > 0 && wholeMsAt(receiveNs, from - 1) === lastMs) from -= 1;
  const { prices, quantities } = tradePrices(sliceTicks(columns, from, rows));
  return Array.from(prices, (price, index) => ({
    timeMs: lastMs,
    price,
    amount: quantities[index] as number,
    side: undefined,
  }));
}
