/**
 * Market data of any exchange CCXT knows: instruments, books, trades, candles, over WebSocket with REST behind it.
 * It watches every stream's age, says when data must not be trusted, and reconnects by itself.
 */

import type { Exchange } from 'ccxt';
import type { EventSink, MarketFeed } from '../../../engine/ports.ts';
import type { Candle } from '../../../shared/domain/candle.ts';
import type { Instrument } from '../../../shared/domain/instrument.ts';
import { epochMs, type InstrumentId, type VenueId } from '../../../shared/domain/nominal.ts';
import type { MarketEvent } from '../../../shared/events/market.ts';
import { RefusalLog } from '../normalise/refusal.ts';
import { JitteredBackoff, type RandomSource } from '../rate-limit/backoff.ts';
import { type AdapterClock, systemClock, waitFor } from '../rate-limit/clock.ts';
import type { RateGauge, RateLimiter } from '../rate-limit/rate-limiter.ts';
import { BookHandler } from './book-handler.ts';
import { CandlesHandler } from './candles-handler.ts';
import { type ClockOffset, measureClockOffset } from './clock-offset.ts';
import { type Connection, ExchangeConnections } from './connections.ts';
import { type CreatedExchange, createExchange } from './create-exchange.ts';
import { venueState } from './freshness.ts';
import { fetchHistory, timeframeName } from './history.ts';
import type { CcxtInstrument, InstrumentTable } from './instruments.ts';
import { loadInstruments } from './load-instruments.ts';
import { QuotesHandler } from './quotes-handler.ts';
import { type FreshnessLimits, Stream } from './stream.ts';
import type { HandlerContext, StreamHandler, StreamName } from './stream-handler.ts';
import { TradesHandler } from './trades-handler.ts';
import { reasonOf, VenueError } from './venue-error.ts';

export interface CcxtFeedOptions {
  /** The id in events and instruments, for example `binance`. */
  readonly venue: VenueId;
  /** CCXT's id of the exchange. */
  readonly exchangeId: string;
  readonly sandbox?: boolean;
  /** Keep only these unified symbols; all usable ones when not given. */
  readonly symbols?: readonly string[];
  /** Streams of a subscribed instrument. */
  readonly streams?: readonly StreamName[];
  /** Levels of each side in a book event. */
  readonly depth?: number;
  readonly candleTimeframeMs?: number;
  /** The budget shared by all users of this venue. */
  readonly limiter?: RateLimiter;
  readonly limits?: Partial<FreshnessLimits>;
  readonly timeoutMs?: number;
  readonly clock?: AdapterClock;
  /** Jitter of reconnects. */
  readonly random?: RandomSource;
  /** Rewrites every address, for tests. */
  readonly rewriteUrl?: (url: string) => string;
  readonly exchangeOptions?: Readonly<Record<string, unknown>>;
  /** Told of errors that are bugs, not bad input or bad network. */
  readonly onFault?: (error: unknown) => void;
}

const limitsDefault: FreshnessLimits = {
  staleAfterMs: 4_000,
  probeAfterMs: 2_000,
  sparsePollMs: 5_000,
  disconnectedAfterMs: 10_000,
  mismatchMs: 500,
};
const tickMs = 250;
const depthDefault = 50;
const stopPatienceMs = 1_000;
const marketTypesDefault: Readonly<Record<string, unknown>> = {
  fetchMarkets: { types: ['spot', 'linear'] },
};

/** Live market data of one exchange. Call `start` once, `subscribe` for each instrument, `stop` at the end. */
export class CcxtFeed implements MarketFeed {
  readonly venue: VenueId;
  readonly #options: CcxtFeedOptions;
  readonly #clock: AdapterClock;
  readonly #random: RandomSource;
  readonly #limits: FreshnessLimits;
  readonly #abort = new AbortController();
  readonly #streams: Stream[] = [];
  readonly #loops: Promise<void>[] = [];
  readonly #subscribed = new Set<InstrumentId>();
  readonly #refusals = new RefusalLog();
  #created: CreatedExchange | undefined;
  #connections: ExchangeConnections | undefined;
  #table: InstrumentTable = { bySymbol: new Map(), refused: [] };
  #byId = new Map<InstrumentId, CcxtInstrument>();
  #sink: EventSink | undefined;
  #clockOffset: ClockOffset | undefined;
  #clockNote: string | undefined;
  #lastState = '';
  #stopped = false;

  constructor(options: CcxtFeedOptions) {
    this.venue = options.venue;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#limits = { ...limitsDefault, ...options.limits };
  }

  /** Loads the markets. Rejects with `VenueError` when the exchange is unknown, unreachable or has nothing usable. */
  async start(sink: EventSink): Promise<void> {
    this.#sink = sink;
    this.#tell('connecting', 'loading markets');
    try {
      await this.#load();
    } catch (error) {
      this.#tell('disconnected', reasonOf(error));
      this.#abort.abort();
      throw this.#startError(error);
    }
    this.#tell('connected', `${this.#byId.size} instruments`);
    this.#armTick();
  }

  instruments(): readonly Instrument[] {
    return [...this.#byId.values()].map((entry) => entry.instrument);
  }

  /** Markets that are not offered, with the reason; and values that were assumed. */
  remarks(): { readonly refused: InstrumentTable['refused']; readonly notes: readonly string[] } {
    return {
      refused: this.#table.refused,
      notes: [
        ...(this.#clockNote === undefined ? [] : [this.#clockNote]),
        ...[...this.#byId.values()].flatMap((entry) => entry.notes),
      ],
    };
  }

  subscribe(instrument: InstrumentId): void {
    const target = this.#target(instrument);
    if (this.#subscribed.has(instrument) || this.#stopped) return;
    this.#subscribed.add(instrument);
    for (const name of this.#streamNames()) this.#startStream(name, target);
  }

  async history(instrument: InstrumentId, timeframeMs: number, bars: number): Promise<readonly Candle[]> {
    const target = this.#target(instrument);
    return fetchHistory(
      this.#exchange(),
      target.instrument.symbol,
      timeframeMs,
      bars,
      this.#venueMs(),
      this.#refusals,
    );
  }

  /** Gives the venue's 24 h ticker as CCXT states it: for lists, never for orders. */
  ticker(instrument: InstrumentId): Promise<unknown> {
    return this.#exchange().fetchTicker(this.#target(instrument).instrument.symbol);
  }

  /** Gives the offset of the venue's clock as last measured. */
  get clockOffset(): ClockOffset | undefined {
    return this.#clockOffset;
  }

  /** Measures the offset of the venue's clock; undefined where the venue does not tell its time. */
  async measureClockOffset(): Promise<ClockOffset | undefined> {
    this.#clockOffset = (await measureClockOffset(this.#exchange(), this.#clock)) ?? this.#clockOffset;
    return this.#clockOffset;
  }

  /** Gives the request budget: used and limit of each pool, pauses and bans. */
  rateGauge(): RateGauge | undefined {
    return this.#created?.limiter.gauge();
  }

  /** Counts what happened on the wire, for metrics. */
  stats(): {
    readonly connects: number;
    readonly refused: number;
    readonly refusedExamples: readonly string[];
  } {
    const frames = this.#connections?.refusals;
    return {
      connects: this.#connections?.connects ?? 0,
      refused: this.#refusals.total + (frames?.total ?? 0),
      refusedExamples: [...this.#refusals.examples, ...(frames?.examples ?? [])],
    };
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#abort.abort();
    this.#connections?.close();
    this.#tell('disconnected', 'stopped');
    this.#stopped = true;
    await Promise.race([Promise.allSettled(this.#loops), waitFor(this.#clock, stopPatienceMs)]);
  }

  async #load(): Promise<void> {
    const options = this.#options;
    const created = await createExchange(options.exchangeId, {
      clock: this.#clock,
      limiter: options.limiter,
      sandbox: options.sandbox,
      timeoutMs: options.timeoutMs,
      rewriteUrl: options.rewriteUrl,
      signal: this.#abort.signal,
      exchangeOptions: {
        ...(options.exchangeId === 'binance' ? marketTypesDefault : {}),
        ...options.exchangeOptions,
      },
    });
    this.#created = created;
    this.#connections = new ExchangeConnections({
      exchange: created.exchange,
      clock: this.#clock,
      limiter: created.limiter,
      backoff: new JitteredBackoff({ random: this.#random }),
      onLost: (connection, reason) => this.#onLost(connection, reason),
    });
    this.#table = await loadInstruments(created.exchange, this.venue, options.symbols);
    this.#byId = new Map([...this.#table.bySymbol.values()].map((entry) => [entry.instrument.id, entry]));
    // A venue that does not tell its time still trades: the offset then counts as zero.
    await this.measureClockOffset().catch((error: unknown) => {
      this.#clockNote = `the clock of ${this.venue} could not be asked (${reasonOf(error)}); no offset is assumed`;
    });
  }

  #startStream(name: StreamName, target: CcxtInstrument): void {
    const created = this.#created as CreatedExchange;
    const context: HandlerContext = {
      exchange: created.exchange,
      target,
      emit: (event) => this.#emit(event),
      refusals: this.#refusals,
      wallMs: () => this.#clock.wallMs(),
      venueMs: () => this.#venueMs(),
    };
    const stream = new Stream({
      name,
      symbol: target.instrument.symbol,
      essential: name === 'book' || name === 'quotes',
      handler: this.#handler(name, context),
      connections: this.#connections as ExchangeConnections,
      clock: this.#clock,
      random: this.#random,
      limits: this.#limits,
      refusals: this.#refusals,
      signal: this.#abort.signal,
      onFault: (error) => this.#fault(error),
    });
    this.#streams.push(stream);
    this.#loops.push(stream.run().catch((error: unknown) => this.#fault(error)));
  }

  #handler(name: StreamName, context: HandlerContext): StreamHandler {
    switch (name) {
      case 'book':
        return new BookHandler(
          context,
          this.#options.depth ?? depthDefault,
          !this.#streamNames().includes('quotes'),
        );
      case 'trades':
        return new TradesHandler(context);
      case 'quotes':
        return new QuotesHandler(context);
      case 'candles': {
        const timeframeMs = this.#options.candleTimeframeMs ?? 60_000;
        return new CandlesHandler(context, timeframeName(context.exchange, timeframeMs), timeframeMs);
      }
    }
  }

  #armTick(): void {
    this.#clock.after(tickMs, () => {
      if (this.#stopped) return;
      this.#tick();
      this.#armTick();
    });
  }

  #tick(): void {
    const dead = this.#connections?.check(this.#limits.staleAfterMs) ?? [];
    for (const connection of dead) {
      for (const stream of this.#streams) if (stream.connection === connection) stream.onDead();
    }
    for (const stream of this.#streams) stream.tick();
    this.#tellState();
    for (const connection of dead) this.#connections?.drop(connection, 'the connection did not answer');
  }

  #onLost(connection: Connection, reason: string): void {
    for (const stream of this.#streams)
      if (stream.connection === connection) stream.onLost(connection, reason);
    if (!this.#stopped) this.#tellState();
  }

  #tellState(): void {
    if (this.#streams.length === 0) return;
    const { state, message } = venueState(
      this.#streams.map((stream) => stream.freshness()),
      this.#limits.disconnectedAfterMs,
    );
    this.#tell(state, message);
  }

  /** Tells a change of state; the first message of a state stands until it changes. */
  #tell(state: ReturnType<typeof venueState>['state'], message: string): void {
    if (state === this.#lastState || this.#stopped) return;
    this.#lastState = state;
    this.#sink?.({
      kind: 'venue-connection',
      venue: this.venue,
      state,
      message,
      timeMs: epochMs(Math.floor(this.#clock.wallMs())),
    });
  }

  #emit(event: MarketEvent): void {
    if (this.#stopped || this.#abort.signal.aborted) return;
    this.#sink?.(event);
  }

  #fault(error: unknown): void {
    const report = this.#options.onFault;
    if (report === undefined) throw error;
    report(error);
  }

  #streamNames(): readonly StreamName[] {
    return this.#options.streams ?? ['book', 'trades', 'candles'];
  }

  #venueMs(): number {
    return this.#clock.wallMs() + (this.#clockOffset?.offsetMs ?? 0);
  }

  #exchange(): Exchange {
    if (this.#created !== undefined) return this.#created.exchange;
    throw new VenueError({
      code: 'not-started',
      venue: this.venue,
      reason: 'the venue is not started',
      hint: 'Start it first.',
    });
  }

  #target(instrument: InstrumentId): CcxtInstrument {
    this.#exchange();
    const target = this.#byId.get(instrument);
    if (target !== undefined) return target;
    throw new VenueError({
      code: 'unknown-instrument',
      venue: this.venue,
      reason: `there is no instrument ${instrument}`,
      hint: 'List the instruments of the venue; symbols are written as in BTC/USDT or BTC/USDT:USDT.',
    });
  }

  #startError(error: unknown): VenueError {
    if (error instanceof VenueError) return error;
    return new VenueError({
      code: 'unreachable',
      venue: this.venue,
      reason: `the markets could not be loaded (${reasonOf(error)})`,
      hint: 'Check the network and the state of the exchange, then start again.',
      cause: error,
    });
  }
}
