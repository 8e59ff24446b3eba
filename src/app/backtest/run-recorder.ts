/**
 * Watches a run from the venues' side and keeps what its tables are made of: round trips as they open and close, and
 * the account after every change. Nothing is kept for candles in which nothing happens.
 */

import type { Kernel } from '../../engine/kernel/kernel.ts';
import type { RunObserver } from '../../engine/simulation/candles/candle-run.ts';
import type { CandleTrack } from '../../engine/simulation/candles/candle-track.ts';
import type { Fill } from '../../shared/domain/order.ts';
import type { FundingPaidEvent } from '../../shared/events/venue.ts';
import type { ExitReason } from '../../shared/lab/result.ts';
import { exitReasonOf } from './exit-reason.ts';
import type { LiquidationFill } from './liquidation-warning.ts';
import { SmallEntries } from './small-orders.ts';

/** A round trip in the making or done. Money in quote currency. */
export interface TripRow {
  readonly track: number;
  readonly side: 1 | -1;
  readonly entryTimeMs: number;
  readonly entryBar: number;
  exitTimeMs: number;
  exitBar: number;
  /** Sums over the fills that raised and lowered the position: lots, and ticks times lots. */
  entryLots: number;
  entryValue: number;
  exitLots: number;
  exitValue: number;
  fees: number;
  funding: number;
  slippage: number;
  highTicks: number;
  lowTicks: number;
  reason: ExitReason;
}

/** One series' part of the account from a moment on. */
export interface AccountChange {
  readonly track: number;
  /** The first equity sample it counts for: samples are taken when candles have closed. */
  readonly fromMs: number;
  /** Signed lots of the series. */
  readonly lots: number;
  /** What they were entered at, in ticks times lots, positive. */
  readonly entryValue: number;
}

/** Money of a venue from a moment on. */
export interface MoneyChange {
  readonly venue: string;
  readonly fromMs: number;
  /** Whole amount of the quote (settle) currency. */
  readonly total: number;
}

interface Place {
  lots: number;
  /** The order that closed some of it last. */
  closedBy?: Fill['clientOrderId'];
  trip: TripRow | undefined;
  /** Entry value of what is open, in ticks times lots: what a perpetual's unrealised profit is counted from. */
  openValue: number;
  /** First row whose extremes the open trip has not taken in yet. */
  nextRow: number;
}

export class RunRecorder implements RunObserver {
  readonly trips: TripRow[] = [];
  readonly positions: AccountChange[] = [];
  readonly money: MoneyChange[] = [];
  liquidations = 0;
  readonly liquidationFills: LiquidationFill[] = [];
  /** Entries too small for a real venue, by series. */
  readonly smallEntries: readonly SmallEntries[];
  /** Fills that closed a position or a part of it. */
  closingFills = 0;
  private readonly tracks: readonly CandleTrack[];
  private readonly numbers = new Map<string, number>();
  private readonly places: Place[];
  private readonly kernel: Kernel;
  private readonly isClosing: () => boolean;

  constructor(tracks: readonly CandleTrack[], kernel: Kernel, isClosing: () => boolean) {
    this.tracks = tracks;
    this.kernel = kernel;
    this.isClosing = isClosing;
    this.smallEntries = tracks.map(({ instrument }) => new SmallEntries(instrument));
    this.places = tracks.map((track, index) => {
      this.numbers.set(track.instrument.id, index);
      return { lots: 0, trip: undefined, openValue: 0, nextRow: track.firstRow };
    });
  }

  /** Takes note of goods there are before the first candle; they count as bought at the price known then. */
  hold(track: number, lots: number, timeMs: number): void {
    const place = this.places[track] as Place;
    const ticks = (this.tracks[track] as CandleTrack).startTicks;
    place.trip = this.open(track, 1, timeMs, ticks);
    place.trip.entryLots = lots;
    place.trip.entryValue = lots * ticks;
    place.lots = lots;
    place.openValue = lots * ticks;
    this.notePosition(track, place, timeMs);
  }

  onWalk(track: CandleTrack): void {
    const place = this.places[this.numberOf(track)] as Place;
    if (place.trip !== undefined) this.takeRows(track, place, track.row);
    place.nextRow = track.row + 1;
  }

  onPrice(track: CandleTrack, ticks: number): void {
    const trip = (this.places[this.numberOf(track)] as Place).trip;
    if (trip === undefined) return;
    if (ticks > trip.highTicks) trip.highTicks = ticks;
    if (ticks < trip.lowTicks) trip.lowTicks = ticks;
  }

  /** Takes a fill as the venue books it; `aimTicks` is the price it aimed at. */
  onFill(fill: Fill, aimTicks: number): void {
    const number = this.numbers.get(fill.instrument);
    if (number === undefined) return;
    const track = this.tracks[number] as CandleTrack;
    const place = this.places[number] as Place;
    const signed = fill.side === 'buy' ? fill.lots : -fill.lots;
    const unit = track.unit;
    const lostTicks =
      fill.liquidity === 'maker' ? 0 : (fill.side === 'buy' ? 1 : -1) * (fill.priceTicks - aimTicks);
    const fee = Number(fill.fee);
    const closing = place.lots !== 0 && Math.sign(place.lots) !== Math.sign(signed);
    const closed = closing ? Math.min(Math.abs(place.lots), fill.lots) : 0;
    const opened = fill.lots - closed;
    const share = (lots: number): { fee: number; slippage: number } => ({
      fee: (fee * lots) / fill.lots,
      slippage: lostTicks * lots * unit,
    });
    if (closed > 0 && place.trip !== undefined) {
      const { trip } = place;
      // An order that closes in many parts is one half of one round trip.
      if (fill.clientOrderId !== place.closedBy) this.closingFills += 1;
      place.closedBy = fill.clientOrderId;
      // A candle that was not walked is known to its close by now.
      this.takeRows(track, place, this.isClosing() ? track.row + 1 : track.row);
      const part = share(closed);
      trip.exitLots += closed;
      trip.exitValue += closed * fill.priceTicks;
      trip.fees += part.fee;
      trip.slippage += part.slippage;
      place.openValue -= (place.openValue * closed) / Math.abs(place.lots);
      if (closed === Math.abs(place.lots)) {
        trip.exitTimeMs = fill.venueTimeMs;
        trip.exitBar = track.row - track.firstRow;
        trip.reason = exitReasonOf(fill, this.kernel.services.orders.get(fill.clientOrderId));
        place.trip = undefined;
        place.openValue = 0;
      }
    }
    if (opened > 0) {
      const order = this.kernel.services.orders.get(fill.clientOrderId);
      const entryLots = order?.lots ?? fill.lots;
      this.smallEntries[number]?.note(fill.clientOrderId, entryLots * fill.priceTicks * unit);
      if (place.trip === undefined) {
        place.trip = this.open(number, signed > 0 ? 1 : -1, fill.venueTimeMs, aimTicks);
        if (this.isClosing()) place.nextRow = Math.max(place.nextRow, track.row + 1);
      }
      const part = share(opened);
      place.trip.entryLots += opened;
      place.trip.entryValue += opened * fill.priceTicks;
      place.trip.fees += part.fee;
      place.trip.slippage += part.slippage;
      place.openValue += opened * fill.priceTicks;
    }
    place.lots += signed;
    this.notePosition(number, place, fill.venueTimeMs);
    this.noteMoney(track, fill.venueTimeMs);
    if (!fill.clientOrderId.startsWith('liq-')) return;
    this.liquidations += 1;
    const { lotSize, tickSize } = track.instrument;
    this.liquidationFills.push({
      track: number,
      timeMs: fill.venueTimeMs,
      price: fill.priceTicks * tickSize.toNumber(),
      quantity: fill.lots * lotSize.toNumber(),
    });
  }

  onFunding(payment: FundingPaidEvent): void {
    const number = this.numbers.get(payment.instrument);
    if (number === undefined) return;
    const { trip } = this.places[number] as Place;
    if (trip !== undefined) trip.funding += Number(payment.amount);
    // It is booked at the open of the candle it is due in: other series of the venue go on from there with that money.
    const track = this.tracks[number] as CandleTrack;
    this.noteMoney(track, track.openMs);
  }

  /** Takes note of the money of a series' venue as it is now. */
  noteMoney(track: CandleTrack, timeMs: number): void {
    const { instrument, venue } = track;
    const total = venue.money.total(instrument.settle).toNumber();
    this.money.push({ venue: instrument.venue, fromMs: this.sampleMs(timeMs), total });
  }

  /** Ends the run: open trips take in the rows up to the end and stay open. */
  finish(): void {
    for (const [number, place] of this.places.entries()) {
      const track = this.tracks[number] as CandleTrack;
      if (place.trip === undefined) continue;
      this.takeRows(track, place, track.endRow);
      place.trip.exitTimeMs = (track.columns.openTimeMs[track.endRow - 1] as number) + track.timeframeMs;
      place.trip.exitBar = track.endRow - 1 - track.firstRow;
      place.trip.reason = 'open';
    }
  }

  /** What is open in a series now, in lots. */
  openLots(track: number): number {
    return (this.places[track] as Place).lots;
  }

  /** The account now: money of all venues, and what is open at the last closes. */
  equity(): number {
    let value = 0;
    for (const venue of new Set(this.tracks.map((track) => track.venue))) {
      const track = this.tracks.find((other) => other.venue === venue) as CandleTrack;
      value += venue.money.total(track.instrument.settle).toNumber();
    }
    for (const [number, { lots, openValue }] of this.places.entries()) {
      if (lots === 0) continue;
      const { closeTicks, firstRow, instrument, row, startTicks, unit } = this.tracks[number] as CandleTrack;
      const lastTicks = row > firstRow ? (closeTicks[row - 1] as number) : startTicks;
      const entryValue = instrument.kind === 'spot' ? 0 : Math.sign(lots) * openValue;
      value += (lots * lastTicks - entryValue) * unit;
    }
    return value;
  }

  private open(track: number, side: 1 | -1, timeMs: number, ticks: number): TripRow {
    const { row, firstRow } = this.tracks[track] as CandleTrack;
    const trip: TripRow = {
      track,
      side,
      entryTimeMs: timeMs,
      entryBar: row - firstRow,
      exitTimeMs: timeMs,
      exitBar: row - firstRow,
      entryLots: 0,
      entryValue: 0,
      exitLots: 0,
      exitValue: 0,
      fees: 0,
      funding: 0,
      slippage: 0,
      highTicks: ticks,
      lowTicks: ticks,
      reason: 'open',
    };
    this.trips.push(trip);
    return trip;
  }

  /** Takes the extremes of candles that were not walked into the open trip. */
  private takeRows(track: CandleTrack, place: Place, endRow: number): void {
    const { trip } = place;
    if (trip === undefined) return;
    const { highTicks, lowTicks } = track;
    for (let row = place.nextRow; row < endRow; row += 1) {
      const high = highTicks[row] as number;
      const low = lowTicks[row] as number;
      if (high > trip.highTicks) trip.highTicks = high;
      if (low < trip.lowTicks) trip.lowTicks = low;
    }
    place.nextRow = Math.max(place.nextRow, endRow);
  }

  private notePosition(track: number, place: Place, timeMs: number): void {
    const { lots, openValue: entryValue } = place;
    this.positions.push({ track, fromMs: this.sampleMs(timeMs), lots, entryValue });
  }

  /** What happens at a close counts for its own sample; what happens later at the same moment does not. */
  private sampleMs(timeMs: number): number {
    return this.isClosing() ? timeMs : timeMs + 0.5;
  }

  private numberOf(track: CandleTrack): number {
    return this.numbers.get(track.instrument.id) as number;
  }
}
