/**
 * The replay venue: a recording of raw Binance frames as a source in virtual time. Frames pass through the same
 * normalisation as live ones; buffering around the snapshot and gap detection are the engine's book's work.
 */

import type { EventSink, VirtualTimeSource } from '../../../engine/ports.ts';
import type { Instrument } from '../../../shared/domain/instrument.ts';
import type { EpochMs, VenueId } from '../../../shared/domain/nominal.ts';
import type { MarketEvent } from '../../../shared/events/market.ts';
import { DataFileError } from '../../candle-files/data-file-error.ts';
import {
  type FrameInstrument,
  type FrameInstrumentLookup,
  normaliseBinanceFrame,
} from '../normalise/binance.ts';
import { parseFrame } from '../normalise/frame-guard.ts';
import { Refusal, RefusalLog } from '../normalise/refusal.ts';
import { stepGrid } from '../normalise/scaled.ts';
import { FrameScan, recordedFrameBounds, splitStamp } from './frame-scan.ts';
import { inferInstrument } from './inferred-instrument.ts';
import { LineSpool } from './line-spool.ts';

export interface FrameReplayOptions {
  /** Recording: `<local nanoseconds> <raw frame>` a line, plain or gzip. */
  readonly path: string;
  /** The id the venue gets in events, for example `binance`. */
  readonly venue: VenueId;
  /** Rules to use instead of inferring them; its symbol picks the frames. */
  readonly instrument?: Instrument | undefined;
  /** Unified or venue symbol to replay when the recording holds several. */
  readonly symbol?: string | undefined;
  readonly memoryMaximumBytes?: number | undefined;
}

/** What was read and what of it was used. */
export interface FrameReplayStats {
  readonly lines: number;
  readonly deltas: number;
  readonly snapshots: number;
  readonly trades: number;
  readonly quotes: number;
  readonly candles: number;
  readonly fundingRates: number;
  /** Frames of other symbols, doubled trades of a second stream, acknowledgements. */
  readonly skipped: number;
  readonly refused: number;
  readonly refusedByCode: Readonly<Record<string, number>>;
  readonly refusedExamples: readonly string[];
  /** Lines whose stamp lay before the line above; they are given the time of the line above. */
  readonly stampsBackwards: number;
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
}

/** Recorded frames as market events. `open` reads and checks the whole file before the first event. */
export class FrameReplay implements VirtualTimeSource {
  readonly instrument: Instrument;
  /** What was assumed, in sentences for a person. Empty when rules were given. */
  readonly notes: readonly string[];
  readonly #spool: LineSpool;
  readonly #frameInstrument: FrameInstrument;
  readonly #venueSymbol: string;
  readonly #onlySymbol: boolean;
  readonly #skipAggregated: boolean;
  readonly #refusals = new RefusalLog();
  readonly #counts: Record<MarketEvent['kind'], number> = {
    'book-delta': 0,
    'book-snapshot': 0,
    trade: 0,
    quote: 0,
    candle: 0,
    price: 0,
    'funding-rate': 0,
  };
  #pending: MarketEvent[] = [];
  #following: MarketEvent | undefined;
  #lastStampMs = 0;
  #firstTimeMs = 0;
  #lines = 0;
  #skipped = 0;
  #stampsBackwards = 0;

  private constructor(
    spool: LineSpool,
    scan: FrameScan,
    venueSymbol: string,
    instrument: Instrument,
    notes: readonly string[],
  ) {
    this.#spool = spool;
    this.instrument = instrument;
    this.notes = notes;
    this.#venueSymbol = venueSymbol;
    this.#onlySymbol = scan.symbols.size === 1;
    this.#skipAggregated = scan.hasTrades;
    this.#frameInstrument = {
      instrument: instrument.id,
      priceGrid: stepGrid(instrument.tickSize),
      lotGrid: stepGrid(instrument.lotSize),
    };
    this.#fill();
    this.#firstTimeMs = this.#pending[0]?.receiveTimeMs ?? 0;
  }

  /** Opens a recording. Throws `DataFileError` for a missing, cut or damaged file, one without frames, or an open choice of symbol. */
  static async open(options: FrameReplayOptions): Promise<FrameReplay> {
    const scan = new FrameScan(options.path);
    const spool = await LineSpool.open(options.path, {
      onLine: (line) => scan.line(line),
      ...(options.memoryMaximumBytes === undefined ? {} : { memoryMaximumBytes: options.memoryMaximumBytes }),
    });
    try {
      const asked = options.instrument?.symbol ?? options.symbol;
      const chosen = scan.choose(asked === undefined ? undefined : venueSymbolOf(asked));
      if (options.instrument !== undefined)
        return new FrameReplay(spool, scan, chosen.venueSymbol, options.instrument, []);
      const inferred = inferInstrument(options.venue, chosen, scan.market);
      if (inferred === undefined) {
        throw new DataFileError({
          code: 'no-instrument',
          path: options.path,
          reason: `the symbol ${chosen.venueSymbol} is not understood`,
          hint: 'Give the rules of the instrument.',
        });
      }
      return new FrameReplay(spool, scan, chosen.venueSymbol, inferred.instrument, inferred.notes);
    } catch (error) {
      spool.close();
      throw error;
    }
  }

  nextTimeMs(): number {
    return this.#pending[0]?.receiveTimeMs ?? Number.POSITIVE_INFINITY;
  }

  step(emit: EventSink): void {
    const events = this.#pending;
    this.#pending = [];
    for (const event of events) {
      this.#counts[event.kind] += 1;
      emit(event);
    }
    this.#fill();
  }

  /** Gives the counts of what was emitted so far. */
  stats(): FrameReplayStats {
    return {
      lines: this.#lines,
      deltas: this.#counts['book-delta'],
      snapshots: this.#counts['book-snapshot'],
      trades: this.#counts.trade,
      quotes: this.#counts.quote,
      candles: this.#counts.candle,
      fundingRates: this.#counts['funding-rate'],
      skipped: this.#skipped,
      refused: this.#refusals.total,
      refusedByCode: this.#refusals.counts() as Readonly<Record<string, number>>,
      refusedExamples: this.#refusals.examples,
      stampsBackwards: this.#stampsBackwards,
      firstTimeMs: this.#firstTimeMs,
      lastTimeMs: this.#lastStampMs,
    };
  }

  /** Frees the file; the source is at its end afterwards. */
  close(): void {
    this.#spool.close();
    this.#pending = [];
    this.#following = undefined;
  }

  /** Collects the events of the next moment: all that were received in the same millisecond. */
  #fill(): void {
    if (this.#following !== undefined) {
      this.#pending.push(this.#following);
      this.#following = undefined;
    }
    while (this.#following === undefined) {
      const line = this.#spool.next();
      if (line === undefined) return;
      if (line === '') continue;
      this.#lines += 1;
      try {
        this.#read(line);
      } catch (error) {
        this.#refusals.note(error, `line ${this.#spool.lineNumber}`);
      }
    }
  }

  #read(line: string): void {
    const stamped = splitStamp(line);
    if (stamped === undefined)
      throw new Refusal('bad-time', 'stamp', 'the line does not start with a nanosecond stamp');
    let receiveTimeMs = stamped.receiveTimeMs;
    if (receiveTimeMs < this.#lastStampMs) {
      this.#stampsBackwards += 1;
      receiveTimeMs = this.#lastStampMs as EpochMs;
    }
    this.#lastStampMs = receiveTimeMs;
    const frame = parseFrame(stamped.text, recordedFrameBounds);
    let skipped = true;
    normaliseBinanceFrame(frame, stamped.text, receiveTimeMs, this.#lookup, (event) => {
      if (event.kind === 'trade' && this.#skipAggregated && event.tradeId.startsWith('a')) return;
      skipped = false;
      const first = this.#pending[0];
      if (first === undefined || first.receiveTimeMs === receiveTimeMs) this.#pending.push(event);
      else this.#following = event;
    });
    if (skipped) this.#skipped += 1;
  }

  readonly #lookup: FrameInstrumentLookup = (symbol) => {
    if (symbol === this.#venueSymbol || (symbol === undefined && this.#onlySymbol))
      return this.#frameInstrument;
    return symbol === undefined ? undefined : 'not-wanted';
  };
}

/** `BTC/USDT`, `BTC/USDT:USDT` and `BTCUSDT` mean the same frames; `BTC/USD:BTC` is `BTCUSD_PERP`. */
function venueSymbolOf(symbol: string): string {
  const parts = /^([^/:]+)\/([^/:]+)(?::([^/:]+))?$/.exec(symbol.toUpperCase());
  if (parts === null) return symbol.toUpperCase();
  return parts[3] !== undefined && parts[3] === parts[1]
    ? `${parts[1]}${parts[2]}_PERP`
    : `${parts[1]}${parts[2]}`;
}
