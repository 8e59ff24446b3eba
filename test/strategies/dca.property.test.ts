/** The DCA bot under random parameters and price paths: money, legs, plan, profit and restart. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../src/shared/domain/decimal.ts';
import { priceOf } from '../../src/shared/domain/instrument.ts';
import { dca } from '../../src/strategies/dca/dca.ts';
import type { DcaParams } from '../../src/strategies/dca/params.ts';
import type { DcaState } from '../../src/strategies/dca/state.ts';
import { FakeWorld, makeInstrument, makePerpetual } from './fake-context.ts';

const scenario = fc.record({
  kind: fc.constantFrom('spot' as const, 'perpetual' as const),
  feeCurrencyRule: fc.constantFrom('quote' as const, 'received' as const),
  lotSize: fc.constantFrom('0.0001', '0.001'),
  fee: fc.constantFrom('0', '0.0005', '0.001'),
  direction: fc.constantFrom('long' as const, 'short' as const),
  base: fc.integer({ min: 20, max: 500 }),
  safety: fc.integer({ min: 20, max: 500 }),
  count: fc.integer({ min: 0, max: 6 }),
  active: fc.integer({ min: 1, max: 6 }),
  deviation: fc.constantFrom('0.5', '1', '2.5'),
  stepScale: fc.constantFrom('0.8', '1', '1.3'),
  sizeScale: fc.constantFrom('1', '1.5'),
  takeProfit: fc.constantFrom('0.3', '1', '3'),
  takeProfitType: fc.constantFrom('total' as const, 'base' as const),
  trailing: fc.constantFrom('0', '0.2'),
  stopLoss: fc.constantFrom('0', '4', '12'),
  stopLossFrom: fc.constantFrom('average' as const, 'base' as const),
  firstFill: fc.constantFrom(1, 0.4),
  slippageTicks: fc.constantFrom(0, 3),
  path: fc.array(fc.record({ price: fc.integer({ min: 7_000, max: 13_000 }), restart: fc.boolean() }), {
    minLength: 1,
    maxLength: 20,
  }),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;

function setUp(input: Scenario, maxDeals: number) {
  const make = input.kind === 'spot' ? makeInstrument : makePerpetual;
  const fee = Decimal.parse(input.fee);
  const instrument = make({
    feeCurrencyRule: input.feeCurrencyRule,
    lotSize: Decimal.parse(input.lotSize),
    makerFeeRate: fee,
    takerFeeRate: fee,
  });
  const params: DcaParams = dca.params.parse({
    direction: input.direction,
    baseOrderQuote: String(input.base),
    entryType: 'market',
    startCondition: 'immediate',
    rsiDirection: 'below',
    rsiThreshold: '30',
    rsiPeriod: 14,
    timeframe: '1m',
    maxSafetyOrders: input.count,
    maxActiveSafetyOrders: input.active,
    safetyOrderQuote: String(input.safety),
    deviationPercent: input.deviation,
    stepScale: input.stepScale,
    sizeScale: input.sizeScale,
    takeProfitPercent: input.takeProfit,
    takeProfitType: input.takeProfitType,
    trailingPercent: input.trailing,
    stopLossPercent: input.stopLoss,
    stopLossFrom: input.stopLossFrom,
    cooldownMinutes: 0,
    maxDeals,
  });
  const plan = dca.plan(params, { instrument, referencePrice: priceOf(instrument, 10_000), candles: [] });
  const exact = Object.fromEntries(plan.funds.map(({ currency, amount }) => [currency, amount]));
  const balances = maxDeals === 1 ? exact : { USDT: '1000000', BTC: '10000' };
  const world = new FakeWorld<DcaParams, DcaState>(dca, params, {
    instrument,
    balances,
    startTicks: 10_000,
    slippageTicks: input.slippageTicks,
    firstFillLots: (lots) => Math.ceil(lots * input.firstFill),
  });
  return {
    instrument,
    params,
    plan,
    world,
    allowed: plan.violations.every((entry) => entry.severity !== 'error'),
  };
}

describe('dca properties', () => {
  it('one deal needs no more than the plan says, rests what the plan says, and restarts to the same orders', () => {
    let runs = 0;
    fc.assert(
      fc.property(scenario, (input) => {
        const { params, plan, world, allowed } = setUp(input, 1);
        fc.pre(allowed);
        runs += 1;
        world.start();
        const keys = new Set(plan.levels.map((level) => level.key));
        const first = world.keeps.findLast((orders) => orders.length > 0) ?? [];
        for (const order of first) expect(keys).toContain(order.leg);
        const resting = plan.levels
          .filter((level) => level.restsNow && level.type === 'limit')
          .map((level) => level.key);
        expect(first.map((order) => order.leg).sort()).toEqual(resting.sort());
        for (const step of input.path) {
          world.moveTo(step.price);
          if (step.restart && world.state.phase === 'open') {
            const before = world.keeps.at(-1);
            world.restart(params);
            expect(world.keeps.at(-1)).toEqual(before);
          }
        }
        expect(world.state.deal).toBe(1);
      }),
      { numRuns: 250 },
    );
    expect(runs).toBeGreaterThan(120);
  });

  it('profit is the sum of the fills; a deal that ended by its resting take-profit earned what it promised', () => {
    let won = 0;
    let lost = 0;
    fc.assert(
      fc.property(scenario, (input) => {
        const { instrument, params, world, allowed } = setUp(input, 0);
        fc.pre(allowed);
        world.start();
        let seen = 0;
        for (const step of input.path) {
          world.moveTo(step.price);
          const { lastDeal, dealsCompleted } = world.state;
          if (dealsCompleted === seen || lastDeal === null) continue;
          seen = dealsCompleted;
          const profit = Decimal.parse(lastDeal.profit);
          if (
            lastDeal.reason === 'take-profit' &&
            (instrument.kind === 'perpetual' || instrument.feeCurrencyRule === 'quote')
          ) {
            won += 1;
            // At least the percentage of the base order; of the total it is more.
            const least = Decimal.fromInteger(input.base)
              .times(Decimal.parse(input.takeProfit))
              .times(Decimal.parse('0.0098'));
            expect(profit.compare(least)).toBeGreaterThanOrEqual(0);
          }
          if (lastDeal.reason === 'stop-loss' && input.firstFill === 1) {
            lost += 1;
            expect(profit.isNegative).toBe(true);
          }
        }
        const { state } = world;
        // Cash flow = realised profit - cost of what is held (short: cost is negative).
        expect(world.cashFlow().toString()).toBe(
          Decimal.parse(state.profit).minus(Decimal.parse(state.inventory.cost)).toString(),
        );
        expect(world.balance('BTC').minus(Decimal.fromInteger(10_000)).toString()).toBe(
          Decimal.parse(state.inventory.held).toString(),
        );
        if (params.direction === 'long') expect(Decimal.parse(state.inventory.held).isNegative).toBe(false);
      }),
      { numRuns: 250 },
    );
    expect(won).toBeGreaterThan(50);
    expect(lost).toBeGreaterThan(20);
  });
});
