/**
 * Goal: what a venue ends without a fill is no order storm, and a person is told. Method: a venue played by hand ends
 * every order of a bot; the orders sent in an hour are counted, and the view of the bot is read.
 */

import { describe, expect, it } from 'vitest';
import { botViewOf, ladderOf } from '../../../src/app/views/bot-views.ts';
import { botId, priceTicks, quantityLots } from '../../../src/shared/domain/nominal.ts';
import { perpetualInstrument } from '../instruments.ts';
import { limit, Stage, type StageOptions } from './stage.ts';

const second = 1_000;

function running(
  handlers: NonNullable<StageOptions['handlers']>,
  allocation: Record<string, string> = { USDT: '50000', BTC: '1' },
  base = '5',
): Stage {
  const stage = new Stage({ handlers });
  stage.connect({ USDT: '100000', BTC: base });
  stage.quote(999, 1001);
  stage.start('b1', allocation);
  return stage;
}

const resting = () => running((context) => ({ onStart: () => context.keep([limit('a', 'buy', 990, 100)]) }));

/** Lets time pass second by second; the venue treats each order as `answer` does. Gives the seconds orders were sent at. */
function run(stage: Stage, seconds: number, answer: (stage: Stage) => void): number[] {
  const sentAt: number[] = [];
  let answered = 0;
  const answerAll = (at: number) => {
    while (stage.sent.length > answered) {
      answered += 1;
      sentAt.push(at);
      answer(stage);
    }
  };
  answerAll(0);
  for (let at = 1; at <= seconds; at += 1) {
    stage.later(second);
    stage.quote(999, 1001);
    if (at % 10 === 0) {
      if (stage.lastRequest.requestId !== reported.get(stage)) {
        reported.set(stage, stage.lastRequest.requestId);
        stage.report({});
      }
    }
    answerAll(at);
  }
  return sentAt;
}

const reported = new WeakMap<Stage, number>();

describe('a resting order that the venue ends at once', () => {
  it.each(['canceled', 'expired'] as const)(
    '(%s) is sent again once, then after 10, 20, 40 ... seconds',
    (outcome) => {
      const sentAt = run(resting(), 1_300, (stage) => {
        stage.accept(stage.last.clientOrderId);
        stage.closed(stage.last.clientOrderId, outcome);
      });
      expect(sentAt).toEqual([0, 0, 10, 30, 70, 150, 310, 630, 1230]);
    },
  );

  it('refused: after 10, 20, 40 ... seconds', () => {
    const sentAt = run(resting(), 700, (stage) => stage.reject(stage.last.clientOrderId));
    expect(sentAt).toEqual([0, 10, 30, 70, 150, 310, 630]);
  });

  it('is told on the bot after three, with what to do, and in the journal; resuming tries at once', () => {
    const stage = resting();
    const expire = () => stage.closed(stage.last.clientOrderId, 'expired');
    expire();
    expire();
    expect(botViewOf(stage.kernel, stage.bot('b1')).why?.code).not.toBe('ORDERS_REFUSED');
    stage.later(9_000);
    stage.quote(999, 1001);
    stage.later(1_000);
    expire();
    const { why } = botViewOf(stage.kernel, stage.bot('b1'));
    expect(why?.code).toBe('ORDERS_REFUSED');
    expect(why?.text).toContain('has ended 3 orders of a in a row without a fill (EXPIRED: ');
    expect(why?.text).toContain('pause and resume it to begin anew');
    expect(why?.nextCheckMs).toBe(stage.timeMs + 20_000);
    expect(stage.bodies('bot-why').map(({ code }) => code)).toEqual(['ORDERS_REFUSED']);
    const before = stage.sent.length;
    stage.control({ kind: 'pause-bot', bot: botId('b1') });
    stage.quote(999, 1001);
    stage.control({ kind: 'resume-bot', bot: botId('b1') });
    expect(stage.sent.length).toBe(before + 1);
    stage.fill(stage.last.clientOrderId, 100, { priceTicks: priceTicks(990), fee: '0.01' });
    expect(botViewOf(stage.kernel, stage.bot('b1')).why?.code).not.toBe('ORDERS_REFUSED');
  });

  it('and at another price waits no more than twenty seconds', () => {
    let price = 990;
    const stage = running((context) => ({
      onStart: () => context.keep([limit('a', 'buy', price, 100)]),
      onTimer: () => context.keep([limit('a', 'buy', price, 100)]),
      onQuote: () => context.keep([limit('a', 'buy', price, 100)]),
    }));
    const sentAt = run(stage, 150, (one) => one.reject(one.last.clientOrderId));
    expect(sentAt).toEqual([0, 10, 30, 70, 150]);
    const before = stage.sent.length;
    price = 991;
    stage.quote(999, 1001);
    expect(stage.sent.length).toBe(before);
    for (let at = 0; at < 20; at += 1) {
      expect(stage.sent.length).toBe(before);
      stage.later(second);
      stage.quote(999, 1001);
    }
    expect(stage.sent.length).toBe(before + 1);
  });

  it('after it had rested for an hour is sent again at once, however often that was', () => {
    const stage = resting();
    for (let round = 0; round < 5; round += 1) {
      stage.accept(stage.last.clientOrderId);
      const before = stage.sent.length;
      stage.later(3_600_000);
      stage.quote(999, 1001);
      stage.closed(stage.last.clientOrderId, 'canceled');
      expect(stage.sent.length).toBe(before + 1);
    }
  });

  it('after it had rested for a minute is sent again at once, however often that was', () => {
    const stage = resting();
    for (let round = 0; round < 5; round += 1) {
      stage.accept(stage.last.clientOrderId);
      const before = stage.sent.length;
      stage.later(60_000);
      stage.quote(999, 1001);
      stage.closed(stage.last.clientOrderId, 'canceled');
      expect(stage.sent.length).toBe(before + 1);
    }
  });

  it('is sent again every 20 s where it closes a position', () => {
    const stage = running((context) => ({
      onStart: () => context.keep([limit('target', 'sell', 1010, 100, { purpose: 'target' })]),
    }));
    const sentAt = run(stage, 120, (one) => one.reject(one.last.clientOrderId));
    expect(sentAt).toEqual([0, 10, 30, 50, 70, 90, 110]);
  });

  it('found refused when the venue is compared waits as well', () => {
    const stage = resting();
    const first = stage.last;
    stage.later(15_000);
    stage.report({
      orders: [
        {
          clientOrderId: first.clientOrderId,
          venueOrderId: undefined as never,
          instrument: first.instrument,
          state: 'rejected',
          filledLots: quantityLots(0),
          message: 'no such market',
        } as never,
      ],
    });
    expect(stage.order(first.clientOrderId)?.state).toBe('REJECTED');
    expect(stage.sent).toHaveLength(1);
    stage.quote(999, 1001);
    stage.later(9_999);
    expect(stage.sent).toHaveLength(1);
    stage.quote(999, 1001);
    stage.later(1);
    expect(stage.sent).toHaveLength(2);
  });
});

it('an order the venue has no money for is not sent with every part of a fill, but every twenty seconds while there are any', () => {
  const stage = running((context) => ({
    onStart: () => context.keep([limit('sale', 'sell', 1010, 1_000), limit('poor', 'buy', 900, 100)]),
  }));
  const [sale] = stage.sent;
  if (sale === undefined) throw new Error('nothing was sent');
  stage.accept(sale.clientOrderId);
  const sentAt: number[] = [];
  for (let at = 0; at <= 60; at += 1) {
    if (stage.sent.length - 1 > sentAt.length) {
      sentAt.push(at);
      stage.reject(stage.last.clientOrderId, 'insufficient-funds');
    }
    stage.fill(sale.clientOrderId, 10, { priceTicks: priceTicks(1010) });
    if (at % 10 === 9) stage.report({});
    stage.later(second);
    stage.quote(999, 1001);
  }
  // By the clock alone: 0, 10, 30, 70.
  expect(sentAt).toEqual([0, 10, 30, 50]);
});

describe('single orders that the venue ends without a fill', () => {
  it('are counted until one fills', () => {
    const stage = running(() => ({}));
    const send = () =>
      stage.send('b1', {
        leg: `x${stage.sent.length}`,
        side: 'buy',
        type: 'market',
        lots: quantityLots(100),
      });
    for (let times = 1; times <= 3; times += 1) {
      stage.closed(send().clientOrderId, 'expired');
      expect(stage.context('b1').unfilledSends()).toBe(times);
    }
    expect(botViewOf(stage.kernel, stage.bot('b1')).why?.code).toBe('ORDERS_REFUSED');
    stage.fill(send().clientOrderId, 100);
    expect(stage.context('b1').unfilledSends()).toBe(0);
    expect(botViewOf(stage.kernel, stage.bot('b1')).why?.code).not.toBe('ORDERS_REFUSED');
  });

  it('of long ago are of no row, and editing the bot begins anew', () => {
    const stage = running(() => ({}));
    const expire = () => {
      const order = stage.send('b1', {
        leg: `x${stage.sent.length}`,
        side: 'buy',
        type: 'market',
        lots: quantityLots(100),
      });
      stage.closed(order.clientOrderId, 'expired');
    };
    expire();
    expire();
    stage.later(1_200_001);
    stage.quote(999, 1001);
    expect(stage.context('b1').unfilledSends()).toBe(0);
    expire();
    expect(stage.context('b1').unfilledSends()).toBe(1);
    stage.control({ kind: 'edit-bot', bot: botId('b1'), params: {}, name: undefined });
    expect(stage.context('b1').unfilledSends()).toBe(0);
  });

  it('that we cancel ourselves are not', () => {
    const stage = running(() => ({}));
    const order = stage.send('b1', {
      leg: 'x',
      side: 'buy',
      type: 'limit',
      priceTicks: priceTicks(900),
      lots: quantityLots(100),
    });
    stage.accept(order.clientOrderId);
    stage.context('b1').cancel(order.clientOrderId);
    stage.closed(order.clientOrderId);
    expect(stage.context('b1').unfilledSends()).toBe(0);
  });
});

describe('orders our own risk denies', () => {
  it('for want of money wait on spot for a fill that frees some, and look at no clock', () => {
    // a: 400 BTC at 99.0 and the fee of 0.2 %: 39,679.20. b: 104 BTC at 98.0: 10,212.38. There are 50,000: 10,320.80 are
    // left for b, and 108.42 for c, which needs 5 BTC at 97.0: 485.97. d sells 4 BTC at 101.0.
    const stage = running(
      (context) => ({
        onStart: () =>
          context.keep([
            limit('a', 'buy', 990, 400_000),
            limit('b', 'buy', 980, 104_000),
            limit('c', 'buy', 970, 5_000),
            limit('d', 'sell', 1010, 4_000),
          ]),
      }),
      { USDT: '50000', BTC: '4' },
    );
    expect(stage.sent.map(({ leg }) => leg)).toEqual(['a', 'b', 'd']);
    for (const order of stage.sent) stage.accept(order.clientOrderId);
    expect(stage.bot('b1').blocked.get('c')).toMatchObject({ code: 'INSUFFICIENT_FUNDS', waitsFor: 'money' });
    const reason = () =>
      ladderOf(stage.bot('b1'), stage.kernel).find(({ key }) => key === 'c')?.missingReason;
    // 50,000 less (99 x 400 + 98 x 104) and 0.2 % of it; 97 x 5 and 0.2 %.
    expect(reason()).toBe(
      'INSUFFICIENT_FUNDS: the order needs 485.97 USDT, 108.416 USDT are free; tried again once money is free',
    );
    expect(stage.kernel.services.timers.withPrefix('retry|')).toEqual([]);
    stage.fill(stage.last.clientOrderId, 4_000, { priceTicks: priceTicks(1010) });
    expect(stage.last.leg).toBe('c');
  });

  it('as they would trade with another of ours are tried once that one is gone', () => {
    const stage = running((context) => ({
      onStart: () => context.keep([limit('sell', 'sell', 1005, 500), limit('buy', 'buy', 1010, 500)]),
    }));
    const [sell] = stage.sent;
    if (sell === undefined) throw new Error('nothing was sent');
    stage.accept(sell.clientOrderId);
    expect(stage.sent).toHaveLength(1);
    const [row] = ladderOf(stage.bot('b1'), stage.kernel).filter(({ key }) => key === 'buy');
    expect(row?.missingReason).toContain('tried again once that order is gone');
    for (let at = 0; at < 100; at += 1) {
      stage.later(second);
      stage.quote(999, 1001);
      if (at % 10 === 9) stage.report({});
    }
    expect(stage.sent).toHaveLength(1);
    // By the clock it would have been tried after 1, 3, 13, 43, 73 and 103 seconds.
    stage.fill(sell.clientOrderId, 500, { priceTicks: priceTicks(1005) });
    expect(stage.sent).toHaveLength(1);
    stage.later(2 * second);
    expect(stage.sent).toHaveLength(1);
    stage.later(second);
    expect(stage.sent.map(({ leg }) => leg)).toEqual(['sell', 'buy']);
  });

  it('for want of money are tried again at the first size after another size was sent', () => {
    // 400 BTC at 99.0 and the fee of 0.2 % are 39,679.20: more than 30,000, less than the 70,400 after 400 BTC were sold.
    let lots = 400_000;
    const stage = running(
      (context) => {
        const keep = () => context.keep([limit('a', 'buy', 990, lots), limit('d', 'sell', 1010, 400_000)]);
        return { onStart: keep, onQuote: keep };
      },
      { USDT: '30000', BTC: '400' },
      '500',
    );
    expect(stage.sent.map(({ leg }) => leg)).toEqual(['d']);
    const sale = stage.last;
    stage.accept(sale.clientOrderId);
    lots = 100_000;
    stage.quote(999, 1001);
    const small = stage.last;
    expect(small).toMatchObject({ leg: 'a', lots: 100_000 });
    stage.accept(small.clientOrderId);
    stage.fill(sale.clientOrderId, 400_000, { priceTicks: priceTicks(1010) });
    lots = 400_000;
    stage.quote(999, 1001);
    stage.closed(small.clientOrderId);
    expect(stage.last).toMatchObject({ leg: 'a', lots: 400_000 });
  });

  it('on a perpetual are tried once they raise no exposure any more, whatever they needed before', () => {
    // 100 BTC at 99.0 and the fee: 9,919.80 of 12,000. 150 BTC at 101.0 need 15,180.30 while they open a short; after the
    // purchase they leave a short of 50, less than the 100 that are held.
    const stage = new Stage({
      instruments: [perpetualInstrument()],
      handlers: (context) => ({
        onStart: () => context.keep([limit('b', 'buy', 990, 100_000), limit('s', 'sell', 1010, 150_000)]),
      }),
    });
    stage.connect({ USDT: '100000' });
    stage.quote(999, 1001);
    stage.start('b1', { USDT: '12000' });
    expect(stage.sent.map(({ leg }) => leg)).toEqual(['b']);
    stage.accept(stage.last.clientOrderId);
    stage.fill(stage.last.clientOrderId, 100_000, { priceTicks: priceTicks(990) });
    expect(stage.sent.map(({ leg }) => leg)).toEqual(['b', 's']);
  });

  it('for want of money are tried as post-only orders, which cost less', () => {
    // 100 BTC at 100.0: 10,020 with the fee of a taker, 10,010 with that of a maker.
    let postOnly = false;
    const stage = running(
      (context) => {
        const keep = () => context.keep([limit('a', 'buy', 1000, 100_000, { postOnly })]);
        return { onStart: keep, onQuote: keep };
      },
      { USDT: '10015' },
    );
    expect(stage.sent).toHaveLength(0);
    postOnly = true;
    stage.quote(1000, 1002);
    expect(stage.sent).toHaveLength(1);
  });
});
