/** What a running strategy is handed: a small window on the kernel, tied to one bot. */

import type { Candle } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { ClientOrderId, EpochMs, QuantityLots } from '../../shared/domain/nominal.ts';
import type { OrderOrigin, OrderPurpose, OrderRequest } from '../../shared/domain/order.ts';
import type { Executor } from '../execution/executor.ts';
import { accountOf } from '../portfolio/ledger.ts';
import { availableFunds } from '../risk/facts.ts';
import type {
  DesiredOrder,
  GivenWhy,
  PositionView,
  SendResult,
  SingleOrder,
  StrategyContext,
} from '../strategy/api.ts';
import { type BotRuntime, unfilledInRow } from './bot-runtime.ts';
import type { KernelServices } from './services.ts';

/** Gives the request a wish stands for. */
export function requestOf(bot: BotRuntime, wish: DesiredOrder | SingleOrder, lots: number): OrderRequest {
  return {
    instrument: bot.instrument.id,
    side: wish.side,
    type: wish.type,
    lots: lots as QuantityLots,
    priceTicks: wish.priceTicks,
    triggerTicks: wish.triggerTicks,
    timeInForce: ('timeInForce' in wish ? wish.timeInForce : undefined) ?? 'gtc',
    postOnly: wish.postOnly ?? false,
    reduceOnly: wish.reduceOnly ?? false,
  };
}

/** Makes the context of one bot. `place` counts the order against the bot's rate and sends it. */
export function makeContext(
  services: KernelServices,
  executor: Executor,
  bot: BotRuntime,
  place: (
    bot: BotRuntime,
    leg: string,
    origin: OrderOrigin,
    request: OrderRequest,
    purpose: OrderPurpose | undefined,
  ) => SendResult,
): StrategyContext<unknown> {
  const { instrument } = bot;
  const market = () => services.markets.get(instrument.id);
  return {
    bot: bot.id,
    instrument,
    terms: services.terms,
    nowMs: () => services.nowMs,
    quote: () => market()?.quote(),
    lastTradeTicks: () => market()?.lastTrade?.priceTicks,
    candles: (timeframeMs): readonly Candle[] => market()?.seriesFor(timeframeMs).closed ?? [],
    indicator(request) {
      if (services.indicators === undefined) throw new RangeError('this terminal computes no indicators');
      return services.indicators.open(
        request,
        instrument.id,
        () => market()?.seriesFor(request.timeframeMs).closed ?? [],
      );
    },
    position(): PositionView {
      const { position } = bot;
      return { lots: position.lots as QuantityLots, averageEntryPrice: position.averageEntryPrice };
    },
    available(currency) {
      const free = availableFunds(services, bot.id, instrument.venue, currency);
      return free.isNegative ? Decimal.zero : free;
    },
    balance: (currency) => services.portfolio.ledger.balance(accountOf(bot.id), instrument.venue, currency),
    openOrders: () => [...services.orders.liveOf(bot.id)],
    filledLots: (leg) => (bot.legs.get(leg) ?? 0) as QuantityLots,
    keep(orders) {
      const legs = new Set<string>();
      for (const order of orders) {
        if (legs.has(order.leg)) throw new RangeError(`keep() names the leg "${order.leg}" twice`);
        legs.add(order.leg);
      }
      bot.desired = orders;
      bot.keepChanged = true;
    },
    send: (order) => place(bot, order.leg, 'send', requestOf(bot, order, order.lots), order.purpose),
    unfilledSends: () => unfilledInRow(bot.unfilledSends, services.nowMs),
    cancel(id: ClientOrderId) {
      if (services.orders.get(id)?.bot === bot.id) executor.cancel(id, 'cancelled by the strategy');
    },
    watch(prices) {
      bot.watched = prices;
    },
    setTimer: (name, atMs: EpochMs) => {
      if (!Number.isFinite(atMs)) throw new RangeError(`the timer "${name}" has no time: ${atMs}`);
      // Whole milliseconds, and never within the event in hand: that would go on for ever.
      const dueMs = Math.max(Math.ceil(atMs), services.nowMs + 1) as EpochMs;
      services.timers.set(`${bot.timerPrefix}${name}`, dueMs);
      bot.dueTimers.delete(name);
      bot.changed = true;
    },
    clearTimer: (name) => {
      bot.dueTimers.delete(name);
      services.timers.clear(`${bot.timerPrefix}${name}`);
      bot.changed = true;
    },
    why(reason: GivenWhy) {
      const before = bot.whyCode;
      bot.giveReason(reason, services.nowMs);
      bot.changed = true;
      if (before === reason.code) return;
      services.audit({
        kind: 'bot-why',
        bot: bot.id,
        code: reason.code,
        text: bot.why?.text ?? '',
        nextCheckMs: reason.nextCheckMs,
      });
    },
    get state() {
      return bot.strategyState;
    },
    setState(state) {
      bot.strategyState = state;
      bot.changed = true;
    },
    requestStop(reason, policy) {
      bot.stopRequest = { reason, policy };
    },
  };
}
