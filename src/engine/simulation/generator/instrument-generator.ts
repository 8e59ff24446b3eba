/** All market events of one simulated instrument, in its own time: snapshot, then deltas, trades, quotes, funding. */

import type { Instrument } from '../../../shared/domain/instrument.ts';
import { epochMs, type InstrumentId, priceTicks, quantityLots } from '../../../shared/domain/nominal.ts';
import type { BookSnapshotEvent, MarketEvent, QuoteEvent } from '../../../shared/events/market.ts';
import { type RandomState, RandomStream } from '../random.ts';
import type { LatentMarket, Underlying } from './latent-market.ts';
import { seasonality } from './latent-market.ts';
import { OrderFlow, type OrderFlowConfig } from './order-flow.ts';
import { VenuePrice, type VenuePriceConfig, type VenuePriceState } from './venue-price.ts';

export interface InstrumentGeneratorConfig {
  readonly instrument: Instrument;
  readonly underlying: string;
  /** Mean number of market events a second, all kinds together. */
  readonly eventsPerSecond: number;
  readonly price: VenuePriceConfig;
  readonly flow: OrderFlowConfig;
}

export interface InstrumentGeneratorState {
  readonly instrument: InstrumentId;
  readonly nextMs: number;
  readonly started: boolean;
  readonly sequence: number;
  readonly tradeCount: number;
  readonly nextFundingEventMs: number;
  readonly flowTilt: number;
  readonly bids: readonly number[];
  readonly asks: readonly number[];
  readonly price: VenuePriceState;
  readonly flowRandom: RandomState;
  readonly clockRandom: RandomState;
}

/** Measured: one step of the order flow gives this many events on average. */
const eventsPerStep = 2.75;
const fundingEventIntervalMs = 5000;
const hourMs = 3_600_000;

export class InstrumentGenerator {
  readonly instrument: Instrument;
  /** Time of the next step as a whole millisecond. */
  nextMs: number;
  private readonly tickSize: number;
  private readonly lotSize: number;
  private readonly underlying: Underlying;
  private readonly latent: LatentMarket;
  private readonly price: VenuePrice;
  private readonly flow: OrderFlow;
  private readonly flowRandom: RandomStream;
  private clockRandom: RandomStream;
  private readonly meanStepMs: number;
  /** The exact next time; `nextMs` is its whole part, so that rounding does not slow the clock. */
  private exactNextMs: number;
  private started = false;
  private sequence = 0;
  private tradeCount = 0;
  private nextFundingEventMs: number;
  private nowMs: number;
  private sink: (event: MarketEvent) => void = ignore;

  constructor(seed: string, startMs: number, latent: LatentMarket, config: InstrumentGeneratorConfig) {
    const { instrument } = config;
    this.instrument = instrument;
    this.tickSize = instrument.tickSize.toNumber();
    this.lotSize = instrument.lotSize.toNumber();
    this.latent = latent;
    this.underlying = latent.find(config.underlying);
    this.price = new VenuePrice(seed, instrument.id, startMs, this.underlying, config.price);
    this.flowRandom = new RandomStream(seed, `order-flow:${instrument.id}`);
    this.clockRandom = new RandomStream(seed, `clock:${instrument.id}`);
    this.flow = new OrderFlow(config.flow, this.flowRandom, (ticks, lots, aggressor) => {
      this.tradeCount += 1;
      this.sink({
        kind: 'trade',
        instrument: this.instrument.id,
        venueTimeMs: epochMs(this.nowMs),
        receiveTimeMs: epochMs(this.nowMs),
        tradeId: String(this.tradeCount),
        priceTicks: priceTicks(ticks),
        lots: quantityLots(lots),
        aggressor,
      });
    });
    this.meanStepMs = (1000 * eventsPerStep) / config.eventsPerSecond;
    this.exactNextMs = startMs;
    this.nextMs = startMs;
    this.nowMs = startMs;
    this.nextFundingEventMs = startMs;
    this.flow.open(this.fairTicks, this.lotValue);
  }

  /** Gives the fair price now, in ticks with a fraction. */
  get fairTicks(): number {
    return Math.exp(this.price.logFair) / this.tickSize;
  }

  /** Emits the events of the next step and moves to the one after it, `sparseness` times later than usual. */
  step(sink: (event: MarketEvent) => void, sparseness: number): void {
    const nowMs = this.nextMs;
    this.nowMs = nowMs;
    this.sink = sink;
    this.latent.advance(nowMs);
    const fairTicks = Math.exp(this.price.advance(nowMs)) / this.tickSize;
    if (!this.started) {
      this.started = true;
      sink(this.snapshot());
      sink(this.quote());
    } else {
      this.stepFlow(fairTicks, sink);
    }
    if (this.instrument.kind === 'perpetual' && nowMs >= this.nextFundingEventMs) this.emitFunding(sink);
    const pace = 0.7 + 0.2 * Math.min(4, this.underlying.volatilityRatio);
    const meanMs = (this.meanStepMs * sparseness) / (pace * seasonality(nowMs));
    this.exactNextMs += this.clockRandom.exponential(meanMs);
    this.nextMs = Math.floor(this.exactNextMs);
    this.sink = ignore;
  }

  /** Gives the whole book as it is now. */
  snapshot(): BookSnapshotEvent {
    return {
      kind: 'book-snapshot',
      instrument: this.instrument.id,
      venueTimeMs: epochMs(this.nowMs),
      receiveTimeMs: epochMs(this.nowMs),
      sequence: this.sequence,
      bids: this.flow.bids.levels(),
      asks: this.flow.asks.levels(),
    };
  }

  /** Gives the best bid and ask as they are now. */
  quote(): QuoteEvent {
    const { bids, asks } = this.flow;
    return {
      kind: 'quote',
      instrument: this.instrument.id,
      venueTimeMs: epochMs(this.nowMs),
      receiveTimeMs: epochMs(this.nowMs),
      bidTicks: priceTicks(bids.bestTicks),
      bidLots: quantityLots(bids.bestLots),
      askTicks: priceTicks(asks.bestTicks),
      askLots: quantityLots(asks.bestLots),
    };
  }

  save(): InstrumentGeneratorState {
    return {
      instrument: this.instrument.id,
      nextMs: this.exactNextMs,
      started: this.started,
      sequence: this.sequence,
      tradeCount: this.tradeCount,
      nextFundingEventMs: this.nextFundingEventMs,
      flowTilt: this.flow.flowTilt,
      bids: this.flow.bids.levels(),
      asks: this.flow.asks.levels(),
      price: this.price.save(),
      flowRandom: this.flowRandom.save(),
      clockRandom: this.clockRandom.save(),
    };
  }

  restore(state: InstrumentGeneratorState, nowMs: number): void {
    this.exactNextMs = state.nextMs;
    this.nextMs = Math.floor(state.nextMs);
    this.nowMs = nowMs;
    this.started = state.started;
    this.sequence = state.sequence;
    this.tradeCount = state.tradeCount;
    this.nextFundingEventMs = state.nextFundingEventMs;
    this.flow.flowTilt = state.flowTilt;
    this.flow.bids.restore(state.bids);
    this.flow.asks.restore(state.asks);
    this.price.restore(state.price);
    this.flowRandom.set(state.flowRandom);
    this.clockRandom = RandomStream.restore(state.clockRandom);
  }

  private get lotValue(): number {
    return this.lotSize * Math.exp(this.price.logFair);
  }

  private stepFlow(fairTicks: number, sink: (event: MarketEvent) => void): void {
    const { bids, asks } = this.flow;
    const bidTicks = bids.bestTicks;
    const bidLots = bids.bestLots;
    const askTicks = asks.bestTicks;
    const askLots = asks.bestLots;
    this.flow.step(fairTicks, this.underlying.volatilityRatio, this.lotSize * fairTicks * this.tickSize);
    if (bids.hasChanges || asks.hasChanges) {
      this.sequence += 1;
      sink({
        kind: 'book-delta',
        instrument: this.instrument.id,
        venueTimeMs: epochMs(this.nowMs),
        receiveTimeMs: epochMs(this.nowMs),
        firstSequence: this.sequence,
        lastSequence: this.sequence,
        bids: bids.takeChanges(),
        asks: asks.takeChanges(),
      });
    }
    const moved =
      bids.bestTicks !== bidTicks ||
      asks.bestTicks !== askTicks ||
      bids.bestLots !== bidLots ||
      asks.bestLots !== askLots;
    if (moved) sink(this.quote());
  }

  private emitFunding(sink: (event: MarketEvent) => void): void {
    const intervalMs = this.instrument.fundingIntervalHours * hourMs;
    this.nextFundingEventMs = this.nowMs + fundingEventIntervalMs;
    sink({
      kind: 'funding-rate',
      instrument: this.instrument.id,
      venueTimeMs: epochMs(this.nowMs),
      receiveTimeMs: epochMs(this.nowMs),
      markTicks: priceTicks(Math.max(1, Math.round(this.price.markPrice / this.tickSize))),
      rate: this.price.fundingRate.toFixed(8),
      nextFundingMs: epochMs((Math.floor(this.nowMs / intervalMs) + 1) * intervalMs),
    });
  }
}

function ignore(): void {
  // Between steps nothing happens, so there is nobody to tell.
}
