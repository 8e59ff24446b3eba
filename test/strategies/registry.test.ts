/** The registry, and what every strategy must offer. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParamForm } from '../../src/engine/strategy/params.ts';
import type { Candle } from '../../src/shared/domain/candle.ts';
import { Decimal } from '../../src/shared/domain/decimal.ts';
import { findStrategy, strategies } from '../../src/strategies/registry.ts';
import { makeInstrument, makePerpetual } from './fake-context.ts';

interface SchemaWithShape {
  readonly shape: Readonly<Record<string, { meta(): { form?: ParamForm } | undefined }>>;
}

describe('registry', () => {
  it('has the four strategies under their ids', () => {
    expect(strategies.map((strategy) => strategy.id)).toEqual(['grid', 'dca', 'ma-cross', 'rules']);
    expect(findStrategy('dca')?.title).toBe('DCA with safety orders');
    expect(findStrategy('nothing')).toBeUndefined();
  });

  it.each(strategies)('$id: what it suggests needs no more money than there is', (strategy) => {
    const instruments = [
      makeInstrument(),
      makeInstrument({ feeCurrencyRule: 'received' }),
      makePerpetual(),
      makeInstrument({ lotSize: Decimal.parse('0.01') }),
    ];
    for (const instrument of instruments) {
      for (const money of ['25', '60', '137', '999.99', '1000000']) {
        const market = { instrument, referencePrice: Decimal.parse('100'), candles: [] };
        const withMoney = { ...market, allocation: { USDT: money } };
        const params = strategy.suggest(withMoney);
        const plan = strategy.plan(params, withMoney);
        const needed = plan.funds.find(({ currency }) => currency === 'USDT')?.amount ?? '0';
        expect(Number(needed), `${instrument.symbol} ${money}`).toBeLessThanOrEqual(Number(money));
        expect(Number(needed), `${instrument.symbol} ${money}`).toBeGreaterThan(0);
        expect(plan.violations.filter(({ severity }) => severity === 'error')).toEqual([]);
        // Enough money changes nothing.
        if (money === '1000000') expect(params).toEqual(strategy.suggest(market));
      }
    }
  });

  it('grid: less money means fewer intervals, so that each order is one the venue takes', () => {
    const market = {
      instrument: makeInstrument(),
      referencePrice: Decimal.parse('100'),
      candles: [],
      allocation: { USDT: '60' },
    };
    const grid = findStrategy('grid');
    const params = grid?.suggest(market) as { readonly levels: number; readonly investment: string };
    // 60 USDT in orders of at least 5 USDT: at most eleven, and the fees and the dearer upper levels cost some of these.
    expect(params.investment).toBe('60');
    expect(params.levels).toBeGreaterThanOrEqual(8);
    expect(params.levels).toBeLessThanOrEqual(11);
  });

  it.each(strategies)('$id: every parameter has a label, a group and a help text', (strategy) => {
    const { shape } = strategy.params as unknown as SchemaWithShape;
    expect(Object.keys(shape).length).toBeGreaterThan(5);
    for (const [name, schema] of Object.entries(shape)) {
      const form = schema.meta()?.form;
      expect(form?.label, name).toBeTruthy();
      expect(form?.group, name).toBeTruthy();
      expect(form?.help.length ?? 0, name).toBeGreaterThan(20);
    }
  });

  it.each(strategies)('$id: contracts settled in another currency are refused in words', (strategy) => {
    expect(strategy.supports(makeInstrument())).toBe(true);
    expect(strategy.supports(makePerpetual({ settle: 'BTC' }))).toContain('settled in BTC');
  });

  it.each(strategies)('$id: the initial state survives JSON', (strategy) => {
    const params = strategy.suggest({
      instrument: makeInstrument(),
      referencePrice: Decimal.fromInteger(100),
      candles: [],
    });
    const state = strategy.initialState(params);
    expect(state.version).toBe(1);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });

  it.each(strategies)(
    '$id: suggests parameters that may start, whatever the price, fee, volatility and kind',
    (strategy) => {
      fc.assert(
        fc.property(
          fc.integer({ min: -6, max: 5 }),
          fc.integer({ min: 100, max: 999 }),
          fc.integer({ min: 3, max: 6 }),
          fc.integer({ min: 0, max: 4 }),
          fc.constantFrom('0', '0.0002', '0.001', '0.004'),
          fc.constantFrom('quote' as const, 'received' as const),
          fc.constantFrom('0', '5', '10', '100'),
          fc.boolean(),
          fc.double({ min: 0.0001, max: 0.05, noNaN: true }),
          fc.boolean(),
          (
            magnitude,
            digits,
            tickDigits,
            lotDigits,
            fee,
            feeCurrencyRule,
            minimum,
            perpetual,
            volatility,
            withCandles,
          ) => {
            // Price digits * 10^(magnitude - 2); a tick is 10^-tickDigits of that magnitude, a lot worth 1 to 0.0001 quote.
            const power = (exponent: number) => Decimal.parse(`1e${exponent}`);
            const price = Decimal.fromInteger(digits).times(power(magnitude - 2));
            const make = perpetual ? makePerpetual : makeInstrument;
            const instrument = make({
              tickSize: power(magnitude - tickDigits),
              lotSize: power(-magnitude - lotDigits),
              feeCurrencyRule,
              makerFeeRate: Decimal.parse(fee),
              takerFeeRate: Decimal.parse(fee),
              minimumNotional: Decimal.parse(minimum),
            });
            const close = price.toNumber();
            const candles = Array.from(
              { length: withCandles ? 50 : 0 },
              (_, index): Candle => ({
                openTimeMs: (index * 3_600_000) as Candle['openTimeMs'],
                open: close,
                high: close * (1 + volatility),
                low: close * (1 - volatility),
                close,
                volume: 1,
              }),
            );
            const market = { instrument, referencePrice: price, candles };
            const params = strategy.suggest(market);
            expect(strategy.params.safeParse(params).error?.issues ?? []).toEqual([]);
            expect(
              strategy.plan(params, market).violations.filter((entry) => entry.severity === 'error'),
            ).toEqual([]);
          },
        ),
        { numRuns: 150 },
      );
    },
  );
});
