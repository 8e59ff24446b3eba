/**
 * Runs candles through a kernel and simulated venues on one clock. A candle in which nothing can happen (no order or
 * watched price within its range, no timer, nothing under way) is one event: its close. Any other is walked: it opens,
 * passes its extremes in the order of the policy, and stops at every price where something happens. Where an order book was
 * recorded its events are what happens, all of them; a candle then only closes.
 */

import { Decimal } from '../../../shared/domain/decimal.ts';
import type { EpochMs } from '../../../shared/domain/nominal.ts';
import type { IntrabarPolicy } from '../../../shared/lab/spec.ts';
import type { Kernel, KernelEvent } from '../../kernel/kernel.ts';
import { BookFeed } from '../books/book-feed.ts';
import type { BookRows } from '../books/book-rows.ts';
import type { PaperVenue } from '../matching/paper-venue.ts';
import type { CandleTrack } from './candle-track.ts';
import { lowFirst } from './intrabar.ts';
import { LiquidationWatch } from './liquidation-watch.ts';
import { markOpenAt } from './mark-prices.ts';
import { addCandlePath, DetailCursor } from './price-detail.ts';
import { PriceWalk } from './price-walk.ts';

/** Sees what a run does, to build its tables. */
export interface RunObserver {
  /** A candle is going to be walked: every price of it follows through `onPrice`. */
  onWalk(track: CandleTrack): void;
  onPrice(track: CandleTrack, ticks: number): void;
}

export interface CandleRunOptions {
  readonly kernel: Kernel;
  /** Hands an event to the kernel and carries out the commands it leaves. */
  readonly feed: (event: KernelEvent) => void;
  readonly tracks: readonly CandleTrack[];
  readonly intrabar: IntrabarPolicy;
  readonly observer: RunObserver;
}

const hourMs = 3_600_000;
/** Order book events between two chances for progress and cancel. */
const bookEventsMax = 10_000;

/** Of things at one moment candles close first, then the next ones open. */
const stageRank = { close: 0, open: 1, walk: 2, done: 3 } as const;

export class CandleRun {
  /** Candles closed so far, all series together. */
  bars = 0;
  /** True while a candle's close is being told: what fills now still belongs to its moment. */
  closing = false;
  private bookEvents = 0;
  private readonly kernel: Kernel;
  private readonly feed: (event: KernelEvent) => void;
  private readonly tracks: readonly CandleTrack[];
  private readonly venues: readonly PaperVenue[];
  private readonly intrabar: IntrabarPolicy;
  private readonly observer: RunObserver;
  private readonly walk: PriceWalk;
  private readonly liquidations = new LiquidationWatch();
  private readonly cursors = new Map<CandleTrack, DetailCursor>();
  private readonly books = new Map<CandleTrack, BookFeed>();

  constructor(options: CandleRunOptions) {
    this.kernel = options.kernel;
    this.feed = options.feed;
    this.tracks = options.tracks;
    this.venues = [...new Set(options.tracks.map((track) => track.venue))];
    this.intrabar = options.intrabar;
    this.observer = options.observer;
    this.walk = new PriceWalk(options, this.venues, this.liquidations);
    for (const track of options.tracks) {
      if (track.detail !== undefined) this.cursors.set(track, new DetailCursor(track.detail));
      if (track.book !== undefined) this.books.set(track, this.bookFeed(track, track.book));
    }
  }

  /**
   * Does what comes until about `bars` more candles have closed, or `bookEventsMax` order book events have happened, which may be
   * within one candle; gives false when there are none left.
   */
  run(bars: number): boolean {
    const until = this.bars + bars;
    const [only] = this.tracks;
    const single = this.tracks.length === 1 ? only : undefined;
    this.bookEvents = 0;
    while (this.bars < until && this.bookEvents < bookEventsMax) {
      const track = single ?? this.nextTrack();
      if (track === undefined || track.stage === 'done') return false;
      if (track.stage === 'open') {
        this.open(track);
        // Another series may have something to do before this one's next point, or before its close.
        if (single === undefined) continue;
      }
      if (track.stage === 'walk') this.pass(track);
      else if (track.stage === 'close') this.close(track);
    }
    return true;
  }

  /** Carries out what is due at the venues and in the kernel up to a time; needed before the first candle. */
  settle(untilMs: EpochMs): void {
    this.walk.settle(untilMs);
  }

  /** Candles without finer data, of those series that have some. */
  get candlesWithoutDetail(): number {
    let missing = 0;
    for (const cursor of this.cursors.values()) missing += cursor.missing;
    return missing;
  }

  private nextTrack(): CandleTrack | undefined {
    let next: CandleTrack | undefined;
    let nextMs = Number.POSITIVE_INFINITY;
    const { dueMs } = this.walk;
    for (const track of this.tracks) {
      const timeMs = this.nextTimeMs(track, dueMs);
      const isEarlier =
        timeMs < nextMs ||
        (timeMs === nextMs && next !== undefined && stageRank[track.stage] < stageRank[next.stage]);
      if (!isEarlier) continue;
      next = track;
      nextMs = timeMs;
    }
    return next;
  }

  private nextTimeMs(track: CandleTrack, dueMs: number): number {
    if (track.stage !== 'walk') return track.nextTimeMs();
    const book = this.books.get(track);
    if (book !== undefined) return Math.min(book.nextTimeMs, track.closeMs);
    const { pointIndex, pointMoves, pointTicks, pointTimesMs } = track;
    if (pointMoves[pointIndex] !== 'walk') return track.nextTimeMs();
    const stopMs = this.walk.nextStopMs(
      track,
      pointTicks[pointIndex] as number,
      pointTimesMs[pointIndex] as number,
    );
    return Math.min(stopMs, dueMs);
  }

  /** Opens a candle; one in which nothing can happen goes straight to its close. */
  private open(track: CandleTrack): void {
    const book = this.books.get(track);
    if (book !== undefined) {
      this.observer.onWalk(track);
      book.begin(track.openMs as EpochMs);
      track.stage = 'walk';
      return;
    }
    const { row } = track;
    const timeMs = track.openMs as EpochMs;
    const openTicks = track.openTicks[row] as number;
    // A payment alone is no reason to walk: what it may lead to (an order, a liquidation) is asked for after it.
    if (this.isDueByOpen(track)) {
      this.payFunding(track, timeMs, openTicks);
      this.walk.settle(timeMs);
    }
    if (!this.mustWalk(track)) {
      this.skipFunding(track);
      track.stage = 'close';
      return;
    }
    this.observer.onWalk(track);
    this.payFunding(track, timeMs, openTicks);
    const isDetailed = this.cursors.get(track)?.seek(timeMs, track.closeMs) === true;
    // Where trades have sizes, resting orders wait for the first of them, which has the price of the open.
    const isSized = isDetailed && track.detail?.kind === 'trades' && track.detail.lots !== undefined;
    this.walk.jump(track, openTicks, timeMs, 'open', isSized ? 0 : undefined);
    this.payFunding(track, track.closeMs - 1, openTicks);
    track.clearPoints();
    track.beginLeg(openTicks, timeMs);
    if (!isDetailed) {
      const closeTicks = track.closeTicks[row] as number;
      const first = lowFirst(this.intrabar, track.positionSign(), openTicks, closeTicks);
      addCandlePath(track, first, timeMs, track.timeframeMs, [
        track.highTicks[row] as number,
        track.lowTicks[row] as number,
        closeTicks,
      ]);
    } else this.refill(track);
    track.stage = 'walk';
  }

  /** Goes to the next point of a candle that is walked. */
  private pass(track: CandleTrack): void {
    const book = this.books.get(track);
    if (book !== undefined) {
      this.passBook(track, book);
      return;
    }
    const at = track.pointIndex;
    if (at < track.pointTicks.length) {
      const ticks = track.pointTicks[at] as number;
      const timeMs = track.pointTimesMs[at] as EpochMs;
      const move = track.pointMoves[at];
      if (move !== 'walk') this.walk.jump(track, ticks, timeMs, move ?? 'open', track.pointLots[at]);
      else if (this.tracks.length === 1) this.walk.walk(track, ticks, timeMs);
      // After each stop another series may come first.
      else if (!this.walk.step(track, ticks, timeMs, this.followAll)) return;
      track.pointIndex += 1;
      track.beginLeg(ticks, timeMs);
      if (track.pointIndex < track.pointTicks.length) return;
    }
    track.clearPoints();
    if (!this.refill(track)) track.stage = 'close';
  }

  /** Brings every series that is on its way between two points to its price of a time. */
  private readonly followAll = (timeMs: EpochMs): void => {
    for (const track of this.tracks) {
      const { pointIndex, pointMoves, pointTicks, pointTimesMs, stage } = track;
      if (stage !== 'walk' || pointMoves[pointIndex] !== 'walk') continue;
      const toMs = pointTimesMs[pointIndex] as number;
      if (timeMs < toMs) this.walk.follow(track, pointTicks[pointIndex] as number, toMs, timeMs);
    }
  };

  /** Lets the next order book event happen, after the payments due before it. */
  private passBook(track: CandleTrack, book: BookFeed): void {
    const { nextTimeMs } = book;
    const isOver = nextTimeMs >= track.closeMs;
    // Nothing was traded yet: then nothing is held that a payment could be for.
    const ticks = track.market.lastTradeTicks || track.startTicks;
    this.payFunding(track, isOver ? track.closeMs - 1 : nextTimeMs, ticks);
    if (isOver) {
      this.walk.settle((track.closeMs - 1) as EpochMs);
      track.stage = 'close';
      return;
    }
    this.bookEvents += 1;
    book.step();
  }

  private bookFeed(track: CandleTrack, rows: BookRows): BookFeed {
    return new BookFeed(
      {
        kernel: this.kernel,
        feed: this.feed,
        settle: (untilMs) => this.walk.settle(untilMs),
        onPrice: (at, ticks) => this.observer.onPrice(at, ticks),
      },
      track,
      rows,
    );
  }

  private refill(track: CandleTrack): boolean {
    const cursor = this.cursors.get(track);
    return cursor?.refill(track, track.closeMs, this.intrabar) ?? false;
  }

  private close(track: CandleTrack): void {
    const { row, venue, market, instrument } = track;
    const closeMs = track.closeMs as EpochMs;
    const closeTicks = track.closeTicks[row] as number;
    venue.priceDesk?.endCandle(market, closeTicks);
    this.bars += 1;
    this.closing = true;
    const candle = track.candleAt(row);
    this.feed({
      kind: 'candle',
      instrument: instrument.id,
      venueTimeMs: closeMs,
      receiveTimeMs: closeMs,
      timeframeMs: track.timeframeMs,
      candle,
      final: true,
      // A book says more of the price than the last trade.
      ...(track.book === undefined ? { closeTicks: closeTicks as never } : {}),
    });
    if (track.buckets.length > 0) this.closeLonger(track, candle, closeMs);
    this.walk.settle(closeMs);
    this.closing = false;
    track.row = row + 1;
    track.stage = track.row < track.endRow ? 'open' : 'done';
  }

  private closeLonger(
    track: CandleTrack,
    candle: ReturnType<CandleTrack['candleAt']>,
    closeMs: EpochMs,
  ): void {
    const next = track.row + 1;
    const nextOpenMs =
      next < track.endRow ? (track.columns.openTimeMs[next] as number) : Number.POSITIVE_INFINITY;
    for (const bucket of track.buckets) {
      const longer = bucket.add(candle, closeMs, nextOpenMs);
      if (longer === undefined) continue;
      const timeMs = Math.max(
        closeMs,
        Math.min(longer.openTimeMs + bucket.timeframeMs, nextOpenMs),
      ) as EpochMs;
      this.feed({
        kind: 'candle',
        instrument: track.instrument.id,
        venueTimeMs: timeMs,
        receiveTimeMs: timeMs,
        timeframeMs: bucket.timeframeMs,
        candle: longer,
        final: true,
      });
    }
  }

  /** Whether anything can happen between the last close and the close of the candle in hand. */
  private mustWalk(track: CandleTrack): boolean {
    const { row, market, venue } = track;
    const beforeTicks = market.lastTradeTicks;
    const low = track.lowTicks[row] as number;
    const high = track.highTicks[row] as number;
    if (venue.priceDesk?.isTouched(market, low, high) === true) return true;
    const { closeMs } = track;
    if (this.kernel.nextTimerMs() < closeMs) return true;
    for (const other of this.venues) if (other.nextTimeMs() < closeMs) return true;
    const from = Math.min(low, beforeTicks);
    const to = Math.max(high, beforeTicks);
    for (const bot of this.kernel.botManager.botsOf(track.instrument.id)) {
      if (bot.state === 'RUNNING' && bot.wantsPrice(from, to)) return true;
    }
    if (track.instrument.kind !== 'perpetual') return false;
    const lots = venue.money.positionLots(track.instrument.id);
    if (lots === 0) return false;
    if (this.dueMs(track) < closeMs) return true;
    const liquidation = this.liquidations.ticksOf(track);
    if (liquidation === undefined) return false;
    return lots > 0 ? low <= liquidation : high >= liquidation;
  }

  /** Whether a position pays when the candle opens. */
  private isDueByOpen(track: CandleTrack): boolean {
    if (this.dueMs(track) > track.openMs) return false;
    return track.venue.money.positionLots(track.instrument.id) !== 0;
  }

  private dueMs(track: CandleTrack): number {
    return Math.min(this.fundingDueMs(track), track.interestDueMs);
  }

  private fundingDueMs(track: CandleTrack): number {
    return track.funding?.timesMs[track.fundingIndex] ?? Number.POSITIVE_INFINITY;
  }

  /** Passes the funding times and full hours of a candle in which nothing is held. */
  private skipFunding(track: CandleTrack): void {
    while (this.fundingDueMs(track) < track.closeMs) track.fundingIndex += 1;
    while (track.interestDueMs < track.closeMs) track.interestDueMs += hourMs;
  }

  /**
   * Pays funding and interest due up to and including a time, at a price, funding at the mark price where one is known. All of
   * it is booked at the open of the candle: a due time inside it must not let the clock run ahead of the prices.
   */
  private payFunding(track: CandleTrack, untilMs: number, ticks: number): void {
    const nowMs = track.openMs as EpochMs;
    for (let dueMs = this.fundingDueMs(track); dueMs <= untilMs; dueMs = this.fundingDueMs(track)) {
      const rate = Decimal.parse(track.funding?.rates[track.fundingIndex] ?? '0');
      track.fundingIndex += 1;
      const { id } = track.instrument;
      // Mark candles are no longer than those of the series: an older one says nothing of the moment.
      const sinceMs = dueMs - track.timeframeMs + 1;
      const markTicks = track.marks === undefined ? undefined : markOpenAt(track.marks, dueMs, sinceMs);
      track.venue.payFundingAt(id, rate, markTicks ?? ticks, dueMs as EpochMs, nowMs, this.feed);
    }
    while (track.borrow !== undefined && track.interestDueMs <= untilMs) {
      const dueMs = track.interestDueMs as EpochMs;
      track.interestDueMs += hourMs;
      track.venue.chargeInterestAt(track.instrument.id, track.borrow, ticks, dueMs, nowMs, this.feed);
    }
  }
}
