/** Goal: an order that agrees is left alone, a leg is never placed twice, and what cannot be changed now waits. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDesired } from '../../../src/engine/execution/desired-orders.ts';
import type { DesiredOrder } from '../../../src/engine/strategy/api.ts';
import type { Order, OrderState } from '../../../src/shared/domain/order.ts';
import { limit } from '../kernel/stage.ts';

let number = 0;
function live(want: DesiredOrder, state: OrderState, change: Partial<Order> = {}): Order {
  number += 1;
  return {
    instrument: 'test:BTC/USDT',
    timeInForce: 'gtc',
    postOnly: false,
    reduceOnly: false,
    ...want,
    clientOrderId: `o-${number}`,
    bot: 'b1',
    origin: 'keep',
    state,
    filledLots: 0,
    filledNotional: '0',
    createdAtMs: 0,
    updatedAtMs: 0,
    ...change,
  } as Order;
}

const none = () => 0;
const all = () => Number.MAX_SAFE_INTEGER;
const want = limit('a', 'buy', 1000, 100);

describe('compareDesired', () => {
  it.each<[string, Partial<DesiredOrder>]>([
    ['another price', { priceTicks: 1001 as never }],
    ['another side', { side: 'sell' }],
    ['another size', { lots: 101 as never }],
    ['post-only', { postOnly: true }],
    ['reduce-only', { reduceOnly: true }],
    ['another type', { type: 'stop-limit', triggerTicks: 990 as never }],
  ])('replaces an order for %s, once it is gone', (_name, change) => {
    const order = live(want, 'OPEN');
    const wanted = { ...want, ...change };
    const first = compareDesired([wanted], [order], none, all);
    expect(first.cancel).toEqual([order]);
    expect(first.place).toEqual([]);
    expect(first.waiting).toEqual([
      { leg: 'a', reason: 'an older order of this level is being cancelled first' },
    ]);
    const second = compareDesired([wanted], [], none, all);
    expect(second.place).toEqual([{ desired: wanted, lots: wanted.lots }]);
  });

  it('leaves an order alone that agrees, partly filled too', () => {
    const order = live(want, 'PARTIALLY_FILLED', { filledLots: 30 as never });
    expect(compareDesired([want], [order], () => 30, all)).toEqual({ cancel: [], place: [], waiting: [] });
  });

  it.each<[OrderState, string]>([
    [
      'PENDING_CREATE',
      'an older order of this level is being sent; it is changed once the venue has answered',
    ],
    ['UNKNOWN', 'the venue has not said what became of an older order of this level'],
    ['PENDING_CANCEL', 'an older order of this level is being cancelled first'],
  ])('neither cancels nor doubles an order that is %s', (state, reason) => {
    const order = live(limit('a', 'buy', 900, 100), state);
    expect(compareDesired([want], [order], none, all)).toEqual({
      cancel: [],
      place: [],
      waiting: [{ leg: 'a', reason }],
    });
  });

  it('cancels what is not wanted and a second order of a leg', () => {
    const first = live(want, 'OPEN');
    const second = live(want, 'OPEN');
    const other = live(limit('b', 'sell', 1100, 5), 'OPEN');
    expect(compareDesired([want], [first, second, other], none, all).cancel).toEqual([second, other]);
  });

  it('places what is missing of a leg, and nothing of one that is filled', () => {
    expect(compareDesired([want], [], () => 60, all).place).toEqual([{ desired: want, lots: 40 }]);
    expect(compareDesired([want], [], () => 100, all).place).toEqual([]);
    expect(compareDesired([want], [], () => 120, all).place).toEqual([]);
  });

  it('takes a reduce-only order that risk has cut for the whole, until more can be closed', () => {
    const wanted = { ...want, side: 'sell' as const, reduceOnly: true };
    const cut = live({ ...wanted, lots: 60 as never }, 'OPEN');
    expect(compareDesired([wanted], [cut], none, () => 60).cancel).toEqual([]);
    expect(compareDesired([wanted], [cut], none, () => 70).cancel).toEqual([cut]);
    expect(compareDesired([wanted], [cut], none, () => 200).cancel).toEqual([cut]);
  });

  it('never lets the lots at the venue and the lots to place exceed a leg, whatever lives', () => {
    const states: OrderState[] = ['PENDING_CREATE', 'OPEN', 'PARTIALLY_FILLED', 'PENDING_CANCEL', 'UNKNOWN'];
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            leg: fc.constantFrom('a', 'b', 'c'),
            price: fc.integer({ min: 1, max: 3 }),
            lots: fc.integer({ min: 1, max: 50 }),
            state: fc.constantFrom(...states),
          }),
          { maxLength: 6 },
        ),
        fc.uniqueArray(
          fc.record({
            leg: fc.constantFrom('a', 'b', 'c'),
            price: fc.integer({ min: 1, max: 3 }),
            lots: fc.integer({ min: 1, max: 50 }),
          }),
          { selector: (one) => one.leg },
        ),
        fc.integer({ min: 0, max: 60 }),
        (lives, wishes, filled) => {
          const orders = lives.map((one) => live(limit(one.leg, 'buy', one.price, one.lots), one.state));
          const desired = wishes.map((one) => limit(one.leg, 'buy', one.price, one.lots));
          const { place, cancel } = compareDesired(desired, orders, () => filled, all);
          for (const { desired: wish, lots } of place) {
            expect(orders.some((order) => order.leg === wish.leg)).toBe(false);
            expect(lots + filled).toBe(wish.lots);
          }
          for (const order of cancel) expect(['OPEN', 'PARTIALLY_FILLED']).toContain(order.state);
        },
      ),
    );
  });
});
