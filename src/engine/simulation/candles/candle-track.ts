/** One series of a candle run: its columns in ticks, its place in it, and the points the price still has to pass. */

import type { Candle } from '../../../shared/domain/candle.ts';
import { type Instrument, tickRounder } from '../../../shared/domain/instrument.ts';
import type { EpochMs } from '../../../shared/domain/nominal.ts';
import type { BookRows } from '../books/book-rows.ts';
import type { BorrowRates } from '../matching/borrow-interest.ts';
import type { InstrumentMarket } from '../matching/instrument-market.ts';
import type { PaperVenue } from '../matching/paper-venue.ts';
import type { PriceMove } from '../matching/price-desk.ts';
import { type MarkPrices, type MarkRange, markAt } from './mark-prices.ts';
import type { PriceDetail } from './price-detail.ts';
import { TimeframeBucket } from './timeframe-bucket.ts';

const hourMs = 3_600_000;

/** Candles in columns of equal length, oldest first. Prices in quote currency, volume in base currency. */
export interface CandleColumns {
  readonly openTimeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** A funding payment to come: when, at which rate (decimal text). */
export interface FundingTimes {
  readonly timesMs: Float64Array;
  readonly rates: readonly string[];
}

export interface TrackOptions {
  readonly instrument: Instrument;
  readonly venue: PaperVenue;
  readonly columns: CandleColumns;
  readonly timeframeMs: number;
  /** Rows traded over: from `firstRow` up to but without `endRow`. */
  readonly firstRow: number;
  readonly endRow: number;
  /** Longer timeframes strategies want of this series; each a multiple of its own. */
  readonly timeframesMs: readonly number[];
  readonly detail?: PriceDetail | undefined;
  readonly funding?: FundingTimes | undefined;
  /** Interest of a margin position, charged each full hour. */
  readonly borrow?: BorrowRates | undefined;
  /** Mark prices for funding and liquidation; the price itself where there are none. */
  readonly marks?: MarkPrices | undefined;
  /** The recorded order book its venue matches on; the candles then only tell the strategy what has been. */
  readonly book?: BookRows | undefined;
}

/** What a track does next. */
export type TrackStage = 'open' | 'walk' | 'close' | 'done';

export class CandleTrack {
  readonly instrument: Instrument;
  readonly venue: PaperVenue;
  readonly market: InstrumentMarket;
  readonly columns: CandleColumns;
  readonly timeframeMs: number;
  /** Money one lot is worth for each tick of its price. */
  readonly unit: number;
  readonly firstRow: number;
  readonly endRow: number;
  readonly buckets: readonly TimeframeBucket[];
  readonly detail: PriceDetail | undefined;
  readonly funding: FundingTimes | undefined;
  readonly borrow: BorrowRates | undefined;
  readonly marks: MarkPrices | undefined;
  readonly book: BookRows | undefined;
  /** Next full hour whose interest is not yet charged or passed; Infinity without interest. */
  interestDueMs: number;
  /** Next funding time not yet paid or passed. */
  fundingIndex = 0;
  row: number;
  stage: TrackStage;
  /** Prices of the rows in ticks. */
  readonly openTicks: Float64Array;
  readonly highTicks: Float64Array;
  readonly lowTicks: Float64Array;
  readonly closeTicks: Float64Array;
  /** Points still to pass in this candle, in parallel columns, next one at `pointIndex`. */
  readonly pointTicks: number[] = [];
  readonly pointTimesMs: number[] = [];
  readonly pointMoves: PriceMove[] = [];
  /** Lots that resting orders can get at a point; Infinity where that is not known. */
  readonly pointLots: number[] = [];
  pointIndex = 0;
  /** Where the straight line to the next point begins. */
  legMs = 0;
  legTicks = 0;

  constructor(options: TrackOptions) {
    this.instrument = options.instrument;
    this.venue = options.venue;
    this.market = options.venue.market(options.instrument.id);
    this.columns = options.columns;
    this.timeframeMs = options.timeframeMs;
    this.unit = options.instrument.tickSize.times(options.instrument.lotSize).toNumber();
    this.firstRow = options.firstRow;
    this.endRow = options.endRow;
    this.row = options.firstRow;
    this.stage = options.firstRow < options.endRow ? 'open' : 'done';
    this.buckets = options.timeframesMs.map((timeframeMs) => new TimeframeBucket(timeframeMs));
    this.detail = options.detail;
    this.funding = options.funding;
    this.borrow = options.borrow;
    this.marks = options.marks;
    this.book = options.book;
    const { open, high, low, close } = options.columns;
    const tick = options.instrument.tickSize;
    this.openTicks = columnTicks(open, tick);
    this.highTicks = columnTicks(high, tick);
    this.lowTicks = columnTicks(low, tick);
    this.closeTicks = columnTicks(close, tick);
    const firstMs = options.columns.openTimeMs[options.firstRow] ?? Number.POSITIVE_INFINITY;
    this.interestDueMs =
      options.borrow === undefined ? Number.POSITIVE_INFINITY : Math.ceil(firstMs / hourMs) * hourMs;
    if (options.marks !== undefined) {
      this.market.markOfPrice = (ticks) => {
        const range = this.markRange();
        return range === undefined ? ticks : markAt(range, ticks, this.positionSign());
      };
    }
    if (options.funding !== undefined) {
      while ((options.funding.timesMs[this.fundingIndex] ?? Number.POSITIVE_INFINITY) < firstMs)
        this.fundingIndex += 1;
    }
    // Where there is a book, the first trade is still to come.
    const isAhead = options.book !== undefined && options.firstRow === 0;
    this.market.lastTradeTicks = isAhead ? 0 : this.startTicks;
  }

  /** The price before anything is traded: the last close that warms up, else the first open. */
  get startTicks(): number {
    return (this.firstRow > 0 ? this.closeTicks[this.firstRow - 1] : this.openTicks[this.firstRow]) ?? 0;
  }

  /** Open time of the candle in hand. */
  get openMs(): number {
    return this.columns.openTimeMs[this.row] as number;
  }

  get closeMs(): number {
    return this.openMs + this.timeframeMs;
  }

  /** When the next thing happens; Infinity at the end. */
  nextTimeMs(): number {
    switch (this.stage) {
      case 'open':
        return this.openMs;
      case 'walk':
        return this.pointTimesMs[this.pointIndex] ?? this.closeMs;
      case 'close':
        return this.closeMs;
      case 'done':
        return Number.POSITIVE_INFINITY;
    }
  }

  /** Sign of the position at the venue. */
  positionSign(): number {
    const { instrument, venue } = this;
    if (instrument.kind === 'perpetual') return Math.sign(venue.money.positionLots(instrument.id));
    return venue.money.total(instrument.base).isPositive ? 1 : 0;
  }

  /** Prices and mark prices of the candle in hand; undefined where no mark is known. */
  markRange(): MarkRange | undefined {
    const row = Math.min(this.row, this.endRow - 1);
    const markLow = this.marks?.rowLow[row] ?? Number.NaN;
    if (Number.isNaN(markLow)) return undefined;
    const [low, high] = [this.lowTicks[row] as number, this.highTicks[row] as number];
    return { low, high, markLow, markHigh: this.marks?.rowHigh[row] as number };
  }

  candleAt(row: number): Candle {
    const { openTimeMs, open, high, low, close, volume } = this.columns;
    return {
      openTimeMs: openTimeMs[row] as EpochMs,
      open: open[row] as number,
      high: high[row] as number,
      low: low[row] as number,
      close: close[row] as number,
      volume: volume[row] as number,
    };
  }

  addPoint(ticks: number, timeMs: number, move: PriceMove, lots = Number.POSITIVE_INFINITY): void {
    this.pointLots.push(lots);
    this.pointTicks.push(ticks);
    this.pointTimesMs.push(timeMs);
    this.pointMoves.push(move);
  }

  /** Takes note that a point was reached, from which a line leads to the next one. */
  beginLeg(ticks: number, timeMs: number): void {
    this.legTicks = ticks;
    this.legMs = timeMs;
  }

  clearPoints(): void {
    this.pointTicks.length = 0;
    this.pointTimesMs.length = 0;
    this.pointMoves.length = 0;
    this.pointLots.length = 0;
    this.pointIndex = 0;
  }
}

/** Gives prices in whole ticks, each rounded to the nearest. */
export function columnTicks(prices: Float64Array, tickSize: Instrument['tickSize']): Float64Array {
  const ticks = new Float64Array(prices.length);
  const toTicks = tickRounder(tickSize);
  for (let row = 0; row < prices.length; row += 1) ticks[row] = toTicks(prices[row] as number);
  return ticks;
}
