/** Places the orders a bot asks for and makes its resting orders agree with the list its strategy declared. */

import type { Decimal } from '../../shared/domain/decimal.ts';
import type { ClientOrderId, EpochMs } from '../../shared/domain/nominal.ts';
import {
  liveOrderStates,
  type Order,
  type OrderOrigin,
  type OrderPurpose,
  type OrderRequest,
} from '../../shared/domain/order.ts';
import type { RiskCode } from '../../shared/domain/risk.ts';
import type { RejectCode } from '../../shared/events/venue.ts';
import { compareDesired } from '../execution/desired-orders.ts';
import type { Executor, PlacingOwner } from '../execution/executor.ts';
import { remainingLots } from '../execution/order-store.ts';
import { type ExposureFacts, raisesExposure } from '../risk/checks.ts';
import { availableFunds, exposureFacts } from '../risk/facts.ts';
import type { DesiredOrder, SendResult } from '../strategy/api.ts';
import {
  afterCrossing,
  afterMoneyFreed,
  type DenialOfLeg,
  deniedLeg,
  endedLeg,
  mayBeTriedMs,
  passedLeg,
  stillLacksMoney,
  unfundedCode,
} from './blocked-legs.ts';
import { type BotRuntime, noSendsUnfilled, refusalsTold, unfilledInRow } from './bot-runtime.ts';
import type { KernelServices } from './services.ts';
import { requestOf } from './strategy-context.ts';

const rateWindowMs = 10_000;
const legsKeptMax = 500;
const deniedKeptMax = 10_000;
/** Ends of an order that say nothing against the next one. */
const endedOtherwise: ReadonlySet<string> = new Set(['CANCELED', 'EXPIRED', 'LOST']);
const venueUnfundedCode: RejectCode = 'insufficient-funds';
/** Denials of our own risk that a fill or the end of another order of the bot may lift. */
const freedCodes: ReadonlySet<string> = new Set<RiskCode>([
  unfundedCode,
  'REDUCE_ONLY_WOULD_INCREASE',
  'REDUCING',
]);

/** Free money by currency, while nothing is placed. */
type FreeMoney = Map<string, Decimal>;

export class BotOrders {
  private readonly services: KernelServices;
  private readonly executor: Executor;
  /** Last denial of each leg, so that a repeated one is not recorded again and again. */
  private readonly lastDenied = new Map<string, string>();
  /** Bots with legs that wait until an order of ours is gone, which they would trade with. */
  private readonly crossed = new Map<ClientOrderId, Set<BotRuntime>>();
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
    const nowMs = this.services.nowMs;
    const isSpot = bot.instrument.kind === 'spot';
    let free: FreeMoney = new Map();
    let exposed: ExposureFacts | undefined;
    for (const { desired, lots } of difference.place) {
      const blocked = bot.blocked.get(desired.leg);
      if (blocked !== undefined) {
        const atMs = mayBeTriedMs(blocked, desired);
        if (atMs > nowMs) {
          retryAtMs = Math.min(retryAtMs, atMs);
          continue;
        }
        const stillNeedsIt = (): boolean => {
          if (isSpot) return true;
          exposed ??= exposureFacts(this.services, bot.id, bot.instrument);
          return raisesExposure({ side: desired.side, lots, reduceOnly: false }, exposed);
        };
        const freeOf = (currency: string): Decimal => this.freeOf(bot, currency, free);
        if (stillLacksMoney(blocked, desired, freeOf, stillNeedsIt)) {
          retryAtMs = Math.min(retryAtMs, this.denied(bot, desired, blocked));
          continue;
        }
      }
      const result = this.place(bot, desired.leg, 'keep', requestOf(bot, desired, lots), desired.purpose);
      if (!result.ok) {
        retryAtMs = Math.min(retryAtMs, this.denied(bot, desired, result));
        continue;
      }
      free = new Map();
      exposed = undefined;
      if (blocked !== undefined) bot.blocked.set(desired.leg, passedLeg(blocked));
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
    for (const [leg, blocked] of bot.blocked) {
      if (blocked.untilMs === 0 || !codes.has(blocked.code)) continue;
      bot.blocked.set(leg, passedLeg(blocked));
      found = true;
    }
    if (found) this.agree(bot);
  }

  /** Part of an order has filled: its leg is blocked no more, and the money of others may be free. */
  onFilled(bot: BotRuntime, order: Order, lots: number): void {
    bot.legs.set(order.leg, (bot.legs.get(order.leg) ?? 0) + lots);
    bot.blocked.delete(order.leg);
    if (order.origin === 'send') bot.unfilledSends = noSendsUnfilled;
    this.onFreed(bot, order);
  }

  /**
   * Money an order bound, or a part of the position it would have closed, may be free: legs that miss it may be tried at the
   * next agreement. An order the venue refused bound nothing there.
   */
  onFreed(bot: BotRuntime, order: Order): void {
    for (const [leg, blocked] of bot.blocked) {
      if (blocked.by === 'risk' && freedCodes.has(blocked.code) && blocked.untilMs > 0)
        bot.blocked.set(leg, { ...blocked, untilMs: 0, waitsFor: undefined });
      const isVenueUnfunded = blocked.by === 'venue' && blocked.code === venueUnfundedCode;
      if (isVenueUnfunded && leg !== order.leg && order.state !== 'REJECTED')
        bot.blocked.set(leg, afterMoneyFreed(blocked));
    }
  }

  /** Legs that would have traded with an order of anybody may be tried, once it can fill no more. */
  onMaybeEnded(order: Order, isActive: (bot: BotRuntime) => boolean): void {
    const bots = liveOrderStates.has(order.state) ? undefined : this.crossed.get(order.clientOrderId);
    if (bots === undefined) return;
    this.crossed.delete(order.clientOrderId);
    for (const bot of bots) {
      for (const [leg, blocked] of bot.blocked) {
        if (blocked.waitsFor === order.clientOrderId)
          bot.blocked.set(leg, afterCrossing(blocked, this.services.nowMs));
      }
      // The order's own bot hears of it first, and agrees then.
      if (bot.id !== order.bot && isActive(bot)) this.agree(bot);
    }
  }

  /** The venue refused an order, or ended one that nobody asked it to cancel. */
  onEndedByVenue(bot: BotRuntime, order: Order, code: string, message: string): void {
    if (order.origin === 'send') {
      if (order.filledLots > 0) return;
      const { nowMs } = this.services;
      const last = bot.unfilledSends;
      const times = unfilledInRow(last, nowMs) + 1;
      bot.unfilledSends = { times, message, atMs: nowMs };
      if (times === refusalsTold) this.tellRefusals(bot);
      return;
    }
    if (order.origin !== 'keep') return;
    // What was ended after a part of it had filled was not refused; a proven refusal is, whatever had filled.
    const isRefused = !endedOtherwise.has(code);
    if (order.filledLots > 0 && !isRefused) return;
    const before = bot.blocked.get(order.leg);
    const blocked = endedLeg(before, order, { code, message }, isRefused, this.services.nowMs);
    bot.blocked.set(order.leg, blocked);
    if (blocked.untilMs > this.services.nowMs)
      this.services.timers.set(`retry|${bot.id}`, blocked.untilMs as EpochMs);
    if (blocked.ended?.times === refusalsTold) this.tellRefusals(bot);
  }

  /** A person wants everything to be tried now: what was refused need not wait, and rows of refusals begin anew. */
  tryAllAgain(bot: BotRuntime): void {
    for (const [leg, blocked] of bot.blocked)
      bot.blocked.set(leg, { ...blocked, untilMs: 0, waitsFor: undefined, ended: undefined });
    bot.unfilledSends = noSendsUnfilled;
  }

  private tellRefusals(bot: BotRuntime): void {
    const refusal = bot.refusal(this.services.nowMs);
    if (refusal === undefined) return;
    const { code, text, nextCheckMs } = refusal;
    this.services.audit({ kind: 'bot-why', bot: bot.id, code, text, nextCheckMs });
  }

  private freeOf(bot: BotRuntime, currency: string, known: FreeMoney): Decimal {
    let free = known.get(currency);
    if (free === undefined) {
      free = availableFunds(this.services, bot.id, bot.instrument.venue, currency);
      known.set(currency, free);
    }
    return free;
  }

  /** Our own risk denied a wish: gives when it is tried again, unless it changes before. */
  private denied(bot: BotRuntime, desired: DesiredOrder, why: DenialOfLeg): number {
    const isSpot = bot.instrument.kind === 'spot';
    const blocked = deniedLeg(bot.blocked.get(desired.leg), desired, why, isSpot, this.services.nowMs);
    bot.blocked.set(desired.leg, blocked);
    if (why.crossing !== undefined)
      this.crossed.set(why.crossing, (this.crossed.get(why.crossing) ?? new Set()).add(bot));
    return mayBeTriedMs(blocked, desired);
  }

  private forgetOldLegs(bot: BotRuntime): void {
    const inUse = new Set(bot.desired.map((order) => order.leg));
    for (const order of this.services.orders.liveOf(bot.id)) inUse.add(order.leg);
    for (const leg of bot.legs.keys()) {
      if (bot.legs.size <= legsKeptMax / 2) break;
      if (!inUse.has(leg)) bot.legs.delete(leg);
    }
    for (const leg of bot.blocked.keys()) if (!inUse.has(leg)) bot.blocked.delete(leg);
  }
}
