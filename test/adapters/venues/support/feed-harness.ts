/** A CCXT feed on a small Binance of our own, with everything it says written down. */

import { afterEach, beforeEach, expect } from 'vitest';
import { CcxtFeed, type CcxtFeedOptions } from '../../../../src/adapters/venues/ccxt/ccxt-feed.ts';
import { instrumentId, venueId } from '../../../../src/shared/domain/nominal.ts';
import type { BookSnapshotEvent, MarketEvent, TradeEvent } from '../../../../src/shared/events/market.ts';
import type { VenueConnectionEvent, VenueEvent } from '../../../../src/shared/events/venue.ts';
import { BinanceVenue } from './binance-venue.ts';
import { FairClock } from './fair-clock.ts';
import { until } from './loopback-venue.ts';

export const btc = instrumentId('binance', 'BTC/USDT');
export type AnyEvent = MarketEvent | VenueEvent;

/** Short times, for tests that wait for silence. */
export const quick = {
  staleAfterMs: 600,
  probeAfterMs: 300,
  sparsePollMs: 400,
  mismatchMs: 50,
  disconnectedAfterMs: 1_500,
};

/** Everything a feed said, in order. */
export class Recorder {
  readonly all: AnyEvent[] = [];
  /** When each event came, by the clock of the harness. */
  readonly timesMs: number[] = [];
  readonly #nowMs: () => number;
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }
  readonly sink = (event: AnyEvent): void => {
    this.all.push(event);
    this.timesMs.push(this.#nowMs());
  };
  of<Kind extends AnyEvent['kind']>(kind: Kind): Extract<AnyEvent, { kind: Kind }>[] {
    return this.all.filter((event) => event.kind === kind) as Extract<AnyEvent, { kind: Kind }>[];
  }
  get states(): string[] {
    return this.of('venue-connection').map((event) => event.state);
  }
  get lastState(): VenueConnectionEvent | undefined {
    return this.of('venue-connection').at(-1);
  }
  get books(): BookSnapshotEvent[] {
    return this.of('book-snapshot');
  }
  get trades(): TradeEvent[] {
    return this.of('trade');
  }
}

/** A venue made anew for each test, and feeds that are stopped after it. */
export class FeedHarness {
  venue!: BinanceVenue;
  clock!: FairClock;
  #feeds: CcxtFeed[] = [];
  #faults: unknown[] = [];

  /** Call once at the top of a test file. */
  static install(): FeedHarness {
    const harness = new FeedHarness();
    beforeEach(async () => {
      harness.venue = await BinanceVenue.listen();
      harness.clock = new FairClock();
      harness.#feeds = [];
      harness.#faults = [];
    });
    afterEach(async () => {
      for (const feed of harness.#feeds) await feed.stop();
      await harness.venue.server.close();
      harness.clock.stop();
      expect(harness.#faults).toEqual([]);
    });
    return harness;
  }

  create(options: Partial<CcxtFeedOptions> = {}): CcxtFeed {
    const feed = new CcxtFeed({
      venue: venueId('binance'),
      exchangeId: 'binance',
      rewriteUrl: this.venue.server.rewriteUrl,
      random: () => 0,
      clock: this.clock,
      onFault: (error) => this.#faults.push(error),
      ...options,
    });
    this.#feeds.push(feed);
    return feed;
  }

  async started(options: Partial<CcxtFeedOptions> = {}): Promise<{ feed: CcxtFeed; seen: Recorder }> {
    const seen = new Recorder(() => this.clock.monotonicMs());
    const feed = this.create(options);
    await feed.start(seen.sink);
    return { feed, seen };
  }

  /** Started, subscribed to BTC/USDT, the first book is there. */
  async streaming(options: Partial<CcxtFeedOptions> = {}): Promise<{ feed: CcxtFeed; seen: Recorder }> {
    const both = await this.started(options);
    both.feed.subscribe(btc);
    const streams = options.streams?.length ?? 3;
    await until(
      () => both.seen.books.length > 0 && this.venue.subscriptions.size === streams,
      'first book and all streams',
    );
    return both;
  }
}
