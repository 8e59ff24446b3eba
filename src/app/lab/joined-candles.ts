/** Candles for a chart: so many joined into one that they fit. */

import type { CandleView } from '../../shared/api/views.ts';
import { type LoadedSeries, lowerBound } from '../backtest/load-series.ts';

/**
 * Gives at most `limit` candles of a span, each of as many of the series' own as needed; times are those of whole multiples
 * of the longer candle, in UTC.
 */
export function joinedCandles(
  { columns, timeframeMs }: Pick<LoadedSeries, 'columns' | 'timeframeMs'>,
  fromMs: number,
  toMs: number,
  limit: number,
): { readonly candles: CandleView[]; readonly timeframeMs: number } {
  const from = lowerBound(columns.openTimeMs, fromMs);
  const to = lowerBound(columns.openTimeMs, toMs);
  const last = columns.openTimeMs[to - 1];
  const first = columns.openTimeMs[from];
  if (first === undefined || last === undefined || from >= to) return { candles: [], timeframeMs };
  const bars = Math.floor((last - first) / timeframeMs) + 1;
  const lengthMs = Math.ceil(bars / Math.max(1, limit - 1)) * timeframeMs;
  const candles: CandleView[] = [];
  for (let row = from; row < to; row += 1) {
    const openMs = Math.floor((columns.openTimeMs[row] as number) / lengthMs) * lengthMs;
    const [open, high, low, close, volume] = [
      columns.open[row] as number,
      columns.high[row] as number,
      columns.low[row] as number,
      columns.close[row] as number,
      columns.volume[row] as number,
    ];
    const before = candles.at(-1);
    if (before === undefined || before[0] !== openMs) candles.push([openMs, open, high, low, close, volume]);
    else {
      candles[candles.length - 1] = [
        openMs,
        before[1],
        Math.max(before[2], high),
        Math.min(before[3], low),
        close,
        before[5] + volume,
      ];
    }
  }
  return { candles, timeframeMs: lengthMs };
}
