/**
 * The simulated venue: one account at one exchange that takes market events and commands and answers with venue
 * events. Its time is the time it is told; within one moment the market comes first, then funding, fired stops,
 * arriving commands and at last the answers that reach the client.
 */

import { ensureDefined } from '../../../shared/domain/assert.ts';
import type { Decimal } from '../../../shared/domain/decimal.ts';
import type { Instrument } from '../../../shared/domain/instrument.ts';
import type { EpochMs, InstrumentId, VenueId } from '../../../shared/domain/nominal.ts';
import type { FundingRateEvent, MarketEvent } from '../../../shared/events/market.ts';
import type { FundingPaidEvent, VenueCommand } from '../../../shared/events/venue.ts';
import type { EventSink, SimulatedVenuePort } from '../../ports.ts';
import { RandomStream } from '../random.ts';
import { PaperAccount } from './account.ts';
import { accountReportOf } from './account-report.ts';
import type { BorrowRates } from './borrow-interest.ts';
import { InstrumentMarket } from './instrument-market.ts';
import { liquidateIfNeeded } from './liquidation.ts';
import type { MatchingDesk } from './matching-desk.ts';
import { type FillObserver, OrderBooking } from './order-booking.ts';
import { OrderDesk } from './order-desk.ts';
import { Payments } from './payments.ts';
import { PriceDesk, type PriceMatching, type PricePoint } from './price-desk.ts';
import { VenueAnswers } from './venue-answers.ts';
import { VenueLedger } from './venue-ledger.ts';
import { type LatencyModel, type LinkFaults, noFaults, VenueLink } from './venue-link.ts';
import type { PaperOrder, PaperVenueChanges, PaperVenueMarketState, PaperVenueState } from './venue-state.ts';

const hourMs = 3_600_000;

export interface PaperVenueConfig {
  readonly venue: VenueId;
  /** Seed of the venue's own chance: latency and provoked faults. */
  readonly seed: string;
  /** First balances by currency, decimal texts; ignored when a saved state is given. */
  readonly balances: Readonly<Record<string, string>>;
  /** Leverage of perpetuals, a whole number from 1; margin is cross in the settle currency. */
  readonly leverage: number;
  readonly toVenueLatency: LatencyModel;
  readonly toClientLatency: LatencyModel;
  readonly faults?: LinkFaults | undefined;
  /** How long after its trigger a stop waits for the book to follow the tape. 0: the end of the same moment. */
  readonly stopSettleMs?: number | undefined;
  /** Called with the audit number of a command before it is applied: the host makes sure its intent is durable. */
  readonly onCommandArrival?: ((auditSequence: number) => void) | undefined;
  /** Set where the market is one price at a time (candles): how orders meet it. A book is matched when absent. */
  readonly priceMatching?: PriceMatching | undefined;
  /** Told of each fill and funding payment as it is booked, before anybody hears of it. */
  readonly onFill?: FillObserver | undefined;
  readonly onFunding?: ((payment: FundingPaidEvent) => void) | undefined;
}

/** Where a venue goes on from. Without `market` the book is learnt anew from the next events. */
export interface PaperVenueRestore {
  readonly account: PaperVenueState;
  readonly market?: PaperVenueMarketState | undefined;
}

interface FiredStop {
  readonly order: PaperOrder;
  readonly dueMs: number;
}

export class PaperVenue implements SimulatedVenuePort {
  readonly venue: VenueId;
  private readonly config: PaperVenueConfig;
  private readonly markets = new Map<InstrumentId, InstrumentMarket>();
  private readonly account: PaperAccount;
  private readonly ledger: VenueLedger;
  private readonly link: VenueLink;
  private readonly answers: VenueAnswers;
  private readonly booking: OrderBooking;
  private readonly payments: Payments;
  private readonly desk: MatchingDesk;
  /** Where the market is one price at a time. */
  readonly priceDesk: PriceDesk | undefined;
  private readonly fired: FiredStop[] = [];
  private nowMs = 0;
  private fundingDueMs = Number.POSITIVE_INFINITY;
  private seenFillCount = 0;
  /** Market events up to this time were matched before the venue was restored. */
  private matchedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(config: PaperVenueConfig, instruments: readonly Instrument[], restore?: PaperVenueRestore) {
    if (!Number.isSafeInteger(config.leverage) || config.leverage < 1) {
      throw new RangeError(`leverage must be a whole number from 1, not ${config.leverage}`);
    }
    this.config = config;
    this.venue = config.venue;
    this.account = new PaperAccount(restore?.account.balances ?? config.balances, config.leverage);
    this.ledger = new VenueLedger(config.venue);
    const random = new RandomStream(config.seed, `link:${config.venue}`);
    this.link = new VenueLink(
      config.toVenueLatency,
      config.toClientLatency,
      config.faults ?? noFaults,
      random,
    );
    this.answers = new VenueAnswers(config.venue, this.link);
    const parts = {
      markets: this.markets,
      account: this.account,
      ledger: this.ledger,
      answers: this.answers,
      onFill: config.onFill,
    };
    this.booking = new OrderBooking(parts);
    this.payments = new Payments({ ...parts, onFunding: config.onFunding });
    const deskParts = {
      ...parts,
      booking: this.booking,
      onFired: (order: PaperOrder) => {
        this.fired.push({ order, dueMs: this.nowMs + (this.config.stopSettleMs ?? 0) });
      },
    };
    const matching = config.priceMatching;
    this.priceDesk = matching === undefined ? undefined : new PriceDesk(deskParts, matching);
    this.desk = this.priceDesk ?? new OrderDesk(deskParts);
    for (const instrument of instruments) this.addInstrument(instrument);
    if (restore !== undefined) this.restoreFrom(restore);
  }

  /** Makes an instrument tradable; idempotent. */
  addInstrument(instrument: Instrument): void {
    if (instrument.venue !== this.venue) {
      throw new RangeError(`instrument ${instrument.id} does not belong to venue ${this.venue}`);
    }
    if (!this.markets.has(instrument.id)) this.markets.set(instrument.id, new InstrumentMarket(instrument));
  }

  /** Whether the venue's truth changed since the last `drainChanges`. */
  get hasChanges(): boolean {
    return this.ledger.hasChanges;
  }

  /** Whether no command and no answer is under way. */
  get isIdle(): boolean {
    return this.link.isIdle;
  }

  onMarket(event: MarketEvent, emit: EventSink): void {
    const timeMs = event.receiveTimeMs;
    if (this.nextTimeMs() < timeMs) this.advanceWhile(timeMs, true, emit);
    if (timeMs > this.nowMs) this.setTime(timeMs);
    const market = this.markets.get(event.instrument);
    if (market === undefined) return;
    const matching = timeMs > this.matchedUntilMs;
    if (matching && market.queuesFrozen) market.thawQueues();
    switch (event.kind) {
      case 'trade':
        market.lastTradeTicks = event.priceTicks;
        if (matching) {
          this.desk.onTrade(market, event.priceTicks, event.lots, event.aggressor);
          if (!market.hasVenueMark) this.checkMargin(market);
        }
        break;
      case 'book-delta':
        if (market.onDelta(event) && matching) this.desk.onDepth(market);
        break;
      case 'book-snapshot':
        market.onSnapshot(event);
        if (matching) this.desk.onDepth(market);
        break;
      case 'quote':
        if (market.onQuote(event) && matching) this.desk.onDepth(market);
        break;
      case 'funding-rate':
        this.onFundingRate(market, event, matching);
        break;
      case 'candle':
      case 'price':
        break;
    }
    if (this.account.perpetualFillCount !== this.seenFillCount) this.updateFundingDue();
    if (this.link.nextAnswerMs <= this.nowMs) this.deliver(this.nowMs, emit);
  }

  /** Brings the one price of an instrument to a point, see `PriceDesk.move`. */
  movePrice(instrument: InstrumentId, point: PricePoint, timeMs: EpochMs, emit: EventSink): void {
    if (this.nextTimeMs() < timeMs) this.advanceWhile(timeMs, true, emit);
    if (timeMs > this.nowMs) this.setTime(timeMs);
    const market = this.market(instrument);
    this.priceDesk?.move(market, point);
    this.checkMargin(market);
    if (this.account.perpetualFillCount !== this.seenFillCount) this.updateFundingDue();
    if (this.link.nextAnswerMs <= this.nowMs) this.deliver(this.nowMs, emit);
  }

  /** Pays funding of an instrument at a rate and price, if there is a position; `dueMs` names the payment made at `nowMs`. */
  payFundingAt(
    instrument: InstrumentId,
    rate: Decimal,
    markTicks: number,
    dueMs: EpochMs,
    nowMs: EpochMs,
    emit: EventSink,
  ): void {
    if (nowMs > this.nowMs) this.setTime(nowMs);
    const market = this.market(instrument);
    this.payments.bookFunding(market, rate, markTicks, dueMs, this.nowMs);
    this.checkMargin(market);
    if (this.link.nextAnswerMs <= this.nowMs) this.deliver(this.nowMs, emit);
  }

  /** Charges an hour's interest on what a margin position has borrowed, as `payFundingAt` pays funding. */
  chargeInterestAt(
    instrument: InstrumentId,
    rates: BorrowRates,
    ticks: number,
    dueMs: EpochMs,
    nowMs: EpochMs,
    emit: EventSink,
  ): void {
    if (nowMs > this.nowMs) this.setTime(nowMs);
    const market = this.market(instrument);
    this.payments.bookInterest(market, rates, ticks, dueMs, this.nowMs);
    this.checkMargin(market);
    if (this.link.nextAnswerMs <= this.nowMs) this.deliver(this.nowMs, emit);
  }

  /** Gives the market of an instrument as this venue sees it. */
  market(instrument: InstrumentId): InstrumentMarket {
    return ensureDefined(this.markets.get(instrument), `market of ${instrument}`);
  }

  /** Gives the price positions are valued at here, in ticks; 0 while none is known. */
  readonly markOf = (instrument: InstrumentId): number => this.markets.get(instrument)?.markTicks ?? 0;

  /** Gives the account, to be looked at. */
  get money(): PaperAccount {
    return this.account;
  }

  submit(command: VenueCommand, nowMs: EpochMs): void {
    this.link.send(command, nowMs);
  }

  nextTimeMs(): number {
    let next = Math.min(this.link.nextCommandMs, this.link.nextAnswerMs, this.fundingDueMs);
    const fired = this.fired[0];
    if (fired !== undefined && fired.dueMs < next) next = fired.dueMs;
    return next;
  }

  advance(nowMs: EpochMs, emit: EventSink): void {
    this.advanceWhile(nowMs, false, emit);
    if (nowMs > this.nowMs) this.setTime(nowMs);
  }

  /** Gives the venue's whole truth about the account. */
  snapshot(): PaperVenueState {
    return this.ledger.snapshot(this.account);
  }

  /** Gives the truth without orders, fills and payments; a venue cannot be restored from it alone. */
  summary(): PaperVenueState {
    return this.ledger.summary(this.account);
  }

  /** Gives what the venue has seen of the market, to go on exactly from here. */
  marketSnapshot(): PaperVenueMarketState {
    return {
      asOfMs: this.nowMs,
      instruments: [...this.markets.values()].map((market) => market.save()),
      random: this.link.saveRandom(),
    };
  }

  /** Gives and forgets what changed since the last drain, for the venue's own durable file. */
  drainChanges(): PaperVenueChanges {
    return this.ledger.drainChanges(this.account);
  }

  private advanceWhile(untilMs: number, strictly: boolean, emit: EventSink): void {
    for (;;) {
      const next = this.nextTimeMs();
      if (strictly ? next >= untilMs : next > untilMs) return;
      if (next > this.nowMs) this.setTime(next);
      if (this.fundingDueMs <= this.nowMs) this.payFunding();
      else if ((this.fired[0]?.dueMs ?? Number.POSITIVE_INFINITY) <= this.nowMs) this.executeFired();
      else if (this.link.nextCommandMs <= this.nowMs) this.applyCommand();
      else this.deliver(this.nowMs, emit);
      if (this.account.perpetualFillCount !== this.seenFillCount) this.updateFundingDue();
    }
  }

  private deliver(untilMs: number, emit: EventSink): void {
    while (this.link.nextAnswerMs <= untilMs) this.link.deliverNext(emit);
  }

  private applyCommand(): void {
    const command = this.link.takeCommand();
    if (command === undefined) return;
    this.config.onCommandArrival?.(command.auditSequence);
    switch (command.kind) {
      case 'submit-order':
        this.desk.place(command.order);
        break;
      case 'cancel-order':
        this.desk.cancel(command.clientOrderId);
        break;
      case 'request-account-report':
        this.answers.report(accountReportOf(command, this.ledger, this.account), this.nowMs);
        break;
    }
  }

  private executeFired(): void {
    const fired = this.fired.shift();
    if (fired === undefined) return;
    this.desk.executeFired(fired.order);
  }

  private onFundingRate(market: InstrumentMarket, event: FundingRateEvent, matching: boolean): void {
    // A payment that falls due with this event is paid at the rate that was announced for it.
    if (this.fundingDueMs <= this.nowMs) this.payFunding();
    market.onFundingRate(event);
    this.updateFundingDue();
    if (matching) this.checkMargin(market);
  }

  private checkMargin(market: InstrumentMarket): void {
    if (this.account.positionLots(market.instrument.id) === 0) return;
    const { account, answers, booking, desk, ledger, markets } = this;
    liquidateIfNeeded({ account, answers, booking, desk, ledger, markets }, market.instrument.settle);
  }

  private payFunding(): void {
    for (const market of this.markets.values()) {
      if (market.nextFundingMs === 0 || market.nextFundingMs > this.nowMs) continue;
      if (this.account.positionLots(market.instrument.id) === 0) continue;
      this.payments.bookFunding(
        market,
        market.fundingRate,
        market.markTicks,
        market.nextFundingMs,
        this.nowMs,
      );
      this.checkMargin(market);
    }
    this.updateFundingDue();
  }

  /** Finds the next funding of an instrument we hold; times that passed without a position are skipped. */
  private updateFundingDue(): void {
    this.fundingDueMs = Number.POSITIVE_INFINITY;
    this.seenFillCount = this.account.perpetualFillCount;
    for (const market of this.markets.values()) {
      const intervalMs = market.instrument.fundingIntervalHours * hourMs;
      if (intervalMs === 0 || market.nextFundingMs === 0) continue;
      if (this.account.positionLots(market.instrument.id) === 0) continue;
      if (market.nextFundingMs <= this.nowMs) {
        market.nextFundingMs += Math.floor((this.nowMs - market.nextFundingMs) / intervalMs + 1) * intervalMs;
      }
      if (market.nextFundingMs < this.fundingDueMs) this.fundingDueMs = market.nextFundingMs;
    }
  }

  private setTime(nowMs: number): void {
    this.nowMs = nowMs;
    this.booking.nowMs = nowMs;
  }

  private restoreFrom(restore: PaperVenueRestore): void {
    const { account, market } = restore;
    if (account.venue !== this.venue) {
      throw new RangeError(`the saved state belongs to venue ${account.venue}, not ${this.venue}`);
    }
    if (account.incomplete === true) {
      throw new RangeError(
        `the account of ${this.venue} was saved without orders and fills: put the venue's own state in its place`,
      );
    }
    this.ledger.restore(account);
    this.setTime(account.asOfMs);
    this.matchedUntilMs = account.asOfMs;
    for (const position of account.positions) {
      const known = this.markets.get(position.instrument);
      if (known === undefined) throw new RangeError(`position in unknown instrument ${position.instrument}`);
      this.account.restorePosition(known.instrument, position);
    }
    for (const order of this.ledger.open.values()) this.desk.restoreOpen(order);
    if (market !== undefined) {
      this.link.restoreRandom(market.random);
      const behind = market.asOfMs < account.asOfMs;
      for (const saved of market.instruments) {
        const known = this.markets.get(saved.instrument);
        if (known === undefined) continue;
        known.restore(saved);
        known.queuesFrozen = behind;
      }
    }
    this.account.drainChanges();
    this.updateFundingDue();
  }
}
