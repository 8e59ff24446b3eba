import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  IllegalTransitionError,
  OrderStore,
  remainingLots,
} from '../../../src/engine/execution/order-store.ts';
import { legalTransitions } from '../../../src/engine/execution/transitions.ts';
import {
  botId,
  clientOrderId,
  epochMs,
  priceTicks,
  quantityLots,
  venueOrderId,
} from '../../../src/shared/domain/nominal.ts';
import { type Fill, liveOrderStates, type Order, orderStates } from '../../../src/shared/domain/order.ts';
import { spotInstrument } from '../instruments.ts';

const instrument = spotInstrument();

function order(id: string, change: Partial<Order> = {}): Order {
  return {
    instrument: instrument.id,
    side: 'buy',
    type: 'limit',
    lots: quantityLots(100),
    priceTicks: priceTicks(1000),
    timeInForce: 'gtc',
    postOnly: false,
    reduceOnly: false,
    clientOrderId: clientOrderId(id),
    bot: botId('b1'),
    leg: 'a',
    origin: 'keep',
    state: 'PENDING_CREATE',
    filledLots: quantityLots(0),
    filledNotional: '0',
    createdAtMs: epochMs(0),
    updatedAtMs: epochMs(0),
    ...change,
  };
}

function fillOf(id: string, ticks: number, lots: number): Fill {
  return {
    instrument: instrument.id,
    clientOrderId: clientOrderId(id),
    venueOrderId: venueOrderId(`v-${id}`),
    tradeId: 't',
    side: 'buy',
    priceTicks: priceTicks(ticks),
    lots: quantityLots(lots),
    fee: '0',
    feeCurrency: 'USDT',
    liquidity: 'maker',
    venueTimeMs: epochMs(0),
  };
}

describe('OrderStore', () => {
  it.each(orderStates.flatMap((from) => orderStates.map((to) => [from, to] as const)))(
    'moves %s to %s only where the table leads',
    (from, to) => {
      const store = new OrderStore([order('o', { state: from })]);
      const move = () => store.move(clientOrderId('o'), to, epochMs(5), { reason: 'test' });
      if (!legalTransitions[from].includes(to)) {
        expect(move).toThrow(IllegalTransitionError);
        expect(store.get(clientOrderId('o'))?.state).toBe(from);
        return;
      }
      expect(move()).toMatchObject({ state: to, reason: 'test', updatedAtMs: 5 });
      expect(store.liveCount).toBe(liveOrderStates.has(to) ? 1 : 0);
      expect(store.liveCountOf(botId('b1'))).toBe(store.liveCount);
    },
  );

  it('refuses an id that exists', () => {
    const store = new OrderStore([order('o')]);
    expect(() => store.add(order('o'))).toThrow(IllegalTransitionError);
  });

  it('sums fills exactly, late ones of a closed order too', () => {
    const store = new OrderStore([order('o', { state: 'CANCELED' })]);
    store.addFill(clientOrderId('o'), fillOf('o', 1001, 30), instrument, epochMs(1));
    // 30 lots of 0.001 at 100.1 are 3.003; 70 at 99.9 are 6.993.
    expect(store.addFill(clientOrderId('o'), fillOf('o', 999, 70), instrument, epochMs(2))).toMatchObject({
      filledLots: 100,
      filledNotional: '9.996',
      state: 'CANCELED',
    });
    expect(store.liveCount).toBe(0);
  });

  it('counts what may still fill, never below zero', () => {
    expect(remainingLots(order('o', { state: 'UNKNOWN', filledLots: quantityLots(30) }))).toBe(70);
    expect(remainingLots(order('o', { filledLots: quantityLots(130) }))).toBe(0);
  });

  it('forgets the oldest closed orders and no live one', () => {
    const store = new OrderStore();
    store.add(order('alive'));
    for (let count = 0; count < 12_000; count += 1) {
      store.add(order(`o${count}`));
      store.move(clientOrderId(`o${count}`), 'CANCELED', epochMs(1), {});
    }
    expect(store.get(clientOrderId('o0'))).toBeUndefined();
    expect(store.get(clientOrderId('o11999'))).toBeDefined();
    expect(store.get(clientOrderId('o7001'))).toBeDefined();
    expect(store.get(clientOrderId('alive'))).toBeDefined();
    expect(store.liveCount).toBe(1);
  });

  it('keeps its counts through any legal history', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom(...orderStates)), {
          maxLength: 80,
        }),
        (moves) => {
          const store = new OrderStore(
            ['0', '1', '2', '3', '4'].map((id) => order(id, { bot: botId(`b${Number(id) % 2}`) })),
          );
          for (const [id, to] of moves) {
            const before = store.get(clientOrderId(String(id)));
            if (before !== undefined && legalTransitions[before.state].includes(to))
              store.move(before.clientOrderId, to, epochMs(1), {});
          }
          const states = ['0', '1', '2', '3', '4'].map((id) => store.get(clientOrderId(id)) as Order);
          const alive = states.filter((one) => liveOrderStates.has(one.state));
          expect(store.liveCount).toBe(alive.length);
          expect([...store.live()].map((one) => one.clientOrderId).sort()).toEqual(
            alive.map((one) => one.clientOrderId),
          );
          expect(store.liveCountOf(botId('b0')) + store.liveCountOf(botId('b1'))).toBe(alive.length);
        },
      ),
    );
  });
});
