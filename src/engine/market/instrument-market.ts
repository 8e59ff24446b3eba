/** Everything known about the market of one instrument: quote, book, tape, candles and their age. */

import type { Candle } from '../../shared/domain/candle.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { EpochMs, PriceTicks, QuantityLots } from '../../shared/domain/nominal.ts';
import type { FundingRateEvent, QuoteEvent, TradeEvent } from '../../shared/events/market.ts';
import type { Quote } from '../strategy/api.ts';
import { CandleSeries } from './candle-series.ts';
import { type BookStatus, OrderBook } from './order-book.ts';

export const minuteMs = 60_000;

/** Size of a quote that is only a price. */
const unknownLots = 0 as QuantityLots;

/** Trades kept for the tape. */
const tapeMax = 200;

export class InstrumentMarket {
  readonly instrument: Instrument;
  readonly book = new OrderBook();
  /** True once a book stream has been seen: then prices count only while the book is valid. */
  hasBook = false;
  lastBookStatus: BookStatus = 'waiting';
  lastTrade: TradeEvent | undefined;
  funding: FundingRateEvent | undefined;
  /** Kernel time of the newest event of any kind. */
  updatedAtMs = 0;
  readonly tape: TradeEvent[] = [];
  readonly series: CandleSeries[] = [];
  private streamQuote: QuoteEvent | undefined;
  /** Price of a market known by its candles alone; 0 where there are quotes or a book. */
  private candleTicks = 0;
  private readonly tickFactor: number;
  private readonly tickDivisor: number;
  private readonly lotFactor: number;
  private readonly lotDivisor: number;

  constructor(instrument: Instrument) {
    this.instrument = instrument;
    this.tickFactor = Number(instrument.tickSize.coefficient);
    this.tickDivisor = 10 ** instrument.tickSize.scale;
    this.lotFactor = Number(instrument.lotSize.coefficient);
    this.lotDivisor = 10 ** instrument.lotSize.scale;
    this.seriesFor(minuteMs);
  }

  /** Gives the candles of a timeframe, making the series when it is new. */
  seriesFor(timeframeMs: number): CandleSeries {
    for (const series of this.series) if (series.timeframeMs === timeframeMs) return series;
    const created = new CandleSeries(timeframeMs);
    this.series.push(created);
    return created;
  }

  /**
   * Puts closed candles before a series, and what the minutes know of its candle in the making. Where the history ends
   * before the candle of `nowMs`, nothing is known of the time between: it stays a gap.
   */
  seedHistory(timeframeMs: number, candles: readonly Candle[], nowMs: number): void {
    const series = this.seriesFor(timeframeMs);
    const wasEmpty = series.closesAtMs === Number.POSITIVE_INFINITY;
    series.seed(candles);
    if (!wasEmpty) return;
    series.skipTo(nowMs);
    if (timeframeMs === minuteMs) return;
    const minutes = this.seriesFor(minuteMs);
    const bucketMs = series.closesAtMs - timeframeMs;
    let first = minutes.closed.length;
    while (first > 0 && (minutes.closed[first - 1] as Candle).openTimeMs >= bucketMs) first -= 1;
    for (const candle of minutes.closed.slice(first)) series.absorb(candle);
    if (minutes.current !== undefined && minutes.current.volume > 0) series.absorb(minutes.current);
  }

  applyQuote(event: QuoteEvent): void {
    this.streamQuote = event;
    this.updatedAtMs = event.receiveTimeMs;
  }

  /** Takes the one price of a market without quotes; gives the one before, 0 at first. */
  applyPrice(ticks: PriceTicks, timeMs: EpochMs): number {
    const before = this.candleTicks;
    this.candleTicks = ticks;
    this.updatedAtMs = timeMs;
    return before;
  }

  applyTrade(event: TradeEvent): void {
    this.lastTrade = event;
    this.updatedAtMs = event.receiveTimeMs;
    this.tape.push(event);
    if (this.tape.length >= tapeMax * 2) this.tape.splice(0, tapeMax);
    // Integer times integer, one division: the double nearest to the exact decimal.
    const price = (event.priceTicks * this.tickFactor) / this.tickDivisor;
    const quantity = (event.lots * this.lotFactor) / this.lotDivisor;
    for (let index = 0; index < this.series.length; index += 1) {
      (this.series[index] as CandleSeries).addTrade(event.venueTimeMs, price, quantity);
    }
  }

  /** True when prices may be used: a quote that is not crossed and, where there is a book, a valid one. */
  get priced(): boolean {
    if (this.hasBook && this.book.status !== 'valid') return false;
    const quote = this.streamQuote;
    if (quote === undefined) return this.hasBook || this.candleTicks > 0;
    return quote.bidTicks > 0 && quote.askTicks > quote.bidTicks;
  }

  /** Gives best bid and ask, or undefined when nothing may be priced. */
  quote(): Quote | undefined {
    if (!this.priced) return undefined;
    if (this.streamQuote !== undefined) return this.streamQuote;
    if (!this.hasBook) {
      const ticks = this.candleTicks as PriceTicks;
      const receiveTimeMs = this.updatedAtMs as EpochMs;
      return { bidTicks: ticks, bidLots: unknownLots, askTicks: ticks, askLots: unknownLots, receiveTimeMs };
    }
    return {
      bidTicks: this.book.bestBidTicks as PriceTicks,
      bidLots: this.book.bestBidLots as QuantityLots,
      askTicks: this.book.bestAskTicks as PriceTicks,
      askLots: this.book.bestAskLots as QuantityLots,
      receiveTimeMs: this.book.timeMs as EpochMs,
    };
  }

  /** Gives twice the mid price in ticks (an integer, so that nothing is rounded), or undefined. */
  twiceMidTicks(): number | undefined {
    const quote = this.quote();
    return quote === undefined ? undefined : quote.bidTicks + quote.askTicks;
  }

  /** Gives the price positions are valued at: the venue's mark, else the mid, else the last trade; in ticks, maybe with a half. */
  markTicks(): number | undefined {
    if (this.funding !== undefined && this.instrument.kind === 'perpetual') return this.funding.markTicks;
    const twice = this.twiceMidTicks();
    if (twice !== undefined) return twice / 2;
    return this.lastTrade?.priceTicks;
  }

  /** Forgets prices after a lost connection. */
  invalidate(reason: string): void {
    this.streamQuote = undefined;
    this.candleTicks = 0;
    if (!this.hasBook) return;
    this.book.invalidate(reason);
    // So that the next snapshot is heard of as what makes it valid again.
    this.lastBookStatus = this.book.status;
  }

  /**
   * Closes candles whose time is over; calls back for each, oldest first. A candle in whose time nothing at all was
   * heard of the market (the link was down, the machine slept) is not known, which is not the same as flat: it is left out.
   */
  closeCandles(nowMs: number, onClosed: (series: CandleSeries, candle: Candle) => void): void {
    for (const series of this.series) {
      for (;;) {
        if (this.updatedAtMs <= series.closesAtMs - series.timeframeMs) {
          series.skipTo(nowMs);
          break;
        }
        const candle = series.closeDue(nowMs);
        if (candle === undefined) break;
        onClosed(series, candle);
      }
    }
  }
}
