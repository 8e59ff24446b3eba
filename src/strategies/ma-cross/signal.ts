/**
 * The crossing of two averages. Closes are counted in ticks, so that simple averages are compared exactly: an exact
 * tie is a tie and never a trade that rounding made.
 */

import { compareAverages, Ema, type EmaSnapshot, Sma } from '../../engine/indicators/moving-averages.ts';
import type { Candle } from '../../shared/domain/candle.ts';
import { type Instrument, tickRounder } from '../../shared/domain/instrument.ts';
import { candlesToFeed } from '../common/candle-catch-up.ts';
import type { MaCrossParams } from './params.ts';

/** Which average was on top at the last candle that decided: 1 fast, -1 slow, 0 not known yet. */
export type CrossSide = -1 | 0 | 1;

/** What the signal needs to go on after a restart. Simple averages are rebuilt from candles and need nothing. */
export interface SignalSnapshot {
  readonly side: CrossSide;
  readonly openTimeMs: number | null;
  readonly fast: EmaSnapshot | null;
  readonly slow: EmaSnapshot | null;
}

export const emptySignal: SignalSnapshot = { side: 0, openTimeMs: null, fast: null, slow: null };

/** Feeds candles to both averages and tells crossings. */
export class CrossSignal {
  readonly #tickSize: number;
  readonly #toTicks: (price: number) => number;
  readonly #minDistance: number;
  readonly #params: MaCrossParams;
  #fast: Sma | Ema;
  #slow: Sma | Ema;
  #side: CrossSide = 0;
  #openTimeMs: number | null = null;

  constructor(instrument: Instrument, params: MaCrossParams) {
    this.#tickSize = instrument.tickSize.toNumber();
    this.#toTicks = tickRounder(instrument.tickSize);
    this.#minDistance = Number(params.minDistancePercent) / 100;
    this.#params = params;
    this.#fast = this.#average(params.fastPeriod, null);
    this.#slow = this.#average(params.slowPeriod, null);
  }

  #average(period: number, snapshot: EmaSnapshot | null): Sma | Ema {
    if (this.#params.average === 'sma') return new Sma(period);
    return snapshot === null ? new Ema(period) : new Ema(period, snapshot);
  }

  /**
   * Takes up a snapshot and all candles known now, oldest first. Gives the crossing of the newest candle, if it was
   * not seen before; older crossings only set the side.
   */
  resume(snapshot: SignalSnapshot, candles: readonly Candle[], timeframeMs: number): CrossSide {
    const { fresh, candles: unseen } = candlesToFeed(candles, snapshot.openTimeMs, timeframeMs);
    const ema = this.#params.average === 'ema';
    this.#side = snapshot.side;
    this.#openTimeMs = snapshot.openTimeMs;
    this.#fast = this.#average(this.#params.fastPeriod, fresh ? null : snapshot.fast);
    this.#slow = this.#average(this.#params.slowPeriod, fresh ? null : snapshot.slow);
    if (!ema && !fresh) {
      for (const candle of candles.slice(0, candles.length - unseen.length)) this.#feed(candle.close);
    }
    let crossing: CrossSide = 0;
    for (const candle of unseen) {
      // Candles that only warm the averages up again were decided before the restart.
      if (snapshot.openTimeMs !== null && candle.openTimeMs <= snapshot.openTimeMs) this.#feed(candle.close);
      else crossing = this.push(candle);
    }
    return crossing;
  }

  #feed(close: number): void {
    const ticks = this.#toTicks(close);
    this.#fast.push(ticks);
    this.#slow.push(ticks);
  }

  /** Takes the next closed candle; gives 1 or -1 when the fast average crossed up or down with it, else 0. */
  push(candle: Candle): CrossSide {
    if (this.#openTimeMs !== null && candle.openTimeMs <= this.#openTimeMs) return 0;
    this.#feed(candle.close);
    this.#openTimeMs = candle.openTimeMs;
    const before = this.#side;
    const now = this.#decide();
    if (now === 0 || now === before) return 0;
    this.#side = now;
    return before === 0 ? 0 : now;
  }

  /** Which average is on top clearly enough; 0 for a tie, within the filter, or while warming up. */
  #decide(): CrossSide {
    const order = compareAverages(this.#fast, this.#slow);
    if (order === undefined || order === 0 || this.#minDistance === 0) return order ?? 0;
    const fast = this.#fast.value as number;
    const slow = this.#slow.value as number;
    return Math.abs(fast - slow) >= this.#minDistance * Math.abs(slow) ? order : 0;
  }

  get ready(): boolean {
    return this.#slow.ready && this.#fast.ready;
  }

  get side(): CrossSide {
    return this.#side;
  }

  /** The averages in quote currency, for texts; undefined while warming up. */
  get values(): { readonly fast: number; readonly slow: number } | undefined {
    if (!this.ready) return undefined;
    return {
      fast: (this.#fast.value as number) * this.#tickSize,
      slow: (this.#slow.value as number) * this.#tickSize,
    };
  }

  snapshot(): SignalSnapshot {
    return {
      side: this.#side,
      openTimeMs: this.#openTimeMs,
      fast: this.#fast instanceof Ema ? this.#fast.snapshot() : null,
      slow: this.#slow instanceof Ema ? this.#slow.snapshot() : null,
    };
  }
}
