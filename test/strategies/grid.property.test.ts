/** The grid under random parameters and price paths: money, legs, plan and restart. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../src/shared/domain/decimal.ts';
import { priceOf } from '../../src/shared/domain/instrument.ts';
import { grid } from '../../src/strategies/grid/grid.ts';
import type { GridParams } from '../../src/strategies/grid/params.ts';
import type { GridState } from '../../src/strategies/grid/state.ts';
import { FakeWorld, makeInstrument, makePerpetual } from './fake-context.ts';

const instruments = fc.record({
  kind: fc.constantFrom('spot' as const, 'spot' as const, 'perpetual' as const),
  feeCurrencyRule: fc.constantFrom('quote' as const, 'received' as const),
  lotSize: fc.constantFrom('0.0001', '0.001', '0.01'),
  tickSize: fc.constantFrom('0.01', '0.05', '0.1'),
  fee: fc.constantFrom('0', '0.0002', '0.001'),
});

const paramsOf = fc.record({
  lower: fc.integer({ min: 50, max: 95 }),
  width: fc.integer({ min: 5, max: 80 }),
  levels: fc.integer({ min: 2, max: 25 }),
  spacing: fc.constantFrom('arithmetic' as const, 'geometric' as const),
  mode: fc.constantFrom('long' as const, 'neutral' as const),
  sizeMode: fc.constantFrom('equal-base' as const, 'equal-quote' as const),
  investment: fc.integer({ min: 200, max: 20_000 }),
  maxOpenOrders: fc.integer({ min: 2, max: 30 }),
  trailingUp: fc.boolean(),
  trailingDown: fc.boolean(),
});

const scenario = fc.record({
  market: instruments,
  shape: paramsOf,
  start: fc.integer({ min: 45, max: 180 }),
  path: fc.array(fc.record({ price: fc.integer({ min: 30, max: 220 }), restart: fc.boolean() }), {
    minLength: 1,
    maxLength: 25,
  }),
  firstFill: fc.constantFrom(1, 0.5, 0.1),
  slippageTicks: fc.constantFrom(0, 1),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;

function setUp({ market, shape, start, firstFill, slippageTicks }: Scenario) {
  const make = market.kind === 'spot' ? makeInstrument : makePerpetual;
  const instrument = make({
    feeCurrencyRule: market.feeCurrencyRule,
    lotSize: Decimal.parse(market.lotSize),
    tickSize: Decimal.parse(market.tickSize),
    makerFeeRate: Decimal.parse(market.fee),
    takerFeeRate: Decimal.parse(market.fee),
  });
  const upper = shape.lower + shape.width;
  const params: GridParams = grid.params.parse({
    lower: String(shape.lower),
    upper: String(upper),
    levels: shape.levels,
    spacing: shape.spacing,
    mode: shape.mode,
    investment: String(shape.investment),
    sizeMode: shape.sizeMode,
    maxOpenOrders: shape.maxOpenOrders,
    slippagePercent: '0.5',
    trailingUp: shape.trailingUp,
    trailingDown: shape.trailingDown,
    ...(shape.trailingUp ? { trailingUpLimit: String(upper * 2) } : {}),
    ...(shape.trailingDown ? { trailingDownLimit: String(shape.lower / 2) } : {}),
  });
  const startTicks = Number(Decimal.fromInteger(start).dividedBy(instrument.tickSize, 0).coefficient);
  const plan = grid.plan(params, {
    instrument,
    referencePrice: priceOf(instrument, startTicks),
    candles: [],
  });
  const allowed = plan.violations.every((entry) => entry.severity !== 'error');
  // The account holds exactly what the plan asks for, not a cent more.
  const balances = Object.fromEntries(plan.funds.map(({ currency, amount }) => [currency, amount]));
  const world = new FakeWorld<GridParams, GridState>(grid, params, {
    instrument,
    balances,
    startTicks,
    slippageTicks,
    firstFillLots: (lots) => Math.ceil(lots * firstFill),
  });
  return { instrument, params, plan, allowed, world, startTicks };
}

const ticksOfPrice = (tickSize: Decimal, price: number) =>
  Number(Decimal.fromInteger(price).dividedBy(tickSize, 0).coefficient);

describe('grid properties', () => {
  it('stays within its money, uses no leg twice, adds up, and restarts to the same orders', () => {
    let runs = 0;
    let cycles = 0;
    fc.assert(
      fc.property(scenario, (input) => {
        const { instrument, params, plan, allowed, world, startTicks } = setUp(input);
        fc.pre(allowed);
        runs += 1;
        // The fake venue throws on debts, re-used legs, prices off the tick grid and sizes that are not whole lots.
        world.start();
        const keys = new Set(plan.levels.map((level) => level.key));
        for (const order of world.keeps[0] ?? []) expect(keys).toContain(order.leg);
        const resting = plan.levels
          .filter((level) => level.restsNow && level.type === 'limit')
          .map((level) => level.key);
        expect((world.keeps[0] ?? []).map((order) => order.leg).sort()).toEqual(resting.sort());
        for (const step of input.path) {
          world.moveTo(ticksOfPrice(instrument.tickSize, step.price));
          const last = world.keeps.at(-1) ?? [];
          expect(last.length).toBeLessThanOrEqual(params.maxOpenOrders);
          if (step.restart) {
            world.restart(params);
            expect(world.keeps.at(-1)).toEqual(last);
          }
          if (instrument.kind === 'perpetual' && params.mode === 'long')
            expect(world.balance('BTC').isNegative).toBe(false);
        }
        const { state } = world;
        cycles += state.completedCycles;
        // Cash flow of all fills = realised profit - cost of what is held (+ what was brought along and strays).
        const realised = Decimal.parse(state.gridProfit).plus(Decimal.parse(state.initialProfit));
        const held = Decimal.sum(state.intervals.map((interval) => Decimal.parse(interval.cost)));
        const brought = plan.funds.find(({ currency }) => currency === 'BTC')?.amount ?? '0';
        const broughtCost = Decimal.parse(brought).times(priceOf(instrument, startTicks));
        const explained = realised.minus(held).plus(broughtCost).plus(Decimal.parse(state.stray.money));
        expect(world.cashFlow().toString()).toBe(explained.toString());
        // And so does the base.
        const base = Decimal.sum(state.intervals.map((interval) => Decimal.parse(interval.held))).plus(
          Decimal.parse(state.stray.base),
        );
        expect(world.balance('BTC').toString()).toBe(base.toString());
        if (instrument.kind === 'spot' && params.mode === 'long') {
          expect(world.cashFlow().plus(Decimal.parse(params.investment)).isNegative).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
    // The property would be empty if the assumptions let nothing through.
    expect(runs).toBeGreaterThan(100);
    expect(cycles).toBeGreaterThan(500);
  });

  it('every completed cycle of the grid itself earns: spacing that pays its fees never loses on a round trip', () => {
    fc.assert(
      fc.property(scenario, (input) => {
        const { instrument, allowed, world, params } = setUp({
          ...input,
          shape: { ...input.shape, trailingDown: false, trailingUp: false },
        });
        fc.pre(allowed && instrument.feeCurrencyRule === 'quote' && params.mode === 'long');
        world.start();
        let before = Decimal.zero;
        for (const step of input.path) {
          world.moveTo(ticksOfPrice(instrument.tickSize, step.price));
          const after = Decimal.parse(world.state.gridProfit);
          expect(after.compare(before)).toBeGreaterThanOrEqual(0);
          before = after;
        }
      }),
      { numRuns: 150 },
    );
  });
});
