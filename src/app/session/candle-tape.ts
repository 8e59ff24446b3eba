/**
 * A candle file as a market: each candle is walked along its four prices (open, then the extreme against its direction,
 * then the other one, then close), a quarter of its volume at each, with a quote of one tick around it. What happened
 * between those prices is not known and not invented.
 */

import { candleAt } from '../../adapters/candle-files/candle-table.ts';
import type { CandleReplay } from '../../adapters/venues/replay/candle-replay.ts';
import type { EventSink, VirtualTimeSource } from '../../engine/ports.ts';
import type { Candle } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, lotsOf, ticksOf } from '../../shared/domain/instrument.ts';
import { type EpochMs, epochMs, priceTicks, quantityLots } from '../../shared/domain/nominal.ts';

/** The path policy in words, for the list of assumptions. */
export const candlePathNote =
  'Inside a candle the price goes open, low, high, close when it rose and open, high, low, close when it fell; a quarter of the volume trades at each.';

interface Stop {
  readonly timeMs: number;
  readonly price: number;
}

export class CandleTape implements VirtualTimeSource {
  readonly instrument: Instrument;
  readonly notes: readonly string[];
  private readonly table: CandleReplay['series'][number]['table'];
  private readonly timeframeMs: number;
  private row = 0;
  private path: Stop[] = [];
  private quarterLots = 1;
  private lastTicks = 0;
  private tradeNumber = 0;

  constructor(replay: CandleReplay) {
    const series = replay.series[0];
    if (series === undefined) throw new RangeError('a candle tape needs one series');
    this.instrument = series.instrument;
    this.notes = [...series.notes, candlePathNote];
    this.table = series.table;
    this.timeframeMs = series.timeframeMs;
    this.refill();
  }

  nextTimeMs(): number {
    return this.path[0]?.timeMs ?? Number.POSITIVE_INFINITY;
  }

  step(emit: EventSink): void {
    const stop = this.path.shift();
    if (stop === undefined) return;
    const { instrument } = this;
    const ticks = ticksOf(instrument, Decimal.fromNumber(stop.price));
    const timeMs: EpochMs = epochMs(stop.timeMs);
    const times = { instrument: instrument.id, venueTimeMs: timeMs, receiveTimeMs: timeMs };
    const lots = quantityLots(this.quarterLots);
    const rising = ticks >= this.lastTicks;
    this.tradeNumber += 1;
    emit({
      kind: 'quote',
      ...times,
      bidTicks: priceTicks(rising ? ticks - 1 : ticks),
      bidLots: lots,
      askTicks: priceTicks(rising ? ticks : ticks + 1),
      askLots: lots,
    });
    emit({
      kind: 'trade',
      ...times,
      tradeId: `c${this.tradeNumber}`,
      priceTicks: ticks,
      lots,
      aggressor: rising ? 'buy' : 'sell',
    });
    this.lastTicks = ticks;
    if (this.path.length === 0) this.refill();
  }

  private refill(): void {
    if (this.row >= this.table.openTimeMs.length) return;
    const candle: Candle = candleAt(this.table, this.row);
    this.row += 1;
    const { openTimeMs: fromMs, open, high, low, close } = candle;
    const prices = close >= open ? [open, low, high, close] : [open, high, low, close];
    const last = this.timeframeMs - 1;
    this.path = prices.map((price, index) => ({ timeMs: fromMs + Math.floor((last * index) / 3), price }));
    const quarter = lotsOf(this.instrument, Decimal.fromNumber(candle.volume / 4));
    this.quarterLots = Math.max(1, quarter);
  }
}
