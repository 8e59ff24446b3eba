/** The grid: levels and sizes worked by hand, the running bot against a simulated market. */

import { describe, expect, it } from 'vitest';
import { Decimal } from '../../src/shared/domain/decimal.ts';
import { priceTicks } from '../../src/shared/domain/nominal.ts';
import { grid } from '../../src/strategies/grid/grid.ts';
import { gridLeg, intervalOfLeg, layOutGrid } from '../../src/strategies/grid/layout.ts';
import { levelPrices } from '../../src/strategies/grid/levels.ts';
import type { GridParams } from '../../src/strategies/grid/params.ts';
import type { GridState } from '../../src/strategies/grid/state.ts';
import { FakeWorld, makeInstrument, makePerpetual } from './fake-context.ts';

const decimal = (text: string) => Decimal.parse(text);

function params(overrides: Partial<GridParams> = {}): GridParams {
  return grid.params.parse({
    lower: '90',
    upper: '110',
    levels: 4,
    spacing: 'arithmetic',
    mode: 'long',
    investment: '1000',
    sizeMode: 'equal-base',
    maxOpenOrders: 100,
    slippagePercent: '0',
    trailingUp: false,
    trailingDown: false,
    ...overrides,
  });
}

function world(values: GridParams, options: Partial<ConstructorParameters<typeof FakeWorld>[2]> = {}) {
  return new FakeWorld<GridParams, GridState>(grid, values, {
    instrument: makeInstrument(),
    balances: { USDT: values.investment },
    startTicks: 10_000,
    ...options,
  });
}

describe('level prices', () => {
  const instrument = makeInstrument();
  const all = (range: Parameters<typeof levelPrices>[1], from: number, to: number) => {
    const price = levelPrices(instrument, range);
    return Array.from({ length: to - from + 1 }, (_, index) => price(from + index));
  };

  it('arithmetic: 30 to 150 in 3 intervals is 30, 70, 110, 150', () => {
    const range = { lower: decimal('30'), upper: decimal('150'), levels: 3, spacing: 'arithmetic' as const };
    expect(all(range, 0, 3)).toEqual([3000, 7000, 11000, 15000]);
  });

  it('geometric: 100 to 200 in 2 intervals passes through 100 times the root of 2', () => {
    const range = { lower: decimal('100'), upper: decimal('200'), levels: 2, spacing: 'geometric' as const };
    expect(all(range, -2, 4)).toEqual([5000, 7071, 10000, 14142, 20000, 28284, 40000]);
  });

  it('geometric with 400 intervals ends exactly at the upper price and agrees with doubles', () => {
    const range = {
      lower: decimal('12345.67'),
      upper: decimal('98765.43'),
      levels: 400,
      spacing: 'geometric' as const,
    };
    const prices = all(range, 0, 400);
    expect(prices[0]).toBe(1_234_567);
    expect(prices[400]).toBe(9_876_543);
    for (const [level, ticks] of prices.entries()) {
      const double = 1_234_567 * (98765.43 / 12345.67) ** (level / 400);
      expect(Math.abs(ticks - double)).toBeLessThan(0.5001);
    }
  });
});

describe('legs', () => {
  it.each([
    [6, 'buy', 3, 'L07-buy-3'],
    [0, 'sell', 1, 'L01-sell-1'],
    [399, 'sell', 12, 'L400-sell-12'],
    [-1, 'buy', 5, 'D01-buy-5'],
  ] as const)('interval %i %s cycle %i is %s and back', (index, side, cycle, leg) => {
    expect(gridLeg(index, side, cycle)).toBe(leg);
    expect(intervalOfLeg(leg)).toBe(index);
  });
});

describe('sizes at the start', () => {
  it('equal base, fee in quote: 4 intervals of 90..110 at 100', () => {
    // Intervals 90-95, 95-100 buy (middles 92.5, 97.5 not above 100); 100-105, 105-110 sell (middles 102.5, 107.5).
    // Money per unit of base: (90 + 95 + 100 + 100) * 1.001 = 385.385; 1000 / 385.385 = 2.594807... -> 2.5948.
    const layout = layOutGrid(makeInstrument(), params(), priceTicks(10_000));
    expect(layout.intervals.map((interval) => interval.starts)).toEqual(['buy', 'buy', 'sell', 'sell']);
    expect(layout.intervals.map((interval) => interval.buyLots)).toEqual([25948, 25948, 25948, 25948]);
    expect(layout.initialLots).toBe(51896);
    expect(layout.initialReserve.toString()).toBe('519.47896');
  });

  it('equal quote, fee in quote: every buy is worth the same at its price', () => {
    // Weights 1/90, 1/95, 1/100, 1/105; cost per weight 1.001 * (1 + 1 + 1 + 100/105) = 3.956333...; 252.759... quote each.
    const layout = layOutGrid(makeInstrument(), params({ sizeMode: 'equal-quote' }), priceTicks(10_000));
    expect(layout.intervals.map((interval) => interval.buyLots)).toEqual([28084, 26606, 25275, 24072]);
  });

  it('fee in base: sells are smaller than buys by the fee, rounded down to lots', () => {
    // Cost per unit 90 + 95 + 100 + 100 = 385; 1000 / 385 = 2.597402 -> 2.5974 bought, * 0.999 = 2.5948026 -> 2.5948 sold.
    // Initial purchase: 2 * 2.5948 / 0.999 = 5.194794... -> 5.1948.
    const layout = layOutGrid(makeInstrument({ feeCurrencyRule: 'received' }), params(), priceTicks(10_000));
    expect(layout.intervals.map((interval) => interval.buyLots)).toEqual([25974, 25974, 25974, 25974]);
    expect(layout.intervals.map((interval) => interval.sellLots)).toEqual([25948, 25948, 25948, 25948]);
    expect(layout.initialLots).toBe(51948);
  });
});

describe('parameters', () => {
  const base = { ...params() };
  it.each([
    ['lower above upper', { lower: '120' }, 'lower'],
    ['stop above lower', { stopLossPrice: '95' }, 'stopLossPrice'],
    ['take-profit below upper', { takeProfitPrice: '105' }, 'takeProfitPrice'],
    ['trailing up without limit', { trailingUp: true }, 'trailingUpLimit'],
    [
      'trailing-up limit above take-profit',
      { trailingUp: true, trailingUpLimit: '130', takeProfitPrice: '120' },
      'trailingUpLimit',
    ],
    [
      'trailing-down limit below stop',
      { trailingDown: true, trailingDownLimit: '70', stopLossPrice: '80' },
      'trailingDownLimit',
    ],
    ['one interval', { levels: 1 }, 'levels'],
    ['401 intervals', { levels: 401 }, 'levels'],
    ['a fraction of an interval', { levels: 4.5 }, 'levels'],
    ['a comma', { lower: '90,5' }, 'lower'],
    ['an exponent', { investment: '1e400' }, 'investment'],
    ['a negative price', { lower: '-5' }, 'lower'],
    ['zero investment', { investment: '0' }, 'investment'],
  ])('%s is refused at the field', (_name, change, field) => {
    const result = grid.params.safeParse({ ...base, ...change });
    expect(result.success).toBe(false);
    expect(result.error?.issues.map((issue) => issue.path[0])).toContain(field);
  });

  it('an unknown parameter is refused by name', () => {
    const result = grid.params.safeParse({ ...base, levles: 5 });
    expect(JSON.stringify(result.error?.issues)).toContain('levles');
  });
});

describe('plan', () => {
  const market = { instrument: makeInstrument(), referencePrice: decimal('100'), candles: [] };

  it('names every first order, its money and its net profit', () => {
    const plan = grid.plan(params(), market);
    expect(plan.levels.map((level) => [level.key, level.price, level.restsNow])).toEqual([
      ['initial-buy', '100.00', true],
      ['L01-buy-1', '90.00', true],
      ['L02-buy-1', '95.00', true],
      ['L03-sell-1', '105.00', true],
      ['L04-sell-1', '110.00', true],
    ]);
    // L01: 2.5948 * 90 * 1.001 = 233.765532; sells bind the base itself.
    expect(plan.levels[1]).toMatchObject({
      quantity: '2.5948',
      notional: '233.532',
      funds: '233.765532',
      fundsCurrency: 'USDT',
    });
    expect(plan.levels[3]).toMatchObject({ funds: '2.5948', fundsCurrency: 'BTC' });
    // 95 * 0.999 / (90 * 1.001) - 1 = 0.05344655...; 110 * 0.999 / (105 * 1.001) - 1 = 0.04552590...
    expect(plan.levels[1]?.netProfitRate).toBe('0.05344655');
    expect(plan.levels[4]?.netProfitRate).toBe('0.04552590'.replace(/0$/, ''));
    // All four intervals: 2.5948 * 385.385 = 999.996998, rounded up to 8 digits.
    expect(plan.funds).toEqual([{ currency: 'USDT', amount: '999.996998' }]);
    expect(plan.violations).toEqual([]);
  });

  it('worst loss at the stop: everything bought, sold at the stop with the taker fee', () => {
    // Cost 999.996998; 4 * 2.5948 * 80 * 0.999 = 829.505664; loss 170.491334, shown rounded up to cents.
    const plan = grid.plan(params({ stopLossPrice: '80' }), market);
    expect(plan.worstLoss).toMatchObject({ amount: '170.5', currency: 'USDT' });
    expect(plan.worstLoss?.scenario).toContain('80.00');
  });

  it('without a stop the worst loss is everything, and says so', () => {
    const plan = grid.plan(params(), market);
    expect(plan.worstLoss?.amount).toBe('1000');
    expect(plan.worstLoss?.scenario).toContain('falls to zero');
  });

  it('break-even with every buy filled is the average cost less nothing, plus the fee of the exit', () => {
    // 999.996998 / (10.3792 * 0.999) = 96.4429...
    expect(grid.plan(params(), market).breakEven).toBe('96.45');
  });

  it('geometric: the profit rate is the same at every level up to tick rounding', () => {
    const plan = grid.plan(
      params({ spacing: 'geometric', levels: 10, lower: '9000', upper: '11000', investment: '100000' }),
      {
        ...market,
        referencePrice: decimal('10000'),
      },
    );
    const rates = plan.levels.slice(1).map((level) => Number(level.netProfitRate));
    // r = (11/9)^0.1 = 1.0202699...; r * 0.999 / 1.001 - 1 = 0.0182314...
    for (const rate of rates) expect(rate).toBeCloseTo(0.0182314, 5);
  });

  it.each([
    ['steps that do not pay their fees', { levels: 200 }, 'SPACING_BELOW_FEES', 'levels'],
    ['orders below the minimum', { levels: 40, investment: '100' }, 'MIN_NOTIONAL', 'investment'],
    ['a price at the stop', { lower: '104', stopLossPrice: '100' }, 'STOP_ABOVE_PRICE', 'stopLossPrice'],
    ['a price outside the range', { lower: '101' }, 'PRICE_OUTSIDE_RANGE', 'lower'],
  ])('%s break a rule at the field', (_name, change, code, field) => {
    const found = grid.plan(params(change), market).violations.find((entry) => entry.code === code);
    expect(found?.field).toBe(field);
  });

  it('the investment it asks for is enough', () => {
    const values = params({ levels: 40, investment: '100' });
    const message = grid.plan(values, market).violations[0]?.message ?? '';
    const needed = /invest at least (\d+)/.exec(message)?.[1] as string;
    expect(grid.plan({ ...values, investment: needed }, market).violations).toEqual([]);
  });

  it('levels on the same tick are refused', () => {
    const coarse = { ...market, instrument: makeInstrument({ tickSize: decimal('1') }) };
    const found = grid.plan(params({ levels: 40 }), coarse).violations;
    expect(found[0]).toMatchObject({ code: 'SPACING_BELOW_TICK', field: 'levels' });
  });

  it('neutral on spot needs base instead of a purchase', () => {
    // Cost per unit (90 + 95) * 1.001 + 100 + 100 = 385.185; 1000 / 385.185 = 2.596155 -> 2.5961.
    const plan = grid.plan(params({ mode: 'neutral' }), market);
    expect(plan.levels.map((level) => level.key)).toEqual([
      'L01-buy-1',
      'L02-buy-1',
      'L03-sell-1',
      'L04-sell-1',
    ]);
    expect(plan.funds).toEqual([
      { currency: 'USDT', amount: '480.7587785' },
      { currency: 'BTC', amount: '5.1922' },
    ]);
  });

  it('neutral on a perpetual warns of the open top and names the liquidation price', () => {
    const plan = grid.plan(params({ mode: 'neutral' }), { ...market, instrument: makePerpetual() });
    expect(plan.violations).toMatchObject([{ code: 'NO_UPPER_STOP', severity: 'warning' }]);
    // Entry costs (90 + 95 + 105 + 110) * 1.0005 = 400.2; losses within the range 0 + 5 below, 5 + 0 above: 410.2 a unit.
    // 1000 / 410.2 = 2.4378... ; shorts 2 * 2.4378 = 4.8756, received 2.4378 * 215 * 0.9998 = 524.022...
    // (1000 + 524.0221746) / (4.8756 * 1.004) = 311.337...
    expect(plan.levels[0]?.quantity).toBe('2.4378');
    expect(plan.liquidationPrice).toBe('311.34');
  });
});

describe('running, long on spot with the fee in quote', () => {
  it('buys at the start, then rests exactly the orders of the plan', () => {
    const values = params();
    const bot = world(values);
    bot.start();
    const plan = grid.plan(values, {
      instrument: makeInstrument(),
      referencePrice: decimal('100'),
      candles: [],
    });
    expect(bot.fills.map(({ order }) => order.leg)).toEqual(['initial-buy']);
    expect(bot.liveLegs()).toEqual(plan.levels.slice(1).map((level) => level.key));
    expect(bot.lastWhy()).toBe('ALL_LEVELS_RESTING');
  });

  it('one cycle earns the step less two fees', () => {
    const bot = world(params());
    bot.start();
    bot.moveTo(9_500);
    expect(bot.liveLegs()).toEqual(['L01-buy-1', 'L02-sell-1', 'L03-sell-1', 'L04-sell-1']);
    bot.moveTo(10_000);
    // 2.5948 * (100 * 0.999 - 95 * 1.001) = 2.5948 * 4.805 = 12.468014.
    expect(bot.state.gridProfit).toBe('12.468014');
    expect(bot.state.completedCycles).toBe(1);
    expect(bot.liveLegs()).toEqual(['L01-buy-1', 'L02-buy-2', 'L03-sell-1', 'L04-sell-1']);
  });

  it('selling what was bought at the start is counted apart', () => {
    const bot = world(params());
    bot.start();
    bot.moveTo(11_000);
    // 2.5948 * (105 + 110) * 0.999 - 5.1896 * 100 * 1.001 = 557.324118 - 519.47896 = 37.845158... by the fills.
    expect(bot.state.initialProfit).toBe(bot.cashFlow().toString());
    expect(bot.state.initialProfit).toBe('37.845158');
    expect(bot.state.gridProfit).toBe('0');
    expect(bot.lastWhy()).toBe('PRICE_ABOVE_RANGE');
    expect(bot.liveLegs()).toEqual(['L01-buy-1', 'L02-buy-1', 'L03-buy-2', 'L04-buy-2']);
  });

  it('a partly filled order stays; the opposite order comes only when it is complete', () => {
    const bot = world(params(), { firstFillLots: () => 1000 });
    bot.start();
    const before = bot.keeps.length;
    bot.ticks = 9_500;
    bot.fillByHand('L02-buy-1', 1000);
    expect(bot.keeps.length).toBe(before);
    expect(bot.liveLegs()).toContain('L02-buy-1');
    bot.fillByHand('L02-buy-1', 24_948);
    expect(bot.liveLegs()).toContain('L02-sell-1');
  });

  it('stops at the stop-loss and asks to close the position', () => {
    const bot = world(params({ stopLossPrice: '80' }));
    bot.start();
    bot.moveTo(8_001);
    expect(bot.stopRequest).toBeUndefined();
    bot.moveTo(8_000);
    expect(bot.stopRequest?.policy).toBe('cancel-and-close-position');
    expect(bot.lastWhy()).toBe('STOP_LOSS_REACHED');
    expect(bot.liveLegs()).toEqual([]);
  });

  it('stops at the take-profit', () => {
    const bot = world(params({ takeProfitPrice: '120' }));
    bot.start();
    bot.moveTo(12_000);
    expect(bot.lastWhy()).toBe('TAKE_PROFIT_REACHED');
    expect(bot.stopRequest?.policy).toBe('cancel-and-close-position');
  });

  it('waits for the trigger from above and starts there', () => {
    const values = params({ triggerPrice: '97' });
    const bot = world(values);
    bot.start();
    expect(bot.lastWhy()).toBe('WAITING_FOR_TRIGGER');
    bot.moveTo(12_000);
    expect(bot.live()).toEqual([]);
    bot.moveTo(9_700);
    const plan = grid.plan(values, {
      instrument: makeInstrument(),
      referencePrice: decimal('100'),
      candles: [],
    });
    expect(plan.levels.every((level) => !level.restsNow)).toBe(true);
    expect(bot.liveLegs()).toEqual(plan.levels.slice(1).map((level) => level.key));
  });

  it('tries a refused purchase again later and says when', () => {
    const bot = world(params());
    bot.denySends = 'DATA_STALE';
    bot.start();
    expect(bot.whys.at(-1)).toMatchObject({ code: 'INITIAL_BUY_DENIED', nextCheckMs: bot.nowMs + 10_000 });
    bot.denySends = undefined;
    bot.advance(10_000);
    expect(bot.liveLegs().length).toBe(4);
  });

  it('a purchase dearer than its reserve makes the buys smaller, never the investment larger', () => {
    // Fills at 101 instead of 100: 5.1896 * 101 * 1.001 = 524.673..., 5.19... more than set aside.
    const bot = world(params(), { slippageTicks: 100 });
    bot.start();
    expect(
      bot
        .live()
        .filter((order) => order.side === 'buy')
        .every((order) => order.lots < 25_948),
    ).toBe(true);
    bot.moveTo(9_000);
    expect(bot.balance('USDT').isNegative).toBe(false);
  });

  it('keeps only the nearest orders when there is a limit, and follows the price', () => {
    const values = params({ levels: 20, investment: '5000', maxOpenOrders: 4 });
    const bot = world(values);
    bot.start();
    // Levels are 90, 91 ... 110. At 100 the nearest four are the buys at 99 and 98 and the sells at 101 and 102.
    expect(bot.liveLegs()).toEqual(['L09-buy-1', 'L10-buy-1', 'L11-sell-1', 'L12-sell-1']);
    expect(bot.lastWhy()).toBe('NEAREST_LEVELS_RESTING');
    bot.moveTo(10_450);
    // 101, 102, 103, 104 were sold; nearest to 104.5: buys at 103 and 102, sells at 105 and 106.
    expect(bot.liveLegs()).toEqual(['L13-buy-2', 'L14-buy-2', 'L15-sell-1', 'L16-sell-1']);
  });
});

describe('running with the fee in base', () => {
  it('sells whole lots of what is left and carries the rest of a lot', () => {
    const instrument = makeInstrument({ feeCurrencyRule: 'received' });
    const bot = world(params(), { instrument });
    bot.start();
    bot.moveTo(9_500);
    // Bought 2.5974, fee 0.0025974, left 2.5948026: 25948 lots are sold, 0.0000026 stays.
    expect(bot.live().find((order) => order.leg === 'L02-sell-1')?.lots).toBe(25_948);
    bot.moveTo(10_000);
    expect(bot.state.intervals[1]?.held).toBe('0.0000026');
    expect(bot.live().find((order) => order.leg === 'L02-buy-2')?.lots).toBe(25_974);
  });
});

describe('running neutral', () => {
  it('on spot it sells base it was given and waits where there is none', () => {
    // 2.5961 for the first sell and nothing for the second.
    const bot = world(params({ mode: 'neutral' }), { balances: { USDT: '1000', BTC: '2.5961' } });
    bot.start();
    expect(bot.liveLegs()).toEqual(['L01-buy-1', 'L02-buy-1', 'L03-sell-1']);
    expect(bot.lastWhy()).toBe('BASE_MISSING');
    bot.moveTo(10_760);
    // Above the middle (107.5) of the waiting interval its buy at 105 is placed.
    expect(bot.liveLegs()).toEqual(['L01-buy-1', 'L02-buy-1', 'L03-buy-2', 'L04-buy-1']);
  });

  it('on a perpetual it goes short above and buys back one level lower', () => {
    const bot = world(params({ mode: 'neutral' }), { instrument: makePerpetual() });
    bot.start();
    expect(bot.liveLegs()).toEqual(['L01-buy-1', 'L02-buy-1', 'L03-sell-1', 'L04-sell-1']);
    bot.moveTo(10_500);
    expect(bot.balance('BTC').toString()).toBe('-2.4378');
    expect(bot.live().find((order) => order.leg === 'L03-buy-1')).toMatchObject({
      lots: 24_378,
      reduceOnly: true,
    });
    bot.moveTo(10_000);
    // 2.4378 * (105 * 0.9998 - 100 * 1.0002) = 2.4378 * 4.959 = 12.0890502.
    expect(bot.state.gridProfit).toBe('12.0890502');
    expect(bot.state.completedCycles).toBe(1);
    expect(bot.liveLegs()).toContain('L03-sell-2');
  });
});

describe('trailing', () => {
  it('up: moves the lowest interval to the top, within the limit', () => {
    const bot = world(params({ trailingUp: true, trailingUpLimit: '120' }));
    bot.start();
    bot.moveTo(11_499);
    expect(bot.liveLegs()).toEqual(['L01-buy-1', 'L02-buy-1', 'L03-buy-2', 'L04-buy-2']);
    bot.moveTo(11_500);
    expect(bot.liveLegs()).toEqual(['L02-buy-1', 'L03-buy-2', 'L04-buy-2', 'L05-buy-3']);
    expect(bot.live().find((order) => order.leg === 'L05-buy-3')?.priceTicks).toBe(11_000);
    expect(bot.whys.map((why) => why.code)).toContain('RANGE_SHIFTED');
    // The money of the lowest interval buys less at 110: 2.5948 * 90 * 1.001 / (110 * 1.001) = 2.123018 -> 2.1230.
    expect(bot.live().find((order) => order.leg === 'L05-buy-3')?.lots).toBe(21_230);
    bot.moveTo(13_000);
    // The upper price is 120 now; 125 would be above the limit.
    expect(bot.liveLegs()).toEqual(['L03-buy-2', 'L04-buy-2', 'L05-buy-3', 'L06-buy-4']);
  });

  it('down: offers what the highest interval holds at the former lower price, at a loss', () => {
    const bot = world(params({ trailingDown: true, trailingDownLimit: '80' }));
    bot.start();
    bot.moveTo(8_500);
    expect(bot.liveLegs()).toEqual(['D01-sell-2', 'L01-sell-1', 'L02-sell-1', 'L03-sell-1']);
    expect(bot.live().find((order) => order.leg === 'D01-sell-2')?.priceTicks).toBe(9_000);
    bot.moveTo(9_000);
    // Bought at 100 at the start: 2.5948 * (90 * 0.999 - 100 * 1.001) = 2.5948 * -10.19 = -26.441012.
    expect(bot.state.initialProfit).toBe('-26.441012');
  });

  it('up: nothing moves before the venue has proven the cancel, and a fill in between wins', () => {
    const bot = world(params({ trailingUp: true, trailingUpLimit: '120' }), { slowCancels: true });
    bot.start();
    bot.moveTo(11_500);
    expect(bot.state.moving).toBe('up');
    expect(bot.state.intervals.map((interval) => interval.index)).toEqual([0, 1, 2, 3]);
    bot.fillByHand('L01-buy-1', 25_948);
    bot.confirmCancels();
    expect(bot.state.moving).toBeNull();
    expect(bot.state.intervals.map((interval) => interval.index)).toEqual([0, 1, 2, 3]);
    expect(bot.state.intervals[0]).toMatchObject({ side: 'sell', held: '2.5948' });
  });

  it('up: moves once the cancel is proven', () => {
    const bot = world(params({ trailingUp: true, trailingUpLimit: '120' }), { slowCancels: true });
    bot.start();
    bot.moveTo(11_500);
    bot.confirmCancels();
    expect(bot.state.intervals.map((interval) => interval.index)).toEqual([1, 2, 3, 4]);
  });

  it('never uses a leg name twice when the range moves up and down again', () => {
    const bot = world(
      params({
        trailingUp: true,
        trailingUpLimit: '150',
        trailingDown: true,
        trailingDownLimit: '60',
        investment: '5000',
      }),
    );
    bot.start();
    // The fake venue throws when a finished leg is placed again.
    for (const ticks of [13_000, 8_000, 14_000, 7_000, 12_000, 9_000, 15_000]) bot.moveTo(ticks);
    expect(bot.state.completedCycles).toBeGreaterThan(10);
  });
});

describe('restart', () => {
  it.each([
    ['at rest', 10_000],
    ['after buys', 9_000],
    ['after sells', 11_000],
    ['outside the range', 12_500],
  ])('%s: the JSON of the state gives the identical list', (_name, ticks) => {
    const values = params({ levels: 20, investment: '5000', maxOpenOrders: 7 });
    const bot = world(values);
    bot.start();
    for (const step of [9_720, 10_310, 9_930, ticks]) bot.moveTo(step);
    const before = bot.keeps.at(-1);
    const legs = bot.liveLegs();
    bot.restart(values);
    expect(bot.keeps.at(-1)).toEqual(before);
    expect(bot.liveLegs()).toEqual(legs);
  });

  it('a purchase under way is neither repeated nor forgotten', () => {
    const values = params();
    const bot = world(values);
    bot.denySends = 'DATA_STALE';
    bot.start();
    bot.restart(values);
    expect(bot.state.phase).toBe('buying');
    bot.denySends = undefined;
    bot.restart(values);
    expect(bot.fills.map(({ order }) => order.leg)).toEqual(['initial-buy']);
    bot.restart(values);
    expect(bot.fills.length).toBe(1);
  });
});
