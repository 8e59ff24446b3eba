/**
 * A whole simulated world: generators of several venues whose prices lead and lag each other, and one paper
 * venue for each of them. It carries its own time and is a pure function of its seed and of the commands
 * submitted to it.
 */

import type { Candle } from '../../shared/domain/candle.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import { type EpochMs, epochMs, type InstrumentId, type VenueId } from '../../shared/domain/nominal.ts';
import type { MarketEvent } from '../../shared/events/market.ts';
import type { VenueCommand } from '../../shared/events/venue.ts';
import type { EventSink, VirtualTimeSource } from '../ports.ts';
import { CandleRecorder, type CandleRecorderState } from './generator/candle-recorder.ts';
import { demoUnderlyings, demoVenueConfigs, type SimulatedVenueConfig } from './generator/demo-market.ts';
import {
  HistoryPath,
  historyBarsMax,
  joinMinutes,
  MinuteColumns,
  priceGridOf,
  writeHistory,
} from './generator/history.ts';
import {
  InstrumentGenerator,
  type InstrumentGeneratorConfig,
  type InstrumentGeneratorState,
} from './generator/instrument-generator.ts';
import { LatentMarket, type LatentMarketState, type UnderlyingConfig } from './generator/latent-market.ts';
import { PaperVenue } from './matching/paper-venue.ts';
import { noFaults } from './matching/venue-link.ts';
import type { PaperVenueChanges, PaperVenueMarketState, PaperVenueState } from './matching/venue-state.ts';

export interface SimulatedWorldConfig {
  /** Any text. Equal seeds and equal commands give equal worlds. */
  readonly seed: string;
  /** Time at which the world begins: candles before it are history, events after it are lived. */
  readonly startMs: EpochMs;
  readonly underlyings: readonly UnderlyingConfig[];
  readonly venues: readonly SimulatedVenueConfig[];
  /** Minutes of candles kept since the start, for `history`; 3,000 unless told. */
  readonly recordedMinutesMax?: number | undefined;
  /** Called before a command is applied by a venue, with its audit number. */
  readonly onCommandArrival?: ((auditSequence: number) => void) | undefined;
}

/** One venue of a saved world: its truth, which may be newer than the rest, and what it saw of the market. */
export interface SavedWorldVenue {
  readonly account: PaperVenueState;
  readonly market: PaperVenueMarketState;
}

/** A whole world as plain data. Commands and answers under way are not part of it: they are lost. */
export interface SimulatedWorldState {
  readonly version: 1;
  readonly seed: string;
  readonly startMs: number;
  readonly nowMs: number;
  readonly latent: LatentMarketState;
  readonly instruments: readonly InstrumentGeneratorState[];
  readonly venues: readonly SavedWorldVenue[];
  /** Recorded minutes by instrument. */
  readonly candles: Readonly<Record<string, CandleRecorderState>>;
}

/** Gives the configuration of the demo world: sim-a and sim-b (spot), sim-perp (perpetuals), funded accounts. */
export function demoWorldConfig(
  seed: string,
  startMs: EpochMs,
  balances?: Readonly<Record<string, Readonly<Record<string, string>>>>,
): SimulatedWorldConfig {
  return { seed, startMs, underlyings: demoUnderlyings, venues: demoVenueConfigs(balances) };
}

const minuteMs = 60_000;
const recordedMinutesDefault = 3000;
const recentMinutes = 480;

interface Place {
  readonly generator: InstrumentGenerator;
  readonly config: InstrumentGeneratorConfig;
  readonly venue: PaperVenue;
  readonly recorder: CandleRecorder;
  readonly startPriceTicks: number;
}

export class SimulatedWorld implements VirtualTimeSource {
  private readonly config: SimulatedWorldConfig;
  private readonly latent: LatentMarket;
  private readonly venues: PaperVenue[] = [];
  private readonly places: Place[] = [];
  private readonly placeById = new Map<InstrumentId, Place>();
  private readonly paths = new Map<string, HistoryPath>();
  private currentMs: number;
  private currentPlace: Place | undefined;
  private emit: EventSink = discard;
  private sparseness = 1;

  /** Begins a new world, or goes on from a saved one (the configuration must be that of the saved world). */
  constructor(config: SimulatedWorldConfig, saved?: SimulatedWorldState) {
    if (saved !== undefined && (saved.seed !== config.seed || saved.startMs !== config.startMs)) {
      throw new RangeError('the saved world has another seed or another start than the configuration');
    }
    this.config = config;
    this.currentMs = config.startMs;
    this.latent = new LatentMarket(config.seed, config.startMs, config.underlyings);
    config.venues.forEach((venueConfig, index) => {
      this.addVenue(venueConfig, saved?.venues[index]);
    });
    if (saved !== undefined) this.restoreGenerators(saved);
  }

  /** Gives the time of the last moment that was lived. */
  get nowMs(): EpochMs {
    return epochMs(this.currentMs);
  }

  /** Gives every instrument of every venue. */
  instruments(): readonly Instrument[] {
    return this.places.map((place) => place.generator.instrument);
  }

  nextTimeMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const place of this.places) {
      const timeMs = place.generator.nextMs;
      if (timeMs < next) next = timeMs;
    }
    for (const venue of this.venues) {
      const timeMs = venue.nextTimeMs();
      if (timeMs < next) next = timeMs;
    }
    return next < this.currentMs ? this.currentMs : next;
  }

  /** Lives exactly the next moment: first the market, each event before what it causes; then what arrives. */
  step(emit: EventSink): void {
    this.stepTo(this.nextTimeMs(), emit);
  }

  /** Sends a command to its venue; it arrives after the venue's latency. Throws for a venue that is not here. */
  submit(command: VenueCommand, nowMs: EpochMs): void {
    this.venueOf(command.venue).submit(command, nowMs);
  }

  /**
   * Lives on until `toMs` with nobody listening: orders rest and fill, and all of it is in the venues' truth.
   * Commands under way still arrive. About half a million market events a second; call it in slices.
   * `sparseness` above 1 lets the order flow move that many times less often, for absences of many hours:
   * prices keep their paths and volatility, books and tapes are thinner, queues drain more slowly.
   */
  fastForward(toMs: EpochMs, sparseness = 1): void {
    if (!(sparseness >= 1)) throw new RangeError(`sparseness must be at least 1, not ${sparseness}`);
    this.sparseness = sparseness;
    for (let next = this.nextTimeMs(); next <= toMs; next = this.nextTimeMs()) this.stepTo(next, discard);
    this.sparseness = 1;
    if (toMs > this.currentMs) this.currentMs = toMs;
  }

  /** Gives each instrument's book and quote as they are now, for a listener that joins later. */
  emitBooks(emit: EventSink): void {
    for (const { generator } of this.places) {
      emit({ ...generator.snapshot(), receiveTimeMs: this.nowMs });
      emit({ ...generator.quote(), receiveTimeMs: this.nowMs });
    }
  }

  /**
   * Gives up to `bars` closed candles before now, oldest first: recorded minutes, before them the made-up past,
   * which ends exactly at the instrument's start price. Fewer than asked beyond one year of minutes.
   */
  history(instrument: InstrumentId, timeframeMs: number, bars: number): readonly Candle[] {
    const place = this.placeById.get(instrument);
    if (place === undefined) throw new RangeError(`unknown instrument ${instrument}`);
    if (!Number.isSafeInteger(timeframeMs) || timeframeMs < minuteMs || timeframeMs % minuteMs !== 0) {
      throw new RangeError(`a timeframe must be whole minutes in milliseconds, not ${timeframeMs}`);
    }
    if (!Number.isSafeInteger(bars) || bars < 0) throw new RangeError(`bad number of bars: ${bars}`);
    const wantedMinutes = Math.min((bars + 2) * (timeframeMs / minuteMs), historyBarsMax);
    return joinMinutes(this.minutesBeforeNow(place, wantedMinutes), timeframeMs, bars);
  }

  /** Whether no command and no answer is under way at any venue. */
  get isIdle(): boolean {
    return this.venues.every((venue) => venue.isIdle);
  }

  /** Whether a venue's truth changed since the last `drainChanges`; cheap. */
  get hasChanges(): boolean {
    for (const venue of this.venues) if (venue.hasChanges) return true;
    return false;
  }

  /** Gives and forgets what changed in the venues' truth, one entry a changed venue. */
  drainChanges(): PaperVenueChanges[] {
    const changes: PaperVenueChanges[] = [];
    for (const venue of this.venues) if (venue.hasChanges) changes.push(venue.drainChanges());
    return changes;
  }

  /** Gives the whole truth of one venue. */
  venueState(venue: VenueId): PaperVenueState {
    return this.venueOf(venue).snapshot();
  }

  /**
   * Gives the world as plain data. `whole` false makes it small enough to be written every few seconds: only the
   * last eight hours of minutes, and accounts without orders and fills, which the host must put in from the
   * venues' own files (`drainChanges`) before it restores.
   */
  save(whole = true): SimulatedWorldState {
    const minutesMax = whole ? Number.MAX_SAFE_INTEGER : recentMinutes;
    return {
      version: 1,
      seed: this.config.seed,
      startMs: this.config.startMs,
      nowMs: this.currentMs,
      latent: this.latent.save(),
      instruments: this.places.map((place) => place.generator.save()),
      venues: this.venues.map((venue) => ({
        account: whole ? venue.snapshot() : venue.summary(),
        market: venue.marketSnapshot(),
      })),
      candles: Object.fromEntries(
        this.places.map((place) => [place.generator.instrument.id, place.recorder.save(minutesMax)]),
      ),
    };
  }

  private stepTo(timeMs: number, emit: EventSink): void {
    if (timeMs === Number.POSITIVE_INFINITY) return;
    this.currentMs = timeMs;
    this.emit = emit;
    for (const place of this.places) {
      while (place.generator.nextMs <= timeMs) {
        this.currentPlace = place;
        place.generator.step(this.onMarket, this.sparseness);
      }
    }
    for (const venue of this.venues) {
      if (venue.nextTimeMs() <= timeMs) venue.advance(epochMs(timeMs), emit);
    }
    this.emit = discard;
  }

  /** The one sink of all generators: the listener first, then the venue with what it causes. */
  private readonly onMarket = (event: MarketEvent): void => {
    const place = this.currentPlace as Place;
    if (event.kind === 'trade') place.recorder.onTrade(event.receiveTimeMs, event.priceTicks, event.lots);
    this.emit(event);
    place.venue.onMarket(event, this.emit);
  };

  private addVenue(config: SimulatedVenueConfig, saved: SavedWorldVenue | undefined): void {
    const venue = new PaperVenue(
      {
        venue: config.venue,
        seed: this.config.seed,
        balances: config.balances,
        leverage: config.leverage,
        toVenueLatency: config.toVenueLatency,
        toClientLatency: config.toClientLatency,
        faults: { ...noFaults, lostAnswerProbability: config.lostAnswerProbability ?? 0 },
        onCommandArrival: this.config.onCommandArrival,
      },
      config.instruments.map((instrumentConfig) => instrumentConfig.instrument),
      saved,
    );
    this.venues.push(venue);
    for (const instrumentConfig of config.instruments) {
      const { seed, startMs } = this.config;
      const generator = new InstrumentGenerator(seed, startMs, this.latent, instrumentConfig);
      const place: Place = {
        generator,
        config: instrumentConfig,
        venue,
        recorder: new CandleRecorder(this.config.recordedMinutesMax ?? recordedMinutesDefault),
        startPriceTicks: Math.round(generator.fairTicks),
      };
      // The first lived minute opens where the past closed.
      place.recorder.onTrade(startMs, place.startPriceTicks, 0);
      this.places.push(place);
      this.placeById.set(generator.instrument.id, place);
    }
  }

  private restoreGenerators(saved: SimulatedWorldState): void {
    this.currentMs = saved.nowMs;
    this.latent.restore(saved.latent);
    for (const state of saved.instruments) {
      const place = this.placeById.get(state.instrument);
      if (place === undefined)
        throw new RangeError(`the saved world has an unknown instrument ${state.instrument}`);
      place.generator.restore(state, saved.nowMs);
      const candles = saved.candles[state.instrument];
      if (candles !== undefined) place.recorder.restore(candles);
    }
  }

  private minutesBeforeNow(place: Place, wanted: number): MinuteColumns {
    const { instrument } = place.generator;
    const tick = priceGridOf(instrument.tickSize);
    const endMs = Math.floor(this.config.startMs / minuteMs) * minuteMs;
    const lived = Math.min(wanted, place.recorder.closedCount(this.currentMs));
    // Older recorded minutes may be gone: what was lived is never replaced by an invented past.
    const invented = place.recorder.firstMs === endMs ? wanted - lived : 0;
    const livedEndMs = Math.floor(this.currentMs / minuteMs) * minuteMs;
    const columns = new MinuteColumns(livedEndMs - (lived + invented) * minuteMs, lived + invented);
    place.recorder.write(columns, invented, lived, this.currentMs, tick, priceGridOf(instrument.lotSize));
    if (invented > 0) {
      const history = {
        instrument: instrument.id,
        startPriceTicks: place.startPriceTicks,
        grid: tick,
        basisDeviationBps: place.config.price.basisDeviationBps,
        calmMinuteVolume: calmMinuteVolume(
          place.config,
          place.startPriceTicks * instrument.tickSize.toNumber(),
        ),
      };
      const path = this.pathOf(place.config.underlying, endMs);
      writeHistory(this.config.seed, path, history, columns, invented);
    }
    return columns;
  }

  private pathOf(underlying: string, endMs: number): HistoryPath {
    let path = this.paths.get(underlying);
    if (path === undefined) {
      const { calmMinuteDeviation } = this.latent.find(underlying).config;
      path = new HistoryPath(this.config.seed, underlying, calmMinuteDeviation, endMs);
      this.paths.set(underlying, path);
    }
    return path;
  }

  private venueOf(id: VenueId): PaperVenue {
    const found = this.venues.find((venue) => venue.venue === id);
    if (found === undefined) throw new RangeError(`no venue ${id} in this world`);
    return found;
  }
}

/** Gives about what the order flow trades in a calm minute, in base currency. */
function calmMinuteVolume(config: InstrumentGeneratorConfig, price: number): number {
  const tradesPerMinute = config.eventsPerSecond * 60 * 0.17;
  return (tradesPerMinute * config.flow.levelNotional * 0.36) / price;
}

function discard(): void {
  // Nobody listens while the world lives on alone.
}
