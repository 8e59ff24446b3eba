/** Goal: a bot never gets stuck, never forgets, never trades on what another run left behind. */

import { describe, expect, it } from 'vitest';
import {
  botId,
  type ClientOrderId,
  epochMs,
  priceTicks,
  quantityLots,
} from '../../../src/shared/domain/nominal.ts';
import { perpetualInstrument, spotInstrument } from '../instruments.ts';
import { limit, Stage, type StageContext, type StageOptions } from './stage.ts';

const funded = { USDT: '100000', BTC: '2' };

function running(
  handlers: StageOptions['handlers'],
  allocation: Record<string, string> = { USDT: '50000', BTC: '1' },
  options: StageOptions = {},
): Stage {
  const stage = new Stage({ ...options, ...(handlers === undefined ? {} : { handlers }) });
  stage.connect(funded);
  stage.quote(999, 1001);
  stage.start('b1', allocation);
  return stage;
}

describe('a removed bot', () => {
  it('whose order fills late does not stop the engine: the fill goes where its money went', () => {
    const stage = running((context) => ({ onStart: () => context.keep([limit('a', 'buy', 990, 100)]) }));
    const id = stage.last.clientOrderId;
    stage.accept(id);
    stage.control({ kind: 'stop-bot', bot: botId('b1'), policy: 'cancel-orders' });
    stage.closed(id);
    expect(stage.control({ kind: 'remove-bot', bot: botId('b1') })).toEqual({ ok: true });
    stage.fill(id, 100, { priceTicks: priceTicks(990), fee: '0.01' });
    const { ledger } = stage.kernel.services.portfolio;
    // 100 lots of 0.001 at 99.0 cost 9.9, the fee 0.01.
    expect(ledger.balance('main', 'test', 'USDT').toString()).toBe('99990.09');
    expect(ledger.balance('main', 'test', 'BTC').toString()).toBe('2.1');
    expect(stage.bodies('external-fill')).toHaveLength(0);
  });
});

describe('a bot created', () => {
  it('does not get money that an order by hand has bound', () => {
    const stage = new Stage();
    stage.connect({ USDT: '1000', BTC: '0' });
    stage.quote(999, 1001);
    // 9 BTC at 99.0: 891 and the taker fee of 0.2 %.
    stage.control({
      kind: 'place-order',
      bot: botId('manual'),
      request: {
        instrument: stage.instrument.id,
        side: 'buy',
        type: 'limit',
        priceTicks: priceTicks(990),
        lots: quantityLots(9000),
        timeInForce: 'gtc',
        postOnly: false,
        reduceOnly: false,
      },
    });
    expect(() => stage.create('b1', { USDT: '500' })).toThrow(/INSUFFICIENT_FUNDS/);
    expect(() => stage.create('b2', { USDT: '107' })).not.toThrow();
  });
});

describe('flattening', () => {
  it('tries again when it is pressed again after all attempts failed', () => {
    const stage = running(() => ({}));
    const flatten = () => stage.control({ kind: 'flatten', scope: { kind: 'all' } });
    flatten();
    for (let attempt = 0; attempt < 10 && stage.bot('b1').state === 'STOPPING'; attempt += 1) {
      if (stage.order(stage.last.clientOrderId)?.state === 'PENDING_CREATE')
        stage.reject(stage.last.clientOrderId, 'no-liquidity');
      stage.later(60_000);
      stage.quote(999, 1001);
    }
    expect(stage.bot('b1').state).toBe('STOPPED');
    const before = stage.sent.length;
    expect(before).toBeLessThanOrEqual(4);
    flatten();
    expect(stage.sent.length).toBe(before + 1);
  });

  it('does not send its attempts in one breath when the venue refuses them', () => {
    const stage = running(() => ({}));
    stage.control({ kind: 'flatten', scope: { kind: 'all' } });
    stage.reject(stage.last.clientOrderId, 'no-liquidity');
    expect(stage.sent).toHaveLength(1);
    expect(stage.bot('b1').state).toBe('STOPPING');
    stage.later(1_500);
    stage.quote(999, 1001);
    expect(stage.sent).toHaveLength(2);
    stage.fill(stage.last.clientOrderId, 1000);
    expect(stage.bot('b1')).toMatchObject({ state: 'STOPPED' });
    expect(stage.bot('b1').position.lots).toBe(0);
  });

  it('closes a position bigger than the largest order in several, however many it takes', () => {
    const stage = running(
      () => ({}),
      { USDT: '10', BTC: '1' },
      { instruments: [spotInstrument({ maximumLots: 150 })] },
    );
    stage.control({ kind: 'flatten', scope: { kind: 'all' } });
    for (let part = 0; part < 10 && stage.bot('b1').state === 'STOPPING'; part += 1)
      stage.fill(stage.last.clientOrderId, stage.last.lots);
    expect(stage.sent.map((order) => order.lots)).toEqual([150, 150, 150, 150, 150, 150, 100]);
    expect(stage.bot('b1')).toMatchObject({ state: 'STOPPED' });
  });

  it('while the venue is away waits and closes once it is back and compared', () => {
    const stage = running(() => ({}));
    stage.connection('disconnected');
    stage.control({ kind: 'flatten', scope: { kind: 'all' } });
    stage.later(5_000);
    expect(stage.sent).toHaveLength(0);
    expect(stage.bot('b1').state).toBe('STOPPING');
    stage.connect();
    stage.quote(999, 1001);
    stage.later(2_000);
    expect(stage.sent).toMatchObject([{ origin: 'close', lots: 1000, side: 'sell' }]);
  });

  it('closes the perpetual positions made by hand as well', () => {
    const stage = new Stage({ instruments: [perpetualInstrument()] });
    stage.connect({ USDT: '100000' });
    stage.quote(999, 1001);
    const request = {
      instrument: stage.instrument.id,
      side: 'buy',
      timeInForce: 'gtc',
      postOnly: false,
      reduceOnly: false,
    } as const;
    stage.control({
      kind: 'place-order',
      bot: botId('manual'),
      request: { ...request, type: 'market', lots: quantityLots(500) },
    });
    stage.fill(stage.last.clientOrderId, 500);
    stage.control({
      kind: 'place-order',
      bot: botId('manual'),
      request: { ...request, type: 'limit', priceTicks: priceTicks(900), lots: quantityLots(200) },
    });
    const resting = stage.last.clientOrderId;
    stage.accept(resting);
    stage.control({ kind: 'set-risk-state', scope: { kind: 'all' }, state: 'HALTED', reason: 'kill switch' });
    stage.control({ kind: 'flatten', scope: { kind: 'all' } });
    expect(stage.cancels).toEqual([resting]);
    stage.closed(resting);
    stage.later(2_000);
    stage.quote(999, 1001);
    expect(stage.last).toMatchObject({
      bot: 'manual',
      side: 'sell',
      type: 'market',
      lots: 500,
      origin: 'close',
    });
    const sent = stage.sent.length;
    stage.fill(stage.last.clientOrderId, 500);
    stage.later(60_000);
    stage.quote(999, 1001);
    expect(stage.sent).toHaveLength(sent);
  });
});

describe('a new run of a bot', () => {
  it('is not ended by a stop that the run before asked for', () => {
    let fail = true;
    const stage = running((context) => ({
      onTrade() {
        context.requestStop('stop-loss', 'cancel-orders');
        if (fail) throw new Error('a bug');
      },
    }));
    stage.tape(1000, 1);
    expect(stage.bot('b1').state).toBe('FAILED');
    fail = false;
    stage.control({ kind: 'start-bot', bot: botId('b1') });
    stage.quote(999, 1001);
    expect(stage.bot('b1').state).toBe('RUNNING');
  });

  it('hears no timer of the run before', () => {
    const heard: string[] = [];
    let run = 0;
    const stage = running((context) => ({
      onStart() {
        run += 1;
        if (run === 1) context.setTimer('old', epochMs(context.nowMs() + 1_000));
      },
      onTrade() {
        throw new Error('a bug');
      },
      onTimer: (name) => void heard.push(name),
    }));
    stage.tape(1000, 1);
    stage.control({ kind: 'start-bot', bot: botId('b1') });
    stage.later(5_000);
    stage.quote(999, 1001);
    expect(stage.bot('b1').state).toBe('RUNNING');
    expect(heard).toEqual([]);
  });
});

describe('timers of a bot', () => {
  const ticking = (heard: string[]) => (context: StageContext) => ({
    onStart() {
      if (context.state.count > 0) return;
      context.setState({ count: 1 });
      context.setTimer('once', epochMs(context.nowMs() + 10_000));
    },
    onTimer: (name: string) => void heard.push(name),
  });

  it('that fall due while it is paused come once, after it was resumed', () => {
    const heard: string[] = [];
    const stage = running(ticking(heard));
    stage.control({ kind: 'pause-bot', bot: botId('b1') });
    stage.later(20_000);
    expect(heard).toEqual([]);
    stage.quote(999, 1001);
    stage.control({ kind: 'resume-bot', bot: botId('b1') });
    expect(heard).toEqual(['once']);
    stage.later(60_000);
    expect(heard).toEqual(['once']);
  });

  it('set for now come a moment later, not for ever within one event', () => {
    let count = 0;
    const stage = running((context) => ({
      onStart: () => context.setTimer('again', context.nowMs()),
      onTimer() {
        count += 1;
        context.setTimer('again', context.nowMs());
      },
    }));
    stage.later(10);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(10);
  });

  it('at no time at all are refused: only that bot fails', () => {
    const stage = running((context) => ({ onTrade: () => context.setTimer('x', epochMs(Number.NaN)) }));
    stage.tape(1000, 1);
    expect(stage.bot('b1').state).toBe('FAILED');
  });
});

describe('a declared list', () => {
  it('is corrected when a cancelled order of the leg fills late', () => {
    let ticks = 990;
    const stage = running((context) => ({
      onStart: () => context.keep([limit('a', 'buy', ticks, 100)]),
      onQuote: () =>
        void (
          ticks === 980 &&
          context.filledLots('a') === 0 &&
          context.keep([limit('a', 'buy', ticks, 100)])
        ),
    }));
    const first = stage.last.clientOrderId;
    stage.accept(first);
    ticks = 980;
    stage.quote(999, 1001);
    stage.closed(first);
    const second = stage.last;
    expect(second).toMatchObject({ lots: 100, priceTicks: 980 });
    stage.accept(second.clientOrderId);
    stage.fill(first, 20);
    // 20 of 100 are in: the resting 100 would overfill the leg.
    expect(stage.cancels.at(-1)).toBe(second.clientOrderId);
    stage.closed(second.clientOrderId);
    expect(stage.last).toMatchObject({ lots: 80 });
  });

  it('leaves a reduce-only order alone that risk has cut to what can be closed', () => {
    const stage = new Stage({
      instruments: [perpetualInstrument()],
      handlers: (context) => ({
        onTrade: () => context.keep([limit('tp', 'sell', 1100, 1000, { reduceOnly: true })]),
      }),
    });
    stage.connect({ USDT: '100000' });
    stage.quote(999, 1001);
    stage.start('b1', { USDT: '50000' });
    stage.send('b1', { leg: 'in', side: 'buy', type: 'market', lots: quantityLots(600) });
    stage.fill(stage.last.clientOrderId, 600);
    stage.tape(1000, 1);
    const cut = stage.last;
    expect(cut).toMatchObject({ leg: 'tp', lots: 600 });
    stage.accept(cut.clientOrderId);
    for (let round = 0; round < 5; round += 1) stage.tape(1000, 1);
    expect(stage.cancels).toEqual([]);
    // More to close: now it is made bigger.
    stage.send('b1', { leg: 'in-2', side: 'buy', type: 'market', lots: quantityLots(400) });
    stage.fill(stage.last.clientOrderId, 400);
    stage.tape(1000, 1);
    expect(stage.cancels).toEqual([cut.clientOrderId]);
    stage.closed(cut.clientOrderId);
    expect(stage.last).toMatchObject({ leg: 'tp', lots: 1000 });
  });

  it('is placed as soon as the venue is back, not after the longest wait', () => {
    const stage = running((context) => ({ onStart: () => context.keep([limit('a', 'buy', 990, 100)]) }));
    const first = stage.last.clientOrderId;
    stage.accept(first);
    stage.connection('disconnected');
    stage.closed(first, 'expired');
    stage.later(45_000);
    expect(stage.sent).toHaveLength(1);
    stage.connect();
    stage.quote(999, 1001);
    stage.later(1_500);
    stage.quote(999, 1001);
    expect(stage.sent).toHaveLength(2);
  });
});

describe('a halt', () => {
  it('holds back the closing order a strategy asks for; it follows once trading resumes', () => {
    const stage = running((context) => ({
      onTrade: () => context.requestStop('stop-loss', 'cancel-and-close-position'),
    }));
    stage.control({ kind: 'set-risk-state', scope: { kind: 'all' }, state: 'HALTED', reason: 'test' });
    stage.tape(1000, 1);
    stage.later(5_000);
    stage.quote(999, 1001);
    expect(stage.sent).toHaveLength(0);
    expect(stage.bot('b1').state).toBe('STOPPING');
    stage.control({ kind: 'set-risk-state', scope: { kind: 'all' }, state: 'ACTIVE', reason: 'test' });
    stage.later(2_000);
    stage.quote(999, 1001);
    expect(stage.sent).toMatchObject([{ origin: 'close', side: 'sell', lots: 1000 }]);
  });
});

describe('a second bot on the same timeframe', () => {
  it('gets the older candles it needs although the series lives already', () => {
    const stage = running(() => ({}), { USDT: '100' }, { startMs: 100 * 300_000 });
    const candle = (index: number) => ({
      openTimeMs: epochMs(index * 300_000),
      open: 1,
      high: 1,
      low: 1,
      close: 1,
      volume: 1,
    });
    const feed = (from: number) =>
      stage.feed({
        kind: 'history',
        instrument: stage.instrument.id,
        timeframeMs: 300_000,
        candles: Array.from({ length: 100 - from }, (_, at) => candle(from + at)),
        timeMs: epochMs(stage.timeMs),
      });
    feed(95);
    feed(40);
    const { closed } = stage.kernel.services.markets.get(stage.instrument.id)?.seriesFor(300_000) ?? {
      closed: [],
    };
    expect(closed.map(({ openTimeMs }) => openTimeMs / 300_000)).toEqual(
      Array.from({ length: 60 }, (_, at) => 40 + at),
    );
  });
});

describe('cancel-all', () => {
  it('passes over an order of an instrument that is not configured any more', () => {
    const folderless = running((context) => ({ onStart: () => context.keep([limit('a', 'buy', 990, 100)]) }));
    const id = folderless.last.clientOrderId as ClientOrderId;
    const order = folderless.order(id);
    if (order === undefined) throw new Error('no order');
    folderless.kernel.services.orders.add({
      ...order,
      clientOrderId: 'sx-t-gone' as ClientOrderId,
      instrument: 'test:GONE/USDT' as never,
    });
    expect(folderless.control({ kind: 'cancel-all', scope: { kind: 'all' } })).toEqual({
      ok: true,
      count: 1,
    });
  });
});
