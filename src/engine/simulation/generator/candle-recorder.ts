/** Keeps the minutes a simulated instrument has traded since its world began, so that charts have no hole. */

import type { MinuteColumns, PriceGrid } from './history.ts';

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

  /** Gives how many minutes are over at `nowMs`, those without a trade at the end included. */
  closedCount(nowMs: number): number {
    if (this.minutes.length === 0) return 0;
    return Math.max(0, Math.floor((nowMs - this.firstMs) / minuteMs));
  }

  /** Writes the newest `count` closed minutes into the rows from `row` on. */
  write(
    columns: MinuteColumns,
    row: number,
    count: number,
    nowMs: number,
    tick: PriceGrid,
    lot: PriceGrid,
  ): void {
    const { minutes } = this;
    const skipped = this.closedCount(nowMs) - count;
    const price = (ticks: number) => (ticks * tick.numerator) / tick.denominator;
    for (let index = 0; index < count; index += 1) {
      const at = (skipped + index) * fieldsPerMinute;
      if (at < minutes.length) {
        const field = (offset: number) => price(minutes[at + offset] as number);
        const volume = ((minutes[at + 4] as number) * lot.numerator) / lot.denominator;
        columns.set(row + index, field(0), field(1), field(2), field(3), volume);
      } else {
        const last = price(minutes[minutes.length - 2] as number);
        columns.set(row + index, last, last, last, last, 0);
      }
    }
  }

  /** Gives the newest `minutesMax` minutes as plain data. */
  save(minutesMax: number): CandleRecorderState {
    const dropped = Math.max(0, this.minutes.length / fieldsPerMinute - minutesMax);
    const firstMs = this.firstMs + dropped * minuteMs;
    return { firstMs, minutes: this.minutes.slice(dropped * fieldsPerMinute) };
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
