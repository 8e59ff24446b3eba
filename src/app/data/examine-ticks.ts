/** What is conspicuous in stored trades and order book recordings: quiet times, repeated rows, time running back, crossed books. */

import type { CandleGap } from '../../adapters/candle-files/candle-table.ts';
import { TopOfBook } from '../../adapters/tick-files/book-tops.ts';
import { stepNumber } from '../../adapters/tick-files/decimal-step.ts';
import { kindAt, msAt, type TickColumns, wholeMsAt } from '../../adapters/tick-files/tick-columns.ts';
import { epochMs } from '../../shared/domain/nominal.ts';
import { tickKinds } from '../../shared/domain/tick-kinds.ts';
import { JobCancelled, type JobControl } from '../jobs/job-runner.ts';
import type { Findings, Outlier } from './examine.ts';

/** What was found; lists are cut at `listMaximum` of each kind, the counts are whole. */
export interface TickFindings extends Findings {
  readonly duplicates: number;
  /** Rows whose exchange time lies before that of an earlier row of the same stream. */
  readonly reversed: number;
  /** Times at which the best bid reached the best ask. */
  readonly crossed: number;
}

/** Nothing for this long is worth a word where rows otherwise come a hundred times as often. */
const quietMsMinimum = 60_000;
const quietFactor = 100;
/** A trade this far from both its neighbours is a spike. */
const spikeMove = 0.05;
const listMaximum = 200;
/** Rows between two looks at what else the process has to do. */
const sliceRows = 100_000;
const nsPerMs = 1_000_000n;

/** Examines every row. Throws `JobCancelled`. */
export async function examineTicks(columns: TickColumns, control: JobControl): Promise<TickFindings> {
  const examination = new Examination(columns);
  const rows = columns.packed.length;
  for (let first = 0; first < rows; first += sliceRows) {
    if (control.isCancelled()) throw new JobCancelled();
    const end = Math.min(rows, first + sliceRows);
    for (let row = first; row < end; row += 1) examination.look(row);
    control.progress({ done: end, total: rows, unit: 'rows', message: 'looking at every row' });
    await new Promise((resolve) => setImmediate(resolve));
  }
  return examination.findings();
}

class Examination {
  readonly #columns: TickColumns;
  readonly #rows: number;
  readonly #tick: number;
  readonly #quietMs: number;
  readonly #gaps: CandleGap[] = [];
  #gapCount = 0;
  readonly #outliers: Outlier[] = [];
  readonly #counts = new Map<Outlier['kind'], number>();
  readonly #book = new TopOfBook();
  #isCrossed = false;
  /** Newest exchange time of depth (0) and trades (1). */
  readonly #newestNs: [bigint, bigint] = [0n, 0n];
  /** The two trades before, newest last. */
  readonly #trades: number[] = [];

  constructor(columns: TickColumns) {
    this.#columns = columns;
    this.#rows = columns.packed.length;
    this.#tick = stepNumber(columns.tick);
    const { receiveNs } = columns;
    const spanMs = this.#rows === 0 ? 0 : msAt(receiveNs, this.#rows - 1) - msAt(receiveNs, 0);
    this.#quietMs = Math.max(quietMsMinimum, (quietFactor * spanMs) / Math.max(1, this.#rows - 1));
  }

  look(row: number): void {
    const { receiveNs, packed, priceTicks, exchangeNs } = this.#columns;
    const kind = kindAt(this.#columns, row);
    if (row > 0) {
      const quietMs = msAt(receiveNs, row) - msAt(receiveNs, row - 1);
      if (quietMs >= this.#quietMs) this.#quiet(row);
      const repeats =
        packed[row] === packed[row - 1] &&
        priceTicks[row] === priceTicks[row - 1] &&
        exchangeNs[row] === exchangeNs[row - 1] &&
        receiveNs[row] === receiveNs[row - 1];
      if (repeats) this.#note('duplicate', row, 'equals the row before: a duplicate, or two equal fills');
    }
    if (kind < tickKinds.bidClear && (priceTicks[row] as number) <= 0)
      this.#note('inconsistent', row, `price ${this.#price(row)} is not above zero`);
    const isTrade = kind === tickKinds.buyTrade || kind === tickKinds.sellTrade;
    this.#lookAtTime(row, isTrade ? 1 : 0);
    if (isTrade) this.#lookAtTrade(row);
    else this.#lookAtBook(row);
  }

  findings(): TickFindings {
    const count = (kind: Outlier['kind']): number => this.#counts.get(kind) ?? 0;
    const noted = [...this.#counts.values()].reduce((sum, found) => sum + found, 0);
    // Equal rows are common where a venue splits an order into equal fills: listed, but told apart.
    const outlierCount = noted - count('duplicate');
    return {
      gaps: this.#gaps,
      gapCount: this.#gapCount,
      missing: 0,
      outliers: this.#outliers,
      outlierCount,
      duplicates: count('duplicate'),
      reversed: count('reversed'),
      crossed: count('crossed'),
    };
  }

  #quiet(row: number): void {
    this.#gapCount += 1;
    if (this.#gaps.length >= listMaximum) return;
    const { receiveNs } = this.#columns;
    this.#gaps.push({
      fromMs: epochMs(wholeMsAt(receiveNs, row - 1)),
      toMs: epochMs(wholeMsAt(receiveNs, row)),
      missing: 0,
    });
  }

  #lookAtTime(row: number, stream: 0 | 1): void {
    const { exchangeNs, receiveNs } = this.#columns;
    const timeNs = exchangeNs[row] as bigint;
    const newestNs = this.#newestNs[stream];
    const received = row > 0 && (receiveNs[row] as bigint) < (receiveNs[row - 1] as bigint);
    if (timeNs < newestNs || received) {
      const backMs = Number((newestNs - timeNs) / nsPerMs);
      this.#note('reversed', row, `time runs back by ${backMs} ms`);
    } else this.#newestNs[stream] = timeNs;
  }

  /** Looks at the trade before, now that its other neighbour is known. */
  #lookAtTrade(row: number): void {
    const [before, middle] = this.#trades;
    if (before !== undefined && middle !== undefined) {
      const { priceTicks } = this.#columns;
      const price = priceTicks[middle] as number;
      const moves = [before, row].map((other) => price / (priceTicks[other] as number) - 1);
      const isSpike = moves.every((move) => move > spikeMove) || moves.every((move) => move < -spikeMove);
      if (isSpike) {
        const detail = `price ${this.#price(middle)} between ${this.#price(before)} and ${this.#price(row)}`;
        this.#note('spike', middle, detail);
      }
    }
    this.#trades.push(row);
    if (this.#trades.length > 2) this.#trades.shift();
  }

  /** A message has several rows: the book counts when all of them are there. */
  #lookAtBook(row: number): void {
    this.#book.apply(this.#columns, row);
    const { receiveNs } = this.#columns;
    if (row + 1 < this.#rows && receiveNs[row + 1] === receiveNs[row]) return;
    const [bid, ask] = [this.#book.bid(), this.#book.ask()];
    const isCrossed = bid !== undefined && ask !== undefined && bid >= ask;
    if (isCrossed && !this.#isCrossed) {
      const words = [bid, ask].map((ticks) => this.#priceOf(ticks));
      this.#note('crossed', row, `best bid ${words[0]} is not below best ask ${words[1]}`);
    }
    this.#isCrossed = isCrossed;
  }

  #note(kind: Outlier['kind'], row: number, reason: string): void {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count > listMaximum) return;
    const timeMs = wholeMsAt(this.#columns.receiveNs, row);
    this.#outliers.push({ kind, fromMs: timeMs, toMs: timeMs, bars: 1, detail: `row ${row + 1}: ${reason}` });
  }

  #price(row: number): string {
    return this.#priceOf(this.#columns.priceTicks[row] as number);
  }

  #priceOf(ticks: number): string {
    return String(Number((ticks * this.#tick).toPrecision(15)));
  }
}
