import { describe, expect, it } from 'vitest';
import {
  botId,
  type ClientOrderId,
  priceTicks,
  quantityLots,
  venueOrderId,
} from '../../../src/shared/domain/nominal.ts';
import { Harness } from './harness.ts';

const oneBuy = (ticks: number, lots: number) => ({
  leg: 'buy-1',
  side: 'buy' as const,
  type: 'limit' as const,
  priceTicks: priceTicks(ticks),
  lots: quantityLots(lots),
});

function running(desired = [oneBuy(1000, 100)]): Harness {
  const harness = new Harness({ handlers: (context) => ({ onStart: () => context.keep(desired) }) });
  harness.connect();
  harness.quote(1010, 1012);
  harness.startBot();
  return harness;
}

describe('an order of a bot', () => {
  it('is sent once, with an intent recorded before', () => {
    const harness = running();
    expect(harness.sent).toHaveLength(1);
    const command = harness.commands.find((one) => one.kind === 'submit-order');
    const intent = harness.records.find((record) => record.body.kind === 'order-intent');
    expect(command?.auditSequence).toBeGreaterThanOrEqual(intent?.sequence ?? Number.POSITIVE_INFINITY);
    harness.later(60_000);
    expect(harness.sent).toHaveLength(1);
  });

  it('stays unknown after a lost answer, keeps its money bound and is never sent again', () => {
    const harness = running();
    const id = harness.sent[0]?.clientOrderId as ClientOrderId;
    const free = harness.context.available('USDT').toString();
    harness.feed({
      kind: 'order-outcome-unknown',
      venue: harness.instrument.venue,
      clientOrderId: id,
      message: 'timed out',
      timeMs: harness.timeMs as never,
    });
    expect(harness.stateOf(id)).toBe('UNKNOWN');
    expect(harness.context.available('USDT').toString()).toBe(free);
    // Not listed and not proven absent: it stays unknown for as long as that lasts.
    for (let round = 0; round < 10; round += 1) {
      harness.later(16_000);
      harness.quote(1010, 1012);
      harness.report({});
    }
    expect(harness.stateOf(id)).toBe('UNKNOWN');
    expect(harness.sent).toHaveLength(1);
    // Then a fill turns up: booked once, order closed, nothing doubled.
    harness.later(1_000);
    harness.fill(id, 100);
    expect(harness.stateOf(id)).toBe('FILLED');
    expect(harness.context.position().lots).toBe(1100);
  });

  it('is placed anew only once the venue proves that it never had it', () => {
    const harness = running();
    const id = harness.sent[0]?.clientOrderId as ClientOrderId;
    harness.feed({
      kind: 'order-outcome-unknown',
      venue: harness.instrument.venue,
      clientOrderId: id,
      message: 'timed out',
      timeMs: harness.timeMs as never,
    });
    harness.later(600);
    harness.report({ provenAbsent: [id] });
    // Too early to prove anything: it may still be on its way.
    expect(harness.stateOf(id)).toBe('UNKNOWN');
    harness.later(12_000);
    harness.quote(1010, 1012);
    harness.report({ provenAbsent: [id] });
    expect(harness.stateOf(id)).toBe('REJECTED');
    expect(harness.sent).toHaveLength(2);
  });

  it('books a fill that is reported twice once', () => {
    const harness = running();
    const id = harness.sent[0]?.clientOrderId as ClientOrderId;
    harness.accept(id);
    const fill = harness.fill(id, 40);
    harness.feed({
      kind: 'order-filled',
      venue: harness.instrument.venue,
      fill,
      timeMs: harness.timeMs as never,
    });
    harness.later(16_000);
    harness.report({
      fills: [fill],
      orders: [
        {
          clientOrderId: id,
          venueOrderId: venueOrderId('v'),
          instrument: harness.instrument.id,
          state: 'open',
          filledLots: quantityLots(40),
          message: '',
        },
      ],
    });
    expect(harness.kernel.services.orders.get(id)?.filledLots).toBe(40);
    expect(harness.records.filter((record) => record.body.kind === 'fill')).toHaveLength(1);
    expect(harness.stateOf(id)).toBe('PARTIALLY_FILLED');
  });

  it('accepts a fill after its cancel and re-places only what is missing in the leg', () => {
    let price = 1000;
    const harness = new Harness({
      handlers: (context) => ({
        onStart: () => context.keep([oneBuy(price, 100)]),
        onQuote: () => context.keep([oneBuy(price, 100)]),
      }),
    });
    harness.connect();
    harness.quote(1010, 1012);
    harness.startBot();
    const first = harness.sent[0]?.clientOrderId as ClientOrderId;
    harness.accept(first);
    price = 990;
    harness.quote(1000, 1002);
    expect(harness.cancels).toEqual([first]);
    // Nothing replaces it before the venue has said that it is gone.
    expect(harness.sent).toHaveLength(1);
    harness.fill(first, 30);
    harness.closed(first);
    expect(harness.stateOf(first)).toBe('CANCELED');
    expect(harness.sent).toHaveLength(2);
    expect(harness.sent[1]).toMatchObject({ lots: 70, priceTicks: 990 });
    harness.fill(first, 20);
    // A late fill of the cancelled order: the new one is now too big and is corrected.
    expect(harness.kernel.services.orders.get(first)).toMatchObject({ state: 'CANCELED', filledLots: 50 });
  });

  it('keeps its place in the queue while price and size stay the same', () => {
    const harness = running();
    harness.accept(harness.sent[0]?.clientOrderId as ClientOrderId);
    for (let count = 0; count < 20; count += 1) {
      harness.later(1_000);
      harness.quote(1010 + count, 1012 + count);
    }
    expect(harness.cancels).toHaveLength(0);
    expect(harness.sent).toHaveLength(1);
  });

  it('is not re-sent in a storm when the venue refuses it', () => {
    const harness = running();
    for (let second = 0; second < 60; second += 1) {
      const last = harness.sent.at(-1);
      if (last !== undefined && harness.stateOf(last.clientOrderId) === 'PENDING_CREATE') {
        harness.feed({
          kind: 'order-rejected',
          venue: harness.instrument.venue,
          clientOrderId: last.clientOrderId,
          code: 'post-only-would-cross',
          message: 'no',
          timeMs: harness.timeMs as never,
        });
      }
      harness.later(1_000);
      harness.quote(1010, 1012);
    }
    expect(harness.sent.length).toBeGreaterThan(1);
    expect(harness.sent.length).toBeLessThanOrEqual(4);
  });

  it('that money is missing for is placed the moment a sale has brought it', () => {
    // 100 USDT and 1 BTC at 100: the buy of 2 BTC needs 200 and a fee; the sale of the one at 101.3 brings what is missing.
    const sell = { ...oneBuy(1013, 1000), leg: 'sell-1', side: 'sell' as const };
    const harness = new Harness({
      handlers: (context) => ({ onStart: () => context.keep([oneBuy(1000, 2000), sell]) }),
    });
    harness.connect();
    harness.quote(1010, 1012);
    harness.startBot({ USDT: '100', BTC: '1' });
    for (let round = 0; round < 300; round += 1) {
      harness.later(4_000);
      harness.quote(1010, 1012);
    }
    expect(harness.sent.map(({ leg }) => leg)).toEqual(['sell-1']);
    const id = harness.sent[0]?.clientOrderId as ClientOrderId;
    harness.accept(id);
    harness.fill(id, 1000);
    expect(harness.sent.map(({ leg }) => leg)).toEqual(['sell-1', 'buy-1']);
  });
});

describe('a wish that money is missing for', () => {
  it('is tried at once when it changes, however long the old one would have waited', () => {
    const harness = new Harness({
      handlers: (context) => ({ onStart: () => context.keep([oneBuy(1000, 2000)]) }),
    });
    harness.connect();
    harness.quote(1010, 1012);
    harness.startBot({ USDT: '100' });
    for (let round = 0; round < 300; round += 1) {
      harness.later(4_000);
      harness.quote(1010, 1012);
    }
    expect(harness.sent).toEqual([]);
    const denials = () => harness.records.filter(({ body }) => body.kind === 'order-denied').length;
    expect(denials()).toBe(1);
    // The same wish waits on; half a BTC at 100 is paid for.
    harness.context.keep([oneBuy(1000, 2000)]);
    harness.later(1);
    harness.quote(1010, 1012);
    expect(harness.sent).toEqual([]);
    harness.context.keep([oneBuy(1000, 500)]);
    harness.later(1);
    harness.quote(1010, 1012);
    expect(harness.sent.map(({ lots }) => lots)).toEqual([500]);
  });
});

describe('halting', () => {
  it('lets nothing out but cancels, and says why', () => {
    const harness = running([]);
    harness.control({ kind: 'set-risk-state', scope: { kind: 'all' }, state: 'HALTED', reason: 'test' });
    const result = harness.context.send({ ...oneBuy(1000, 10), leg: 'x' });
    expect(result).toMatchObject({ ok: false, code: 'HALTED' });
    expect(harness.sent).toHaveLength(0);
  });

  it('cancels still pass while halted', () => {
    const harness = running();
    const id = harness.sent[0]?.clientOrderId as ClientOrderId;
    harness.accept(id);
    harness.control({ kind: 'set-risk-state', scope: { kind: 'all' }, state: 'HALTED', reason: 'test' });
    expect(harness.control({ kind: 'cancel-all', scope: { kind: 'all' } })).toEqual({ ok: true, count: 1 });
    expect(harness.cancels).toEqual([id]);
  });

  it('flattening cancels, waits for the proof, then closes at market', () => {
    const harness = running();
    const id = harness.sent[0]?.clientOrderId as ClientOrderId;
    harness.accept(id);
    harness.control({ kind: 'set-risk-state', scope: { kind: 'all' }, state: 'HALTED', reason: 'test' });
    harness.control({ kind: 'flatten', scope: { kind: 'all' } });
    expect(harness.sent).toHaveLength(1);
    harness.closed(id);
    expect(harness.sent.at(-1)).toMatchObject({ type: 'market', side: 'sell', lots: 1000, origin: 'close' });
    const closing = harness.sent.at(-1)?.clientOrderId as ClientOrderId;
    harness.fill(closing, 1000, { priceTicks: priceTicks(1010) });
    expect(harness.kernel.bot(botId('b1'))?.state).toBe('STOPPED');
    expect(harness.context.position().lots).toBe(0);
  });
});

describe('a bot', () => {
  it('whose strategy throws stops alone, with its orders cancelled', () => {
    const harness = new Harness({
      handlers: (context) => ({
        onStart: () => context.keep([oneBuy(1000, 100)]),
        onTrade: () => {
          throw new Error('a bug');
        },
      }),
    });
    harness.connect();
    harness.quote(1010, 1012);
    harness.startBot();
    const id = harness.sent[0]?.clientOrderId as ClientOrderId;
    harness.accept(id);
    harness.feed({
      kind: 'trade',
      instrument: harness.instrument.id,
      venueTimeMs: harness.timeMs as never,
      receiveTimeMs: harness.timeMs as never,
      tradeId: '1',
      priceTicks: priceTicks(1011),
      lots: quantityLots(1),
      aggressor: 'buy',
    });
    expect(harness.kernel.bot(botId('b1'))?.state).toBe('FAILED');
    expect(harness.cancels).toEqual([id]);
    harness.quote(1011, 1013);
    expect(harness.kernel.services.markets.get(harness.instrument.id)?.quote()?.bidTicks).toBe(1011);
  });

  it('waits for its venue, and says so', () => {
    const harness = new Harness({
      handlers: (context) => ({ onStart: () => context.keep([oneBuy(1000, 100)]) }),
    });
    harness.connect();
    harness.quote(1010, 1012);
    harness.feed({
      kind: 'venue-connection',
      venue: harness.instrument.venue,
      state: 'disconnected',
      message: 'cut',
      timeMs: harness.timeMs as never,
    });
    harness.startBot({ USDT: '50000' });
    expect(harness.kernel.bot(botId('b1'))?.why?.code).toBe('WAITING_FOR_VENUE');
    expect(harness.sent).toHaveLength(0);
  });

  it('returns its money when it is removed, to the last digit', () => {
    const harness = running();
    const id = harness.sent[0]?.clientOrderId as ClientOrderId;
    harness.accept(id);
    harness.fill(id, 100, { fee: '0.0123', feeCurrency: 'USDT' });
    harness.control({ kind: 'stop-bot', bot: botId('b1'), policy: 'cancel-orders' });
    expect(harness.control({ kind: 'remove-bot', bot: botId('b1') })).toEqual({ ok: true });
    const { ledger } = harness.kernel.services.portfolio;
    // 100 lots of 0.001 at 100.0 cost 10 USDT, the fee 0.0123.
    expect(ledger.balance('main', 'test', 'USDT').toString()).toBe('99989.9877');
    expect(ledger.balance('main', 'test', 'BTC').toString()).toBe('2.1');
    expect(ledger.balance('bot:b1', 'test', 'USDT').isZero).toBe(true);
  });

  it('keeps its orders while paused and hears of fills', () => {
    const fills: number[] = [];
    const harness = new Harness({
      handlers: (context) => ({
        onStart: () => context.keep([oneBuy(1000, 100)]),
        onFill: (fill) => fills.push(fill.lots),
      }),
    });
    harness.connect();
    harness.quote(1010, 1012);
    harness.startBot();
    const id = harness.sent[0]?.clientOrderId as ClientOrderId;
    harness.accept(id);
    harness.control({ kind: 'pause-bot', bot: botId('b1') });
    expect(harness.cancels).toHaveLength(0);
    harness.fill(id, 60);
    expect(fills).toEqual([60]);
    expect(harness.kernel.bot(botId('b1'))?.legs.get('buy-1')).toBe(60);
  });
});

describe('money that does not agree with the venue', () => {
  it('halts the venue once the same difference is seen twice, and invents no fill', () => {
    const harness = running([]);
    harness.later(16_000);
    harness.report({ balances: { USDT: '99000', BTC: '2' } });
    expect(
      harness.kernel.services.riskStates.stateOf({ kind: 'venue', venue: harness.instrument.venue }),
    ).toBe('ACTIVE');
    harness.later(1_000);
    harness.report({ balances: { USDT: '99000', BTC: '2' } });
    expect(
      harness.kernel.services.riskStates.stateOf({ kind: 'venue', venue: harness.instrument.venue }),
    ).toBe('HALTED');
    expect(harness.kernel.services.portfolio.identities.failed).toBe(1);
    expect(harness.records.some((record) => record.body.kind === 'fill')).toBe(false);
  });
});
