/**
 * Goal: a leg that could trade does not wait for the clock, and an exit is held back by no limit meant for entries. Method:
 * what a leg waits for ends at a known time; the tenths of a second until the leg is sent are counted.
 */

import { describe, expect, it } from 'vitest';
import { botViewOf } from '../../../src/app/views/bot-views.ts';
import type { DesiredOrder } from '../../../src/engine/strategy/api.ts';
import type { Instrument } from '../../../src/shared/domain/instrument.ts';
import { epochMs, priceTicks, quantityLots } from '../../../src/shared/domain/nominal.ts';
import type { BookDeltaEvent, BookSnapshotEvent } from '../../../src/shared/events/market.ts';
import { perpetualInstrument, spotInstrument } from '../instruments.ts';
import { limit, Stage } from './stage.ts';

const second = 1_000;
const perpetual = { instruments: [perpetualInstrument()], allocation: { USDT: '50000' } };

function running({
  instruments = [spotInstrument()],
  allocation = { USDT: '90000', BTC: '1' },
}: {
  instruments?: Instrument[];
  allocation?: Record<string, string>;
} = {}): Stage {
  const stage = new Stage({ instruments });
  stage.connect({ USDT: '100000', BTC: '5' });
  stage.quote(999, 1001);
  stage.start('b1', allocation);
  return stage;
}

function stop(triggerTicks: number, lots = 100, more: Partial<DesiredOrder> = {}): DesiredOrder {
  return {
    leg: 'stop',
    side: 'sell',
    type: 'stop',
    triggerTicks: priceTicks(triggerTicks),
    lots: quantityLots(lots),
    purpose: 'stop',
    ...more,
  };
}

/** Lets the bot declare its list at a quote. */
function keep(stage: Stage, ...orders: DesiredOrder[]): void {
  stage.context('b1').keep(orders);
  stage.quote(999, 1001);
}

/** Buys at market, filled whole at 100.0. */
function buy(stage: Stage, lots: number): void {
  const order = stage.send('b1', {
    leg: `buy-${lots}`,
    side: 'buy',
    type: 'market',
    lots: quantityLots(lots),
  });
  stage.fill(order.clientOrderId, lots);
}

function book(
  stage: Stage,
  kind: BookSnapshotEvent['kind'] | BookDeltaEvent['kind'],
  sequence: number,
): void {
  const times = { venueTimeMs: epochMs(stage.timeMs), receiveTimeMs: epochMs(stage.timeMs) };
  const event = { instrument: stage.instrument.id, ...times, bids: [999, 1000], asks: [1001, 1000] };
  if (kind === 'book-snapshot') stage.feed({ ...event, kind, sequence });
  else stage.feed({ ...event, kind, firstSequence: sequence, lastSequence: sequence });
}

/** Lets time pass with a quote each tenth of a second until another order is sent; gives the seconds. */
function secondsUntilSent(stage: Stage, before: number, mostSeconds: number): number {
  for (let tenths = 0; tenths <= 10 * mostSeconds; tenths += 1) {
    if (stage.sent.length > before) return tenths / 10;
    stage.later(second / 10);
    stage.quote(999, 1001);
    if (tenths % 100 === 99 && stage.instrument.kind === 'spot') stage.report({});
  }
  return Number.POSITIVE_INFINITY;
}

function pass(stage: Stage, seconds: number): void {
  for (let at = 0; at < seconds; at += 1) {
    stage.later(second);
    stage.quote(999, 1001);
  }
}

describe('a stop that a hole in the book kept in', () => {
  it('is sent as soon as the book is whole', () => {
    const stage = running();
    book(stage, 'book-snapshot', 100);
    book(stage, 'book-delta', 200);
    keep(stage, stop(900));
    // Denied after 0, 1, 3 and 13 seconds: by the clock the next try is after 43.
    pass(stage, 14);
    expect(stage.bot('b1').blocked.get('stop')?.code).toBe('BOOK_INVALID');
    expect(stage.sent).toHaveLength(0);
    book(stage, 'book-snapshot', 300);
    expect(stage.sent.map(({ leg }) => leg)).toEqual(['stop']);
  });

  it('after the link was lost is sent with the first snapshot', () => {
    const stage = running();
    book(stage, 'book-snapshot', 100);
    stage.connection('disconnected');
    keep(stage, stop(900));
    stage.connect();
    pass(stage, 14);
    expect(stage.bot('b1').blocked.get('stop')?.code).toBe('BOOK_INVALID');
    expect(stage.sent).toHaveLength(0);
    book(stage, 'book-snapshot', 200);
    expect(stage.sent.map(({ leg }) => leg)).toEqual(['stop']);
  });
});

it('an order that raised the exposure with another one is sent as soon as that is gone, where only less may be', () => {
  // 100 are held: 100 sold leave none, 150 more would leave a short of 150; without the 100 they leave one of 50.
  const stage = running(perpetual);
  buy(stage, 100);
  const [early, late] = [limit('first', 'sell', 1010, 100), limit('second', 'sell', 1020, 150)];
  stage.control({ kind: 'set-risk-state', scope: { kind: 'all' }, state: 'REDUCING', reason: 'test' });
  keep(stage, early, late);
  const { clientOrderId, leg } = stage.last;
  expect(leg).toBe('first');
  stage.accept(clientOrderId);
  pass(stage, 14);
  keep(stage, late);
  expect(stage.bot('b1').blocked.get('second')?.code).toBe('REDUCING');
  stage.closed(clientOrderId);
  expect(stage.last.leg).toBe('second');
});

it('a leg that was denied often, and sent since, is denied for the first time again', () => {
  // 39,679.20 of 50,000 with the fee; the other needs 14,729.40.
  const stage = running({ allocation: { USDT: '50000', BTC: '1' } });
  const poor = () => keep(stage, limit('big', 'buy', 990, 400_000), limit('small', 'buy', 980, 150_000));
  poor();
  const [big] = stage.sent;
  if (big === undefined) throw new Error('nothing was sent');
  stage.accept(big.clientOrderId);
  expect(stage.bot('b1').blocked.get('small')?.denials).toBe(1);
  for (let fills = 0; fills < 5; fills += 1)
    stage.fill(big.clientOrderId, 10, { priceTicks: priceTicks(990) });
  expect(stage.bot('b1').blocked.get('small')?.denials).toBe(6);
  keep(stage, limit('small', 'buy', 980, 150_000));
  stage.closed(big.clientOrderId);
  const small = stage.last;
  expect(small.leg).toBe('small');
  stage.accept(small.clientOrderId);
  // The market falls silent for longer than five seconds: a purchase at another price is denied until it speaks again.
  stage.context('b1').keep([limit('small', 'buy', 970, 150_000)]);
  stage.tape(1000, 1);
  stage.later(5_500);
  stage.closed(small.clientOrderId);
  expect(stage.bot('b1').blocked.get('small')).toMatchObject({ code: 'DATA_STALE', denials: 1 });
  const before = stage.sent.length;
  stage.quote(999, 1001);
  // Were the seventh denial counted, it would wait for 30 s.
  expect(secondsUntilSent(stage, before, 60)).toBe(1);
});

describe('a reduce-only order for which nothing was left', () => {
  it('is sent as soon as the order that had the position is gone', () => {
    const stage = running(perpetual);
    buy(stage, 100);
    keep(stage, limit('target', 'sell', 1010, 100, { reduceOnly: true }));
    const target = stage.last;
    stage.accept(target.clientOrderId);
    keep(stage, stop(900, 100, { reduceOnly: true }));
    expect(stage.cancels).toEqual([target.clientOrderId]);
    pass(stage, 14);
    expect(stage.bot('b1').blocked.get('stop')?.code).toBe('REDUCE_ONLY_WOULD_INCREASE');
    stage.closed(target.clientOrderId);
    expect(stage.last.leg).toBe('stop');
  });

  it('is sent as soon as there is a position', () => {
    const stage = running(perpetual);
    keep(stage, limit('entry', 'buy', 990, 100), limit('target', 'sell', 1010, 100, { reduceOnly: true }));
    const entry = stage.last;
    stage.accept(entry.clientOrderId);
    pass(stage, 14);
    stage.fill(entry.clientOrderId, 40);
    expect(stage.last).toMatchObject({ leg: 'target', lots: 40 });
  });
});

it('an order the venue has no money for is sent within twenty seconds once another of the bot is cancelled', () => {
  const stage = running();
  const other = limit('other', 'buy', 950, 1_000);
  const poor = limit('poor', 'buy', 990, 100);
  keep(stage, other);
  stage.accept(stage.last.clientOrderId);
  const { clientOrderId } = stage.last;
  keep(stage, other, poor);
  const waits: number[] = [];
  for (let times = 1; times <= 7; times += 1) {
    const before = stage.sent.length;
    stage.reject(stage.last.clientOrderId, 'insufficient-funds');
    if (times < 7) waits.push(secondsUntilSent(stage, before, 700));
  }
  // Its own refusals shorten no wait.
  expect(waits).toEqual([10, 20, 40, 80, 160, 320]);
  const before = stage.sent.length;
  keep(stage, poor);
  stage.closed(clientOrderId);
  expect(secondsUntilSent(stage, before, 700)).toBe(20);
});

describe('an exit', () => {
  it('larger than the limit of one order is sent, resting and at market', () => {
    // Twice 40,000 at 100.0: each is below the limit of 50,000, together they are not.
    const stage = running();
    buy(stage, 400_000);
    buy(stage, 400_000);
    keep(stage, stop(900, 800_000));
    expect(stage.last).toMatchObject({ leg: 'stop', lots: 800_000 });
    stage.accept(stage.last.clientOrderId);
    keep(stage);
    stage.closed(stage.last.clientOrderId);
    stage.send('b1', { leg: 'exit', side: 'sell', type: 'market', lots: quantityLots(800_000) });
    expect(stage.last.leg).toBe('exit');
  });
});

it('what legs of long ago waited for is forgotten with them', () => {
  const stage = running();
  keep(stage, limit('never', 'buy', 990, 100));
  stage.reject(stage.last.clientOrderId);
  keep(stage);
  expect([...stage.bot('b1').blocked.keys()]).toEqual(['never']);
  for (let number = 0; number <= 500; number += 1) {
    const leg = `x${number}`;
    const side = number % 2 === 0 ? 'buy' : 'sell';
    const { clientOrderId } = stage.send('b1', { leg, side, type: 'market', lots: quantityLots(100) });
    stage.fill(clientOrderId, 100);
    if (number % 250 === 249) stage.later(20 * second);
    stage.quote(999, 1001);
  }
  keep(stage, limit('now', 'buy', 990, 100));
  expect(stage.bot('b1').legs.size).toBe(250);
  expect(stage.bot('b1').blocked.size).toBe(0);
});

describe('the view of a bot does not tell refusals', () => {
  it('of a leg it does not wish for any more', () => {
    const stage = running();
    keep(stage, limit('a', 'buy', 990, 100));
    for (let times = 1; times <= 3; times += 1) {
      const before = stage.sent.length;
      stage.reject(stage.last.clientOrderId);
      if (times < 3) secondsUntilSent(stage, before, 100);
    }
    expect(botViewOf(stage.kernel, stage.bot('b1')).why?.code).toBe('ORDERS_REFUSED');
    keep(stage);
    expect(botViewOf(stage.kernel, stage.bot('b1')).why?.code).not.toBe('ORDERS_REFUSED');
  });

  it('of single orders of long ago', () => {
    const stage = running();
    for (let times = 1; times <= 3; times += 1) {
      const leg = `x${times}`;
      const { clientOrderId } = stage.send('b1', {
        leg,
        side: 'buy',
        type: 'market',
        lots: quantityLots(100),
      });
      stage.closed(clientOrderId, 'expired');
    }
    stage.later(1_200_000);
    expect(botViewOf(stage.kernel, stage.bot('b1')).why?.code).toBe('ORDERS_REFUSED');
    stage.later(1);
    expect(botViewOf(stage.kernel, stage.bot('b1')).why?.code).not.toBe('ORDERS_REFUSED');
  });
});
