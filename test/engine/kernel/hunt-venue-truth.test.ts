/** Goal: what the venue knows and what the journal knows must meet, whatever was lost, late or shared in between. */

import { describe, expect, it } from 'vitest';
import {
  botId,
  type ClientOrderId,
  epochMs,
  priceTicks,
  quantityLots,
  venueOrderId,
} from '../../../src/shared/domain/nominal.ts';
import { perpetualInstrument } from '../instruments.ts';
import { limit, Stage } from './stage.ts';

function market(leg: string, side: 'buy' | 'sell', lots: number, more: object = {}) {
  return { leg, side, type: 'market' as const, lots: quantityLots(lots), ...more };
}

function reportOf(
  id: ClientOrderId,
  state: 'open' | 'filled' | 'canceled',
  filledLots: number,
  instrument: Stage['instrument'],
) {
  return {
    clientOrderId: id,
    venueOrderId: venueOrderId(`v-${id}`),
    instrument: instrument.id,
    state,
    filledLots: quantityLots(filledLots),
    message: '',
  };
}

function perpetualStage(): Stage {
  const stage = new Stage({ instruments: [perpetualInstrument()] });
  stage.connect({ USDT: '100000' });
  stage.quote(999, 1001);
  return stage;
}

describe('two bots in one perpetual', () => {
  it('do not look like drift: the venue keeps one net position, the journal one for each bot', () => {
    const stage = perpetualStage();
    stage.start('b1', { USDT: '20000' });
    stage.start('b2', { USDT: '20000' });
    stage.send('b1', market('in', 'buy', 1000));
    stage.fill(stage.last.clientOrderId, 1000, { priceTicks: priceTicks(1000) });
    stage.quote(1099, 1101);
    stage.send('b2', market('in', 'sell', 1000));
    stage.fill(stage.last.clientOrderId, 1000, { priceTicks: priceTicks(1100) });
    // At the venue: 1 BTC bought at 100, sold at 110: flat, 10 USDT made. In the journal nobody has realised anything.
    for (let round = 0; round < 3; round += 1) {
      stage.later(16_000);
      stage.report({ balances: { USDT: '100010', BTC: '0' }, positions: [] });
    }
    expect(stage.kernel.services.riskStates.entries()).toEqual([]);
    // A difference of one cent is still found.
    for (let round = 0; round < 3; round += 1) {
      stage.later(16_000);
      stage.report({ balances: { USDT: '100010.01', BTC: '0' }, positions: [] });
    }
    expect(stage.kernel.services.riskStates.entries()).toHaveLength(1);
  });

  it('can each close although the venue, netting them, has nothing to reduce', () => {
    const stage = perpetualStage();
    stage.start('b1', { USDT: '20000' });
    stage.start('b2', { USDT: '20000' });
    stage.send('b1', market('in', 'buy', 1000));
    stage.fill(stage.last.clientOrderId, 1000);
    stage.send('b2', market('in', 'sell', 1000));
    stage.fill(stage.last.clientOrderId, 1000);
    stage.send('b1', market('out', 'sell', 1000, { reduceOnly: true }));
    // Our own check keeps it from opening anything; the venue, which nets the bots, would refuse the flag.
    expect(stage.last).toMatchObject({ side: 'sell', lots: 1000, reduceOnly: false });
    expect(stage.order(stage.last.clientOrderId)?.reduceOnly).toBe(true);
    const again = stage.context('b1').send(market('out-2', 'sell', 1000, { reduceOnly: true }));
    expect(again).toMatchObject({ ok: false, code: 'REDUCE_ONLY_WOULD_INCREASE' });
  });

  it('keep the flag at the venue while nobody else is in the instrument', () => {
    const stage = perpetualStage();
    stage.start('b1', { USDT: '20000' });
    stage.send('b1', market('in', 'buy', 1000));
    stage.fill(stage.last.clientOrderId, 1000);
    stage.send('b1', market('out', 'sell', 1000, { reduceOnly: true }));
    expect(stage.last.reduceOnly).toBe(true);
  });
});

describe('a position that differs from the venue', () => {
  it('halts the venue though every balance agrees', () => {
    const stage = perpetualStage();
    stage.start('b1', { USDT: '20000' });
    stage.send('b1', market('in', 'buy', 1000));
    stage.fill(stage.last.clientOrderId, 1000);
    for (let round = 0; round < 3; round += 1) {
      stage.later(16_000);
      stage.report({ balances: { USDT: '100000', BTC: '0' }, positions: [] });
    }
    expect(stage.kernel.services.riskStates.entries()).toMatchObject([{ state: 'HALTED' }]);
  });
});

describe('a fill that was never delivered', () => {
  function resting(): { stage: Stage; id: ClientOrderId } {
    const stage = new Stage({
      handlers: (context) => ({ onStart: () => context.keep([limit('a', 'buy', 990, 100)]) }),
    });
    stage.connect({ USDT: '100000', BTC: '2' });
    stage.quote(999, 1001);
    stage.start('b1', { USDT: '20000' });
    const id = stage.last.clientOrderId;
    stage.accept(id);
    return { stage, id };
  }

  it.each(['canceled', 'filled', 'open'] as const)(
    'is asked for when an older order is reported %s with more than is booked',
    (state) => {
      const { stage, id } = resting();
      const lost = stage.makeFill(id, state === 'filled' ? 100 : 40);
      // Reports get lost for two minutes while newer fills of another owner arrive.
      stage.later(120_000);
      stage.quote(999, 1001);
      stage.control({
        kind: 'place-order',
        bot: botId('manual'),
        request: {
          instrument: stage.instrument.id,
          side: 'buy',
          type: 'market',
          lots: quantityLots(100),
          timeInForce: 'ioc',
          postOnly: false,
          reduceOnly: false,
        },
      });
      stage.fill(stage.last.clientOrderId, 100);
      const fillsSince = (sinceMs: number) => [lost].filter((fill) => fill.venueTimeMs >= sinceMs);
      for (let round = 0; round < 4; round += 1) {
        stage.later(16_000);
        stage.report({
          orders: [reportOf(id, state, lost.lots, stage.instrument)],
          fills: fillsSince(stage.lastRequest.sinceMs),
        });
      }
      expect(stage.order(id)?.filledLots).toBe(lost.lots);
      expect(stage.bot('b1').position.lots).toBe(lost.lots);
    },
  );
});

describe('an answer from before the link was lost', () => {
  it('does not count, and a new one is asked for at once', () => {
    const stage = new Stage();
    stage.connection('connected');
    const old = stage.lastRequest;
    stage.later(100);
    stage.connection('disconnected');
    stage.later(100);
    stage.connection('connected');
    expect(stage.requestCount).toBe(2);
    stage.feed({
      kind: 'account-report',
      venue: stage.instrument.venue,
      requestId: old.requestId,
      sinceMs: old.sinceMs,
      orders: [],
      provenAbsent: [],
      fills: [],
      fundingPayments: [],
      balances: [],
      positions: [],
      timeMs: epochMs(stage.timeMs),
    });
    expect(stage.kernel.link(stage.instrument.venue)?.reconciled).toBe(false);
    stage.report({ balances: { USDT: '1000' } });
    expect(stage.kernel.link(stage.instrument.venue)?.reconciled).toBe(true);
  });
});

describe('funding', () => {
  it('that fell due during the downtime is shared by the positions of that moment', () => {
    const stage = perpetualStage();
    stage.start('b1', { USDT: '20000' });
    stage.start('b2', { USDT: '20000' });
    stage.send('b1', market('in', 'buy', 1000));
    const first = stage.last.clientOrderId;
    stage.send('b2', market('in', 'buy', 1000));
    const second = stage.last.clientOrderId;
    stage.accept(first);
    stage.accept(second);
    stage.connection('disconnected');
    const fills = [
      stage.makeFill(first, 1000, { venueTimeMs: epochMs(stage.timeMs + 1_000) }),
      stage.makeFill(second, 1000, { venueTimeMs: epochMs(stage.timeMs + 3_000) }),
    ];
    const payment = {
      kind: 'funding-paid' as const,
      venue: stage.instrument.venue,
      instrument: stage.instrument.id,
      paymentId: 'f1',
      amount: '-1',
      currency: 'USDT',
      positionLots: quantityLots(1000),
      timeMs: epochMs(stage.timeMs + 2_000),
    };
    stage.later(5_000);
    stage.connection('connected');
    stage.report({
      fills,
      fundingPayments: [payment],
      balances: { USDT: '99999', BTC: '0' },
      positions: [{ instrument: stage.instrument.id, lots: quantityLots(2000), entryCost: '200' }],
    });
    expect(stage.bot('b1').position.funding.toString()).toBe('-1');
    expect(stage.bot('b2').position.funding.toString()).toBe('0');
    stage.feed(payment);
    expect(stage.bot('b1').position.funding.toString()).toBe('-1');
  });
});

describe('an order nobody can explain', () => {
  function stuck(): { stage: Stage; id: ClientOrderId } {
    const stage = new Stage({
      handlers: (context) => ({ onStart: () => context.keep([limit('a', 'buy', 990, 100)]) }),
    });
    stage.connect({ USDT: '100000', BTC: '2' });
    stage.quote(999, 1001);
    stage.start('b1', { USDT: '20000' });
    const id = stage.last.clientOrderId;
    stage.unknown(id);
    return { stage, id };
  }

  it('can still be resolved by a person after its cancel was asked for, so that the bot can stop', () => {
    const { stage, id } = stuck();
    stage.control({ kind: 'stop-bot', bot: botId('b1'), policy: 'cancel-orders' });
    expect(stage.bot('b1').state).toBe('STOPPING');
    for (let round = 0; round < 5; round += 1) {
      stage.later(16_000);
      stage.report({});
    }
    expect(stage.bot('b1').state).toBe('STOPPING');
    expect(stage.control({ kind: 'resolve-unknown', clientOrderId: id, note: 'asked the venue' })).toEqual({
      ok: true,
    });
    expect(stage.bot('b1').state).toBe('STOPPED');
  });

  it('an order that certainly rests cannot be declared gone', () => {
    const { stage, id } = stuck();
    stage.accept(id);
    stage.control({ kind: 'cancel-order', clientOrderId: id });
    expect(stage.control({ kind: 'resolve-unknown', clientOrderId: id, note: '' })).toMatchObject({
      ok: false,
    });
  });
});

describe('a refusal of an order that is partly filled', () => {
  it('closes it and stops nothing else', () => {
    const stage = new Stage({
      handlers: (context) => ({ onStart: () => context.keep([limit('a', 'buy', 990, 100)]) }),
    });
    stage.connect({ USDT: '100000', BTC: '2' });
    stage.quote(999, 1001);
    stage.start('b1', { USDT: '20000' });
    const id = stage.last.clientOrderId;
    stage.accept(id);
    stage.fill(id, 40);
    stage.reject(id);
    expect(stage.order(id)).toMatchObject({ state: 'CANCELED', filledLots: 40 });
  });
});
