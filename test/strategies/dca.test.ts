/** The DCA strategy: formulas worked by hand, the running bot against a simulated market. */

import { describe, expect, it } from 'vitest';
import { Decimal } from '../../src/shared/domain/decimal.ts';
import { dca } from '../../src/strategies/dca/dca.ts';
import { deviations, safetyValues } from '../../src/strategies/dca/ladder.ts';
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
const figureOf = (plan: ReturnType<typeof dca.plan>, key: string) =>
  plan.figures.find((entry) => entry.key === key)?.value;

describe('ladder formulas', () => {
  it('deviations: 1 % with step scale 1.2 are 1, 2.2, 3.64, 5.368, 7.4416, 9.92992 %', () => {
    const found = deviations(decimal('0.01'), decimal('1.2'), 6).map((value) => value.toString());
    expect(found).toEqual(['0.01', '0.022', '0.0364', '0.05368', '0.074416', '0.0992992']);
  });

  it('step scale 1 is dev * i', () => {
    expect(deviations(decimal('0.02'), decimal('1'), 3).map(String)).toEqual(['0.02', '0.04', '0.06']);
  });

  it('sizes: 15 with size scale 1.3 add up to 191.340... after six', () => {
    const values = safetyValues(decimal('15'), decimal('1.3'), 6);
    expect(values.map(String)).toEqual(['15', '19.5', '25.35', '32.955', '42.8415', '55.69395']);
    expect(Decimal.sum(values).toString()).toBe('191.34045');
  });
});

describe('the worked example: 20 + 6 x 15, size 1.3, step 1.2, deviation 1 %, take-profit 1.5 %, fee 0.1 % in base', () => {
  // Lots and ticks so fine that rounding does not show in the digits asked for.
  const instrument = makeInstrument({
    feeCurrencyRule: 'received',
    tickSize: decimal('0.0001'),
    lotSize: decimal('0.00000001'),
  });
  const values = params({
    baseOrderQuote: '20',
    safetyOrderQuote: '15',
    maxSafetyOrders: 6,
    sizeScale: '1.3',
    stepScale: '1.2',
    maxActiveSafetyOrders: 3,
  });
  const plan = dca.plan(values, { instrument, referencePrice: decimal('100'), candles: [] });

  it('all orders together are 211.34', () => expect(figureOf(plan, 'dealValue')).toBe('211.34'));
  it('the last safety order lies 9.93 % away', () => expect(figureOf(plan, 'lastDeviation')).toBe('9.93'));
  it('the fee-true take-profit lies 1.70 % above the average', () =>
    expect(figureOf(plan, 'targetFromAverage')).toBe('1.7'));
  it('bound at the start: 20 + 15 + 19.5 + 25.35 = 79.85', () =>
    expect(figureOf(plan, 'lockedNow')).toBe('79.85'));

  it('exit is Total * 1.015 / (qty * 0.999^2)', () => {
    const quantity = [
      [20, 0],
      [15, 0.01],
      [19.5, 0.022],
      [25.35, 0.0364],
      [32.955, 0.05368],
      [42.8415, 0.074416],
      [55.69395, 0.0992992],
    ].reduce((sum, [value, deviation]) => sum + (value as number) / (100 * (1 - (deviation as number))), 0);
    const exit = (211.34045 * 1.015) / (quantity * 0.999 ** 2);
    expect(Number(figureOf(plan, 'targetAll'))).toBeCloseTo(exit, 3);
    // Rebound from 90.07008 to that exit.
    expect(Number(figureOf(plan, 'rebound'))).toBeCloseTo((exit / 90.07008 - 1) * 100, 1);
  });

  it('the plan names the base order, every safety order and the exit', () => {
    expect(plan.levels.map((level) => [level.key, level.restsNow])).toEqual([
      ['D1-base', true],
      ['D1-so-01', true],
      ['D1-so-02', true],
      ['D1-so-03', true],
      ['D1-so-04', false],
      ['D1-so-05', false],
      ['D1-so-06', false],
      ['D1-tp', true],
    ]);
    // Fee in base: the buys cost their value. 211.34045 + 0.5 % of the base order (0.1) = 211.44045.
    expect(plan.funds).toEqual([{ currency: 'USDT', amount: '211.44045' }]);
    expect(plan.violations).toEqual([]);
  });

  it('take-profit of the base order only: 0.3 on a total of 211.34', () => {
    const base = dca.plan(
      { ...values, takeProfitType: 'base' },
      { instrument, referencePrice: decimal('100'), candles: [] },
    );
    // Average * (1 + 0.015 * 20 / 211.34) / 0.999^2: 0.142 % + 0.200 % = 0.34 % above the average.
    expect(figureOf(base, 'targetFromAverage')).toBe('0.34');
  });
});

describe('plan', () => {
  const market = { instrument: makeInstrument(), referencePrice: decimal('100'), candles: [] };

  it('worst loss with a stop from the average', () => {
    // Base 1.0000 at 100, 1.0101 at 99, 1.0204 at 98; value 100 + 99.9999 + 99.9992 = 299.9991; quantity 3.0305; average 98.9932...
    // Stop 10 % below: 89.09388... -> 89.09. Loss 299.9991 * 1.001 - 3.0305 * 89.09 * 0.999 = 300.2990991 - 269.7172577... = 30.58184... -> 30.59.
    const plan = dca.plan(params({ stopLossPercent: '10' }), market);
    expect(plan.worstLoss?.amount).toBe('30.59');
    expect(plan.worstLoss?.scenario).toContain('89.09');
  });

  it('without a stop everything can be lost', () => {
    const plan = dca.plan(params(), market);
    expect(plan.worstLoss?.amount).toBe('300.3');
    expect(plan.worstLoss?.scenario).toContain('no stop-loss');
  });

  it('a stop before the safety orders is said, and only what can fill counts', () => {
    // Stop 0.5 % below the base order: 99.50 comes before 99. Loss 100.1 - 99.5 * 0.999 = 0.6995.
    const plan = dca.plan(params({ stopLossPercent: '0.5', stopLossFrom: 'base' }), market);
    expect(plan.violations).toMatchObject([
      { code: 'STOP_BEFORE_SAFETY_ORDER', field: 'stopLossPercent', severity: 'warning' },
    ]);
    expect(plan.worstLoss?.amount).toBe('0.7');
  });

  it('orders below the minimum name their field', () => {
    expect(dca.plan(params({ baseOrderQuote: '4' }), market).violations[0]).toMatchObject({
      code: 'MIN_NOTIONAL',
      field: 'baseOrderQuote',
    });
    expect(dca.plan(params({ safetyOrderQuote: '4' }), market).violations[0]).toMatchObject({
      code: 'MIN_NOTIONAL',
      field: 'safetyOrderQuote',
    });
    expect(dca.plan(params({ baseOrderQuote: '0.001' }), market).violations[0]).toMatchObject({
      field: 'baseOrderQuote',
    });
  });

  it('short on spot needs base; short on a perpetual names its liquidation price', () => {
    const spot = dca.plan(params({ direction: 'short' }), market);
    // 1.0000 at 100, 0.9900 at 101 (100 / 101 = 0.990099), 0.9803 at 102: 2.9703, 0.5 % more: 2.9851515.
    expect(spot.funds).toEqual([{ currency: 'BTC', amount: '2.9851515' }]);
    expect(spot.violations).toMatchObject([{ code: 'NO_STOP_SHORT' }]);
    const perpetual = dca.plan(params({ direction: 'short' }), { ...market, instrument: makePerpetual() });
    expect(Number(perpetual.liquidationPrice)).toBeGreaterThan(190);
    expect(perpetual.worstLoss?.scenario).toContain('liquidated');
  });
});

describe('parameters', () => {
  it.each([
    ['a ladder below zero', { deviationPercent: '20', maxSafetyOrders: 6 }, 'deviationPercent'],
    ['trailing as wide as the take-profit', { trailingPercent: '1.5' }, 'trailingPercent'],
    ['a percentage with a comma', { takeProfitPercent: '1,5' }, 'takeProfitPercent'],
    ['too many safety orders', { maxSafetyOrders: 101 }, 'maxSafetyOrders'],
    ['no active safety order', { maxActiveSafetyOrders: 0 }, 'maxActiveSafetyOrders'],
    ['an unknown timeframe', { timeframe: '7m' as '1m' }, 'timeframe'],
    ['NaN', { maxDeals: Number.NaN }, 'maxDeals'],
    ['a negative size', { baseOrderQuote: '-1' }, 'baseOrderQuote'],
  ])('%s is refused at the field', (_name, change, field) => {
    const result = dca.params.safeParse({ ...params(), ...change });
    expect(result.error?.issues.map((issue) => issue.path[0])).toContain(field);
  });
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
    bot.fillByHand('D1-tp', 4_000);
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
    // To own 1.0000 again after a fee of 0.1 %: 1 / 0.999 = 1.001001... -> 1.0011.
    expect(order(bot, 'D1-tp')?.lots).toBe(10_011);
    // 99.9 * 0.985 / (1 / 0.999) = 98.3031... -> 98.30.
    expect(order(bot, 'D1-tp')?.priceTicks).toBe(9_830);
    bot.moveTo(9_830);
    expect(bot.balance('BTC').compare(decimal('3'))).toBe(1);
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
