/** Finer data that tells what happened inside a candle: shorter candles, or single trades. */

import type { IntrabarPolicy } from '../../../shared/lab/spec.ts';
import type { CandleTrack } from './candle-track.ts';
import { lowFirst } from './intrabar.ts';

/** Prices in ticks, in columns of equal length, oldest first. */
export type PriceDetail =
  | {
      readonly kind: 'candles';
      readonly timeframeMs: number;
      readonly timesMs: Float64Array;
      readonly open: Float64Array;
      readonly high: Float64Array;
      readonly low: Float64Array;
      readonly close: Float64Array;
    }
  | {
      readonly kind: 'trades';
      readonly timesMs: Float64Array;
      readonly ticks: Float64Array;
      /** Whole lots of each trade: all that resting orders get of it. As much as they want where sizes are not known. */
      readonly lots?: Float64Array | undefined;
    };

/** Adds the points of one candle's own path after its open: two extremes and the close, a third of its time each. */
export function addCandlePath(
  track: CandleTrack,
  lowComesFirst: boolean,
  fromMs: number,
  timeframeMs: number,
  [high, low, close]: readonly [number, number, number],
): void {
  const last = timeframeMs - 1;
  track.addPoint(lowComesFirst ? low : high, fromMs + Math.floor(last / 3), 'walk');
  track.addPoint(lowComesFirst ? high : low, fromMs + Math.floor((2 * last) / 3), 'walk');
  track.addPoint(close, fromMs + last, 'walk');
}

/** Walks a track's finer data: keeps the place in it and hands out the points of one candle after the other. */
export class DetailCursor {
  /** Candles of the track for which there was no finer data. */
  missing = 0;
  private readonly detail: PriceDetail;
  private index = 0;
  /** Whether the candle at `index` has opened already. */
  private opened = false;

  constructor(detail: PriceDetail) {
    this.detail = detail;
  }

  /** Whether there is finer data in a span of time; moves to its beginning. */
  seek(fromMs: number, toMs: number): boolean {
    const { timesMs } = this.detail;
    while (this.index < timesMs.length && (timesMs[this.index] as number) < fromMs) this.index += 1;
    const found = this.index < timesMs.length && (timesMs[this.index] as number) < toMs;
    if (!found) this.missing += 1;
    return found;
  }

  /** Adds the next points before `toMs` to the track; gives false when there are none left. */
  refill(track: CandleTrack, toMs: number, policy: IntrabarPolicy): boolean {
    const { detail, index } = this;
    const timeMs = detail.timesMs[index];
    if (timeMs === undefined || timeMs >= toMs) return false;
    if (detail.kind === 'trades') {
      this.index += 1;
      track.addPoint(detail.ticks[index] as number, timeMs, 'trade', detail.lots?.[index]);
      return true;
    }
    const open = detail.open[index] as number;
    const close = detail.close[index] as number;
    // The first one opens with the candle it is part of, which has opened already. The path of the others depends on
    // the position after their open.
    if (timeMs > track.openMs && !this.opened) {
      this.opened = true;
      track.addPoint(open, timeMs, 'open');
      return true;
    }
    this.opened = false;
    this.index += 1;
    addCandlePath(
      track,
      lowFirst(policy, track.positionSign(), open, close),
      timeMs,
      Math.min(detail.timeframeMs, toMs - timeMs),
      [detail.high[index] as number, detail.low[index] as number, close],
    );
    return true;
  }
}
