/** The market as the stream tells it: quotes, books, tapes and the clock of the kernel. Never in React state. */

import type { MarketNews, StreamBatch } from '../../shared/api/streams.ts';
import type { BookView, CandleView, QuoteView, TradeView } from '../../shared/api/views.ts';
import { type FrameScheduler, PaintTopics } from './frame.ts';

/** Newest trades kept per market. */
export const tapeLengthMax = 120;

export type CandleListener = (candles: readonly CandleView[]) => void;
export const marketKey = (instrument: string, timeframe: string): string => `${instrument}|${timeframe}`;

export class MarketStore {
  readonly topics: PaintTopics;
  private readonly quotes = new Map<string, QuoteView>();
  private readonly books = new Map<string, BookView>();
  private readonly tapes = new Map<string, TradeView[]>();
  private readonly candleListeners = new Map<string, Set<CandleListener>>();
  private readonly wallNow: () => number;
  private kernelMs = 0;
  private kernelSeenAtMs = 0;
  private heardAtMs: number | null = null;
  private speed = 1;

  constructor(scheduler: FrameScheduler, wallNow: () => number) {
    this.topics = new PaintTopics(scheduler);
    this.wallNow = wallNow;
  }

  quote(instrument: string): QuoteView | undefined {
    return this.quotes.get(instrument);
  }

  book(instrument: string): BookView | undefined {
    return this.books.get(instrument);
  }

  /** Newest first. */
  tape(instrument: string): readonly TradeView[] {
    return this.tapes.get(instrument) ?? [];
  }

  /** Kernel time now, carried on from the last batch at the speed the host runs at. */
  nowMs(): number {
    return this.kernelMs + Math.min(5000, this.wallNow() - this.kernelSeenAtMs) * this.speed;
  }

  /** Real milliseconds since anything came over the stream; null before the first. */
  silenceMs(): number | null {
    return this.heardAtMs === null ? null : this.wallNow() - this.heardAtMs;
  }

  setSpeed(speed: number): void {
    this.speed = speed;
  }

  setTime(kernelMs: number): void {
    this.kernelMs = kernelMs;
    this.kernelSeenAtMs = this.wallNow();
  }

  setQuotes(quotes: readonly QuoteView[]): void {
    for (const quote of quotes) {
      this.quotes.set(quote.instrument, quote);
      this.topics.touch(`quote:${quote.instrument}`);
    }
    if (quotes.length > 0) this.topics.touch('quotes');
  }

  setBook(book: BookView): void {
    this.books.set(book.instrument, book);
    this.topics.touch(`book:${book.instrument}`);
  }

  /** Starts a tape from a snapshot, newest first. */
  setTape(instrument: string, newestFirst: readonly TradeView[]): void {
    this.tapes.set(instrument, newestFirst.slice(0, tapeLengthMax));
    this.topics.touch(`tape:${instrument}`);
  }

  /** Hears of every candle of a market; called as batches arrive, not once a frame. */
  onCandles(instrument: string, timeframe: string, listener: CandleListener): () => void {
    const key = marketKey(instrument, timeframe);
    const listeners = this.candleListeners.get(key) ?? new Set();
    listeners.add(listener);
    this.candleListeners.set(key, listeners);
    return () => listeners.delete(listener);
  }

  /** Takes in the market part of a batch. */
  apply(batch: StreamBatch): void {
    this.setTime(batch.timeMs);
    this.heardAtMs = this.wallNow();
    if (batch.status !== undefined) this.speed = batch.status.speed;
    if (batch.quotes !== undefined) this.setQuotes(batch.quotes);
    for (const news of batch.markets ?? []) this.applyNews(news);
  }

  private applyNews(news: MarketNews): void {
    if (news.book !== undefined) this.setBook(news.book);
    if (news.trades.length > 0) this.addTrades(news.instrument, news.trades);
    if (news.candles.length > 0) {
      for (const listener of this.candleListeners.get(marketKey(news.instrument, news.timeframe)) ?? []) {
        listener(news.candles);
      }
    }
  }

  /** Adds trades, oldest first; one watched in two timeframes comes twice and is taken once. */
  private addTrades(instrument: string, oldestFirst: readonly TradeView[]): void {
    const tape = this.tapes.get(instrument) ?? [];
    const known = new Set(tape.slice(0, oldestFirst.length + 20).map((trade) => trade.tradeId));
    const fresh = oldestFirst.filter((trade) => !known.has(trade.tradeId));
    if (fresh.length === 0) return;
    this.tapes.set(instrument, [...fresh.reverse(), ...tape].slice(0, tapeLengthMax));
    this.topics.touch(`tape:${instrument}`);
  }
}
