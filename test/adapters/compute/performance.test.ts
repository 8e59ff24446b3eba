import { describe, expect, test } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import {
  computePerformance,
  type EquityColumns,
  type TradeColumns,
} from '../../../src/adapters/compute/performance.ts';
import { metricGroups, metricIds, metrics } from '../../../src/shared/lab/metrics.ts';
import { emptyTrades } from '../../../src/shared/lab/result.ts';
import { failureOf } from './support.ts';

const addon = loadNative();
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const column = (...values: number[]): Float64Array => Float64Array.from(values);

/** Equity at the end of each day from 1970-01-01 on. */
const dailyEquity = (...equity: number[]): EquityColumns => ({
  timeMs: Float64Array.from(equity, (_, day) => (day + 1) * dayMs),
  equity: Float64Array.from(equity),
  exposure: new Float64Array(0),
});

interface Trade {
  readonly profit: number;
  readonly side?: 1 | -1;
  readonly hours?: number;
  readonly mae?: number;
  readonly mfe?: number;
  readonly open?: boolean;
}

/** Trades of one coin bought at 100; profit in quote. */
function tradesOf(...list: Trade[]): TradeColumns {
  const trades = emptyTrades(list.length);
  list.forEach(({ profit, side = 1, hours = 1, mae = 0, mfe = 0, open = false }, row) => {
    trades.side[row] = side;
    trades.entryTimeMs[row] = row * dayMs;
    trades.exitTimeMs[row] = row * dayMs + hours * hourMs;
    trades.quantity[row] = 1;
    trades.entryPrice[row] = 100;
    trades.exitPrice[row] = 100 + side * profit;
    trades.fees[row] = 1;
    trades.profit[row] = profit;
    trades.profitRatio[row] = profit / 100;
    trades.mae[row] = mae;
    trades.mfe[row] = mfe;
    trades.exitReason[row] = open ? 0 : 1;
  });
  return trades;
}

test('the list in TypeScript names the figures of the core in their order', () => {
  expect(metricIds).toEqual(addon.performanceMetrics());
  expect(new Set(metricIds).size).toBe(metricIds.length);
  expect(new Set(metrics.map(({ group }) => group))).toEqual(new Set(metricGroups.map(({ id }) => id)));
  for (const { meaning, title } of metrics) {
    expect(title.length).toBeGreaterThan(2);
    expect(meaning).toMatch(/^[A-Z].*[.)]$/);
  }
});

test('figures of three days worked by hand', () => {
  // From 100: +10 %, -20 %, +25 %, that is 110, 88, 110.
  const { values, daily, months } = computePerformance(addon, dailyEquity(110, 88, 110), emptyTrades(0), {
    startEquity: 100,
  });
  expect(values['netProfit']).toBe(10);
  expect(values['totalReturn']).toBeCloseTo(0.1, 14);
  // Less than a week says nothing of a year, and 10 % in three days would be 10,949,000 %.
  expect([values['cagr'], values['calmar'], values['martin']]).toEqual([null, null, null]);
  expect(values['maxDrawdown']).toBeCloseTo(-0.2, 14);
  expect(values['maxDrawdownDays']).toBe(2);
  expect(values['recoveryDays']).toBe(1);
  // Mean 0.05; squared distances 0.05² + 0.25² + 0.2² = 0.105, over two.
  expect(values['sharpe']).toBeCloseTo((0.05 / Math.sqrt(0.0525)) * Math.sqrt(365), 12);
  expect(values['sortino']).toBeCloseTo((0.05 / Math.sqrt(0.04 / 3)) * Math.sqrt(365), 12);
  expect(values['omega']).toBeCloseTo(0.35 / 0.2, 12);
  expect(values['ulcerIndex']).toBeCloseTo(Math.sqrt(0.04 / 3), 12);
  expect(values['timeUnderWater']).toBeCloseTo(1 / 3, 14);
  // Sorted -0.2, 0.1, 0.25: position 0.1 lies 10 % of the way from the first to the second.
  expect(values['valueAtRisk']).toBeCloseTo(-0.17, 12);
  expect(values['conditionalValueAtRisk']).toBeCloseTo(-0.2, 12);
  expect(values['positiveDays']).toBeCloseTo(2 / 3, 14);
  expect(values['trades']).toBe(0);
  expect(values['winRate']).toBeNull();
  expect([...daily.returns].map((value) => Number(value.toFixed(12)))).toEqual([0.1, -0.2, 0.25]);
  expect(months).toEqual([{ year: 1970, month: 1, value: expect.closeTo(0.1, 12), days: 3 }]);
});

test('a week is the least that a return a year is made of', () => {
  const figures = (...equity: number[]) =>
    computePerformance(addon, dailyEquity(...equity), emptyTrades(0), { startEquity: 100 }).values;
  expect(figures(101, 102, 103, 104, 105, 106)['cagr']).toBeNull();
  expect(figures(101, 102, 103, 104, 105, 106, 107)['cagr']).toBeCloseTo(1.07 ** (365 / 7) - 1, 9);
});

test('a tail ratio needs days that lost, and is nothing without days that gained', () => {
  const ratio = (...equity: number[]) =>
    computePerformance(addon, dailyEquity(...equity), emptyTrades(0), { startEquity: 100 }).values[
      'tailRatio'
    ];
  expect(ratio(110)).toBeNull();
  expect(ratio(110, 121, 133.1)).toBeNull();
  expect(ratio(90, 81, 72.9)).toBe(0);
  // Of +20 %, -10 %: a twentieth of the way from either end, 0.185 and -0.085.
  expect(ratio(120, 108)).toBeCloseTo(0.185 / 0.085, 9);
});

test('trades worked by hand', () => {
  const trades = tradesOf(
    { profit: 30, hours: 4, mae: -0.1, mfe: 0.4 },
    { profit: -10, hours: 2, mae: -0.2, mfe: 0.1, side: -1 },
    { profit: -20, hours: 6, mae: -0.3, mfe: 0 },
    { profit: 10, hours: 8, mae: 0, mfe: 0.1, side: -1 },
    { profit: 5, open: true, hours: 100, mae: -0.9, mfe: 0.9 },
  );
  const { values } = computePerformance(addon, dailyEquity(1000, 1015), trades, { startEquity: 1000 });
  const expected: Record<string, number> = {
    trades: 5,
    openTrades: 1,
    longTrades: 2,
    shortTrades: 2,
    winRate: 0.5,
    longWinRate: 0.5,
    shortWinRate: 0.5,
    expectancy: 2.5,
    profitFactor: 40 / 30,
    payoffRatio: 20 / 15,
    // (1 + 4/3) × 0.5 − 1
    expectancyRatio: 1 / 6,
    // 0.5 − 0.5 / (4/3)
    kelly: 0.125,
    averageWin: 20,
    averageLoss: -15,
    bestTrade: 30,
    worstTrade: -20,
    winStreak: 1,
    lossStreak: 2,
    averageTradeHours: 5,
    averageWinHours: 6,
    averageLossHours: 4,
    longestTradeHours: 8,
    averageTradeReturn: 0.025,
    medianTradeReturn: 0,
    averageMae: -0.15,
    worstMae: -0.3,
    averageMfe: 0.15,
    edgeRatio: 1,
    // Winners kept 0.4 of 0.5.
    mfeCaptured: 0.8,
    fees: 5,
    // Profit 15 after costs of 5.
    costShare: 0.25,
    // Distances 27.5, -12.5, -22.5, 7.5: squares 1475, over 3.
    sqn: (2 * 2.5) / Math.sqrt(1475 / 3),
    tradesPerMonth: 60,
  };
  for (const [id, value] of Object.entries(expected)) expect(values[id], id).toBeCloseTo(value, 12);
});

test('exposure counts bars', () => {
  const equity = { ...dailyEquity(100, 100, 100, 100), exposure: column(0, 0.5, -1.5, 0) };
  const { values } = computePerformance(addon, equity, emptyTrades(0));
  expect(values['exposureTime']).toBe(0.5);
  expect(values['averageExposure']).toBe(0.5);
  expect(values['maxExposure']).toBe(1.5);
});

test('a strategy that doubles every move of the market has a beta of 2 and no alpha', () => {
  const market = [0.01, -0.02, 0.03, 0.005];
  const grow = (factor: number): number[] => {
    let value = 100;
    return market.map((change) => {
      value *= 1 + factor * change;
      return value;
    });
  };
  const { values } = computePerformance(addon, dailyEquity(...grow(2)), emptyTrades(0), {
    startEquity: 100,
    benchmark: { price: Float64Array.from(grow(1)), start: 100 },
  });
  expect(values['beta']).toBeCloseTo(2, 12);
  expect(values['alpha']).toBeCloseTo(0, 12);
  expect(values['correlation']).toBeCloseTo(1, 12);
  expect(values['benchmarkReturn']).toBeCloseTo(1.01 * 0.98 * 1.03 * 1.005 - 1, 12);
});

describe('runs without figures give null, never NaN', () => {
  const cases: readonly [name: string, equity: EquityColumns, trades: TradeColumns][] = [
    ['nothing', dailyEquity(), emptyTrades(0)],
    ['one bar', dailyEquity(100), emptyTrades(0)],
    ['flat', dailyEquity(100, 100, 100, 100), emptyTrades(0)],
    ['one trade', dailyEquity(100, 110), tradesOf({ profit: 10 })],
    ['one trade that broke even', dailyEquity(100, 100), tradesOf({ profit: 0 })],
    ['one open trade', dailyEquity(100, 110), tradesOf({ profit: 10, open: true })],
    ['ruin', dailyEquity(100, 0, 0), tradesOf({ profit: -100 })],
    ['below nothing', dailyEquity(100, -50, -50), tradesOf({ profit: -150 })],
  ];
  test.each(cases)('%s', (_name, equity, trades) => {
    const { values } = computePerformance(addon, equity, trades, { startEquity: 100 });
    expect(Object.keys(values)).toEqual(metricIds);
    for (const value of Object.values(values)) {
      expect(value === null || Number.isFinite(value)).toBe(true);
    }
  });

  test('what some of them are', () => {
    const flat = computePerformance(addon, dailyEquity(100, 100, 100), emptyTrades(0), {
      startEquity: 100,
    }).values;
    expect([flat['totalReturn'], flat['maxDrawdown'], flat['sharpe'], flat['profitFactor']]).toEqual([
      0,
      0,
      null,
      null,
    ]);
    const ruin = computePerformance(addon, dailyEquity(50, -10, 0), emptyTrades(0), {
      startEquity: 100,
    }).values;
    expect([ruin['totalReturn'], ruin['maxDrawdown'], ruin['cagr']]).toEqual([-1, -1, null]);
    // No losing trade: nothing to divide by.
    const won = computePerformance(addon, dailyEquity(100, 110), tradesOf({ profit: 10 }), {
      startEquity: 100,
    }).values;
    expect([won['profitFactor'], won['winRate'], won['sqn']]).toEqual([null, 1, null]);
  });
});

test('bad columns are refused with column and row', async () => {
  const run = (equity: EquityColumns, trades: TradeColumns = emptyTrades(0)) =>
    failureOf(() => computePerformance(addon, equity, trades));
  expect(await run(dailyEquity(1, Number.NaN, 2))).toEqual({
    code: 'BAD_ARGUMENT',
    message: 'equity is not a number at row 1',
  });
  const backwards = { ...dailyEquity(1, 2, 3), timeMs: column(3, 2, 1) };
  expect((await run(backwards)).message).toBe('timeMs goes back at row 1');
  const trades = tradesOf({ profit: 1 }, { profit: Number.POSITIVE_INFINITY });
  expect((await run(dailyEquity(1, 2), trades)).message).toContain('is not a number at row 1');
  const odd = { ...dailyEquity(1, 2), exposure: column(0, Number.NEGATIVE_INFINITY) };
  expect((await run(odd)).message).toBe('exposure is not a number at row 1');
  const short = { ...tradesOf({ profit: 1 }), fees: new Float64Array(0) };
  expect((await run(dailyEquity(1, 2), short)).message).toContain('fees has 0 rows, side has 1');
});
