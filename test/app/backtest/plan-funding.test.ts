/** What the money of a run does not pay for, worked by hand. */

import { describe, expect, it } from 'vitest';
import { shortfallOf } from '../../../src/app/backtest/plan-funding.ts';
import { runBacktest } from '../../../src/app/backtest/run-backtest.ts';
import { Decimal } from '../../../src/shared/domain/decimal.ts';
import type { Plan, PlanLevel } from '../../../src/shared/domain/plan.ts';
import { type BacktestSpecInput, backtestSpec } from '../../../src/shared/lab/spec.ts';
import { withinMoney } from '../../../src/strategies/common/suggestions.ts';
import { findStrategy } from '../../../src/strategies/registry.ts';
import { makePerpetual } from '../../strategies/fake-context.ts';
import { candleFile, flat, type Prices } from './scripted.ts';

const market = { settle: 'USDT', symbol: 'BTC/USDT' };

const level = (price: string, funds: string, change: Partial<PlanLevel> = {}): PlanLevel => ({
  key: price,
  side: 'buy',
  type: 'limit',
  role: 'Grid buy',
  price,
  quantity: '1',
  notional: funds,
  funds,
  fundsCurrency: 'USDT',
  restsNow: true,
  ...change,
});

/** A purchase of 40 and buys of 30, 20 and 10 below 100; a sell that gives what was bought. */
const plan: Plan = {
  summary: '',
  referencePrice: '100',
  levels: [
    level('100', '40', { type: 'market' }),
    level('70', '10'),
    level('80', '20'),
    level('90', '30'),
    level('110', '1', { side: 'sell', fundsCurrency: 'BTC' }),
  ],
  funds: [{ currency: 'USDT', amount: '100' }],
  worstLoss: { amount: '0', currency: 'USDT', scenario: '' },
  breakEven: null,
  liquidationPrice: null,
  lines: [],
  figures: [],
  violations: [],
};
const money = (given: string, change: { sharers?: number; leverage?: number } = {}) =>
  shortfallOf(plan, market, { given: Decimal.parse(given), sharers: 1, leverage: 1, ...change });

it('says nothing where the money suffices, to the last cent', () => {
  expect(money('100')).toBeUndefined();
  expect(money('50', { leverage: 2 })).toBeUndefined();
});

it('pays the nearest orders first, and names capital and size that would do', () => {
  // 75 pay for 40 and 30; the rest of 5 pays for neither 20 nor 10.
  expect(money('75')).toBe(
    'BTC/USDT: the plan needs 100 USDT and has 75: 2 of the 4 orders that spend money cannot be paid. ' +
      'A capital of 100 USDT would do, or sizes of at most 75 % of these.',
  );
  // 99.99 pay for all but the last 10.
  expect(money('99.99')).toContain('1 of the 4 orders');
});

it('counts what leverage lends and what other markets take of the capital', () => {
  // Three markets share: each has 20 and needs 100 / 2 = 50, so 150 in all. 20 at 2 pay for the purchase of 40 alone.
  const words = money('20', { leverage: 2, sharers: 3 });
  expect(words).toContain('needs 50 USDT and has 20 (the capital is shared by 3 markets)');
  expect(words).toContain('3 of the 4 orders');
  expect(words).toContain('A capital of 150 USDT');
  expect(words).toContain('at most 40 %');
});

it('leverage divides the value of orders, neither their fees nor the losses the plan sets money aside for', () => {
  // 100 of orders with a fee of 0.1 each (4 orders with 100.4), and 19.6 for losses: 10 + 0.4 + 19.6 at leverage 10.
  const levels = plan.levels.map((one) =>
    one.side === 'buy' ? { ...one, funds: String(Number(one.funds) + 0.1) } : one,
  );
  const costly: Plan = { ...plan, levels, funds: [{ currency: 'USDT', amount: '120' }] };
  const has = (given: string) =>
    shortfallOf(costly, market, { given: Decimal.parse(given), sharers: 1, leverage: 10 });
  expect(has('30')).toBeUndefined();
  expect(has('29.99')).toContain('the plan needs 30 USDT and has 29.99: its losses within the range');
  // 9 pay for 4.1, 3.1 and, after the 2.1 that do not fit, 1.1.
  expect(has('9')).toContain('1 of the 4 orders');
});

it('a strategy that lost too much to go on is no silent one', async () => {
  const candles = [flat(100), [100, 100, 70, 70] as const, flat(70), flat(70)];
  const spec = (capital: string) =>
    backtestSpec.parse({
      strategy: 'dca',
      params: { direction: 'long', baseOrderQuote: '90', maxSafetyOrders: 0, stopLossPercent: '20' },
      capital,
      makerFee: 0,
      takerFee: 0,
      slippage: 0,
      series: [
        {
          source: { kind: 'file', path: candleFile(candles) },
          instrument: 'BTC/USDT',
          rules: { tickSize: '0.01', lotSize: '0.001' },
        },
      ],
    });
  // 0.9 bought at 100 and sold at the stop of 80: 82 of 100 are left, too few for another 90.
  const { warnings, trades } = await runBacktest(spec('100'), { findStrategy });
  expect(trades.length).toBe(1);
  expect(warnings.join(' ')).toContain('too little money was left to go on');
  expect(warnings.join(' ')).toContain('82 are free');
  expect((await runBacktest(spec('1000'), { findStrategy })).warnings.join(' ')).not.toContain('too little');
});

it('an entry that the venue closes unpaid again and again is sent ever more seldom', async () => {
  // 2,000 at leverage 10 for two markets. AAA falls from 100 to 82 and loses 1,620 of them; BBB wins 1 % of 9,000 and then
  // finds the 900 of its next entry in its own books, but not at the venue.
  const falls = [flat(100), flat(100), flat(82), flat(82), ...Array.from({ length: 60 }, () => flat(82))];
  const rises = [flat(100), flat(100), flat(100), flat(103), ...Array.from({ length: 60 }, () => flat(103))];
  const series = [falls, rises].map((candles, index) => ({
    source: { kind: 'file' as const, path: candleFile(candles) },
    instrument: `${['AAA', 'BBB'][index]}/USDT:USDT`,
    rules: { tickSize: '0.01', lotSize: '0.001' },
  }));
  const spec = backtestSpec.parse({
    strategy: 'dca',
    params: {
      direction: 'long',
      baseOrderQuote: '9000',
      maxSafetyOrders: 0,
      stopLossPercent: '12',
      takeProfitPercent: '1',
    },
    capital: '2000',
    leverage: 10,
    makerFee: 0,
    takerFee: 0,
    slippage: 0,
    series,
  });
  const { counts } = await runBacktest(spec, { findStrategy });
  // Every ten seconds of 60 hours would be 21,600 orders; every ten minutes 360, and a few before.
  expect(counts.refusedEntries).toBeGreaterThan(100);
  expect(counts.orders).toBeLessThan(400);
});

describe('the crossover', () => {
  const candles = Array.from({ length: 200 }, (_, hour): Prices => {
    const price = 100 + Math.abs((hour % 20) - 10);
    return [price, price + 1, price - 1, price];
  });
  const run = (instrument: string, change: Partial<BacktestSpecInput>) =>
    runBacktest(
      backtestSpec.parse({
        strategy: 'ma-cross',
        makerFee: 0.001,
        takerFee: 0.001,
        slippage: 0,
        ...change,
        params:
          change.strategy === 'rules' ? change.params : { fastPeriod: 2, slowPeriod: 5, ...change.params },
        series: [
          {
            source: { kind: 'file', path: candleFile(candles) },
            instrument,
            rules: { tickSize: '0.01', lotSize: '0.001' },
          },
        ],
      }),
      { findStrategy },
    );

  it('says that its entries take all the money where a size in money is more', async () => {
    const found = await run('BTC/USDT', {
      capital: '100',
      fill: 'close',
      reserve: 0.005,
      params: { orderQuote: '500' },
    });
    // 500 with its fee of 0.1 % are 500.5; half a percent more is kept for a worse price: 500.5 / 0.995 = 503.0151.
    expect(found.warnings[0]).toMatch(
      /^BTC\/USDT: the plan needs 503\.01507538 USDT and has 100: its entries take all the money instead\. A capital of 503\.02 USDT would do, or sizes of at most 19\.8 % of these\.$/,
    );
    // 100 × 0.995 / 1.001 = 99.40 at 109: what it did before it told so.
    expect((found.trades.quantity[0] as number) * (found.trades.entryPrice[0] as number)).toBeCloseTo(
      99.4,
      0,
    );
    const enough = await run('BTC/USDT', { capital: '503.02', params: { orderQuote: '500' } });
    expect(enough.warnings.join(' ')).not.toContain('the plan needs');
    // Left out, the size fits the money.
    const suggested = await run('BTC/USDT', { capital: '100' });
    expect(suggested.warnings.join(' ')).not.toContain('the plan needs');
    expect(Number(suggested.params?.[0]?.values['orderQuote'])).toBeLessThan(100);
  });

  it('says that leverage makes no entry larger, and is right', async () => {
    const told =
      'Leverage 5 makes no entry in BTC/USDT:USDT larger: "Moving-average crossover" enters with no more than its own money.';
    for (const params of [{ orderPercent: '100' }, { orderQuote: '90' }, { orderQuote: '400' }]) {
      // At the close nothing is refused for a worse price, which borrowed money would pay for.
      const path = { path: 'event', fill: 'close' } as const;
      const plain = await run('BTC/USDT:USDT', { capital: '100', ...path, params });
      const levered = await run('BTC/USDT:USDT', { capital: '100', ...path, params, leverage: 5 });
      expect(levered.finalEquity).toBe(plain.finalEquity);
      expect(plain.warnings.join(' ')).not.toContain('Leverage');
      expect(levered.warnings.filter((warning) => warning !== told)).toEqual(plain.warnings);
      expect(levered.warnings).toContain(told);
    }
    // A strategy that lends says nothing.
    const rules = await run('BTC/USDT:USDT', {
      strategy: 'rules',
      params: {
        longEntry: 'close < 103',
        longExit: 'close > 107',
      },
      leverage: 5,
    });
    expect(rules.warnings.join(' ')).not.toContain('Leverage');
  });
});

describe('suggested sizes at a leverage', () => {
  /** The plan above, whose orders and funds are `size` times as large. */
  const sized = ({ size }: { size: string }): Plan => {
    const factor = Decimal.parse(size);
    const times = (text: string) => factor.times(Decimal.parse(text)).toString();
    const levels = plan.levels.map((one) => ({
      ...one,
      notional: times(one.notional),
      funds: times(one.funds),
    }));
    return { ...plan, levels, funds: [{ currency: 'USDT', amount: times('100') }] };
  };
  const planMarket = (leverage?: number) => ({
    instrument: makePerpetual(),
    referencePrice: Decimal.parse('100'),
    candles: [],
    allocation: { USDT: '50' },
    leverage,
  });

  it('are what it pays for, by the reckoning of what a run is told it lacks', () => {
    // 50 pay for 100 at leverage 2, for 150 at 3 and for 50 without.
    expect(withinMoney({ size: '1' }, ['size'], sized, planMarket(2))).toEqual({ size: '1' });
    expect(withinMoney({ size: '3' }, ['size'], sized, planMarket(3))).toEqual({ size: '1.5' });
    expect(withinMoney({ size: '1' }, ['size'], sized, planMarket())).toEqual({ size: '0.5' });
  });

  it('reach a run: what it suggests itself is neither too much nor a tenth of what it pays for', async () => {
    const suggested = async (leverage: number) => {
      const spec = backtestSpec.parse({
        strategy: 'dca',
        params: {},
        capital: '100',
        leverage,
        series: [
          {
            source: { kind: 'file', path: candleFile([flat(100), flat(100), flat(100)]) },
            instrument: 'BTC/USDT:USDT',
            rules: { tickSize: '0.01', lotSize: '0.001' },
          },
        ],
      });
      const { params, warnings } = await runBacktest(spec, { findStrategy });
      expect(warnings.join(' ')).not.toContain('the plan needs');
      return Number(params?.[0]?.values['baseOrderQuote']);
    };
    expect(await suggested(5)).toBeGreaterThan(2 * (await suggested(1)));
  });
});
