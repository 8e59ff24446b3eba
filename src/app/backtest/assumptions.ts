/** What the figures of a backtest rest on, in sentences for a person. */

import { intrabarWords } from '../../engine/simulation/candles/intrabar.ts';
import type { BacktestResult } from '../../shared/lab/result.ts';
import { type BacktestSpec, type LatencySpec, type LimitFillRule, reserveOf } from '../../shared/lab/spec.ts';
import { bookSentences } from './book-assumptions.ts';
import type { LoadedSeries } from './load-series.ts';
import { leastValueSentences } from './small-orders.ts';

const pathWords: Readonly<Record<BacktestResult['path'], string>> = {
  event: 'The engine that trades live ran the strategy, candle by candle.',
  sweep:
    'The rules of the strategy were compiled and run over columns, which makes the trades the engine makes; money is counted in double precision, and of orders that rest only those that filled.',
};

/** Gives every convention and inferred rule of a run. */
export function assumptionsOf(
  spec: BacktestSpec,
  series: readonly LoadedSeries[],
  path: BacktestResult['path'],
): string[] {
  const rates = series.map(
    ({ instrument }) =>
      `${instrument.symbol} maker ${instrument.makerFeeRate}, taker ${instrument.takerFeeRate}`,
  );
  const borrowed = series.filter(({ borrow }) => borrow !== undefined);
  const perpetual = series.some(
    ({ borrow, instrument }) => instrument.kind === 'perpetual' && borrow === undefined,
  );
  const marked = series.filter(({ marks }) => marks !== undefined);
  const priced = series.filter(({ book }) => book === undefined);
  return [
    priced.length === 0 ? 'The engine that trades live ran the strategy, event by event.' : pathWords[path],
    ...(priced.length > 0 ? priceSentences(spec, priced) : []),
    ...bookSentences(spec, series),
    `Fees as fractions of value, taken in quote currency: ${rates.join('; ')}.`,
    ...leastValueSentences(series.map(({ instrument }) => instrument)),
    latencyWords(spec.latency),
    `Entries leave ${reserveOf(spec)} of the money untouched.`,
    ...(perpetual || borrowed.length > 0
      ? [
          `Leverage ${spec.leverage}${lowerLeverages(spec, series)}, cross margin; a position is liquidated on the assumed path where equity falls below maintenance margin.`,
        ]
      : []),
    ...(perpetual
      ? [
          series.some(({ funding }) => funding !== undefined)
            ? `Funding is paid at its hours on the position held before the open, at the ${marked.length > 0 ? 'mark price of the time' : priced.length > 0 ? 'open price of the candle' : 'last trade'}.`
            : 'Funding of perpetuals is not counted: no rates were given.',
        ]
      : []),
    ...marked.map(
      ({ instrument }) =>
        `Mark prices of ${instrument.symbol} are given: they decide liquidation; inside a candle the mark is lowest when the price is, and highest likewise.`,
    ),
    ...borrowed.map(
      ({ instrument: { symbol }, spec: { borrow } }) =>
        `${symbol} is traded on margin: each full hour a 24th of ${borrow?.baseRatePerDay} (goods sold short, at the open of the candle) or ${borrow?.quoteRatePerDay} (money a long position costs beyond one's own) is charged on the position held before the open, counted under funding.`,
    ),
    'An open position at the end is valued at the last close and not closed.',
    ...series.flatMap(({ notes }) => notes),
  ];
}

/** When a resting limit order fills, and how much of it. */
function limitWords(rule: LimitFillRule, series: readonly LoadedSeries[]): string {
  const hasSizes = ({ detail }: LoadedSeries): boolean =>
    detail?.kind === 'trades' && detail.lots !== undefined;
  const reach = rule === 'through' ? 'goes one tick beyond it' : 'touches it';
  const nobody = rule === 'through' ? '' : ': nobody stands before it in the queue';
  if (series.every(hasSizes))
    return `A resting limit order fills once a trade ${reach}, with no more than the size of that trade${nobody}.`;
  return `A resting limit order fills once the price ${reach}, in full${nobody}${series.some(hasSizes) ? '; with single trades no more than their size' : ''}.`;
}

/** Names the markets that take less than the account's leverage. */
function lowerLeverages({ leverage }: BacktestSpec, series: readonly LoadedSeries[]): string {
  const lower = series.flatMap(({ instrument: { kind, leverageMax, symbol } }) =>
    kind === 'perpetual' && leverageMax < leverage
      ? [`${leverageMax} in ${symbol}, which takes no more`]
      : [],
  );
  return lower.length === 0 ? '' : ` (${lower.join('; ')})`;
}

/** How orders meet one price at a time. */
function priceSentences(spec: BacktestSpec, series: readonly LoadedSeries[]): string[] {
  const detailed = series.filter(({ detail }) => detail !== undefined);
  return [
    spec.fill === 'next-open'
      ? 'A market order sent when a candle has closed fills at the open of the next one.'
      : 'A market order sent when a candle has closed fills at that close: nobody can trade that fast, so compare with next-open.',
    `A taking order loses ${spec.slippage} of its price, rounded against it to whole ticks; its size does not matter${spec.impact.kind === 'none' ? '' : ' beyond market impact'}.`,
    ...(spec.impact.kind === 'none'
      ? []
      : [
          `Market impact: ${spec.impact.coefficient} × range of the candle × (share of its volume) ^ ${spec.impact.exponent}.`,
        ]),
    intrabarWords[spec.intrabar],
    ...detailed.map(({ instrument, detail }) =>
      detail?.kind === 'trades'
        ? `Inside the candles of ${instrument.symbol} single trades tell the price.`
        : `Inside the candles of ${instrument.symbol} candles of ${(detail?.timeframeMs ?? 0) / 60_000} minutes tell the price.`,
    ),
    limitWords(spec.limitFill, series),
    'A stop order fires when the price reaches it and fills there, or at the open when a candle opens beyond it.',
  ];
}

function latencyWords(latency: LatencySpec): string {
  switch (latency.kind) {
    case 'none':
      return 'Orders and answers take no time.';
    case 'constant':
      return `Orders and answers take ${latency.ms} ms each way.`;
    case 'log-normal':
      return `Orders and answers take about ${latency.medianMs} ms each way, log-normal with sigma ${latency.sigma}, at most ${latency.maxMs} ms.`;
    case 'recorded':
      return 'Orders and answers take as long as was measured.';
  }
}
