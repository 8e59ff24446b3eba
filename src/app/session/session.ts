/**
 * A session is one composition of kernel, venues and clock. The kernel is the same in all of them; what differs is
 * handed in: simulated worlds in the demo, live books with a simulated account in paper trading, a file in a replay.
 */

import type { VenueView } from '../../shared/api/views.ts';
import type { Candle } from '../../shared/domain/candle.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { InstrumentId } from '../../shared/domain/nominal.ts';
import type { EngineHost } from './engine-host.ts';
import type { Pace } from './virtual-driver.ts';

export interface Session {
  readonly host: EngineHost;
  readonly instruments: readonly Instrument[];
  /** Connects the venues and waits until they were compared once; nothing is paced by the wall clock yet. */
  connect(): Promise<void>;
  /** Begins to feed events at its pace. */
  start(): void;
  /** Stops feeding events, between two of them. */
  stop(): Promise<void>;
  venueViews(): VenueView[];
  /** Closed candles before now from the venue itself, oldest first. */
  history(instrument: InstrumentId, timeframeMs: number, bars: number): Promise<readonly Candle[]>;
  /** Events from venues and feeds so far. */
  readonly events: () => number;
  /** Kernel time at the first and the current moment. */
  readonly startMs: number;
  nowMs(): number;
  /** Simulated sessions only. */
  readonly speed: { get(): Pace; set(pace: number): void } | undefined;
  /** The machine wakes up: nothing may trade before venues were compared again. */
  onResume(): void;
}
