/** Keeps the minutes a simulated instrument has traded since its world began, so that charts have no hole. */

import type { Candle } from '../../../shared/domain/candle.ts';
import { epochMs } from '../../../shared/domain/nominal.ts';

const minuteMs = 60_000;
/** Flat integers of one minute: open, high, low, close in ticks, volume in lots. */
const fieldsPerMinute = 5;

export interface CandleRecorderState {
  /** Open time of the first kept minute; 0 when nothing was traded yet. */
  readonly firstMs: number;
  /** Flat fives of open, high, low, close ticks and volume lots; the last one may still be growing. */
  readonly minutes: readonly number[];
}

export class CandleRecorder {
  private readonly minutesMax: number;
  /** Open time of the oldest kept minute; 0 before the first trade. */
  firstMs = 0;
  private minutes: number[] = [];

  constructor(minutesMax: number) {
    this.minutesMax = minutesMax;
  }

  /** Adds a trade; times never go back. */
  onTrade(timeMs: number, ticks: number, lots: number): void {
    const { minutes } = this;
    const last = minutes.length - fieldsPerMinute;
    if (last < 0) {
      this.firstMs = Math.floor(timeMs / minuteMs) * minuteMs;
      minutes.push(ticks, ticks, ticks, ticks, lots);
      return;
    }
    const openMs = this.firstMs + (last / fieldsPerMinute) * minuteMs;
    if (timeMs < openMs + minuteMs) {
      if (ticks > (minutes[last + 1] as number)) minutes[last + 1] = ticks;
      if (ticks < (minutes[last + 2] as number)) minutes[last + 2] = ticks;
      minutes[last + 3] = ticks;
      minutes[last + 4] = (minutes[last + 4] as number) + lots;
      return;
    }
    const closeTicks = minutes[last + 3] as number;
    // A minute without a trade is flat: it stands where the market stood.
    for (let ms = openMs + minuteMs; ms + minuteMs <= timeMs; ms += minuteMs) {
      minutes.push(closeTicks, closeTicks, closeTicks, closeTicks, 0);
    }
    minutes.push(ticks, ticks, ticks, ticks, lots);
    this.dropOld();
  }

  /** Gives the minutes that are over at `nowMs`, oldest first. */
  closed(nowMs: number, tickSize: number, tickDecimals: number, lotSize: number): Candle[] {
    const candles: Candle[] = [];
    const price = (ticks: number) => Number((ticks * tickSize).toFixed(tickDecimals));
    let last = this.minutes.length > 0 ? (this.minutes[this.minutes.length - 2] as number) : 0;
    for (
      let openMs = this.firstMs, at = 0;
      openMs + minuteMs <= nowMs;
      openMs += minuteMs, at += fieldsPerMinute
    ) {
      if (this.minutes.length === 0) break;
      const kept = at < this.minutes.length;
      const field = (offset: number) => (kept ? (this.minutes[at + offset] as number) : last);
      candles.push({
        openTimeMs: epochMs(openMs),
        open: price(field(0)),
        high: price(field(1)),
        low: price(field(2)),
        close: price(field(3)),
        volume: kept ? Number(((this.minutes[at + 4] as number) * lotSize).toPrecision(12)) : 0,
      });
      if (kept) last = this.minutes[at + 3] as number;
    }
    return candles;
  }

  save(): CandleRecorderState {
    return { firstMs: this.firstMs, minutes: [...this.minutes] };
  }

  restore(state: CandleRecorderState): void {
    this.firstMs = state.firstMs;
    this.minutes = [...state.minutes];
  }

  private dropOld(): void {
    const count = this.minutes.length / fieldsPerMinute;
    if (count <= this.minutesMax * 1.25) return;
    const dropped = count - this.minutesMax;
    this.minutes = this.minutes.slice(dropped * fieldsPerMinute);
    this.firstMs += dropped * minuteMs;
  }
}
