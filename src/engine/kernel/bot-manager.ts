/**
 * Runs the bots: creates, starts, pauses, edits and stops them, calls their strategies and makes the resting orders
 * agree with what each strategy declared. A strategy that throws stops alone.
 */

import type { Candle } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { BotId, EpochMs, InstrumentId, QuantityLots } from '../../shared/domain/nominal.ts';
import type { Fill, Order, OrderOrigin, OrderRequest } from '../../shared/domain/order.ts';
import type { BotState } from '../../shared/events/audit.ts';
import type { BotDefinition, StopPolicy } from '../../shared/events/control.ts';
import { compareDesired } from '../execution/desired-orders.ts';
import type { Executor, OrderListener, PlacingOwner } from '../execution/executor.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import { accountOf } from '../portfolio/ledger.ts';
import { valueAt } from '../portfolio/portfolio.ts';
import type { AnyStrategy, SendResult } from '../strategy/api.ts';
import { BotRuntime } from './bot-runtime.ts';
import { type ControlOutcome, refused, succeeded } from './control-outcome.ts';
import type { KernelServices } from './services.ts';
import type { BotSnapshot } from './snapshot.ts';
import { makeContext, requestOf } from './strategy-context.ts';

const rateWindowMs = 10_000;
/** How often a close at market is tried before the position is left to the user. */
const closeAttemptsMax = 3;
/** Waits after refusals of one leg: never more than a few tries a minute. */
const retryDelaysMs = [1_000, 2_000, 10_000, 30_000];
const legsKeptMax = 500;

export class BotManager implements OrderListener {
  readonly bots = new Map<BotId, BotRuntime>();
  readonly removed: BotId[] = [];
  private readonly services: KernelServices;
  private readonly findStrategy: (id: string) => AnyStrategy | undefined;
  private readonly byInstrument = new Map<InstrumentId, BotRuntime[]>();
  /** Bots that run but wait for their venue or market before the strategy starts. */
  private readonly awaiting = new Set<BotRuntime>();
  private readonly lastDenied = new Map<string, string>();
  executor!: Executor;

  constructor(services: KernelServices, findStrategy: (id: string) => AnyStrategy | undefined) {
    this.services = services;
    this.findStrategy = findStrategy;
  }

  /** Takes back a bot after a restart. Its strategy hears of fills at once, and starts once the venue is compared. */
  restore(snapshot: BotSnapshot): void {
    const strategy = this.findStrategy(snapshot.definition.strategy);
    const instrument = this.services.instrument(snapshot.definition.instrument);
    if (strategy === undefined || instrument === undefined) {
      this.services.audit({
        kind: 'fault',
        where: `bot ${snapshot.definition.id}`,
        message: `cannot be taken back: ${strategy === undefined ? `no strategy "${snapshot.definition.strategy}"` : `no instrument ${snapshot.definition.instrument}`}`,
      });
      return;
    }
    const bot = this.add(strategy, instrument, snapshot);
    for (const timer of snapshot.timers)
      this.services.timers.set(`${bot.timerPrefix}${timer.name}`, timer.atMs);
    if (bot.state === 'RUNNING' || bot.state === 'PAUSED') this.makeHandlers(bot);
    if (bot.state === 'RUNNING') this.awaiting.add(bot);
  }

  create(definition: BotDefinition): ControlOutcome {
    const { services } = this;
    if (this.bots.has(definition.id)) return refused('refused', `bot ${definition.id} exists already`);
    const strategy = this.findStrategy(definition.strategy);
    if (strategy === undefined) return refused('not-found', `no strategy "${definition.strategy}"`);
    const instrument = services.instrument(definition.instrument);
    if (instrument === undefined) return refused('not-found', `no instrument ${definition.instrument}`);
    const amounts = Object.entries(definition.allocation).map(
      ([currency, text]) => [currency, Decimal.parse(text)] as const,
    );
    for (const [currency, amount] of amounts) {
      const free = services.portfolio.ledger.balance('main', instrument.venue, currency);
      if (amount.isNegative || free.compare(amount) < 0) {
        return refused(
          'refused',
          `the bot needs ${amount} ${currency} at ${instrument.venue}; ${free} are free in the main account`,
          'INSUFFICIENT_FUNDS',
        );
      }
    }
    const mark = services.markets.get(instrument.id)?.markTicks();
    const base =
      amounts.find(([currency]) => currency === instrument.base && instrument.kind === 'spot')?.[1] ??
      Decimal.zero;
    if (!base.isZero && mark === undefined) {
      return refused(
        'refused',
        `no price of ${instrument.symbol} is known yet to value the ${instrument.base} set aside`,
      );
    }
    const baseCost = base.isZero ? Decimal.zero : valueAt(instrument, base, Math.round(mark as number));
    const money = amounts.find(([currency]) => currency === instrument.settle)?.[1] ?? Decimal.zero;
    services.audit({ kind: 'bot-created', definition });
    for (const [currency, amount] of amounts) {
      if (!amount.isZero) services.portfolio.allocate(definition.id, instrument.venue, currency, amount);
    }
    const bot = this.add(strategy, instrument, {
      definition,
      state: 'CREATED',
      stateReason: 'created',
      stopPolicy: null,
      strategyState: null,
      legs: {},
      timers: [],
      why: null,
      position: {
        instrument: instrument.id,
        lots: 0,
        cost: baseCost.toString(),
        realised: '0',
        fees: '0',
        funding: '0',
      },
      stake: { money: money.toString(), baseCost: baseCost.toString() },
      fillCount: 0,
      createdAtMs: services.nowMs,
      startedAtMs: null,
    });
    bot.changed = true;
    return succeeded;
  }

  start(id: BotId): ControlOutcome {
    const bot = this.bots.get(id);
    if (bot === undefined) return notFound(id);
    if (bot.state === 'RUNNING') return refused('refused', `bot ${id} runs already`);
    if (bot.state === 'PAUSED') return this.resume(id);
    if (bot.state === 'STOPPING') return refused('refused', `bot ${id} is still stopping`);
    if (this.services.orders.liveCountOf(id) > 0) {
      return refused('refused', `bot ${id} still has open orders from before; cancel them first`);
    }
    // A new run begins with a fresh strategy state; money and position stay what they are.
    bot.strategyState = bot.strategy.initialState(bot.params);
    bot.legs.clear();
    bot.blocked.clear();
    bot.desired = [];
    bot.closeAttempts = 0;
    bot.startedAtMs = this.services.nowMs;
    this.setState(bot, 'RUNNING', 'started');
    this.makeHandlers(bot);
    this.awaiting.add(bot);
    this.activate(bot);
    return succeeded;
  }

  pause(id: BotId): ControlOutcome {
    const bot = this.bots.get(id);
    if (bot === undefined) return notFound(id);
    if (bot.state !== 'RUNNING')
      return refused('refused', `bot ${id} is ${bot.state.toLowerCase()}, only a running bot can be paused`);
    this.awaiting.delete(bot);
    this.setState(bot, 'PAUSED', 'paused: its orders stay, no new ones are placed');
    return succeeded;
  }

  resume(id: BotId): ControlOutcome {
    const bot = this.bots.get(id);
    if (bot === undefined) return notFound(id);
    if (bot.state !== 'PAUSED')
      return refused('refused', `bot ${id} is ${bot.state.toLowerCase()}, only a paused bot can be resumed`);
    this.setState(bot, 'RUNNING', 'resumed');
    this.awaiting.add(bot);
    this.activate(bot);
    return succeeded;
  }

  stop(id: BotId, policy: StopPolicy, reason: string): ControlOutcome {
    const bot = this.bots.get(id);
    if (bot === undefined) return notFound(id);
    if (bot.state === 'STOPPED' || bot.state === 'CREATED')
      return refused('refused', `bot ${id} is not running`);
    this.beginStop(bot, policy, reason);
    return succeeded;
  }

  edit(id: BotId, params: Readonly<Record<string, unknown>>, name: string | undefined): ControlOutcome {
    const bot = this.bots.get(id);
    if (bot === undefined) return notFound(id);
    const parsed = bot.strategy.params.safeParse(params);
    if (!parsed.success)
      return refused(
        'bad-input',
        `parameters of bot ${id} are not valid: ${parsed.error.issues[0]?.message ?? ''}`,
      );
    bot.definition = { ...bot.definition, params, name: name ?? bot.definition.name };
    bot.params = parsed.data;
    bot.subscription = bot.strategy.subscribe(bot.params);
    bot.changed = true;
    this.services.audit({ kind: 'bot-edited', definition: bot.definition });
    if (bot.handlers !== undefined) {
      this.makeHandlers(bot);
      if (bot.state === 'RUNNING' && !this.awaiting.has(bot)) this.call(bot, () => bot.handlers?.onStart?.());
    }
    return succeeded;
  }

  remove(id: BotId): ControlOutcome {
    const bot = this.bots.get(id);
    if (bot === undefined) return notFound(id);
    if (bot.state === 'RUNNING' || bot.state === 'PAUSED' || bot.state === 'STOPPING') {
      return refused('refused', `bot ${id} must be stopped before it is removed`);
    }
    if (this.services.orders.liveCountOf(id) > 0)
      return refused('refused', `bot ${id} still has open orders; cancel them first`);
    if (bot.instrument.kind === 'perpetual' && !bot.position.held.isZero) {
      return refused(
        'refused',
        `bot ${id} still holds ${bot.position.held} ${bot.instrument.base}; stop it with "close position" first`,
      );
    }
    const { ledger } = this.services.portfolio;
    for (const entry of [...ledger.entries()]) {
      if (entry.account === accountOf(id) && !entry.amount.isZero) {
        this.services.portfolio.allocate(id, entry.venue, entry.currency, entry.amount.negated());
      }
    }
    this.services.audit({ kind: 'bot-removed', bot: id });
    this.services.portfolio.closePosition(id, bot.instrument.id);
    this.services.timers.clearPrefix(bot.timerPrefix);
    this.bots.delete(id);
    this.removed.push(id);
    const list = this.byInstrument.get(bot.instrument.id) ?? [];
    this.byInstrument.set(
      bot.instrument.id,
      list.filter((other) => other !== bot),
    );
    return succeeded;
  }

  /** Closes the position of a bot at market and cancels its orders, whatever it is doing. */
  flatten(bot: BotRuntime, reason: string): void {
    if (bot.state === 'RUNNING' || bot.state === 'PAUSED' || bot.state === 'STOPPING') {
      this.beginStop(bot, 'cancel-and-close-position', reason);
    } else if (bot.position.lots !== 0) {
      this.setState(bot, 'STOPPING', reason);
      bot.stopPolicy = 'cancel-and-close-position';
      this.continueStop(bot);
    }
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
      if (bot.handlers?.onBar !== undefined && bot.subscription.timeframesMs.includes(timeframeMs)) {
        bot.handlers.onBar(timeframeMs, candle);
      }
    });
  }

  /** A timer of this key is due; gives false when it is not a bot's. */
  onTimer(key: string): boolean {
    const [kind, id, ...rest] = key.split('|');
    const bot = this.bots.get(id as BotId);
    if (kind === 'retry') {
      if (bot !== undefined && bot.state === 'RUNNING' && !this.awaiting.has(bot)) this.agree(bot);
      if (bot?.state === 'STOPPING') this.continueStop(bot);
      return true;
    }
    if (kind !== 'bot') return false;
    if (bot === undefined || bot.state !== 'RUNNING') return true;
    bot.changed = true;
    if (this.awaiting.has(bot)) return true;
    this.call(bot, () => bot.handlers?.onTimer?.(rest.join('|')));
    return true;
  }

  /** Starts the strategies that waited, as far as venue and market allow. */
  activateAll(): void {
    for (const bot of [...this.awaiting]) this.activate(bot);
    for (const bot of this.bots.values()) if (bot.state === 'STOPPING') this.continueStop(bot);
  }

  // --- what the executor tells -------------------------------------------------------------------------------

  onOrder(order: Order): void {
    const bot = this.bots.get(order.bot);
    if (bot === undefined) return;
    bot.changed = true;
    if (bot.state === 'STOPPING') this.continueStop(bot);
    else if (bot.handlers !== undefined) {
      this.call(bot, () => bot.handlers?.onOrder?.(order));
      if (bot.state === 'RUNNING' && !this.awaiting.has(bot)) this.agree(bot);
    }
  }

  onFill(fill: Fill, order: Order): void {
    const bot = this.bots.get(order.bot);
    if (bot === undefined) return;
    bot.changed = true;
    bot.fillCount += 1;
    bot.legs.set(order.leg, (bot.legs.get(order.leg) ?? 0) + fill.lots);
    bot.blocked.delete(order.leg);
    if (bot.handlers !== undefined && (bot.state === 'RUNNING' || bot.state === 'PAUSED')) {
      this.call(bot, () => {
        bot.handlers?.onFill?.(fill, order);
        if (order.state === 'FILLED') bot.handlers?.onOrder?.(order);
      });
    }
    if (bot.state === 'STOPPING') this.continueStop(bot);
  }

  onRejected(order: Order, code: string, message: string): void {
    const bot = this.bots.get(order.bot);
    if (bot !== undefined) this.block(bot, order.leg, code, message);
  }

  // --- placing ---------------------------------------------------------------------------------------------

  /** Facts about the bot as somebody who places orders. */
  ownerOf(bot: BotRuntime, origin: OrderOrigin): PlacingOwner {
    const since = this.services.nowMs - rateWindowMs;
    while (bot.sentAtMs.length > 0 && (bot.sentAtMs[0] as number) <= since) bot.sentAtMs.shift();
    const mayTrade = origin === 'close' || bot.state === 'RUNNING';
    return { bot: bot.id, mayTrade, ordersInTenSeconds: bot.sentAtMs.length };
  }

  private place(bot: BotRuntime, leg: string, origin: OrderOrigin, request: OrderRequest): SendResult {
    const result = this.executor.place(this.ownerOf(bot, origin), leg, origin, request);
    bot.changed = true;
    const deniedKey = `${bot.id}|${leg}`;
    if (result.ok) {
      bot.sentAtMs.push(this.services.nowMs);
      this.lastDenied.delete(deniedKey);
    } else if (this.lastDenied.get(deniedKey) !== result.code) {
      if (this.lastDenied.size > 10_000) this.lastDenied.clear();
      this.lastDenied.set(deniedKey, result.code);
      this.services.audit({
        kind: 'order-denied',
        bot: bot.id,
        leg,
        instrument: request.instrument,
        code: result.code,
        message: result.message,
      });
    }
    return result;
  }

  /** Makes the resting orders agree with the declared list. */
  private agree(bot: BotRuntime): void {
    bot.keepChanged = false;
    const live: Order[] = [];
    for (const order of this.services.orders.liveOf(bot.id)) if (order.origin === 'keep') live.push(order);
    if (live.length === 0 && bot.desired.length === 0) return;
    const difference = compareDesired(bot.desired, live, (leg) => bot.legs.get(leg) ?? 0);
    bot.waiting = new Map(difference.waiting.map(({ leg, reason }) => [leg, reason]));
    for (const order of difference.cancel)
      this.executor.cancel(order.clientOrderId, 'no longer part of the plan');
    let retryAtMs = Number.POSITIVE_INFINITY;
    for (const { desired, lots } of difference.place) {
      const blocked = bot.blocked.get(desired.leg);
      if (blocked !== undefined && blocked.untilMs > this.services.nowMs) {
        retryAtMs = Math.min(retryAtMs, blocked.untilMs);
        continue;
      }
      const result = this.place(bot, desired.leg, 'keep', requestOf(bot, desired, lots));
      if (result.ok) {
        if (blocked !== undefined) bot.blocked.set(desired.leg, { ...blocked, untilMs: 0 });
      } else retryAtMs = Math.min(retryAtMs, this.block(bot, desired.leg, result.code, result.message));
    }
    if (Number.isFinite(retryAtMs)) this.services.timers.set(`retry|${bot.id}`, retryAtMs as EpochMs);
    if (bot.legs.size > legsKeptMax) this.forgetOldLegs(bot);
  }

  /** Remembers why a leg is not there and when it is tried again; gives that time. */
  private block(bot: BotRuntime, leg: string, code: string, message: string): number {
    const attempts = (bot.blocked.get(leg)?.attempts ?? 0) + 1;
    const delayMs = retryDelaysMs[Math.min(attempts - 1, retryDelaysMs.length - 1)] as number;
    const untilMs = this.services.nowMs + delayMs;
    bot.blocked.set(leg, { code, message, untilMs, attempts });
    this.services.timers.set(`retry|${bot.id}`, untilMs as EpochMs);
    return untilMs;
  }

  private forgetOldLegs(bot: BotRuntime): void {
    const inUse = new Set(bot.desired.map((order) => order.leg));
    for (const order of this.services.orders.liveOf(bot.id)) inUse.add(order.leg);
    for (const leg of bot.legs.keys()) {
      if (bot.legs.size <= legsKeptMax / 2) return;
      if (!inUse.has(leg)) bot.legs.delete(leg);
    }
    for (const leg of bot.blocked.keys()) if (!inUse.has(leg)) bot.blocked.delete(leg);
  }

  // --- running ---------------------------------------------------------------------------------------------

  private add(strategy: AnyStrategy, instrument: Instrument, snapshot: BotSnapshot): BotRuntime {
    const position = this.services.portfolio.openPosition(
      snapshot.definition.id,
      instrument,
      snapshot.position,
    );
    const bot = new BotRuntime(strategy, instrument, position, snapshot);
    this.services.portfolio.setStake(bot.id, bot.stake.money, bot.stake.baseCost);
    this.bots.set(bot.id, bot);
    const list = this.byInstrument.get(instrument.id) ?? [];
    list.push(bot);
    this.byInstrument.set(instrument.id, list);
    return bot;
  }

  private makeHandlers(bot: BotRuntime): void {
    const market = this.services.markets.get(bot.instrument.id);
    for (const timeframeMs of bot.subscription.timeframesMs) market?.seriesFor(timeframeMs);
    const context = makeContext(this.services, this.executor, bot, (...order) => this.place(...order));
    try {
      bot.handlers = bot.strategy.create(context, bot.params);
    } catch (error) {
      this.fail(bot, error);
    }
  }

  private activate(bot: BotRuntime): void {
    const link = this.services.venues.get(bot.instrument.venue);
    const ready = link?.connected === true && link.reconciled;
    const priced = this.services.markets.get(bot.instrument.id)?.priced === true;
    if (!ready || !priced) {
      const code = ready ? 'WAITING_FOR_MARKET' : 'WAITING_FOR_VENUE';
      if (bot.why?.code !== code) {
        const text = ready
          ? `waiting for a valid price of ${bot.instrument.symbol}`
          : `waiting for ${bot.instrument.venue} to be connected and compared`;
        bot.why = { code, text, atMs: this.services.nowMs };
        bot.changed = true;
      }
      return;
    }
    this.awaiting.delete(bot);
    this.call(bot, () => bot.handlers?.onStart?.());
  }

  /** Calls into a strategy; what it asked for is carried out afterwards. */
  private call(bot: BotRuntime, run: () => void): void {
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
      if (bot.state === 'RUNNING' || bot.state === 'PAUSED') this.beginStop(bot, stop.policy, stop.reason);
      return;
    }
    if (bot.keepChanged && bot.state === 'RUNNING' && !this.awaiting.has(bot)) this.agree(bot);
  }

  private fail(bot: BotRuntime, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.services.audit({ kind: 'fault', where: `bot ${bot.id}`, message });
    bot.handlers = undefined;
    this.awaiting.delete(bot);
    this.setState(bot, 'FAILED', `the strategy failed: ${message}`);
    this.cancelAll(bot, 'the strategy failed');
  }

  private beginStop(bot: BotRuntime, policy: StopPolicy, reason: string): void {
    this.awaiting.delete(bot);
    bot.stopPolicy = policy;
    bot.closeAttempts = 0;
    bot.desired = [];
    bot.keepChanged = false;
    try {
      bot.handlers?.onStop?.();
    } catch (error) {
      this.services.audit({
        kind: 'fault',
        where: `bot ${bot.id}`,
        message: error instanceof Error ? error.message : String(error),
      });
    }
    bot.handlers = undefined;
    this.services.timers.clearPrefix(bot.timerPrefix);
    if (policy === 'leave-orders') {
      this.setState(bot, 'STOPPED', reason);
      return;
    }
    this.setState(bot, 'STOPPING', reason);
    this.cancelAll(bot, reason);
    this.continueStop(bot);
  }

  private continueStop(bot: BotRuntime): void {
    if (this.services.orders.liveCountOf(bot.id) > 0) return;
    if (bot.stopPolicy === 'cancel-and-close-position' && bot.position.lots !== 0) {
      if (bot.closeAttempts >= closeAttemptsMax) {
        this.setState(
          bot,
          'STOPPED',
          `${bot.stateReason}; a position of ${bot.position.held} ${bot.instrument.base} could not be closed`,
        );
        return;
      }
      bot.closeAttempts += 1;
      const { lots } = bot.position;
      const result = this.place(bot, `close-${this.executor.nextOrderNumber}`, 'close', {
        instrument: bot.instrument.id,
        side: lots > 0 ? 'sell' : 'buy',
        type: 'market',
        lots: Math.abs(lots) as QuantityLots,
        timeInForce: 'ioc',
        postOnly: false,
        reduceOnly: bot.instrument.kind === 'perpetual',
      });
      if (result.ok) return;
      if (
        result.code === 'VENUE_DISCONNECTED' ||
        result.code === 'VENUE_RECONCILING' ||
        result.code === 'BOOK_INVALID'
      ) {
        bot.closeAttempts -= 1;
        this.services.timers.set(`retry|${bot.id}`, (this.services.nowMs + 1_000) as EpochMs);
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

  private setState(bot: BotRuntime, state: BotState, reason: string): void {
    bot.state = state;
    bot.stateReason = reason;
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

function notFound(id: BotId): ControlOutcome {
  return refused('not-found', `no bot ${id}`);
}
