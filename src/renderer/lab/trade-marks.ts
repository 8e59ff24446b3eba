/** Entries and exits as marks on candles. */

import type { SeriesMarker, Time, UTCTimestamp } from 'lightweight-charts';
import type { BacktestTradeView } from '../../shared/api/lab-views.ts';
import type { CandleView } from '../../shared/api/views.ts';
import { bucketOpenMs } from '../../shared/domain/candle.ts';

/** With more marks than this nothing can be told apart: then only what is near is marked. */
export const marksMaximum = 400;

/** Candles as a chart shows them. */
export interface LoadedCandles {
  readonly candles: readonly CandleView[];
  readonly timeframeMs: number;
}

/** Gives marks at the candles in which trades began and ended. */
export function tradeMarks(
  trades: readonly BacktestTradeView[],
  { candles, timeframeMs }: LoadedCandles,
  colours: { readonly up: string; readonly down: string },
): SeriesMarker<Time>[] {
  const [first] = candles;
  const last = candles.at(-1);
  if (first === undefined || last === undefined) return [];
  const endMs = last[0] + timeframeMs;
  const inside = trades.filter(
    ({ entryTimeMs, exitTimeMs }) => exitTimeMs >= first[0] && entryTimeMs < endMs,
  );
  if (inside.length * 2 > marksMaximum) return [];
  const isShown = (timeMs: number): boolean => timeMs >= first[0] && timeMs < endMs;
  const at = (timeMs: number): UTCTimestamp => (bucketOpenMs(timeMs, timeframeMs) / 1000) as UTCTimestamp;
  return inside
    .flatMap((trade): SeriesMarker<Time>[] => {
      const isLong = trade.side === 'long';
      const entry: SeriesMarker<Time>[] = [
        {
          time: at(trade.entryTimeMs),
          position: isLong ? 'belowBar' : 'aboveBar',
          shape: isLong ? 'arrowUp' : 'arrowDown',
          color: isLong ? colours.up : colours.down,
        },
      ];
      const exit: SeriesMarker<Time>[] = [
        {
          time: at(trade.exitTimeMs),
          position: isLong ? 'aboveBar' : 'belowBar',
          shape: 'circle',
          color: trade.profit >= 0 ? colours.up : colours.down,
        },
      ];
      return [...(isShown(trade.entryTimeMs) ? entry : []), ...(isShown(trade.exitTimeMs) ? exit : [])];
    })
    .sort((left, right) => Number(left.time) - Number(right.time));
}
