/** The crossover under random parameters and price paths: money, profit, one position at a time, restart. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../src/shared/domain/decimal.ts';
import { maCross } from '../../src/strategies/ma-cross/ma-cross.ts';
import type { MaCrossParams } from '../../src/strategies/ma-cross/params.ts';
import type { MaCrossState } from '../../src/strategies/ma-cross/state.ts';
import { FakeWorld, makeInstrument, makePerpetual } from './fake-context.ts';

const minute = 60_000;

const scenario = fc.record({
  kind: fc.constantFrom('spot' as const, 'perpetual' as const),
  feeCurrencyRule: fc.constantFrom('quote' as const, 'received' as const),
  average: fc.constantFrom('sma' as const, 'ema' as const),
  fast: fc.integer({ min: 1, max: 4 }),
  more: fc.integer({ min: 1, max: 5 }),
  percent: fc.boolean(),
  stopLoss: fc.constantFrom('0', '1', '3'),
  takeProfit: fc.constantFrom('0', '2'),
  trailing: fc.constantFrom('0', '1.5'),
  minDistance: fc.constantFrom('0', '0.2'),
  bars: fc.array(fc.record({ price: fc.integer({ min: 9_000, max: 11_000 }), restart: fc.boolean() }), {
    minLength: 5,
    maxLength: 60,
  }),
});

describe('ma-cross properties', () => {
  it('never owes, never holds two positions, counts its profit from the fills, restarts to the same orders', () => {
    let trades = 0;
    fc.assert(
      fc.property(scenario, (input) => {
        const make = input.kind === 'spot' ? makeInstrument : makePerpetual;
        const instrument = make({ feeCurrencyRule: input.feeCurrencyRule });
        const params: MaCrossParams = maCross.params.parse({
          average: input.average,
          fastPeriod: input.fast,
          slowPeriod: input.fast + input.more,
          timeframe: '1m',
          minDistancePercent: input.minDistance,
          direction: input.kind === 'spot' ? 'long' : 'long-short',
          sizeType: input.percent ? 'percent' : 'quote',
          orderQuote: '500',
          orderPercent: '100',
          stopLossPercent: input.stopLoss,
          takeProfitPercent: input.takeProfit,
          trailingStopPercent: input.trailing,
        });
        const bot = new FakeWorld<MaCrossParams, MaCrossState>(maCross, params, {
          instrument,
          balances: { USDT: '510' },
          startTicks: 10_000,
        });
        bot.start();
        for (const { price, restart } of input.bars) {
          bot.moveTo(price);
          bot.closeBar(minute, price / 100);
          if (restart) {
            const before = bot.live().map((order) => [order.leg, order.triggerTicks, order.lots]);
            bot.restart(params);
            expect(bot.live().map((order) => [order.leg, order.triggerTicks, order.lots])).toEqual(before);
          }
          // At most its stop order rests, and it never covers more than the position.
          expect(bot.live().length).toBeLessThanOrEqual(1);
          const held = Decimal.parse(bot.state.inventory.held);
          const stopLots = bot.live()[0]?.lots ?? 0;
          const covered = instrument.lotSize.timesInteger(stopLots);
          expect(covered.compare(held.absolute())).toBeLessThanOrEqual(0);
          expect(bot.balance('BTC').toString()).toBe(held.toString());
          if (bot.state.phase === 'flat') expect(held.absolute().compare(instrument.lotSize)).toBe(-1);
        }
        const { state } = bot;
        trades += state.trades;
        const cost = Decimal.parse(state.inventory.cost);
        expect(bot.cashFlow().toString()).toBe(Decimal.parse(state.profit).minus(cost).toString());
      }),
      { numRuns: 200 },
    );
    expect(trades).toBeGreaterThan(300);
  });
});
