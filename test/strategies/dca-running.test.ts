/** The running DCA bot against a simulated market, worked by hand. */

import { describe, expect, it } from 'vitest';
import { Decimal } from '../../src/shared/domain/decimal.ts';
import { dca } from '../../src/strategies/dca/dca.ts';
import type { DcaParams } from '../../src/strategies/dca/params.ts';
import type { DcaState } from '../../src/strategies/dca/state.ts';
import { FakeWorld, makeInstrument, makePerpetual } from './fake-context.ts';

const decimal = (text: string) => Decimal.parse(text);
const minute = 60_000;

function params(overrides: Partial<DcaParams> = {}): DcaParams {
  return dca.params.parse({
    direction: 'long',
    baseOrderQuote: '100',
    entryType: 'market',
    startCondition: 'immediate',
    rsiDirection: 'below',
    rsiThreshold: '30',
    rsiPeriod: 2,
    timeframe: '1m',
    maxSafetyOrders: 2,
    maxActiveSafetyOrders: 2,
    safetyOrderQuote: '100',
    deviationPercent: '1',
    stepScale: '1',
    sizeScale: '1',
    takeProfitPercent: '1.5',
    takeProfitType: 'total',
    trailingPercent: '0',
    stopLossPercent: '0',
    stopLossFrom: 'average',
    cooldownMinutes: 0,
    maxDeals: 0,
    ...overrides,
  });
}

function world(values: DcaParams, options: Partial<ConstructorParameters<typeof FakeWorld>[2]> = {}) {
  return new FakeWorld<DcaParams, DcaState>(dca, values, {
    instrument: makeInstrument(),
    balances: { USDT: '1000' },
    startTicks: 10_000,
    ...options,
  });
}

const order = (bot: ReturnType<typeof world>, leg: string) =>
  bot.live().find((candidate) => candidate.leg === leg);
const _figureOf = (plan: ReturnType<typeof dca.plan>, key: string) =>
  plan.figures.find((entry) => entry.key === key)?.value;

it('a deal that the venue does not let out is tried again every 20 s at the latest', () => {
  const bot = world(params({ stopLossPercent: '3' }));
  bot.start();
  bot.endMarketOrders = 'EXPIRED';
  bot.moveTo(9_600);
  const waits: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    expect(bot.lastWhy()).toBe('CLOSE_ENDED');
    const waitMs = (bot.whys.at(-1)?.nextCheckMs ?? 0) - bot.nowMs;
    waits.push(waitMs / 1000);
    bot.advance(waitMs);
  }
  expect(waits).toEqual([10, 20, 20, 20, 20]);
});

describe('running long', () => {
  it('base order at market, then safety orders and exit as planned', () => {
    const bot = world(params());
    bot.start();
    const plan = dca.plan(params(), {
      instrument: makeInstrument(),
      referencePrice: decimal('100'),
      candles: [],
    });
    expect(bot.liveLegs()).toEqual(['D1-so-01', 'D1-so-02', 'D1-tp']);
    // 100.1 * 1.015 / (1 * 0.999) = 101.70320... -> 101.71.
    expect(order(bot, 'D1-tp')).toMatchObject({ priceTicks: 10_171, lots: 10_000 });
    for (const level of plan.levels.slice(1)) {
      expect((order(bot, level.key)?.priceTicks as number) / 100).toBe(Number(level.price));
    }
    expect(bot.lastWhy()).toBe('DEAL_OPEN');
  });

  it('the exit moves after every fill and makes the profit it promises', () => {
    const bot = world(params());
    bot.start();
    bot.moveTo(9_900);
    // Entered 100.1 + 1.0101 * 99 * 1.001 = 200.1998999; * 1.015 / (2.0101 * 0.999) = 101.1921... -> 101.20.
    expect(order(bot, 'D1-tp')).toMatchObject({ priceTicks: 10_120, lots: 20_101 });
    bot.moveTo(10_120);
    // 2.0101 * 101.2 * 0.999 - 200.1998999 = 203.21869788 - 200.1998999 = 3.01879798.
    expect(bot.state.lastDeal).toEqual({ deal: 1, reason: 'take-profit', profit: '3.01879798' });
    expect(bot.state.phase).toBe('open');
    expect(bot.liveLegs()).toEqual(['D2-so-01', 'D2-so-02', 'D2-tp']);
  });

  it('holds back safety orders beyond the active ones', () => {
    const bot = world(params({ maxSafetyOrders: 4, maxActiveSafetyOrders: 1 }));
    bot.start();
    expect(bot.liveLegs()).toEqual(['D1-so-01', 'D1-tp']);
    bot.moveTo(9_900);
    expect(bot.liveLegs()).toEqual(['D1-so-02', 'D1-tp']);
  });

  it('a partly filled exit keeps its leg and grows with a safety order', () => {
    const bot = world(params());
    bot.start();
    const keeps = bot.keeps.length;
    bot.fillByHand('D1-tp', 4_000);
    // Its own fills do not move it: the declared order is the same, so it keeps its place in the queue.
    expect(bot.keeps.slice(keeps - 1).every((orders) => orders.at(-1)?.priceTicks === 10_171)).toBe(true);
    bot.moveTo(9_900);
    // Whole leg: 1.0000 + 1.0101 = 2.0101, of which 0.4 are sold: 16101 lots rest.
    expect(order(bot, 'D1-tp')?.lots).toBe(16_101);
    bot.moveTo(10_171);
    expect(bot.state.dealsCompleted).toBe(1);
    const profit = decimal(bot.state.lastDeal?.profit ?? '0').toNumber();
    expect(profit).toBeGreaterThanOrEqual(0.015 * 200.19);
  });

  it('an exit that fills while a safety order fills too: the rest is sold, the deal ends flat', () => {
    const bot = world(params(), { slowCancels: true });
    bot.start();
    bot.moveTo(10_171);
    expect(bot.state.phase).toBe('closing');
    bot.fillByHand('D1-so-01', 10_101);
    bot.confirmCancels();
    expect(bot.fills.map(({ order: filled }) => filled.leg).slice(0, 4)).toEqual([
      'D1-base',
      'D1-tp',
      'D1-so-01',
      'D1-close-1',
    ]);
    expect(bot.state.dealsCompleted).toBe(1);
  });

  it('trailing: nothing rests, closes when the price turns, and counts the cooldown', () => {
    const bot = world(params({ trailingPercent: '0.5', cooldownMinutes: 5 }));
    bot.start();
    expect(bot.liveLegs()).toEqual(['D1-so-01', 'D1-so-02']);
    bot.moveTo(10_171);
    expect(bot.lastWhy()).toBe('TRAILING_TAKE_PROFIT');
    bot.moveTo(10_400);
    // 104 * 0.995 = 103.48.
    bot.moveTo(10_349);
    expect(bot.state.phase).toBe('open');
    bot.moveTo(10_348);
    // 103.48 * 0.999 - 100.1 = 3.27652.
    expect(bot.state.lastDeal).toEqual({ deal: 1, reason: 'trailing take-profit', profit: '3.27652' });
    expect(bot.whys.at(-1)).toMatchObject({ code: 'COOLDOWN', nextCheckMs: bot.nowMs + 5 * minute });
    expect(bot.live()).toEqual([]);
    bot.advance(5 * minute);
    expect(bot.state.deal).toBe(2);
  });

  it('stop-loss from the average closes at market once the other orders are proven cancelled', () => {
    const bot = world(params({ stopLossPercent: '5', maxDeals: 1 }), { slowCancels: true });
    bot.start();
    bot.moveTo(9_800);
    bot.confirmCancels();
    // Average 98.9932; 5 % below is 94.0436 -> 94.04.
    bot.moveTo(9_405);
    expect(bot.state.phase).toBe('open');
    bot.moveTo(9_404);
    expect(bot.state.phase).toBe('closing');
    expect(bot.fills.at(-1)?.order.leg).toBe('D1-so-02');
    bot.confirmCancels();
    expect(bot.fills.at(-1)?.order.leg).toBe('D1-close-1');
    expect(bot.state.lastDeal?.reason).toBe('stop-loss');
    expect(bot.state.dealsLost).toBe(1);
    expect(bot.stopRequest).toEqual({ reason: 'all 1 deals are done', policy: 'cancel-orders' });
  });

  it('a deal larger than the largest order of the venue leaves in several', () => {
    // 1 BTC at 100, 1.0101 at 99, 1.0204 at 98: each below 1.2, together 3.0305.
    const values = params({ stopLossPercent: '5', maxDeals: 1 });
    const bot = world(values, { instrument: makeInstrument({ maximumLots: 12_000 }) });
    bot.start();
    bot.moveTo(9_800);
    bot.moveTo(9_404);
    const closes = bot.fills.filter(({ order: { leg } }) => leg.startsWith('D1-close-'));
    expect(closes.map(({ fill, order: { leg } }) => [leg, fill.lots])).toEqual([
      ['D1-close-1', 12_000],
      ['D1-close-2', 12_000],
      ['D1-close-3', 6_305],
    ]);
    expect(bot.state.lastDeal?.reason).toBe('stop-loss');
  });

  it('limit entry rests at the best price and follows it every minute', () => {
    const bot = world(params({ entryType: 'limit' }));
    bot.start();
    // In the fake market bid and ask are the same price, so the entry fills only when the price comes back to it.
    expect(order(bot, 'D1-base')).toMatchObject({ priceTicks: 10_000, lots: 10_000 });
    bot.ticks = 10_100;
    bot.advance(minute);
    // 100 / 101 = 0.990099 -> 0.9900.
    expect(order(bot, 'D1-base')).toMatchObject({ priceTicks: 10_100, lots: 9_900 });
    bot.moveTo(10_050);
    expect(bot.state.phase).toBe('open');
    expect(order(bot, 'D1-so-01')?.priceTicks).toBe(9_999);
  });

  it('a partly filled limit entry spends only what is left of its value when it is moved', () => {
    const bot = world(params({ entryType: 'limit' }));
    bot.start();
    bot.fillByHand('D1-base', 4_000);
    bot.ticks = 10_100;
    bot.advance(minute);
    // 40 of 100 are spent: 60 / 101 = 0.594059 -> 0.5940.
    expect(order(bot, 'D1-base')).toMatchObject({ priceTicks: 10_100, lots: 5_940 });
    bot.moveTo(10_050);
    expect(bot.state.baseLots).toBe(9_940);
    // Base price (40 + 59.994) / 0.9940 = 100.5976; 1 % below is 99.5916 -> 99.59.
    expect(order(bot, 'D1-so-01')?.priceTicks).toBe(9_959);
  });

  it('says what is missing when the base order is not paid for', () => {
    const bot = world(params(), { balances: { USDT: '50' } });
    bot.start();
    expect(bot.lastWhy()).toBe('FUNDS_SHORT');
    expect(bot.state.deal).toBe(0);
  });

  it('says when only a part of the ladder is paid for', () => {
    const bot = world(params(), { balances: { USDT: '299' } });
    expect(() => bot.start()).toThrow(/resting buys need/);
    expect(bot.whys.map((why) => why.code)).toContain('LADDER_PARTLY_FUNDED');
  });

  it('a refused base order is tried again', () => {
    const bot = world(params());
    bot.denySends = 'DATA_STALE';
    bot.start();
    expect(bot.lastWhy()).toBe('ENTRY_DENIED');
    expect(bot.state).toMatchObject({ deal: 0, phase: 'idle' });
    bot.denySends = undefined;
    bot.advance(10_000);
    expect(bot.state).toMatchObject({ deal: 1, phase: 'open' });
  });
});

describe('running with the fee in base', () => {
  it('sells whole lots of what is left and carries the rest into the next deal', () => {
    const bot = world(params(), {
      instrument: makeInstrument({ feeCurrencyRule: 'received', lotSize: decimal('0.001') }),
    });
    bot.start();
    // Bought 1.000, fee 0.001, left 0.999.
    expect(order(bot, 'D1-tp')?.lots).toBe(999);
    // 100 * 1.015 / (0.999 * 0.999) = 101.70330... -> 101.71.
    expect(order(bot, 'D1-tp')?.priceTicks).toBe(10_171);
    bot.moveTo(9_900);
    // 100 / 99 = 1.0101 -> 1.010, fee 0.00101, left 0.999 + 1.00899 = 2.00799: 2007 lots, 0.00099 stay.
    expect(order(bot, 'D1-tp')?.lots).toBe(2_007);
    bot.moveTo(10_200);
    expect(bot.state.dealsCompleted).toBe(1);
    expect(bot.balance('BTC').minus(decimal(bot.state.inventory.held)).toString()).toBe('0');
  });
});

describe('running short', () => {
  it('on a perpetual sells first, buys back lower, never more than it owes', () => {
    const bot = world(params({ direction: 'short' }), { instrument: makePerpetual() });
    bot.start();
    // Received 100 * 0.9995 = 99.95; * 0.985 / 1.0002 = 98.431063... -> 98.43.
    expect(order(bot, 'D1-tp')).toMatchObject({
      side: 'buy',
      priceTicks: 9_843,
      lots: 10_000,
      reduceOnly: true,
    });
    expect(order(bot, 'D1-so-01')).toMatchObject({ side: 'sell', priceTicks: 10_100, lots: 9_900 });
    bot.moveTo(9_843);
    // 99.95 - 98.43 * 1.0002 = 1.500314.
    expect(bot.state.lastDeal?.profit).toBe('1.500314');
  });

  it('on spot sells base of the allocation and buys it all back, fee in base included', () => {
    const bot = world(params({ direction: 'short', maxDeals: 1 }), {
      instrument: makeInstrument({ feeCurrencyRule: 'received' }),
      balances: { BTC: '3' },
    });
    bot.start();
    // To own 1.0000 again after a fee of 0.1 %: 1 / 0.999 = 1.001001... -> 1.0010, which leaves 0.000001 owed.
    expect(order(bot, 'D1-tp')?.lots).toBe(10_010);
    // 99.9 * 0.985 / (1 / 0.999) = 98.3031... -> 98.30.
    expect(order(bot, 'D1-tp')?.priceTicks).toBe(9_830);
    bot.moveTo(9_830);
    expect(bot.balance('BTC').toString()).toBe('2.999999');
    expect(bot.state.inventory.held).toBe('-0.000001');
    expect(bot.state.phase).toBe('finished');
  });

  it('stop-loss of a short deal lies above', () => {
    const bot = world(
      params({
        direction: 'short',
        stopLossPercent: '5',
        stopLossFrom: 'base',
        maxSafetyOrders: 0,
        maxDeals: 1,
      }),
      { instrument: makePerpetual() },
    );
    bot.start();
    bot.moveTo(10_499);
    expect(bot.state.phase).toBe('open');
    bot.moveTo(10_500);
    // 99.95 - 105 * 1.0005 = -5.1025.
    expect(bot.state.lastDeal).toEqual({ deal: 1, reason: 'stop-loss', profit: '-5.1025' });
  });
});

describe('start on RSI', () => {
  it('waits for closed candles, says the next one, and starts when the RSI is below', () => {
    const bot = world(params({ startCondition: 'rsi', rsiThreshold: '40' }));
    bot.start();
    expect(bot.lastWhy()).toBe('WARMING_UP');
    for (const close of [100, 102, 101]) bot.closeBar(minute, close);
    // Changes +2, -1: 100 * 1 / 1.5 = 66.7.
    expect(bot.whys.at(-1)?.text).toContain('66.7');
    expect(bot.whys.at(-1)?.nextCheckMs).toBe((Math.floor(bot.nowMs / minute) + 1) * minute);
    bot.closeBar(minute, 104);
    expect(bot.state.deal).toBe(0);
    bot.closeBar(minute, 100);
    // Then 88.9, then 32: below 40.
    expect(bot.state.deal).toBe(1);
  });

  it('goes on with the same RSI after a restart', () => {
    const values = params({ startCondition: 'rsi', rsiThreshold: '40' });
    const bot = world(values);
    bot.start();
    for (const close of [100, 102, 101, 104]) bot.closeBar(minute, close);
    bot.candles[minute] = bot.candles[minute]?.slice(-1) ?? [];
    bot.restart(values);
    expect(bot.whys.at(-1)?.text).toContain('88.9');
  });
});

describe('restart', () => {
  it.each([
    ['after the base order', [10_000]],
    ['after a safety order', [9_900]],
    ['after a deal', [9_900, 10_130]],
  ])('%s: the JSON of the state gives the identical list', (_name, path) => {
    const values = params();
    const bot = world(values);
    bot.start();
    for (const ticks of path) bot.moveTo(ticks);
    const before = bot.keeps.at(-1);
    const legs = bot.liveLegs();
    const fills = bot.fills.length;
    bot.restart(values);
    expect(bot.keeps.at(-1)).toEqual(before);
    expect(bot.liveLegs()).toEqual(legs);
    expect(bot.fills.length).toBe(fills);
  });

  it('in the cooldown: the timer is set again', () => {
    const values = params({ cooldownMinutes: 5 });
    const bot = world(values);
    bot.start();
    bot.moveTo(10_171);
    expect(bot.state.phase).toBe('cooldown');
    bot.timers.clear();
    bot.restart(values);
    bot.advance(5 * minute);
    expect(bot.state.deal).toBe(2);
  });

  it('while closing: the close is sent once', () => {
    const values = params({ stopLossPercent: '5', maxDeals: 1 });
    const bot = world(values, { slowCancels: true });
    bot.start();
    bot.gapTo(9_000);
    bot.restart(values);
    bot.confirmCancels();
    bot.confirmCancels();
    expect(bot.fills.filter(({ order: filled }) => filled.leg.startsWith('D1-close')).length).toBe(1);
    expect(bot.balance('BTC').toString()).toBe('0');
  });
});
