/**
 * Candles for charts and warm-up: what was lived is kept in the candle store as minutes; what lies before comes from
 * the venue's own history. Other timeframes are joined from minutes, final ones only.
 */

import type { CandleColumns, NativeAddon } from '../../adapters/compute/addon.ts';
import { candleAt, columnsOf } from '../../adapters/compute/candle-columns.ts';
import { CandleStore } from '../../adapters/compute/candle-store.ts';
import { ComputeError } from '../../adapters/compute/compute-error.ts';
import { resampleCandles } from '../../adapters/compute/resample.ts';
import type { LogPort } from '../../adapters/logging/log-port.ts';
import type { Kernel } from '../../engine/kernel/kernel.ts';
import { minuteMs } from '../../engine/market/instrument-market.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { Candle } from '../../shared/domain/candle.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { InstrumentId } from '../../shared/domain/nominal.ts';
import type { Session } from '../session/session.ts';

/** What the store says of a file that cannot be trusted. */
const damagedCodes: ReadonlySet<string> = new Set([
  'DAMAGED',
  'NEWER_VERSION',
  'NOT_A_CANDLE_FILE',
  'OTHER_SERIES',
]);
/** Minutes read at most for one answer. */
const minutesReadMax = 400_000;

export interface CandleAnswer {
  readonly candles: readonly Candle[];
  /** True when nothing older exists. */
  readonly complete: boolean;
}

export class CandleService {
  private readonly addon: NativeAddon;
  private readonly store: CandleStore;
  private readonly kernel: Kernel;
  private readonly history: Session['history'];
  private readonly log: LogPort;
  private readonly instruments: readonly Instrument[];
  /** Open time of the newest minute written, by instrument. */
  private readonly written = new Map<InstrumentId, number>();
  private writing: Promise<void> = Promise.resolve();

  constructor(options: {
    addon: NativeAddon;
    folder: string;
    kernel: Kernel;
    instruments: readonly Instrument[];
    history: Session['history'];
    log: LogPort;
  }) {
    this.addon = options.addon;
    this.store = new CandleStore(options.addon, options.folder);
    this.kernel = options.kernel;
    this.instruments = options.instruments;
    this.history = options.history;
    this.log = options.log;
  }

  /** Notes where the stored minutes end and warms the minute series up; call before the first event. */
  async begin(
    feed: (instrument: InstrumentId, candles: readonly Candle[]) => void,
    bars: number,
  ): Promise<void> {
    for (const instrument of this.instruments) {
      const { candles } = await this.read(instrument.id, minuteMs, Number.MAX_SAFE_INTEGER, bars);
      const newest = candles.at(-1)?.openTimeMs ?? -1;
      // History from the venue is not stored again: only what is lived from here on.
      this.written.set(instrument.id, newest);
      feed(instrument.id, candles);
    }
  }

  /** Writes the minutes that closed since the last call; returns at once, errors go to the log. */
  persist(): void {
    const batches: { instrument: Instrument; candles: Candle[] }[] = [];
    for (const instrument of this.instruments) {
      const { closed } = this.kernel.services.markets.get(instrument.id)?.seriesFor(minuteMs) ?? {
        closed: [],
      };
      const since = this.written.get(instrument.id) ?? -1;
      let first = closed.length;
      while (first > 0 && (closed[first - 1] as Candle).openTimeMs > since) first -= 1;
      const candles = closed.slice(first);
      if (candles.length === 0) continue;
      this.written.set(instrument.id, (candles.at(-1) as Candle).openTimeMs);
      batches.push({ instrument, candles });
    }
    if (batches.length === 0) return;
    this.writing = this.writing.then(async () => {
      for (const { instrument, candles } of batches) {
        try {
          await this.store.append(seriesOf(instrument), columnsOf(candles));
        } catch (error) {
          this.log.error('candles could not be written', { instrument: instrument.id, error });
        }
      }
    });
  }

  /** Gives up to `limit` closed candles that open before `beforeMs`, oldest first. */
  async read(id: InstrumentId, timeframeMs: number, beforeMs: number, limit: number): Promise<CandleAnswer> {
    const instrument = this.instruments.find((known) => known.id === id);
    if (instrument === undefined) return { candles: [], complete: true };
    const perCandle = timeframeMs / minuteMs;
    const wantedMinutes = Math.min(minutesReadMax, (limit + 1) * perCandle);
    const lived = this.livedMinutes(instrument, beforeMs, wantedMinutes);
    const joined = this.join(lived, timeframeMs);
    if (joined.length >= limit) return { candles: joined.slice(-limit), complete: false };
    const firstLivedMs = lived?.openTimeMs[0] ?? Number.POSITIVE_INFINITY;
    const older = await this.olderFromVenue(
      id,
      timeframeMs,
      Math.min(beforeMs, firstLivedMs),
      limit - joined.length,
      beforeMs,
    );
    // A bucket that both know in part is the venue's: it saw all of it.
    const firstJoinedMs = older.at(-1)?.openTimeMs ?? -1;
    const candles = [...older, ...joined.filter((candle) => candle.openTimeMs > firstJoinedMs)].slice(-limit);
    return { candles, complete: older.length === 0 };
  }

  /** Writes what has closed and waits until it is there to be read. */
  async flush(): Promise<void> {
    this.persist();
    await this.writing;
  }

  /** Waits for writes under way. */
  async close(): Promise<void> {
    await this.flush();
    await this.store.close();
  }

  private livedMinutes(instrument: Instrument, beforeMs: number, limit: number): CandleColumns | undefined {
    const series = seriesOf(instrument);
    try {
      if (this.store.info(series) === undefined) return undefined;
      return this.store.read(series, { toMs: beforeMs, limit, keep: 'newest' });
    } catch (error) {
      throw storedDataError(error);
    }
  }

  /** Joins minutes into closed candles; one still open at its end, or cut at its beginning, is left out. */
  private join(minutes: CandleColumns | undefined, timeframeMs: number): Candle[] {
    if (minutes === undefined || minutes.openTimeMs.length === 0) return [];
    const made =
      timeframeMs === minuteMs ? undefined : resampleCandles(this.addon, minutes, minuteMs, timeframeMs);
    const columns = made?.columns ?? minutes;
    const from = made?.firstIsPartial === true ? 1 : 0;
    const to = columns.openTimeMs.length - (made?.lastIsProvisional === true ? 1 : 0);
    const candles: Candle[] = [];
    for (let row = from; row < to; row += 1) candles.push(candleAt(columns, row));
    return candles;
  }

  private async olderFromVenue(
    id: InstrumentId,
    timeframeMs: number,
    firstLivedMs: number,
    count: number,
    beforeMs: number,
  ): Promise<Candle[]> {
    const nowMs = this.kernel.services.nowMs;
    const untilMs = Math.min(firstLivedMs, beforeMs, nowMs);
    const bars = Math.ceil((nowMs - untilMs) / timeframeMs) + count + 1;
    const candles = await this.history(id, timeframeMs, Math.min(bars, minutesReadMax));
    return candles
      .filter((candle) => candle.openTimeMs < untilMs && candle.openTimeMs + timeframeMs <= nowMs)
      .slice(-count);
  }
}

function seriesOf(instrument: Instrument) {
  return { venue: instrument.venue, symbol: instrument.symbol, timeframeMs: minuteMs };
}

/** A damaged candle file is told as such, with what to do; it is never replaced in silence. */
function storedDataError(error: unknown): unknown {
  if (!(error instanceof ComputeError) || !damagedCodes.has(error.code)) return error;
  return new ApiError('damaged', error.message, {
    hint: 'Restore the file from a backup, or move it away to go on without these minutes.',
  });
}
