/**
 * Goal: a restart changes nothing. Whatever happened, what a kernel made from the journal knows is what the one before
 * knew; and going on from there ends where an uninterrupted kernel ends.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { botId, epochMs, priceTicks, quantityLots } from '../../../src/shared/domain/nominal.ts';
import type { StopPolicy } from '../../../src/shared/events/control.ts';
import { perpetualInstrument, spotInstrument } from '../instruments.ts';
import { Stage } from './stage.ts';

const spot = spotInstrument({ feeCurrencyRule: 'received' });
const perpetual = perpetualInstrument();
const owners = ['spot-1', 'perp-1', 'perp-2', 'manual'] as const;

type Step =
  | { kind: 'order'; owner: number; side: 'buy' | 'sell'; ticks: number; lots: number; perpetual: boolean }
  | {
      kind: 'answer';
      which: number;
      what: 'accept' | 'unknown' | 'fill' | 'late-fill' | 'cancel' | 'closed' | 'reject';
      lots: number;
    }
  | {
      kind: 'press';
      owner: number;
      what: 'pause' | 'resume' | 'stop' | 'start' | 'halt' | 'reducing' | 'active' | 'edit';
      policy: StopPolicy;
    }
  | { kind: 'state'; owner: number; count: number }
  | { kind: 'timer'; owner: number; inMs: number }
  | { kind: 'funding'; milli: number }
  | { kind: 'time'; ms: number; ticks: number }
  | { kind: 'restart' };

const owner = fc.integer({ min: 0, max: 3 });
const policies = fc.constantFrom<StopPolicy>('cancel-orders', 'leave-orders', 'cancel-and-close-position');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      owner,
      side: fc.constantFrom('buy' as const, 'sell' as const),
      ticks: fc.integer({ min: 950, max: 1050 }),
      lots: fc.integer({ min: 60, max: 500 }),
      perpetual: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      which: fc.nat(),
      what: fc.constantFrom(
        'accept' as const,
        'unknown' as const,
        'fill' as const,
        'fill' as const,
        'late-fill' as const,
        'cancel' as const,
        'closed' as const,
        'reject' as const,
      ),
      lots: fc.integer({ min: 1, max: 300 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('press' as const),
      owner: fc.integer({ min: 0, max: 2 }),
      what: fc.constantFrom(
        'pause' as const,
        'resume' as const,
        'stop' as const,
        'start' as const,
        'halt' as const,
        'reducing' as const,
        'active' as const,
        'edit' as const,
      ),
      policy: policies,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('state' as const),
      owner: fc.integer({ min: 0, max: 2 }),
      count: fc.nat(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('timer' as const),
      owner: fc.integer({ min: 0, max: 2 }),
      inMs: fc.integer({ min: 1, max: 5_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('funding' as const),
      milli: fc.integer({ min: -5_000, max: 5_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('time' as const),
      ms: fc.integer({ min: 1, max: 3_000 }),
      ticks: fc.integer({ min: 980, max: 1020 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'restart' as const }) },
);

/** One kernel and everything that is done to it. */
class Player {
  readonly stage: Stage;
  readonly fired: string[] = [];
  private payments = 0;

  constructor(folder?: string) {
    this.stage = new Stage({
      instruments: [spot, perpetual],
      handlers: (context) => ({ onTimer: (name) => void this.fired.push(`${context.bot}:${name}`) }),
      ...(folder === undefined ? {} : { folder }),
    });
    this.stage.connect({ USDT: '100000', BTC: '5' });
    this.quotes(1000);
    this.stage.start('spot-1', { USDT: '10000', BTC: '1' }, spot);
    this.stage.start('perp-1', { USDT: '10000' }, perpetual);
    this.stage.start('perp-2', { USDT: '10000' }, perpetual);
  }

  private quotes(ticks: number): void {
    for (const instrument of [spot, perpetual]) this.stage.quote(ticks - 1, ticks + 1, instrument);
  }

  /** The link comes back and the venue agrees with the journal. */
  private reconnect(): void {
    this.stage.connection('connected');
    const positions = [...this.stage.kernel.services.portfolio.allPositions()].filter(
      ({ position }) => position.instrument.id === perpetual.id,
    );
    const lots = positions.reduce((sum, { position }) => sum + position.lots, 0);
    const cost = positions.reduce(
      (sum, { position }) => sum.plus(position.cost),
      spot.tickSize.timesInteger(0),
    );
    this.stage.report({
      positions: [{ instrument: perpetual.id, lots: quantityLots(lots), entryCost: cost.toString() }],
    });
    this.quotes(1000);
  }

  restart(): void {
    this.stage.restart();
    this.reconnect();
  }

  blink(): void {
    this.stage.connection('disconnected');
    this.reconnect();
  }

  do(step: Step): void {
    const { stage } = this;
    switch (step.kind) {
      case 'order': {
        const id = owners[step.owner] as (typeof owners)[number];
        const instrument =
          id === 'manual' ? (step.perpetual ? perpetual : spot) : id === 'spot-1' ? spot : perpetual;
        const order = {
          side: step.side,
          type: 'limit' as const,
          priceTicks: priceTicks(step.ticks),
          lots: quantityLots(step.lots),
        };
        if (id === 'manual') {
          stage.control({
            kind: 'place-order',
            bot: botId(id),
            request: {
              ...order,
              instrument: instrument.id,
              timeInForce: 'gtc',
              postOnly: false,
              reduceOnly: false,
            },
          });
        } else if (stage.contexts.has(id)) {
          stage.context(id).send({ leg: `leg-${step.ticks % 5}`, ...order });
          stage.later(0);
        }
        return;
      }
      case 'answer':
        this.answer(step);
        return;
      case 'press':
        this.press(step);
        return;
      case 'state': {
        const id = owners[step.owner] as string;
        if (stage.bot(id).handlers !== undefined) stage.context(id).setState({ count: step.count });
        stage.later(0);
        return;
      }
      case 'timer': {
        const id = owners[step.owner] as string;
        if (stage.bot(id).handlers !== undefined)
          stage.context(id).setTimer('t', epochMs(stage.timeMs + step.inMs));
        stage.later(0);
        return;
      }
      case 'funding':
        this.payments += 1;
        stage.feed({
          kind: 'funding-paid',
          venue: perpetual.venue,
          instrument: perpetual.id,
          paymentId: `f${this.payments}`,
          amount: spot.lotSize.timesInteger(step.milli).toString(),
          currency: 'USDT',
          positionLots: quantityLots(0),
          timeMs: epochMs(stage.timeMs),
        });
        return;
      case 'time':
        stage.later(step.ms);
        this.quotes(step.ticks);
        return;
      case 'restart':
        return;
    }
  }

  private answer(step: Extract<Step, { kind: 'answer' }>): void {
    const { stage } = this;
    const number = 1 + (step.which % Math.max(1, stage.kernel.executor.nextOrderNumber - 1));
    const id = `sx-t-${number}` as never;
    const order = stage.order(id);
    if (order === undefined) return;
    const live = !['FILLED', 'CANCELED', 'REJECTED', 'EXPIRED'].includes(order.state);
    const lots = Math.min(step.lots, order.lots - order.filledLots);
    const inBase = order.instrument === spot.id && order.side === 'buy';
    const fill = () =>
      lots > 0 &&
      stage.fill(id, lots, { fee: inBase ? '0.00000037' : '0.0021', feeCurrency: inBase ? 'BTC' : 'USDT' });
    if (step.what === 'late-fill') fill();
    else if (!live) return;
    else if (step.what === 'fill') fill();
    else if (step.what === 'accept') stage.accept(id);
    else if (step.what === 'unknown') stage.unknown(id);
    else if (step.what === 'reject') stage.reject(id);
    else if (step.what === 'closed') stage.closed(id);
    else stage.control({ kind: 'cancel-order', clientOrderId: id });
  }

  private press(step: Extract<Step, { kind: 'press' }>): void {
    const { stage } = this;
    const bot = botId(owners[step.owner] as string);
    const states = { halt: 'HALTED', reducing: 'REDUCING', active: 'ACTIVE' } as const;
    if (step.what === 'halt' || step.what === 'reducing' || step.what === 'active')
      stage.control({
        kind: 'set-risk-state',
        scope: { kind: 'bot', bot },
        state: states[step.what],
        reason: 'test',
      });
    else if (step.what === 'stop') stage.control({ kind: 'stop-bot', bot, policy: step.policy });
    else if (step.what === 'edit')
      stage.control({ kind: 'edit-bot', bot, params: { edited: stage.timeMs }, name: 'edited' });
    else stage.control({ kind: `${step.what}-bot`, bot });
  }

  /** Everything a person could ask of the kernel. */
  view() {
    const { kernel } = this.stage;
    const { services } = kernel;
    return {
      ledger: [...services.portfolio.ledger.entries()]
        .filter((entry) => !entry.amount.isZero)
        .map((entry) => `${entry.account} ${entry.currency} ${entry.amount}`)
        .sort(),
      positions: [...services.portfolio.allPositions()]
        .filter(({ position }) => !(position.held.isZero && position.fees.isZero))
        .map(
          ({ bot, position }) =>
            `${bot} ${position.instrument.id} held ${position.held} cost ${position.cost} made ${position.realised} fees ${position.fees} funding ${position.funding}`,
        )
        .sort(),
      orders: [...services.orders.live()]
        .map((order) => ({ ...order, venueOrderId: '', updatedAtMs: 0 }))
        .sort((left, right) => (left.clientOrderId < right.clientOrderId ? -1 : 1)),
      bots: [...kernel.botManager.bots.values()].map((bot) => ({
        ...bot.snapshot(services.timers.withPrefix(bot.timerPrefix), services.nowMs),
        why: null,
        legs: Object.fromEntries([...bot.legs].sort()),
      })),
      risk: services.riskStates.entries(),
      limits: services.riskLimits,
      nextOrder: kernel.executor.nextOrderNumber,
      identities: services.portfolio.identities.failed,
    };
  }
}

describe('a restart', () => {
  it('changes nothing, wherever it falls', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 45 }), (steps) => {
        const folder = mkdtempSync(join(tmpdir(), 'sextant-restart-'));
        const interrupted = new Player(folder);
        const whole = new Player();
        try {
          for (const one of steps) {
            if (one.kind === 'restart') {
              const before = interrupted.view();
              interrupted.stage.restart();
              expect(interrupted.view()).toEqual(before);
              interrupted.restart();
              whole.blink();
              continue;
            }
            interrupted.do(one);
            whole.do(one);
          }
          interrupted.restart();
          whole.blink();
          expect(interrupted.view()).toEqual(whole.view());
          expect(interrupted.fired).toEqual(whole.fired);
          expect(whole.view().identities).toBe(0);
        } finally {
          interrupted.stage.close();
          rmSync(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: Number(process.env.RESTART_RUNS ?? 60) },
    );
  });
});
