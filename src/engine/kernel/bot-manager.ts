/**
 * Runs the bots: creates, starts, pauses, edits and stops them, calls their strategies and makes the resting orders
 * agree with what each strategy declared. A strategy that throws stops alone.
 */

import type { Candle } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { BotId, EpochMs, InstrumentId } from '../../shared/domain/nominal.ts';
import { type Fill, liveOrderStates, type Order } from '../../shared/domain/order.ts';
import type { RiskCode } from '../../shared/domain/risk.ts';
import type { BotState } from '../../shared/events/audit.ts';
import type { StopPolicy } from '../../shared/events/control.ts';
import type { Executor, OrderListener } from '../execution/executor.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { AnyStrategy } from '../strategy/api.ts';
import { closeRetryMs } from '../strategy/retry.ts';
import { BotOrders } from './bot-orders.ts';
import { BotRuntime, waitToBegin } from './bot-runtime.ts';
import { closeRequest, passingDenials } from './closing.ts';
import { ManualClosing } from './manual-closing.ts';
import type { KernelServices } from './services.ts';
import type { BotSnapshot } from './snapshot.ts';
import { makeContext } from './strategy-context.ts';

/** How often a close at market is tried before the position is left to the user. */
const closeAttemptsMax = 3;
const connectionDenials: ReadonlySet<RiskCode> = new Set<RiskCode>([
  'VENUE_DISCONNECTED',
  'VENUE_RECONCILING',
]);

export class BotManager implements OrderListener {
  readonly bots = new Map<BotId, BotRuntime>();
  readonly removed: BotId[] = [];
  private readonly services: KernelServices;
  readonly findStrategy: (id: string) => AnyStrategy | undefined;
  private readonly byInstrument = new Map<InstrumentId, BotRuntime[]>();
  /** Bots that run but wait for their venue or market before the strategy starts. */
  readonly awaiting = new Set<BotRuntime>();
  executor!: Executor;
  orders!: BotOrders;
  manualClosing!: ManualClosing;

  constructor(services: KernelServices, findStrategy: (id: string) => AnyStrategy | undefined) {
    this.services = services;
    this.findStrategy = findStrategy;
  }

  /** Ties the bots to the executor, which in turn tells them about orders. */
  attach(executor: Executor): void {
    this.executor = executor;
    this.orders = new BotOrders(this.services, executor);
    this.manualClosing = new ManualClosing(this.services, executor);
  }

  /** Takes back a bot after a restart. Its strategy hears of fills at once, and starts once the venue is compared. */
  restore(snapshot: BotSnapshot): void {
    const strategy = this.findStrategy(snapshot.definition.strategy);
    const instrument = this.services.instrument(snapshot.definition.instrument);
    if (strategy === undefined || instrument === undefined) {
      const missing =
        strategy === undefined
          ? `no strategy "${snapshot.definition.strategy}"`
          : `no instrument ${snapshot.definition.instrument}`;
      this.fault(snapshot.definition.id, `cannot be taken back: ${missing}`);
      return;
    }
    const bot = this.tryAdd(strategy, instrument, snapshot);
    if (bot === undefined) return;
    for (const { name, atMs } of snapshot.timers) this.services.timers.set(`${bot.timerPrefix}${name}`, atMs);
    if (bot.state === 'RUNNING' || bot.state === 'PAUSED') this.makeHandlers(bot);
    if (bot.state === 'RUNNING') this.awaiting.add(bot);
  }

  /**
   * Parameters an older version took may not be valid any more. Such a bot does not run, yet its money, its position and
   * fills of its orders stay its own.
   */
  private tryAdd(
    strategy: AnyStrategy,
    instrument: Instrument,
    snapshot: BotSnapshot,
  ): BotRuntime | undefined {
    try {
      return this.add(strategy, instrument, snapshot);
    } catch (error) {
      this.fault(snapshot.definition.id, `cannot be taken back: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** Drops a bot that was removed. */
  forget(bot: BotRuntime): void {
    this.bots.delete(bot.id);
    this.removed.push(bot.id);
    const list = this.byInstrument.get(bot.instrument.id) ?? [];
    this.byInstrument.set(
      bot.instrument.id,
      list.filter((other) => other !== bot),
    );
  }

  /** Bots whose strategies may hear market events of an instrument. */
  botsOf(instrument: InstrumentId): readonly BotRuntime[] {
    return this.byInstrument.get(instrument) ?? [];
  }

  /** Tells the bots of an instrument about a market event through `tell`. */
  dispatch(market: InstrumentMarket, tell: (bot: BotRuntime) => void): void {
    const bots = this.byInstrument.get(market.instrument.id);
    if (bots === undefined) return;
    for (let index = 0; index < bots.length; index += 1) {
      const bot = bots[index] as BotRuntime;
      if (bot.state !== 'RUNNING') continue;
      if (this.awaiting.size > 0 && this.awaiting.has(bot)) {
        this.activate(bot);
        continue;
      }
      try {
        tell(bot);
      } catch (error) {
        this.fail(bot, error);
      }
      if (bot.keepChanged || bot.stopRequest !== undefined) this.afterCall(bot);
    }
  }

  onBar(market: InstrumentMarket, timeframeMs: number, candle: Candle): void {
    this.dispatch(market, (bot) => {
      if (bot.subscription.timeframesMs.includes(timeframeMs)) bot.handlers?.onBar?.(timeframeMs, candle);
    });
  }

  /** Tells the price of a market without quotes to those who asked for it; `beforeTicks` is where it came from. */
  onPrice(market: InstrumentMarket, beforeTicks: number): void {
    this.dispatch(market, (bot) => {
      const quote = market.quote();
      if (quote !== undefined && bot.wantsPrice(beforeTicks, quote.bidTicks)) bot.handlers?.onQuote?.(quote);
    });
  }

  /** A timer of this key is due; gives false when it is not a bot's. */
  onTimer(key: string): boolean {
    const [kind, id, ...rest] = key.split('|');
    const bot = this.bots.get(id as BotId);
    if (kind === 'retry') {
      if (bot !== undefined && this.isActive(bot)) this.orders.agree(bot);
      if (bot?.state === 'STOPPING') this.continueStop(bot);
      return true;
    }
    if (kind !== 'bot') return this.manualClosing.onTimer(key);
    if (bot === undefined || (bot.state !== 'RUNNING' && bot.state !== 'PAUSED')) return true;
    bot.changed = true;
    if (bot.state === 'PAUSED' || this.awaiting.has(bot)) {
      bot.dueTimers.add(rest.join('|'));
      return true;
    }
    this.call(bot, () => bot.handlers?.onTimer?.(rest.join('|')));
    return true;
  }

  /** Starts the strategies that waited, as far as venue and market allow. */
  activateAll(): void {
    for (const bot of [...this.awaiting]) this.activate(bot);
    for (const bot of this.bots.values()) if (bot.state === 'STOPPING') this.continueStop(bot);
    this.retryDenied(connectionDenials);
  }

  /** Tries again what was denied for one of these reasons, now that it is gone. */
  retryDenied(codes: ReadonlySet<RiskCode>, bots: Iterable<BotRuntime> = this.bots.values()): void {
    for (const bot of bots) if (this.isActive(bot)) this.orders.retryDenied(bot, codes);
  }

  onOrder(order: Order): void {
    this.orders.onMaybeEnded(order, this.isActive);
    const bot = this.bots.get(order.bot);
    if (bot === undefined) {
      this.manualClosing.onOrder(order);
      return;
    }
    bot.changed = true;
    if (!liveOrderStates.has(order.state)) this.orders.onFreed(bot, order);
    if (bot.state === 'STOPPING') this.continueStop(bot);
    else if (bot.handlers !== undefined) {
      this.call(bot, () => bot.handlers?.onOrder?.(order));
      if (this.isActive(bot)) this.orders.agree(bot);
    }
  }

  private readonly isActive = (bot: BotRuntime): boolean =>
    bot.state === 'RUNNING' && !this.awaiting.has(bot);

  onFill(fill: Fill, order: Order): void {
    this.orders.onMaybeEnded(order, this.isActive);
    const bot = this.bots.get(order.bot);
    if (bot === undefined) {
      this.manualClosing.onOrder(order);
      return;
    }
    bot.changed = true;
    bot.fillCount += 1;
    this.orders.onFilled(bot, order, fill.lots);
    if (bot.handlers !== undefined && (bot.state === 'RUNNING' || bot.state === 'PAUSED')) {
      this.call(bot, () => {
        bot.handlers?.onFill?.(fill, order);
        if (order.state === 'FILLED') bot.handlers?.onOrder?.(order);
      });
      // A fill may come for an order that was replaced already: then the new one is too big.
      if (this.isActive(bot)) this.orders.agree(bot);
    }
    if (bot.state === 'STOPPING') this.continueStop(bot);
  }

  onEndedByVenue(order: Order, code: string, message: string): void {
    const bot = this.bots.get(order.bot);
    if (bot === undefined) return;
    if (bot.state === 'STOPPING') {
      const notBeforeMs = this.services.nowMs + closeRetryMs * bot.closing.attempts;
      bot.closing = { ...bot.closing, notBeforeMs };
    } else this.orders.onEndedByVenue(bot, order, code, message);
  }

  add(strategy: AnyStrategy, instrument: Instrument, snapshot: BotSnapshot): BotRuntime {
    const position = this.services.portfolio.openPosition(
      snapshot.definition.id,
      instrument,
      snapshot.position,
    );
    const { money, baseCost } = snapshot.stake;
    this.services.portfolio.setStake(snapshot.definition.id, Decimal.parse(money), Decimal.parse(baseCost));
    const bot = new BotRuntime(strategy, instrument, position, snapshot);
    this.bots.set(bot.id, bot);
    const list = this.byInstrument.get(instrument.id) ?? [];
    list.push(bot);
    this.byInstrument.set(instrument.id, list);
    return bot;
  }

  makeHandlers(bot: BotRuntime): void {
    const market = this.services.markets.get(bot.instrument.id);
    for (const timeframeMs of bot.subscription.timeframesMs) market?.seriesFor(timeframeMs);
    bot.watched = 'every-price';
    const context = makeContext(this.services, this.executor, bot, (...order) => this.orders.place(...order));
    try {
      bot.handlers = bot.strategy.create(context, bot.params);
    } catch (error) {
      this.fail(bot, error);
    }
  }

  activate(bot: BotRuntime): void {
    const link = this.services.venues.get(bot.instrument.venue);
    const ready = link?.connected === true && link.reconciled;
    const priced = this.services.markets.get(bot.instrument.id)?.priced === true;
    if (!ready || !priced) {
      const reason = waitToBegin(bot.instrument, ready);
      if (bot.whyCode !== reason.code) {
        bot.giveReason(reason, this.services.nowMs);
        bot.changed = true;
      }
      return;
    }
    this.awaiting.delete(bot);
    this.call(bot, () => bot.handlers?.onStart?.());
    for (const name of [...bot.dueTimers]) {
      if (bot.state !== 'RUNNING' || !bot.dueTimers.delete(name)) continue;
      this.call(bot, () => bot.handlers?.onTimer?.(name));
    }
  }

  /** Calls into a strategy; what it asked for is carried out afterwards. */
  call(bot: BotRuntime, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.fail(bot, error);
      return;
    }
    this.afterCall(bot);
  }

  private afterCall(bot: BotRuntime): void {
    const stop = bot.stopRequest;
    if (stop !== undefined) {
      bot.stopRequest = undefined;
      if (bot.state === 'RUNNING' || bot.state === 'PAUSED')
        this.beginStop(bot, stop.policy, stop.reason, false);
      return;
    }
    if (bot.keepChanged && this.isActive(bot)) this.orders.agree(bot);
  }

  private fault(id: BotId, message: string): void {
    this.services.audit({ kind: 'fault', where: `bot ${id}`, message });
  }

  private fail(bot: BotRuntime, error: unknown): void {
    const message = messageOf(error);
    this.fault(bot.id, message);
    bot.handlers = undefined;
    this.awaiting.delete(bot);
    this.setState(bot, 'FAILED', `the strategy failed: ${message}`);
    this.cancelAll(bot, 'the strategy failed');
  }

  beginStop(bot: BotRuntime, policy: StopPolicy, reason: string, byHand: boolean): void {
    this.awaiting.delete(bot);
    bot.stopPolicy = policy;
    bot.stopByHand = byHand;
    bot.beginClosing();
    bot.desired = [];
    bot.keepChanged = false;
    try {
      bot.handlers?.onStop?.();
    } catch (error) {
      this.fault(bot.id, messageOf(error));
    }
    bot.handlers = undefined;
    this.forgetRun(bot);
    if (policy === 'leave-orders') {
      this.setState(bot, 'STOPPED', reason);
      return;
    }
    this.setState(bot, 'STOPPING', reason);
    this.cancelAll(bot, reason);
    this.continueStop(bot);
  }

  /** Drops what one run of a strategy must not leave to the next: its timers and what it asked for. */
  forgetRun(bot: BotRuntime): void {
    this.services.timers.clearPrefix(bot.timerPrefix);
    bot.dueTimers.clear();
    bot.stopRequest = undefined;
    bot.keepChanged = false;
  }

  continueStop(bot: BotRuntime): void {
    if (this.services.orders.liveCountOf(bot.id) > 0) return;
    if (bot.closing.notBeforeMs > this.services.nowMs) {
      this.services.timers.set(`retry|${bot.id}`, bot.closing.notBeforeMs as EpochMs);
      return;
    }
    if (bot.stopPolicy === 'cancel-and-close-position' && bot.position.lots !== 0) {
      const { lots } = bot.position;
      const progressed = bot.closing.lots === null || Math.abs(lots) < bot.closing.lots;
      const attempts = progressed ? 0 : bot.closing.attempts;
      if (attempts >= closeAttemptsMax) {
        this.setState(
          bot,
          'STOPPED',
          `${bot.stateReason}; a position of ${bot.position.held} ${bot.instrument.base} could not be closed`,
        );
        return;
      }
      const leg = `close-${this.executor.nextOrderNumber}`;
      const result = this.orders.place(bot, leg, 'close', closeRequest(bot.instrument, lots));
      if (result.ok) {
        bot.closing = { attempts: attempts + 1, lots: Math.abs(lots), notBeforeMs: 0 };
        return;
      }
      if (passingDenials.has(result.code)) {
        this.services.timers.set(`retry|${bot.id}`, (this.services.nowMs + closeRetryMs) as EpochMs);
        return;
      }
      this.setState(
        bot,
        'STOPPED',
        `${bot.stateReason}; a rest of ${bot.position.held} ${bot.instrument.base} stays: ${result.message}`,
      );
      return;
    }
    this.setState(bot, 'STOPPED', bot.stateReason);
  }

  private cancelAll(bot: BotRuntime, reason: string): void {
    for (const order of [...this.services.orders.liveOf(bot.id)])
      this.executor.cancel(order.clientOrderId, reason);
  }

  setState(bot: BotRuntime, state: BotState, reason: string): void {
    bot.state = state;
    bot.stateReason = reason;
    // What the strategy last said is no longer true once it does not run.
    if (state !== 'RUNNING') bot.giveReason({ code: state, text: reason }, this.services.nowMs);
    bot.changed = true;
    this.services.audit({
      kind: 'bot-state',
      bot: bot.id,
      state,
      reason,
      policy: bot.stopPolicy ?? undefined,
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
