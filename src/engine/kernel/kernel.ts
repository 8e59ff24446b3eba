/**
 * The kernel: one synchronous, deterministic function of its events. `process(event)` updates the market first, then
 * calls strategies, then leaves commands for the venues and numbered audit records behind. It knows no clock but
 * the time of its events, does no I/O and holds no randomness: the same events give the same records, byte for byte.
 */

import { AssertionFailure } from '../../shared/domain/assert.ts';
import type { Candle } from '../../shared/domain/candle.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { BotId, EpochMs, InstrumentId, VenueId } from '../../shared/domain/nominal.ts';
import { defaultRiskLimits, type RiskCode } from '../../shared/domain/risk.ts';
import type { AuditBody } from '../../shared/events/audit.ts';
import type { ControlEvent } from '../../shared/events/control.ts';
import type { MarketEvent } from '../../shared/events/market.ts';
import type { FundingPaidEvent, VenueCommand, VenueEvent } from '../../shared/events/venue.ts';
import { Executor } from '../execution/executor.ts';
import { OrderStore } from '../execution/order-store.ts';
import { Reconciler } from '../execution/reconciler.ts';
import { InputDigest } from '../market/input-digest.ts';
import { InstrumentMarket, minuteMs } from '../market/instrument-market.ts';
import { FundingBooker } from '../portfolio/funding.ts';
import { manualBot } from '../portfolio/ledger.ts';
import { Portfolio } from '../portfolio/portfolio.ts';
import type { DigestPort, IndicatorPort } from '../ports.ts';
import { RiskStates } from '../risk/risk-states.ts';
import { type AnyStrategy, liveTerms, type TradingTerms } from '../strategy/api.ts';
import { AuditChain, type AuditTrail } from './audit-chain.ts';
import { BotManager } from './bot-manager.ts';
import { ControlDesk } from './control-desk.ts';
import type { ControlOutcome } from './control-outcome.ts';
import type { KernelServices, VenueLink } from './services.ts';
import type { Checkpoint, KernelCore, KernelSnapshot } from './snapshot.ts';
import { TimerQueue } from './timer-queue.ts';

const bookDenials: ReadonlySet<RiskCode> = new Set<RiskCode>(['BOOK_INVALID']);

/** Time passes although nothing happens. */
export interface TickEvent {
  readonly kind: 'tick';
  readonly timeMs: EpochMs;
}

/** Closed candles from before, oldest first: they warm up a series and tell no strategy. */
export interface HistoryEvent {
  readonly kind: 'history';
  readonly instrument: InstrumentId;
  readonly timeframeMs: number;
  readonly candles: readonly Candle[];
  readonly timeMs: EpochMs;
}

export type KernelEvent = MarketEvent | VenueEvent | ControlEvent | TickEvent | HistoryEvent;

export interface KernelOptions {
  readonly digest: DigestPort;
  /** Where records go; the hash chain over `digest` unless told. */
  readonly trail?: AuditTrail | undefined;
  /** Leverage, reserve and expected slippage; those of live trading unless told. */
  readonly terms?: TradingTerms | undefined;
  /** Computes what strategies read through `indicator`; without it they are refused. */
  readonly indicators?: IndicatorPort | undefined;
  readonly instruments: readonly Instrument[];
  readonly findStrategy: (id: string) => AnyStrategy | undefined;
  readonly snapshot: KernelSnapshot;
  /** Start of every client order id; unique to the installation. */
  readonly orderPrefix: string;
  readonly startMs: EpochMs;
  /**
   * How long after its end a candle waits for late trades before it is final. Infinity: candles come whole from the
   * feed and none is made from trades.
   */
  readonly candleGraceMs: number;
  /** Kernel time between two comparisons with a venue; 15 s unless told, more where years are run through. */
  readonly reconcileIntervalMs?: number | undefined;
}

export class Kernel {
  readonly services: KernelServices;
  readonly botManager: BotManager;
  readonly executor: Executor;
  private readonly trail: AuditTrail;
  private readonly reconciler: Reconciler;
  private readonly control: ControlDesk;
  private readonly funding: FundingBooker;
  private readonly candleGraceMs: number;
  private commands: VenueCommand[] = [];
  private nextCandleCheckMs = 0;
  private coreChanged = true;

  constructor(options: KernelOptions) {
    const { snapshot } = options;
    const core = snapshot.core;
    this.candleGraceMs = options.candleGraceMs;
    this.trail =
      options.trail ??
      new AuditChain(options.digest, new InputDigest(), snapshot.lastSequence, snapshot.lastHash);
    const instruments = new Map(options.instruments.map((instrument) => [instrument.id, instrument]));
    const audit = (body: AuditBody): number => this.trail.append(this.services.nowMs, body);
    const portfolio = new Portfolio(audit, snapshot.ledger, {
      checked: core?.identitiesChecked ?? 0,
      failed: core?.identitiesFailed ?? 0,
    });
    this.services = {
      nowMs: Math.max(options.startMs, core?.timeMs ?? 0) as EpochMs,
      riskLimits: core?.riskLimits ?? defaultRiskLimits,
      terms: options.terms ?? liveTerms,
      indicators: options.indicators,
      markets: new Map(
        options.instruments.map((instrument) => [instrument.id, new InstrumentMarket(instrument)]),
      ),
      venues: new Map(),
      orders: new OrderStore(snapshot.orders),
      portfolio,
      riskStates: new RiskStates(core?.riskStates),
      timers: new TimerQueue(),
      audit,
      send: (command) => {
        this.commands.push({ ...command, auditSequence: this.trail.lastSequence } as VenueCommand);
      },
      instrument: (id) => instruments.get(id),
    };
    this.botManager = new BotManager(this.services, options.findStrategy);
    this.executor = new Executor(this.services, this.botManager, {
      orderPrefix: options.orderPrefix,
      nextOrderNumber: core?.nextOrderNumber ?? 1,
      fillKeys: snapshot.fillKeys,
      lastFillMs: snapshot.lastFillMs,
    });
    this.botManager.attach(this.executor);
    this.funding = new FundingBooker(this.services, snapshot.fundingPayments);
    this.reconciler = new Reconciler(this.services, this.executor, core?.nextReportNumber ?? 1, {
      onReady: () => this.botManager.activateAll(),
      onFunding: (payment) => this.bookFunding(payment),
      intervalMs: options.reconcileIntervalMs,
    });
    this.control = new ControlDesk(this.services, this.botManager, this.executor, this.reconciler);
    for (const position of core?.manualPositions ?? []) {
      const instrument = instruments.get(position.instrument);
      if (instrument !== undefined) portfolio.openPosition(manualBot, instrument, position);
    }
    for (const bot of snapshot.bots) this.botManager.restore(bot);
    this.scheduleCandles(this.services.nowMs);
  }

  /** Takes one event. Control commands give their outcome; everything else gives undefined. */
  process(event: KernelEvent): ControlOutcome | undefined {
    const timeMs = timeOf(event);
    this.runTimers(timeMs);
    if (timeMs > this.services.nowMs) this.services.nowMs = timeMs as EpochMs;
    switch (event.kind) {
      case 'quote':
      case 'trade':
      case 'book-delta':
      case 'book-snapshot':
      case 'candle':
      case 'price':
      case 'funding-rate':
        this.onMarket(event);
        return undefined;
      case 'tick':
        return undefined;
      case 'history':
        this.services.markets
          .get(event.instrument)
          ?.seedHistory(event.timeframeMs, event.candles, this.closedUpToMs(this.services.nowMs));
        return undefined;
      case 'control':
        this.coreChanged = true;
        return this.control.run(event.command);
      default:
        this.coreChanged = true;
        this.onVenue(event);
        return undefined;
    }
  }

  /** Takes the commands left for the venues, in order. */
  drainCommands(): VenueCommand[] {
    if (this.commands.length === 0) return this.commands;
    const commands = this.commands;
    this.commands = [];
    return commands;
  }

  get hasCommands(): boolean {
    return this.commands.length > 0;
  }

  /** When the next timer is due; Infinity when none is set. */
  nextTimerMs(): number {
    return Math.min(this.services.timers.nextTimeMs(), this.nextCandleCheckMs);
  }

  /** Market events taken so far. */
  get marketEvents(): number {
    return this.trail.inputCount;
  }

  get lastSequence(): number {
    return this.trail.lastSequence;
  }

  get lastHash(): string {
    return this.trail.lastHash;
  }

  /** Records something the host did (run started, run stopped). */
  record(body: AuditBody): void {
    this.coreChanged = true;
    this.trail.append(this.services.nowMs, body);
  }

  /** Gives everything that changed since the last checkpoint, or null when nothing did. */
  checkpoint(): Checkpoint | null {
    const records = this.trail.drain();
    const bots = [];
    for (const bot of this.botManager.bots.values()) {
      if (!bot.changed) continue;
      bot.changed = false;
      bots.push(bot.snapshot(this.services.timers.withPrefix(bot.timerPrefix), this.services.nowMs));
    }
    const removedBots = this.botManager.removed.splice(0);
    if (records.length === 0 && bots.length === 0 && removedBots.length === 0 && !this.coreChanged)
      return null;
    this.coreChanged = false;
    return { records, bots, removedBots, core: this.core() };
  }

  private core(): KernelCore {
    const { services } = this;
    const manualPositions = [];
    for (const { bot, position } of services.portfolio.allPositions()) {
      if (bot === manualBot) manualPositions.push(position.snapshot());
    }
    return {
      timeMs: services.nowMs,
      nextOrderNumber: this.executor.nextOrderNumber,
      nextReportNumber: this.reconciler.nextReportNumber,
      riskStates: services.riskStates.entries(),
      riskLimits: services.riskLimits,
      manualPositions,
      identitiesChecked: services.portfolio.identities.checked,
      identitiesFailed: services.portfolio.identities.failed,
    };
  }

  private runTimers(untilMs: number): void {
    while (this.nextTimerMs() <= untilMs) {
      if (this.nextCandleCheckMs <= this.services.timers.nextTimeMs()) {
        if (this.nextCandleCheckMs > this.services.nowMs)
          this.services.nowMs = this.nextCandleCheckMs as EpochMs;
        this.closeCandles();
        continue;
      }
      const timer = this.services.timers.popDue(untilMs);
      if (timer === undefined) return;
      if (timer.atMs > this.services.nowMs) this.services.nowMs = timer.atMs;
      if (!this.reconciler.onTimer(timer.key)) this.botManager.onTimer(timer.key);
    }
  }

  private closeCandles(): void {
    const closedUpToMs = this.closedUpToMs(this.services.nowMs);
    for (const market of this.services.markets.values()) {
      market.closeCandles(closedUpToMs, (series, candle) =>
        this.botManager.onBar(market, series.timeframeMs, candle),
      );
    }
    this.scheduleCandles(this.services.nowMs);
  }

  /** Gives the time up to which candles are over and late trades have come. */
  private closedUpToMs(nowMs: number): number {
    return this.candleGraceMs === Number.POSITIVE_INFINITY ? nowMs : nowMs - this.candleGraceMs;
  }

  private scheduleCandles(nowMs: number): void {
    if (this.candleGraceMs === Number.POSITIVE_INFINITY) {
      this.nextCandleCheckMs = Number.POSITIVE_INFINITY;
      return;
    }
    const elapsed = nowMs - this.candleGraceMs;
    this.nextCandleCheckMs = elapsed - (elapsed % minuteMs) + minuteMs + this.candleGraceMs;
  }

  private onMarket(event: MarketEvent): void {
    this.trail.note(event);
    const market = this.services.markets.get(event.instrument);
    if (market === undefined) return;
    switch (event.kind) {
      case 'quote':
        market.applyQuote(event);
        this.botManager.dispatch(market, (bot) => {
          if (bot.subscription.quotes && market.priced) bot.handlers?.onQuote?.(event);
        });
        return;
      case 'trade':
        market.applyTrade(event);
        this.botManager.dispatch(market, (bot) => {
          if (bot.subscription.trades) bot.handlers?.onTrade?.(event);
        });
        return;
      case 'book-snapshot':
      case 'book-delta':
        market.hasBook = true;
        market.updatedAtMs = event.receiveTimeMs;
        if (event.kind === 'book-snapshot') market.book.applySnapshot(event);
        else market.book.applyDelta(event);
        if (market.book.status !== market.lastBookStatus) this.onBookStatus(market);
        return;
      case 'price':
        this.botManager.onPrice(market, market.applyPrice(event.priceTicks, event.receiveTimeMs));
        return;
      case 'candle': {
        market.updatedAtMs = event.receiveTimeMs;
        if (event.closeTicks !== undefined) market.applyPrice(event.closeTicks, event.receiveTimeMs);
        const series = market.seriesFor(event.timeframeMs);
        if (event.final && series.addFinal(event.candle))
          this.botManager.onBar(market, event.timeframeMs, event.candle);
        return;
      }
      case 'funding-rate':
        // Says nothing of the age of quotes and book.
        market.funding = event;
        return;
    }
  }

  private onBookStatus(market: InstrumentMarket): void {
    market.lastBookStatus = market.book.status;
    this.services.audit({
      kind: 'book',
      instrument: market.instrument.id,
      state: market.book.status,
      message: market.book.reason,
    });
    // An exit must not wait for the clock once the book is back.
    if (market.book.status === 'valid')
      this.botManager.retryDenied(bookDenials, this.botManager.botsOf(market.instrument.id));
  }

  private onVenue(event: VenueEvent): void {
    switch (event.kind) {
      case 'venue-connection':
        this.reconciler.onConnection(event);
        if (event.state === 'disconnected') {
          for (const market of this.services.markets.values()) {
            if (market.instrument.venue === event.venue) market.invalidate(event.message);
          }
        }
        return;
      case 'account-report':
        this.reconciler.onReport(event);
        return;
      case 'funding-paid':
        this.bookFunding(event);
        return;
      default:
        this.executor.onVenueEvent(event);
    }
  }

  private bookFunding(payment: FundingPaidEvent): void {
    for (const id of this.funding.book(payment)) {
      const bot = this.botManager.bots.get(id);
      if (bot !== undefined) bot.changed = true;
    }
  }

  /** Gives the link to a venue, for views. */
  link(venue: VenueId): VenueLink | undefined {
    return this.services.venues.get(venue);
  }

  /** Gives a bot, for views. */
  bot(id: BotId) {
    return this.botManager.bots.get(id);
  }
}

function timeOf(event: KernelEvent): number {
  switch (event.kind) {
    case 'quote':
    case 'trade':
    case 'book-delta':
    case 'book-snapshot':
    case 'candle':
    case 'price':
    case 'funding-rate':
      return validTime(event.receiveTimeMs, event.kind);
    default:
      return validTime(event.timeMs, event.kind);
  }
}

function validTime(timeMs: number, kind: string): number {
  if (!Number.isSafeInteger(timeMs) || timeMs < 0)
    throw new AssertionFailure(`event ${kind} has no valid time: ${timeMs}`);
  return timeMs;
}
