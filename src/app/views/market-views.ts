/** Markets as the API shows them: instruments, quotes, books, tape. */

import type { InstrumentMarket } from '../../engine/market/instrument-market.ts';
import type { BookView, CandleView, InstrumentView, QuoteView, TradeView } from '../../shared/api/views.ts';
import type { Candle } from '../../shared/domain/candle.ts';
import { type Instrument, priceOf, quantityOf } from '../../shared/domain/instrument.ts';
import type { TradeEvent } from '../../shared/events/market.ts';

const dayMs = 86_400_000;

export function instrumentViewOf(instrument: Instrument): InstrumentView {
  return {
    id: instrument.id,
    venue: instrument.venue,
    symbol: instrument.symbol,
    kind: instrument.kind,
    base: instrument.base,
    quote: instrument.quote,
    settle: instrument.settle,
    tickSize: instrument.tickSize.toString(),
    lotSize: instrument.lotSize.toString(),
    minimumQuantity: quantityOf(instrument, instrument.minimumLots).toString(),
    minimumNotional: instrument.minimumNotional.toString(),
    makerFeeRate: instrument.makerFeeRate.toString(),
    takerFeeRate: instrument.takerFeeRate.toString(),
    leverageMax: instrument.leverageMax,
  };
}

/** Gives the quote of a market; change and volume come from its minute candles of the last day. */
export function quoteViewOf(market: InstrumentMarket): QuoteView {
  const { instrument } = market;
  const quote = market.quote();
  const last = market.lastTrade;
  const day = dayFigures(market);
  return {
    instrument: instrument.id,
    bid: quote === undefined ? null : priceOf(instrument, quote.bidTicks).toString(),
    ask: quote === undefined ? null : priceOf(instrument, quote.askTicks).toString(),
    last: last === undefined ? null : priceOf(instrument, last.priceTicks).toString(),
    change24h: day.change,
    volume24h: day.volume,
    timeMs: market.updatedAtMs === 0 ? null : market.updatedAtMs,
    bookValid: market.priced,
  };
}

/** Gives the book, best levels first. An invalid book shows no levels: nothing may be read off it. */
export function bookViewOf(market: InstrumentMarket, depth: number): BookView {
  const { instrument, book } = market;
  const valid = book.status === 'valid';
  const side = (name: 'bid' | 'ask'): [string, string][] =>
    valid
      ? book
          .levels(name, depth)
          .map(([ticks, lots]) => [
            priceOf(instrument, ticks).toString(),
            quantityOf(instrument, lots).toString(),
          ])
      : [];
  return {
    instrument: instrument.id,
    valid,
    reason: book.reason,
    timeMs: book.timeMs,
    bids: side('bid'),
    asks: side('ask'),
  };
}

export function tradeViewOf(instrument: Instrument, trade: TradeEvent): TradeView {
  return {
    tradeId: trade.tradeId,
    timeMs: trade.venueTimeMs,
    price: priceOf(instrument, trade.priceTicks).toString(),
    quantity: quantityOf(instrument, trade.lots).toString(),
    aggressor: trade.aggressor,
  };
}

export function candleViewOf(candle: Candle): CandleView {
  return [candle.openTimeMs, candle.open, candle.high, candle.low, candle.close, candle.volume];
}

interface DayFigures {
  readonly change: number | null;
  readonly volume: number | null;
}

/** The sums are kept for a minute: nobody sees the difference, and a status line asks for them all the time. */
const dayCache = new WeakMap<
  InstrumentMarket,
  { key: number; change: number | null; volume: number | null }
>();

function dayFigures(market: InstrumentMarket): DayFigures {
  const candles = market.seriesFor(60_000).closed;
  const last = candles.at(-1);
  if (last === undefined) return { change: null, volume: null };
  const cached = dayCache.get(market);
  if (cached?.key === last.openTimeMs) return cached;
  const sinceMs = last.openTimeMs - dayMs;
  let volume = 0;
  let open: number | undefined;
  for (let index = candles.length - 1; index >= 0; index -= 1) {
    const candle = candles[index] as Candle;
    if (candle.openTimeMs <= sinceMs) break;
    volume += candle.volume;
    open = candle.open;
  }
  const figures = { key: last.openTimeMs, change: open === undefined ? null : last.close / open - 1, volume };
  dayCache.set(market, figures);
  return figures;
}
