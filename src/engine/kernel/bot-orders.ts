/** Places the orders a bot asks for and makes its resting orders agree with the list its strategy declared. */

import type { EpochMs } from '../../shared/domain/nominal.ts';
import type { Order, OrderOrigin, OrderPurpose, OrderRequest } from '../../shared/domain/order.ts';
import { compareDesired } from '../execution/desired-orders.ts';
import type { Executor, PlacingOwner } from '../execution/executor.ts';
import { remainingLots } from '../execution/order-store.ts';
import type { DesiredOrder, SendResult } from '../strategy/api.ts';
import type { BlockedLeg, BotRuntime } from './bot-runtime.ts';
import type { KernelServices } from './services.ts';
import { requestOf } from './strategy-context.ts';

const rateWindowMs = 10_000;
/** Waits after our own risk denied a leg: the reason may pass soon, and asking again costs nothing. */
const deniedDelaysMs = [1_000, 2_000, 10_000, 30_000];
/** The same where money is missing: what frees it is heard of at once, so the clock is only for money from outside. */
const unfundedDelaysMs = [...deniedDelaysMs, 120_000, 600_000];
/** Waits after the venue refused one: at most three tries a minute. */
const refusedDelaysMs = [5_000, 15_000, 40_000];
const unfundedCode = 'INSUFFICIENT_FUNDS';
const legsKeptMax = 500;
const deniedKeptMax = 10_000;

export class BotOrders {
  private readonly services: KernelServices;
  private readonly executor: Executor;
  /** Last denial of each leg, so that a repeated one is not recorded again and again. */
  private readonly lastDenied = new Map<string, string>();
  /** Orders the money did not suffice for. One that is asked for again and again, as resting ones are, counts once. */
  unfunded = 0;

  constructor(services: KernelServices, executor: Executor) {
    this.services = services;
    this.executor = executor;
  }

  /** Facts about the bot as somebody who places orders. */
  ownerOf(bot: BotRuntime, origin: OrderOrigin): PlacingOwner {
    const since = this.services.nowMs - rateWindowMs;
    while (bot.sentAtMs.length > 0 && (bot.sentAtMs[0] as number) <= since) bot.sentAtMs.shift();
    const mayTrade = origin === 'close' || bot.state === 'RUNNING';
    return { bot: bot.id, mayTrade, ordersInTenSeconds: bot.sentAtMs.length, byHand: bot.stopByHand };
  }

  /** Sends one order of a bot; a denial is recorded once until its code changes. */
  place(
    bot: BotRuntime,
    leg: string,
    origin: OrderOrigin,
    request: OrderRequest,
    purpose?: OrderPurpose | undefined,
  ): SendResult {
    const result = this.executor.place(this.ownerOf(bot, origin), leg, origin, request, purpose);
    bot.changed = true;
    const deniedKey = `${bot.id}|${leg}`;
    if (result.ok) {
      bot.sentAtMs.push(this.services.nowMs);
      this.lastDenied.delete(deniedKey);
      return result;
    }
    const isNew = this.lastDenied.get(deniedKey) !== result.code;
    if (result.code === unfundedCode && (isNew || origin !== 'keep')) this.unfunded += 1;
    if (isNew) {
      if (this.lastDenied.size > deniedKeptMax) this.lastDenied.clear();
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
  agree(bot: BotRuntime): void {
    bot.keepChanged = false;
    const live: Order[] = [];
    for (const order of this.services.orders.liveOf(bot.id)) if (order.origin === 'keep') live.push(order);
    if (live.length === 0 && bot.desired.length === 0) return;
    const difference = compareDesired(
      bot.desired,
      live,
      (leg) => bot.legs.get(leg) ?? 0,
      (order) => this.closableLots(bot, order),
    );
    bot.waiting = new Map(difference.waiting.map(({ leg, reason }) => [leg, reason]));
    for (const order of difference.cancel)
      this.executor.cancel(order.clientOrderId, 'no longer part of the plan');
    let retryAtMs = Number.POSITIVE_INFINITY;
    for (const { desired, lots } of difference.place) {
      const blocked = bot.blocked.get(desired.leg);
      if (blocked !== undefined && blocked.untilMs > this.services.nowMs && !isOtherWish(blocked, desired)) {
        retryAtMs = Math.min(retryAtMs, blocked.untilMs);
        continue;
      }
      const result = this.place(bot, desired.leg, 'keep', requestOf(bot, desired, lots), desired.purpose);
      if (result.ok) {
        if (blocked !== undefined) bot.blocked.set(desired.leg, { ...blocked, untilMs: 0 });
      } else retryAtMs = Math.min(retryAtMs, this.blockDenied(bot, desired, result));
    }
    if (Number.isFinite(retryAtMs)) this.services.timers.set(`retry|${bot.id}`, retryAtMs as EpochMs);
    if (bot.legs.size > legsKeptMax) this.forgetOldLegs(bot);
  }

  /** Gives how many lots a live reduce-only order could have if it were placed now. */
  private closableLots(bot: BotRuntime, order: Order): number {
    const { lots } = bot.position;
    let closable = order.side === 'sell' ? lots : -lots;
    for (const other of this.services.orders.liveOf(bot.id)) {
      if (other.reduceOnly && other.side === order.side && other.clientOrderId !== order.clientOrderId)
        closable -= remainingLots(other);
    }
    return Math.max(0, closable);
  }

  /** Tries legs again that were denied for one of these reasons, now that it is gone. */
  retryDenied(bot: BotRuntime, codes: ReadonlySet<string>): void {
    let found = false;
    for (const [leg, { code, untilMs }] of bot.blocked) {
      if (untilMs === 0 || !codes.has(code)) continue;
      bot.blocked.delete(leg);
      found = true;
    }
    if (found) this.agree(bot);
  }

  /** Part of a leg has filled: it is blocked no more, and the money of others may be free. */
  onFilled(bot: BotRuntime, leg: string, lots: number): void {
    bot.legs.set(leg, (bot.legs.get(leg) ?? 0) + lots);
    bot.blocked.delete(leg);
    this.onMoneyFreed(bot);
  }

  /** Money of a bot may be free again: legs it was missing for may be tried at the next agreement. */
  onMoneyFreed(bot: BotRuntime): void {
    for (const [leg, blocked] of bot.blocked) {
      if (blocked.code === unfundedCode && blocked.untilMs > 0)
        bot.blocked.set(leg, { ...blocked, untilMs: 0 });
    }
  }

  /** The venue refused an order of this leg. */
  onRefused(bot: BotRuntime, leg: string, code: string, message: string): void {
    this.block(bot, leg, code, message, refusedDelaysMs);
  }

  /** Our own risk denied a wish: gives when it is tried again, unless it changes before. */
  private blockDenied(
    bot: BotRuntime,
    desired: DesiredOrder,
    { code, message }: { readonly code: string; readonly message: string },
  ): number {
    const delaysMs = code === unfundedCode ? unfundedDelaysMs : deniedDelaysMs;
    return this.block(bot, desired.leg, code, message, delaysMs, desired);
  }

  /** Remembers why a leg is not there and when it is tried again; gives that time. */
  private block(
    bot: BotRuntime,
    leg: string,
    code: string,
    message: string,
    delaysMs: readonly number[],
    denied?: DesiredOrder,
  ): number {
    const attempts = (bot.blocked.get(leg)?.attempts ?? 0) + 1;
    const delayMs = delaysMs[Math.min(attempts - 1, delaysMs.length - 1)] as number;
    const untilMs = this.services.nowMs + delayMs;
    bot.blocked.set(leg, { code, message, untilMs, attempts, denied });
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
}

/** Whether what is wished for now is not what was denied: a venue's refusal stands for every wish of the leg. */
function isOtherWish({ denied }: BlockedLeg, wish: DesiredOrder): boolean {
  if (denied === undefined) return false;
  return (
    denied.lots !== wish.lots ||
    denied.priceTicks !== wish.priceTicks ||
    denied.triggerTicks !== wish.triggerTicks ||
    denied.side !== wish.side ||
    denied.type !== wish.type
  );
}
