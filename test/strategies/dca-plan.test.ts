/** DCA before it runs: ladder formulas, the worked example, plan and parameters. */

import { describe, expect, it } from 'vitest';
import { Decimal } from '../../src/shared/domain/decimal.ts';
import { dca } from '../../src/strategies/dca/dca.ts';
import { deviations, safetyValues } from '../../src/strategies/dca/ladder.ts';
import type { DcaParams } from '../../src/strategies/dca/params.ts';
import type { DcaState } from '../../src/strategies/dca/state.ts';
import { FakeWorld, makeInstrument, makePerpetual } from './fake-context.ts';

const decimal = (text: string) => Decimal.parse(text);
const _minute = 60_000;

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

const _order = (bot: ReturnType<typeof world>, leg: string) =>
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
