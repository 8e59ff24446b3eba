/** What is done with the data of each kind of stream: convert, drop doubles, emit. One handler per instrument and kind. */

import type { Exchange } from 'ccxt';
import type { Candle } from '../../../shared/domain/candle.ts';
import { type EpochMs, epochMs } from '../../../shared/domain/nominal.ts';
import type { BookSnapshotEvent, MarketEvent } from '../../../shared/events/market.ts';
import { type RefusalLog, Refusal } from '../normalise/refusal.ts';
import { unifiedBook, unifiedCandle, unifiedQuote, unifiedTrade } from '../normalise/unified.ts';
import type { CcxtInstrument } from './instruments.ts';

export type StreamName = 'book' | 'trades' | 'candles' | 'quotes';

/** What a handler works with. */
export interface HandlerContext {
  readonly exchange: Exchange;
  readonly target: CcxtInstrument;
  readonly emit: (event: MarketEvent) => void;
  /** Counts values that were not believed; a handler goes on with the others. */
  readonly refusals: RefusalLog;
  readonly wallMs: () => number;
  /** The venue's clock, as far as its offset is known. */
  readonly venueMs: () => number;
}

/** One kind of data of one instrument, over WebSocket (`watch`) and over REST (`poll`). */
export interface StreamHandler {
  readonly watchable: boolean;
  watch(): Promise<unknown>;
  poll(): Promise<unknown>;
  /** Takes what `watch` gave. Throws `Refusal` when nothing of it could be used. */
  onWatched(data: unknown): void;
  /** Takes what `poll` gave; true when it differs from what the stream said last. */
  onPolled(data: unknown): boolean;
  /** Called a few times a second, for what depends on time alone. */
  onTick(): void;
}

/** Depths that each venue's WebSocket or REST accepts; elsewhere the venue's default is taken. */
const watchDepth: Readonly<Record<string, number>> = { kraken: 100, bybit: 50 };
const pollDepth: Readonly<Record<string, number>> = { binance: 50, binanceus: 50, kraken: 50, bybit: 50, okx: 50 };

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
    const book = unifiedBook(data, target.unified, this.#depth, this.#sequence + 1, epochMs(Math.floor(wallMs())));
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

const rememberedTrades = 5_000;
/** A venue may send the last trades at subscription: those from before it never meet our orders. */
const firstTradeToleranceMs = 2_000;

/** Trades, each once, however often the venue sends it. */
export class TradesHandler implements StreamHandler {
  readonly #context: HandlerContext;
  readonly watchable: boolean;
  #notBeforeMs: number;
  readonly #seen = new Set<string>();
  #lastVenueTimeMs = 0;

  constructor(context: HandlerContext) {
    this.#context = context;
    this.watchable = supports(context.exchange, 'watchTrades');
    this.#notBeforeMs = context.venueMs() - firstTradeToleranceMs;
  }

  watch(): Promise<unknown> {
    return this.#context.exchange.watchTrades(this.#context.target.instrument.symbol);
  }

  poll(): Promise<unknown> {
    const { exchange, target } = this.#context;
    const { symbol, kind } = target.instrument;
    // Binance's default over REST are aggregated trades, whose ids are not those of the stream.
    const method = kind === 'spot' ? 'publicGetTrades' : 'fapiPublicGetTrades';
    return exchange.fetchTrades(symbol, undefined, 100, exchange.id === 'binance' ? { fetchTradesMethod: method } : {});
  }

  onWatched(data: unknown): void {
    this.#take(data);
  }

  onPolled(data: unknown): boolean {
    // A venue may number trades differently over REST: what is older than the last one seen was seen.
    this.#notBeforeMs = Math.max(this.#notBeforeMs, this.#lastVenueTimeMs);
    this.#take(data);
    return false;
  }

  onTick(): void {
    // No trades are no news: silence of a tape is judged by its connection.
  }

  #take(data: unknown): void {
    const { target, emit, refusals, wallMs } = this.#context;
    if (!Array.isArray(data)) throw new Refusal('missing-field', 'trades', 'trades are not a list');
    const receiveTimeMs = epochMs(Math.floor(wallMs()));
    const sameTrades = new Map<string, number>();
    for (const entry of data as readonly unknown[]) {
      try {
        const trade = unifiedTrade(entry, target.unified, receiveTimeMs, () => this.#fallbackId(entry, sameTrades));
        if (trade.venueTimeMs < this.#notBeforeMs || this.#seen.has(trade.tradeId)) continue;
        this.#remember(trade.tradeId);
        this.#lastVenueTimeMs = Math.max(this.#lastVenueTimeMs, trade.venueTimeMs);
        emit(trade);
      } catch (error) {
        refusals.note(error, `${target.instrument.symbol} trades`);
      }
    }
  }

  /** Names a trade by what it is; the n-th equal one of a batch gets the number n. */
  #fallbackId(entry: unknown, sameTrades: Map<string, number>): string {
    const trade = entry as Readonly<Record<string, unknown>>;
    const what = `${String(trade['timestamp'])}:${String(trade['price'])}:${String(trade['amount'])}:${String(trade['side'])}`;
    const count = (sameTrades.get(what) ?? 0) + 1;
    sameTrades.set(what, count);
    return `${what}:${count}`;
  }

  #remember(tradeId: string): void {
    this.#seen.add(tradeId);
    if (this.#seen.size <= rememberedTrades) return;
    const oldest = this.#seen.values().next().value;
    if (oldest !== undefined) this.#seen.delete(oldest);
  }
}

/** A venue may correct a candle shortly after its end. */
const finalAfterMs = 2_000;

/** Candles of one timeframe: provisional while they form, final once when their time is over. */
export class CandlesHandler implements StreamHandler {
  readonly #context: HandlerContext;
  readonly #timeframe: string;
  readonly #timeframeMs: number;
  readonly watchable: boolean;
  #current: Candle | undefined;
  #finalUpToMs = 0;

  constructor(context: HandlerContext, timeframe: string, timeframeMs: number) {
    this.#context = context;
    this.#timeframe = timeframe;
    this.#timeframeMs = timeframeMs;
    this.watchable = supports(context.exchange, 'watchOHLCV');
  }

  watch(): Promise<unknown> {
    return this.#context.exchange.watchOHLCV(this.#context.target.instrument.symbol, this.#timeframe);
  }

  poll(): Promise<unknown> {
    return this.#context.exchange.fetchOHLCV(this.#context.target.instrument.symbol, this.#timeframe, undefined, 2);
  }

  onWatched(data: unknown): void {
    this.#take(data);
  }

  onPolled(data: unknown): boolean {
    this.#take(data);
    return false;
  }

  onTick(): void {
    const current = this.#current;
    if (current === undefined) return;
    if (this.#context.venueMs() >= current.openTimeMs + this.#timeframeMs + finalAfterMs) this.#finish(current);
  }

  #take(data: unknown): void {
    const { refusals, target } = this.#context;
    if (!Array.isArray(data)) throw new Refusal('missing-field', 'candles', 'candles are not a list');
    for (const row of data as readonly unknown[]) {
      try {
        this.#update(unifiedCandle(row));
      } catch (error) {
        refusals.note(error, `${target.instrument.symbol} candles`);
      }
    }
  }

  #update(candle: Candle): void {
    if (candle.openTimeMs < this.#finalUpToMs) return;
    const current = this.#current;
    if (current !== undefined && candle.openTimeMs < current.openTimeMs) return;
    if (current !== undefined && candle.openTimeMs > current.openTimeMs) this.#finish(current);
    this.#current = candle;
    this.#emit(candle, false);
  }

  #finish(candle: Candle): void {
    this.#current = undefined;
    this.#finalUpToMs = candle.openTimeMs + this.#timeframeMs;
    this.#emit(candle, true);
  }

  #emit(candle: Candle, final: boolean): void {
    const { target, emit, wallMs } = this.#context;
    const receiveTimeMs = epochMs(Math.floor(wallMs()));
    const venueTimeMs: EpochMs = final ? epochMs(candle.openTimeMs + this.#timeframeMs) : receiveTimeMs;
    emit({ kind: 'candle', instrument: target.instrument.id, venueTimeMs, receiveTimeMs, timeframeMs: this.#timeframeMs, candle, final });
  }
}

/** Best bid and ask from a stream of its own, where a whole book is not wanted. */
export class QuotesHandler implements StreamHandler {
  readonly #context: HandlerContext;
  readonly #bidsAsks: boolean;
  readonly watchable: boolean;
  #last = '';

  constructor(context: HandlerContext) {
    this.#context = context;
    this.#bidsAsks = supports(context.exchange, 'watchBidsAsks');
    this.watchable = this.#bidsAsks || supports(context.exchange, 'watchTicker');
  }

  async watch(): Promise<unknown> {
    const { exchange, target } = this.#context;
    const symbol = target.instrument.symbol;
    if (!this.#bidsAsks) return exchange.watchTicker(symbol);
    const tickers = (await exchange.watchBidsAsks([symbol])) as Readonly<Record<string, unknown>>;
    return tickers[symbol];
  }

  poll(): Promise<unknown> {
    return this.#context.exchange.fetchTicker(this.#context.target.instrument.symbol);
  }

  onWatched(data: unknown): void {
    this.#take(data);
  }

  onPolled(data: unknown): boolean {
    const before = this.#last;
    this.#take(data);
    return before !== '' && before !== this.#last;
  }

  onTick(): void {
    // As with the book: the feed's watchdog looks after silence.
  }

  #take(data: unknown): void {
    const { target, emit, wallMs } = this.#context;
    const quote = unifiedQuote(data, target.unified, epochMs(Math.floor(wallMs())));
    this.#last = `${quote.bidTicks}:${quote.askTicks}`;
    emit(quote);
  }
}

/** Whether the exchange's class says it can do something. */
export function supports(exchange: Exchange, method: string): boolean {
  return Boolean((exchange.has as Readonly<Record<string, unknown>>)[method]);
}
