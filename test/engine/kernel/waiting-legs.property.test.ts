/**
 * Goal: nothing that could trade is left waiting, and nothing is sent in a storm. Method: two bots and a person share one
 * account of a venue played by hand, which answers at random; after every step each leg that is wished for and does not rest
 * must have a reason that still holds, or a time and a timer.
 */

import { expect, it } from 'vitest';
import { mayBeTriedMs } from '../../../src/engine/kernel/blocked-legs.ts';
import type { BotRuntime } from '../../../src/engine/kernel/bot-runtime.ts';
import { requestOf } from '../../../src/engine/kernel/strategy-context.ts';
import { RandomStream } from '../../../src/engine/simulation/random.ts';
import type { DesiredOrder } from '../../../src/engine/strategy/api.ts';
import { botId, epochMs, priceTicks, quantityLots } from '../../../src/shared/domain/nominal.ts';
import { liveOrderStates, type Order } from '../../../src/shared/domain/order.ts';
import type { RiskCode } from '../../../src/shared/domain/risk.ts';
import { perpetualInstrument, spotInstrument } from '../instruments.ts';
import { limit, Stage } from './stage.ts';

const steps = 250;
const longestWaitMs = 600_000;
const shortestRefusalMs = 10_000;
const ids = ['b1', 'b2'];
/** Denials that end with something that is heard of: no leg waits for the clock once they would not be given. */
const heardOf: ReadonlySet<string> = new Set<RiskCode>([
  'REDUCE_ONLY_WOULD_INCREASE',
  'BOOK_INVALID',
  'HALTED',
  'REDUCING',
  'VENUE_DISCONNECTED',
  'VENUE_RECONCILING',
]);

class World {
  readonly stage: Stage;
  private readonly random: RandomStream;
  private readonly wishes = new Map<string, Map<string, DesiredOrder>>(ids.map((id) => [id, new Map()]));
  private readonly refusedAtMs = new Map<string, number>();
  private recordsSeen = 0;
  private mid = 1000;
  private sequence = 100;
  /** Legs found waiting, by the reason. */
  readonly waited = new Map<string, number>();

  constructor(seed: number) {
    this.random = new RandomStream(`${seed}`, 'waiting legs');
    const isPerpetual = seed % 2 === 0;
    this.stage = new Stage({ instruments: [isPerpetual ? perpetualInstrument() : spotInstrument()] });
    this.stage.connect({ USDT: '100000', BTC: '100' });
    this.quote();
    for (const id of ids) this.stage.start(id, isPerpetual ? { USDT: '3000' } : { USDT: '3000', BTC: '20' });
  }

  private below(count: number): number {
    return this.random.integerBelow(count);
  }

  private chance(share: number): boolean {
    return this.random.uniform() < share;
  }

  private quote(): void {
    this.stage.quote(this.mid - 1, this.mid + 1);
  }

  private keep(id: string): void {
    this.stage.context(id).keep([...(this.wishes.get(id)?.values() ?? [])]);
    this.quote();
  }

  /** Adds, changes or drops one of four legs. */
  private wish(id: string): void {
    const wishes = this.wishes.get(id) as Map<string, DesiredOrder>;
    const leg = `leg-${this.below(4)}`;
    if (this.chance(0.25)) wishes.delete(leg);
    else {
      const filled = this.stage.bot(id).legs.get(leg) ?? 0;
      const side = this.chance(0.5) ? 'buy' : 'sell';
      const ticks = priceTicks(this.mid + this.below(60) - 30);
      const lots = quantityLots(filled + 1000 * (1 + this.below(20)));
      const reduceOnly = this.stage.instrument.kind === 'perpetual' && this.chance(0.4);
      if (this.chance(0.1))
        wishes.set(leg, { leg, side, type: 'stop', triggerTicks: ticks, lots, reduceOnly });
      else wishes.set(leg, limit(leg, side, ticks, lots, { reduceOnly, postOnly: this.chance(0.3) }));
    }
    this.keep(id);
  }

  private answer(order: Order): void {
    const { stage } = this;
    const rest = order.lots - order.filledLots;
    switch (this.below(6)) {
      case 0:
      case 1:
        stage.accept(order.clientOrderId);
        return;
      case 2:
      case 3: {
        const lots = this.chance(0.5) ? rest : 1 + this.below(rest);
        stage.fill(order.clientOrderId, lots, { priceTicks: order.priceTicks ?? priceTicks(this.mid) });
        return;
      }
      case 4:
        stage.closed(order.clientOrderId, this.chance(0.5) ? 'canceled' : 'expired');
        return;
      default:
        if (this.chance(0.3)) stage.unknown(order.clientOrderId);
        else stage.reject(order.clientOrderId, this.chance(0.5) ? 'insufficient-funds' : 'other');
    }
  }

  private person(id: string, any: Order | undefined): void {
    const { stage } = this;
    const bot = botId(id);
    switch (this.below(6)) {
      case 0:
        stage.control({ kind: 'pause-bot', bot });
        return;
      case 1:
        stage.control({ kind: 'edit-bot', bot, params: {}, name: undefined });
        this.keep(id);
        return;
      case 2:
        if (any !== undefined) stage.control({ kind: 'cancel-order', clientOrderId: any.clientOrderId });
        return;
      case 3: {
        const request = {
          ...limit(
            '',
            this.chance(0.5) ? 'buy' : 'sell',
            this.mid + this.below(40) - 20,
            1000 * (1 + this.below(8)),
          ),
          instrument: stage.instrument.id,
          timeInForce: 'gtc' as const,
          postOnly: false,
          reduceOnly: false,
        };
        stage.control({ kind: 'place-order', bot: this.chance(0.5) ? bot : botId('manual'), request });
        return;
      }
      case 4: {
        const state = (['ACTIVE', 'ACTIVE', 'HALTED', 'REDUCING'] as const)[this.below(4)] ?? 'ACTIVE';
        stage.control({ kind: 'set-risk-state', scope: { kind: 'all' }, state, reason: 'test' });
        return;
      }
      default:
        stage.control({ kind: 'resume-bot', bot });
        this.keep(id);
    }
  }

  private link(): void {
    const { stage } = this;
    const link = stage.kernel.link(stage.instrument.venue);
    if (link?.connected !== true) stage.connection('connected');
    else if (!link.reconciled) stage.report({});
    else if (this.chance(0.3)) stage.connection('disconnected');
  }

  private book(): void {
    const { stage } = this;
    this.sequence += 100;
    const at = epochMs(stage.timeMs);
    const event = { instrument: stage.instrument.id, venueTimeMs: at, receiveTimeMs: at };
    const levels = { bids: [this.mid - 1, 10], asks: [this.mid + 1, 10] };
    const hole = { firstSequence: this.sequence, lastSequence: this.sequence };
    if (this.chance(0.2)) stage.feed({ ...event, ...levels, ...hole, kind: 'book-delta' });
    else stage.feed({ ...event, ...levels, sequence: this.sequence, kind: 'book-snapshot' });
  }

  step(): void {
    const id = ids[this.below(2)] as string;
    const live = [...this.stage.kernel.services.orders.live()];
    const any = live[this.below(live.length + 1)];
    const what = this.below(16);
    if (what < 3) this.wish(id);
    else if (what < 10) {
      if (any !== undefined) this.answer(any);
    } else if (what < 12) {
      this.stage.later([100, 1_000, 4_000, 12_000, 40_000, 130_000][this.below(6)] ?? 0);
      if (this.chance(0.8)) this.quote();
    } else if (what < 13) {
      this.mid += this.below(9) - 4;
      this.quote();
    } else if (what < 14) this.person(id, any);
    else if (what < 15) this.link();
    else this.book();
  }

  /** Gives what is wrong now, in words. */
  findings(): string[] {
    const { botManager } = this.stage.kernel;
    const found = this.storms();
    for (const bot of botManager.bots.values())
      if (bot.state === 'RUNNING' && !botManager.awaiting.has(bot) && !bot.keepChanged)
        found.push(...this.stuck(bot));
    return found;
  }

  private stuck(bot: BotRuntime): string[] {
    const { services, executor } = this.stage.kernel;
    const resting = new Set([...services.orders.liveOf(bot.id)].map(({ origin, leg }) => `${origin} ${leg}`));
    const timer = services.timers.withPrefix('retry|').find(({ name }) => name === bot.id);
    const found: string[] = [];
    for (const wish of bot.desired) {
      const missing = wish.lots - (bot.legs.get(wish.leg) ?? 0);
      if (missing <= 0 || resting.has(`keep ${wish.leg}`)) continue;
      const blocked = bot.blocked.get(wish.leg);
      const say = (what: string) => found.push(`${bot.id} ${wish.leg} ${blocked?.code}: ${what}`);
      if (blocked === undefined) {
        say('neither rests nor waits');
        continue;
      }
      this.waited.set(blocked.code, (this.waited.get(blocked.code) ?? 0) + 1);
      const atMs = mayBeTriedMs(blocked, wish);
      if (atMs <= services.nowMs) say('may be tried, and is not');
      const owner = { bot: bot.id, mayTrade: true, ordersInTenSeconds: 0 };
      const mayGo = executor.judge(owner, 'keep', requestOf(bot, wish, missing)).outcome !== 'denied';
      if (mayGo && blocked.by === 'risk' && (blocked.waitsFor === 'money' || heardOf.has(blocked.code)))
        say('could go');
      if (Number.isFinite(atMs)) {
        if (timer === undefined || timer.atMs > atMs) say('no timer in time');
        if (atMs - services.nowMs > longestWaitMs) say('waits too long');
      } else if (blocked.waitsFor !== 'money') {
        const order = blocked.waitsFor === undefined ? undefined : services.orders.get(blocked.waitsFor);
        if (order === undefined || !liveOrderStates.has(order.state)) say('waits for an order that is gone');
      }
    }
    return found;
  }

  /** Legs sent sooner than ten seconds after the venue refused them, although nothing had filled and nobody wanted it. */
  private storms(): string[] {
    const { stage, refusedAtMs } = this;
    const found: string[] = [];
    for (; this.recordsSeen < stage.records.length; this.recordsSeen += 1) {
      const record = stage.records[this.recordsSeen];
      if (record === undefined) break;
      const { body, timeMs } = record;
      if (body.kind === 'order-intent' && body.order.origin === 'keep') {
        const key = `${body.order.bot}|${body.order.leg}`;
        const sinceMs = timeMs - (refusedAtMs.get(key) ?? Number.NEGATIVE_INFINITY);
        if (sinceMs < shortestRefusalMs) found.push(`${key} is sent ${sinceMs} ms after it was refused`);
      } else if (body.kind === 'fill') refusedAtMs.delete(`${body.bot}|${body.leg}`);
      else if (body.kind === 'order-state' && body.to === 'REJECTED') {
        const order = stage.order(body.clientOrderId);
        if (order?.origin === 'keep') refusedAtMs.set(`${order.bot}|${order.leg}`, timeMs);
      } else if (body.kind === 'bot-edited' || body.kind === 'bot-state') refusedAtMs.clear();
    }
    return found;
  }
}

it('no leg is stuck and none is sent in a storm, whatever the venue answers', () => {
  const waited = new Map<string, number>();
  for (let seed = 1; seed <= 60; seed += 1) {
    const world = new World(seed);
    for (let step = 0; step < steps; step += 1) {
      world.step();
      const findings = world.findings();
      if (findings.length > 0) expect.fail(`seed ${seed}, step ${step}: ${findings.join('; ')}`);
    }
    for (const [code, times] of world.waited) waited.set(code, (waited.get(code) ?? 0) + times);
  }
  // The reasons were there, or nothing was shown.
  for (const code of [...heardOf, 'INSUFFICIENT_FUNDS', 'SELF_TRADE', 'insufficient-funds', 'other'])
    expect(waited.get(code) ?? 0, code).toBeGreaterThan(100);
});
