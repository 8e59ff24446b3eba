/**
 * Runs the recorded order book of one series: the venue sees each event when it happened at the exchange, the kernel when the
 * recorder received it. Within a millisecond the exchange comes first. Own orders do not change what was recorded.
 */

import type { EpochMs, PriceTicks, QuantityLots } from '../../../shared/domain/nominal.ts';
import type { Kernel, KernelEvent } from '../../kernel/kernel.ts';
import type { CandleTrack } from '../candles/candle-track.ts';
import { BookCursor, type BookEvent } from './book-cursor.ts';
import type { BookRows } from './book-rows.ts';

export interface BookFeedParts {
  readonly kernel: Kernel;
  /** Hands an event to the kernel and carries out the commands it leaves. */
  readonly feed: (event: KernelEvent) => void;
  /** Carries out what is due at the venues and in the kernel up to and including a time. */
  readonly settle: (untilMs: EpochMs) => void;
  /** Told the price of each trade as the exchange sees it. */
  readonly onPrice: (track: CandleTrack, ticks: number) => void;
}

export class BookFeed {
  readonly #parts: BookFeedParts;
  readonly #track: CandleTrack;
  readonly #exchange: BookCursor;
  readonly #receipt: BookCursor;
  /** Best bid and ask the kernel was told last: ticks and lots of each. */
  #told: readonly [number, number, number, number] = [0, 0, 0, 0];
  #hasBegun = false;

  constructor(parts: BookFeedParts, track: CandleTrack, rows: BookRows) {
    this.#parts = parts;
    this.#track = track;
    const { id } = track.instrument;
    this.#exchange = new BookCursor(rows, id, 'exchange');
    this.#receipt = new BookCursor(rows, id, 'receipt');
  }

  /** When the next event happens, on either clock; Infinity behind the last one. */
  get nextTimeMs(): number {
    return Math.min(this.#exchange.nextTimeMs, this.#receipt.nextTimeMs);
  }

  /** Begins at a time, with the book as it is then; only the first call does something. */
  begin(timeMs: EpochMs): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const atExchange = this.#exchange.skipTo(timeMs);
    if (atExchange !== undefined) this.#track.venue.onMarket(atExchange, this.#parts.feed);
    const received = this.#receipt.skipTo(timeMs);
    if (received !== undefined) this.#tell(received);
  }

  /** Lets the next event happen; there must be one. */
  step(): void {
    const { feed, onPrice, settle } = this.#parts;
    if (this.#exchange.nextTimeMs > this.#receipt.nextTimeMs) {
      const received = this.#receipt.next();
      settle((received.receiveTimeMs - 1) as EpochMs);
      this.#tell(received);
      return;
    }
    const event = this.#exchange.next();
    // What arrives in the same millisecond waits until the market has moved.
    settle((event.receiveTimeMs - 1) as EpochMs);
    if (event.kind === 'trade') onPrice(this.#track, event.priceTicks);
    this.#track.venue.onMarket(event, feed);
  }

  /** Tells the kernel an event, and the best bid and ask where they have changed. */
  #tell(event: BookEvent): void {
    const { feed, kernel } = this.#parts;
    feed(event);
    if (event.kind === 'trade') return;
    const book = kernel.services.markets.get(event.instrument)?.book;
    if (book?.status !== 'valid') return;
    const [bidTicks, bidLots, askTicks, askLots] = this.#told;
    const isSame =
      book.bestBidTicks === bidTicks &&
      book.bestBidLots === bidLots &&
      book.bestAskTicks === askTicks &&
      book.bestAskLots === askLots;
    if (isSame) return;
    this.#told = [book.bestBidTicks, book.bestBidLots, book.bestAskTicks, book.bestAskLots];
    feed({
      kind: 'quote',
      instrument: event.instrument,
      venueTimeMs: event.venueTimeMs,
      receiveTimeMs: event.receiveTimeMs,
      bidTicks: book.bestBidTicks as PriceTicks,
      bidLots: book.bestBidLots as QuantityLots,
      askTicks: book.bestAskTicks as PriceTicks,
      askLots: book.bestAskLots as QuantityLots,
    });
  }
}
