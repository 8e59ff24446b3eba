/** What a person may do with a bot: create, start, pause, edit, stop, remove. Each gives its outcome. */

import { Decimal } from '../../shared/domain/decimal.ts';
import type { BotId } from '../../shared/domain/nominal.ts';
import type { BotDefinition, StopPolicy } from '../../shared/events/control.ts';
import { accountOf, manualBot } from '../portfolio/ledger.ts';
import { valueAt } from '../portfolio/portfolio.ts';
import { availableFunds } from '../risk/facts.ts';
import type { BotManager } from './bot-manager.ts';
import type { BotRuntime } from './bot-runtime.ts';
import { type ControlOutcome, refused, succeeded } from './control-outcome.ts';
import type { KernelServices } from './services.ts';

export class BotControl {
  private readonly services: KernelServices;
  private readonly manager: BotManager;

  constructor(services: KernelServices, manager: BotManager) {
    this.services = services;
    this.manager = manager;
  }

  create(definition: BotDefinition): ControlOutcome {
    const { services } = this;
    if (this.manager.bots.has(definition.id))
      return refused('refused', `bot ${definition.id} exists already`);
    const strategy = this.manager.findStrategy(definition.strategy);
    if (strategy === undefined) return refused('not-found', `no strategy "${definition.strategy}"`);
    const instrument = services.instrument(definition.instrument);
    if (instrument === undefined) return refused('not-found', `no instrument ${definition.instrument}`);
    const parsed = strategy.params.safeParse(definition.params);
    if (!parsed.success)
      return refused('bad-input', `parameters are not valid: ${parsed.error.issues[0]?.message ?? ''}`);
    const amounts = Object.entries(definition.allocation).map(
      ([currency, text]) => [currency, Decimal.parse(text)] as const,
    );
    for (const [currency, amount] of amounts) {
      const free = availableFunds(services, manualBot, instrument.venue, currency);
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
    const bot = this.manager.add(strategy, instrument, {
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
    const bot = this.manager.bots.get(id);
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
    this.manager.orders.tryAllAgain(bot);
    bot.desired = [];
    this.manager.forgetRun(bot);
    bot.startedAtMs = this.services.nowMs;
    this.manager.setState(bot, 'RUNNING', 'started');
    this.manager.makeHandlers(bot);
    this.manager.awaiting.add(bot);
    this.manager.activate(bot);
    return succeeded;
  }

  pause(id: BotId): ControlOutcome {
    const bot = this.manager.bots.get(id);
    if (bot === undefined) return notFound(id);
    if (bot.state !== 'RUNNING')
      return refused('refused', `bot ${id} is ${bot.state.toLowerCase()}, only a running bot can be paused`);
    this.manager.awaiting.delete(bot);
    this.manager.setState(bot, 'PAUSED', 'paused: its orders stay, no new ones are placed');
    return succeeded;
  }

  resume(id: BotId): ControlOutcome {
    const bot = this.manager.bots.get(id);
    if (bot === undefined) return notFound(id);
    if (bot.state !== 'PAUSED')
      return refused('refused', `bot ${id} is ${bot.state.toLowerCase()}, only a paused bot can be resumed`);
    this.manager.orders.tryAllAgain(bot);
    this.manager.setState(bot, 'RUNNING', 'resumed');
    this.manager.awaiting.add(bot);
    this.manager.activate(bot);
    return succeeded;
  }

  stop(id: BotId, policy: StopPolicy, reason: string): ControlOutcome {
    const bot = this.manager.bots.get(id);
    if (bot === undefined) return notFound(id);
    if (bot.state === 'STOPPED' || bot.state === 'CREATED')
      return refused('refused', `bot ${id} is not running`);
    this.manager.beginStop(bot, policy, reason, true);
    return succeeded;
  }

  edit(id: BotId, params: Readonly<Record<string, unknown>>, name: string | undefined): ControlOutcome {
    const bot = this.manager.bots.get(id);
    if (bot === undefined) return notFound(id);
    const parsed = bot.strategy.params.safeParse(params);
    if (!parsed.success)
      return refused(
        'bad-input',
        `parameters of bot ${id} are not valid: ${parsed.error.issues[0]?.message ?? ''}`,
      );
    const subscription = bot.strategy.subscribe(parsed.data);
    bot.definition = { ...bot.definition, params, name: name ?? bot.definition.name };
    bot.params = parsed.data;
    bot.subscription = subscription;
    bot.changed = true;
    this.services.audit({ kind: 'bot-edited', definition: bot.definition });
    this.manager.orders.tryAllAgain(bot);
    if (bot.handlers !== undefined) {
      this.manager.makeHandlers(bot);
      if (bot.state === 'RUNNING' && !this.manager.awaiting.has(bot))
        this.manager.call(bot, () => bot.handlers?.onStart?.());
    }
    return succeeded;
  }

  remove(id: BotId): ControlOutcome {
    const bot = this.manager.bots.get(id);
    if (bot === undefined) return notFound(id);
    if (bot.state === 'RUNNING' || bot.state === 'PAUSED' || bot.state === 'STOPPING') {
      return refused('refused', `bot ${id} must be stopped before it is removed`);
    }
    if (this.services.orders.liveCountOf(id) > 0)
      return refused(
        'refused',
        `bot ${id} still has open orders; cancel them first: in its orders on the page, or with cancel ORDER`,
      );
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
    const scope = { kind: 'bot', bot: id } as const;
    if (this.services.riskStates.set(scope, 'ACTIVE', 'the bot was removed')) {
      this.services.audit({ kind: 'risk-state', scope, state: 'ACTIVE', reason: 'the bot was removed' });
    }
    this.services.audit({ kind: 'bot-removed', bot: id });
    this.services.portfolio.closePosition(id, bot.instrument.id);
    this.services.timers.clearPrefix(bot.timerPrefix);
    this.manager.forget(bot);
    return succeeded;
  }

  /** Closes the position of a bot at market and cancels its orders, whatever it is doing. */
  flatten(bot: BotRuntime, reason: string): void {
    if (bot.state === 'RUNNING' || bot.state === 'PAUSED' || bot.state === 'STOPPING') {
      this.manager.beginStop(bot, 'cancel-and-close-position', reason, true);
    } else if (bot.position.lots !== 0) {
      bot.stopPolicy = 'cancel-and-close-position';
      bot.stopByHand = true;
      bot.beginClosing();
      this.manager.setState(bot, 'STOPPING', reason);
      this.manager.continueStop(bot);
    }
  }
}

function notFound(id: BotId): ControlOutcome {
  return refused('not-found', `no bot ${id}`);
}
