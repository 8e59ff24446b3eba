/** The grid before it runs: levels, sizes, parameters and plan, worked by hand. */

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

function _world(values: GridParams, options: Partial<ConstructorParameters<typeof FakeWorld>[2]> = {}) {
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

  it.each([
    // The middle of 100-105 is 102.50.
    ['below the middle', 10_249, 'sell'],
    ['exactly in the middle', 10_250, 'buy'],
    ['above the middle', 10_251, 'buy'],
  ] as const)('a start price %s (%i) begins with a %s', (_name, startTicks, side) => {
    const layout = layOutGrid(makeInstrument(), params(), priceTicks(startTicks));
    expect(layout.intervals[2]?.starts).toBe(side);
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
    expect(plan.funds).toEqual([{ currency: 'USDT', amount: '1000' }]);
    // All four intervals use 2.5948 * 385.385 = 999.996998; rounding to lots leaves 0.003002.
    expect(plan.figures.find((entry) => entry.key === 'unused')?.value).toBe('0');
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
    // Base 2 * 2.5961 = 5.1922, worth 519.22 at the start; the rest of the investment is money.
    const plan = grid.plan(params({ mode: 'neutral' }), market);
    expect(plan.levels.map((level) => level.key)).toEqual([
      'L01-buy-1',
      'L02-buy-1',
      'L03-sell-1',
      'L04-sell-1',
    ]);
    expect(plan.funds).toEqual([
      { currency: 'USDT', amount: '480.78' },
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
