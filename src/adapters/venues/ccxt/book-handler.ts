/** Order books of one instrument, from its stream or over REST. */

import { epochMs } from '../../../shared/domain/nominal.ts';
import type { BookSnapshotEvent, MarketEvent } from '../../../shared/events/market.ts';
import { unifiedBook } from '../normalise/unified.ts';
import { type HandlerContext, type StreamHandler, supports } from './stream-handler.ts';

/** Depths that each venue's WebSocket or REST accepts; elsewhere the venue's default is taken. */
const watchDepth: Readonly<Record<string, number>> = { kraken: 100, bybit: 50 };
const pollDepth: Readonly<Record<string, number>> = {
  binance: 50,
  binanceus: 50,
  kraken: 50,
  bybit: 50,
  okx: 50,
};

/** Books as snapshots of the best levels, each frame one; a quote whenever the best prices or sizes change. */
export class BookHandler implements StreamHandler {
  readonly #context: HandlerContext;
  readonly #depth: number;
  readonly #withQuotes: boolean;
  readonly watchable: boolean;
  #sequence = 0;
  #top = '';

  constructor(context: HandlerContext, depth: number, withQuotes: boolean) {
    this.#context = context;
    this.#depth = depth;
    this.#withQuotes = withQuotes;
    this.watchable = supports(context.exchange, 'watchOrderBook');
  }

  watch(): Promise<unknown> {
    const { exchange, target } = this.#context;
    return exchange.watchOrderBook(target.instrument.symbol, watchDepth[exchange.id]);
  }

  poll(): Promise<unknown> {
    const { exchange, target } = this.#context;
    return exchange.fetchOrderBook(target.instrument.symbol, pollDepth[exchange.id]);
  }

  onWatched(data: unknown): void {
    this.#take(data);
  }

  onPolled(data: unknown): boolean {
    const before = this.#top;
    this.#take(data);
    return before !== '' && before !== this.#top;
  }

  onTick(): void {
    // A book does not age by itself; the feed's watchdog looks after silence.
  }

  #take(data: unknown): void {
    const { target, emit, wallMs } = this.#context;
    const book = unifiedBook(
      data,
      target.unified,
      this.#depth,
      this.#sequence + 1,
      epochMs(Math.floor(wallMs())),
    );
    this.#sequence += 1;
    emit(book);
    const top = `${book.bids[0]}:${book.bids[1]}:${book.asks[0]}:${book.asks[1]}`;
    if (top === this.#top) return;
    this.#top = top;
    const quote = this.#withQuotes ? quoteOf(book) : undefined;
    if (quote !== undefined) emit(quote);
  }
}

function quoteOf(book: BookSnapshotEvent): MarketEvent | undefined {
  const [bidTicks, bidLots] = book.bids;
  const [askTicks, askLots] = book.asks;
  // A one-sided or crossed book is passed on for the engine to judge, but it is no quote.
  if (bidTicks === undefined || askTicks === undefined || bidTicks >= askTicks) return undefined;
  return {
    kind: 'quote',
    instrument: book.instrument,
    venueTimeMs: book.venueTimeMs,
    receiveTimeMs: book.receiveTimeMs,
    bidTicks: bidTicks as never,
    bidLots: bidLots as never,
    askTicks: askTicks as never,
    askLots: askLots as never,
  };
}
