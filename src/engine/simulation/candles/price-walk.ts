/** Moves the price of one series to a point and stops wherever something happens on the way. */

import { AssertionFailure } from '../../../shared/domain/assert.ts';
import type { EpochMs, PriceTicks } from '../../../shared/domain/nominal.ts';
import type { Kernel, KernelEvent } from '../../kernel/kernel.ts';
import type { PaperVenue } from '../matching/paper-venue.ts';
import type { PriceMove } from '../matching/price-desk.ts';
import type { RunObserver } from './candle-run.ts';
import type { CandleTrack } from './candle-track.ts';
import type { LiquidationWatch } from './liquidation-watch.ts';

/** Stops on one line: an account that never comes to rest is a fault, not a reason to hang. */
const stopsMax = 100_000;

export class PriceWalk {
  private readonly kernel: Kernel;
  private readonly feed: (event: KernelEvent) => void;
  private readonly observer: RunObserver;
  private readonly venues: readonly PaperVenue[];
  private readonly liquidations: LiquidationWatch;
  private nowMs = 0;

  constructor(
    parts: {
      readonly kernel: Kernel;
      readonly feed: (event: KernelEvent) => void;
      readonly observer: RunObserver;
    },
    venues: readonly PaperVenue[],
    liquidations: LiquidationWatch,
  ) {
    this.liquidations = liquidations;
    this.kernel = parts.kernel;
    this.feed = parts.feed;
    this.observer = parts.observer;
    this.venues = venues;
  }

  /** Sets the price without passing those between; `lots` is what resting orders can get there, everything when not given. */
  jump(track: CandleTrack, ticks: number, timeMs: EpochMs, how: PriceMove, lots?: number): void {
    this.settle(timeMs);
    this.reach(track, ticks, timeMs, how, lots);
  }

  /** Walks to a price, reached at `toMs`, in a straight line from where the track's leg began. */
  walk(track: CandleTrack, toTicks: number, toMs: EpochMs): void {
    for (let stops = 0; stops < stopsMax; stops += 1) if (this.step(track, toTicks, toMs)) return;
    const { instrument, market } = track;
    throw new AssertionFailure(`${instrument.symbol} does not get past ${market.lastTradeTicks} ticks`);
  }

  /**
   * Walks as far as the next price on that line at which something happens; gives whether that was its end. Where something is
   * due before, `follow` brings prices to that time: this one's, and those of other series that are on their way.
   */
  step(
    track: CandleTrack,
    toTicks: number,
    toMs: EpochMs,
    follow: (atMs: EpochMs) => void = (atMs) => this.follow(track, toTicks, toMs, atMs),
  ): boolean {
    const stopTicks = this.nextStop(track, toTicks);
    const stopMs = timeOnLeg(track, stopTicks, toTicks, toMs);
    const dueMs = this.nextDueMs();
    if (dueMs < stopMs) {
      const atMs = Math.max(dueMs, this.nowMs) as EpochMs;
      follow(atMs);
      this.settle(atMs);
      return false;
    }
    this.reach(track, stopTicks, Math.max(stopMs, this.nowMs) as EpochMs, 'walk');
    return stopTicks === toTicks;
  }

  /** Brings the price to where the line has it at a time, short of the next stop; what is due then is still to be settled. */
  follow(track: CandleTrack, toTicks: number, toMs: number, atMs: EpochMs): void {
    const { legMs, legTicks } = track;
    const atTicks = legTicks + Math.trunc(((toTicks - legTicks) * (atMs - legMs)) / (toMs - legMs));
    const isOnTheWay =
      (atTicks - track.market.lastTradeTicks) * (this.nextStop(track, toTicks) - atTicks) > 0;
    if (isOnTheWay) this.move(track, atTicks, atMs, 'walk');
  }

  /** When a timer or a message of a venue is due. */
  get dueMs(): number {
    return Math.max(this.nextDueMs(), this.nowMs);
  }

  /** Gives when the next price on the line to a point is reached at which something happens. */
  nextStopMs(track: CandleTrack, toTicks: number, toMs: number): number {
    return timeOnLeg(track, this.nextStop(track, toTicks), toTicks, toMs);
  }

  /** Does everything due at the venues and in the kernel up to and including a time. */
  settle(untilMs: EpochMs): void {
    if (untilMs > this.nowMs) this.nowMs = untilMs;
    for (;;) {
      let venueMs = Number.POSITIVE_INFINITY;
      let due: PaperVenue | undefined;
      for (const venue of this.venues) {
        const nextMs = venue.nextTimeMs();
        if (nextMs < venueMs) {
          venueMs = nextMs;
          due = venue;
        }
      }
      const timerMs = this.kernel.nextTimerMs();
      if (venueMs <= untilMs && venueMs <= timerMs) due?.advance(venueMs as EpochMs, this.feed);
      else if (timerMs <= untilMs) this.feed({ kind: 'tick', timeMs: timerMs as EpochMs });
      else return;
    }
  }

  private nextDueMs(): number {
    let dueMs = this.kernel.nextTimerMs();
    for (const venue of this.venues) dueMs = Math.min(dueMs, venue.nextTimeMs());
    return dueMs;
  }

  /** Brings the price to a point and carries out what that led to. */
  private reach(track: CandleTrack, ticks: number, timeMs: EpochMs, how: PriceMove, lots?: number): void {
    this.move(track, ticks, timeMs, how, lots);
    this.settle(timeMs);
  }

  /** Tells the price to the kernel, then lets the venue match at it. */
  private move(track: CandleTrack, ticks: number, timeMs: EpochMs, how: PriceMove, lots?: number): void {
    this.nowMs = Math.max(this.nowMs, timeMs);
    this.observer.onPrice(track, ticks);
    const { instrument, venue } = track;
    this.feed({
      kind: 'price',
      instrument: instrument.id,
      venueTimeMs: timeMs,
      receiveTimeMs: timeMs,
      priceTicks: ticks as PriceTicks,
    });
    venue.movePrice(instrument.id, { ticks, how, lots }, timeMs, this.feed);
  }

  /** Gives the first price on the way at which an order, a watched level or a liquidation lies. */
  private nextStop(track: CandleTrack, toTicks: number): number {
    const { instrument, market, venue } = track;
    const from = market.lastTradeTicks;
    let stop = venue.priceDesk?.nextHit(market, toTicks) ?? toTicks;
    const rising = toTicks > from;
    const nearer = (ticks: number): void => {
      if (rising ? ticks > from && ticks < stop : ticks < from && ticks > stop) stop = ticks;
    };
    for (const bot of this.kernel.botManager.botsOf(instrument.id)) {
      if (bot.state !== 'RUNNING' || bot.watched === 'every-price' || !bot.subscription.quotes) continue;
      for (const ticks of bot.watched) nearer(ticks);
    }
    if (instrument.kind === 'perpetual' && venue.money.positionLots(instrument.id) !== 0) {
      const liquidation = this.liquidations.ticksOf(track);
      if (liquidation !== undefined) nearer(liquidation);
    }
    return stop;
  }
}

/** Gives when a price on the line from the beginning of a track's leg to a point is reached. */
function timeOnLeg({ legMs, legTicks }: CandleTrack, ticks: number, toTicks: number, toMs: number): number {
  const share = toTicks === legTicks ? 1 : (ticks - legTicks) / (toTicks - legTicks);
  return Math.floor(legMs + (toMs - legMs) * share);
}
