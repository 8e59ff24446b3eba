/** All candles of one market and timeframe that the page knows, oldest first, without holes it does not report. */

import type { CandleView } from '../../shared/api/views.ts';

/** What an update did to the history, so that a chart does only the work needed. */
export type HistoryChange =
  | { readonly kind: 'none' }
  /** The newest candle changed or new ones were added behind it; `from` is the first index touched. */
  | { readonly kind: 'tail'; readonly from: number }
  /** Older candles were put in front: every index moved by `count`. */
  | { readonly kind: 'front'; readonly count: number }
  /** Everything is new. */
  | { readonly kind: 'all' };

export class CandleHistory {
  readonly timeframeMs: number;
  /** True when the host has nothing older. */
  isComplete = false;
  /** True once a candle came that does not follow the last: the newest part must be fetched again. */
  hasHole = false;
  private rows: CandleView[] = [];

  constructor(timeframeMs: number) {
    this.timeframeMs = timeframeMs;
  }

  get length(): number {
    return this.rows.length;
  }

  at(index: number): CandleView | undefined {
    return this.rows[index];
  }

  get first(): CandleView | undefined {
    return this.rows[0];
  }

  get last(): CandleView | undefined {
    return this.rows[this.rows.length - 1];
  }

  slice(from: number, to: number): CandleView[] {
    return this.rows.slice(from, to);
  }

  /** Starts again from a page of the newest candles. */
  replace(candles: readonly CandleView[], isComplete: boolean): HistoryChange {
    this.rows = [...candles];
    this.isComplete = isComplete;
    this.hasHole = false;
    return { kind: 'all' };
  }

  /** Puts older candles in front; those that are not older than the first are left out. */
  prepend(candles: readonly CandleView[], isComplete: boolean): HistoryChange {
    const firstMs = this.first?.[0] ?? Number.POSITIVE_INFINITY;
    const older = candles.filter((candle) => candle[0] < firstMs);
    this.isComplete = isComplete || candles.length === 0;
    if (older.length === 0) return { kind: 'none' };
    this.rows = [...older, ...this.rows];
    return { kind: 'front', count: older.length };
  }

  /** Takes candles of the stream: replaces the one in the making, adds closed ones, notes a hole. */
  merge(candles: readonly CandleView[]): HistoryChange {
    let from = this.rows.length;
    for (const candle of candles) {
      const last = this.last;
      if (last === undefined || candle[0] > last[0]) {
        if (last !== undefined && candle[0] > last[0] + this.timeframeMs) this.hasHole = true;
        this.rows.push(candle);
        from = Math.min(from, this.rows.length - 1);
      } else {
        const index = this.indexAt(candle[0]);
        if (this.rows[index]?.[0] !== candle[0]) continue;
        this.rows[index] = candle;
        from = Math.min(from, index);
      }
    }
    return from < this.rows.length ? { kind: 'tail', from } : { kind: 'none' };
  }

  /** Gives the index of the last candle that opened at or before a time; -1 when all are younger. */
  indexAt(timeMs: number): number {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.rows[middle] as CandleView)[0] <= timeMs) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
