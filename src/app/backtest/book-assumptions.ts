/** What a run on recorded order books rests on, in sentences for a person. */

import type { BookRows } from '../../engine/simulation/books/book-rows.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import type { LoadedSeries } from './load-series.ts';

/** Says how orders meet the book of each series that has one; nothing where none has. */
export function bookSentences(spec: BacktestSpec, series: readonly LoadedSeries[]): string[] {
  const sources = series.flatMap(({ book, instrument }) =>
    book === undefined ? [] : [sourceSentence(instrument.symbol, book)],
  );
  if (sources.length === 0) return [];
  return [
    ...sources,
    'Times are whole milliseconds; within one the exchange comes first, then what arrives there.',
    'A taking order takes the displayed levels of the book, best first, and no more than they show: the rest of a market order expires, that of a limit order rests.',
    'What an order took is there again with the next change of its level: own orders move neither the recorded book nor its trades.',
    'A resting order joins behind all that is displayed at its price. Trades there take from the front of the queue, and fill it with what they have left; what a level loses without a trade is cancelled evenly over the queue; what it gains stands behind.',
    'A trade beyond the price of a resting order fills it with the size of that trade, a book that crosses it with what is displayed: never more.',
    'A stop order fires at a trade that reaches it and takes from the book as it is then.',
    `Slippage is what the book makes it, counted from the middle of bid and ask; ${spec.slippage} is only what sizes of entries reckon with.`,
  ];
}

function sourceSentence(symbol: string, { exchangeMs, kinds, receiveMs }: BookRows): string {
  let [sumMs, longestMs] = [0, 0];
  for (let row = 0; row < kinds.length; row += 1) {
    const delayMs = (receiveMs[row] as number) - (exchangeMs[row] as number);
    sumMs += delayMs;
    if (delayMs > longestMs) longestMs = delayMs;
  }
  const meanMs = (sumMs / Math.max(1, kinds.length)).toFixed(1);
  return `Orders in ${symbol} meet the recorded order book and its trades (${kinds.length} rows) at the exchange's times; the strategy hears of them when the recorder did, ${meanMs} ms later on average and ${longestMs} ms at most. Candles are joined from the trades received.`;
}
