/** What the kernel needs from outside, and what the outside promises. Adapters implement these; the engine only calls them. */

import type { Candle } from '../shared/domain/candle.ts';
import type { Instrument } from '../shared/domain/instrument.ts';
import type { EpochMs, InstrumentId, VenueId } from '../shared/domain/nominal.ts';
import type { MarketEvent } from '../shared/events/market.ts';
import type { VenueCommand, VenueEvent } from '../shared/events/venue.ts';
import type { IndicatorReader, IndicatorRequest } from './strategy/api.ts';

/** SHA-256 of a text, as lower-case hexadecimal. Chains the audit records. */
export type DigestPort = (text: string) => string;

/** Takes every event a venue or feed produces, in order. */
export type EventSink = (event: MarketEvent | VenueEvent) => void;

/** Computes indicators for strategies: from whole columns in a backtest, candle by candle live. */
export interface IndicatorPort {
  /**
   * Opens an indicator over a series of closed candles; `candles` gives those in memory, oldest first, and is asked again at
   * each reading. Throws a `RangeError` for an indicator or parameters that do not exist.
   */
  open(
    request: IndicatorRequest,
    instrument: InstrumentId,
    candles: () => readonly Candle[],
  ): IndicatorReader;
}

/** A source of market data. Emits events only after `start` and until `stop` has resolved. */
export interface MarketFeed {
  readonly venue: VenueId;
  /** Instruments with their rules; known after `start`. */
  instruments(): readonly Instrument[];
  start(sink: EventSink): Promise<void>;
  /** Asks for the streams of an instrument; idempotent. */
  subscribe(instrument: InstrumentId): void;
  /** Closed candles before now, oldest first; fewer than asked where the venue has fewer. */
  history(instrument: InstrumentId, timeframeMs: number, bars: number): Promise<readonly Candle[]>;
  stop(): Promise<void>;
}

/**
 * A simulated exchange account: takes market events and commands, answers with venue events. Deterministic: its
 * time is the time it is told. Used by the demo world, by paper trading over live data, by replay and backtest.
 */
export interface SimulatedVenuePort {
  readonly venue: VenueId;
  /** Tells it a market event that has happened; resting orders may fill. */
  onMarket(event: MarketEvent, emit: EventSink): void;
  /** Hands over a command at `nowMs`; it arrives after the configured latency. */
  submit(command: VenueCommand, nowMs: EpochMs): void;
  /** When the next command arrives or the next answer is due; Infinity when nothing is under way. */
  nextTimeMs(): number;
  /** Does everything due up to and including `nowMs`. */
  advance(nowMs: EpochMs, emit: EventSink): void;
}

/** A source whose events carry their own time: the demo world, a recording, a candle file. */
export interface VirtualTimeSource {
  /** Time of the next event, Infinity when there is none. */
  nextTimeMs(): number;
  /** Emits exactly the events of the next moment. */
  step(emit: EventSink): void;
}
