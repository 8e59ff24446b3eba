import { describe, expect, it } from 'vitest';
import { attributePair, totalsOf } from '../../../src/app/shadow/attribute.ts';
import { Decimal } from '../../../src/shared/domain/decimal.ts';
import { type ShadowParts, type ShadowTrip, shadowParts } from '../../../src/shared/lab/shadow.ts';
import { tripOf } from './trip.ts';

const sumOf = (parts: ShadowParts) => Decimal.sum(shadowParts.map((part) => Decimal.parse(parts[part])));

describe('the difference of a matched pair', () => {
  it('is split as worked by hand', () => {
    // Backtest: 2 units 100 -> 110, fees 1, slippage 0.5: profit 19.
    // Run: 3 units (k = 1.5) 101 -> 109.5, fees 1.8, slippage 2.25, funding -0.1: 25.5 - 1.8 - 0.1 = 23.6.
    const run = tripOf({
      quantity: 3,
      entryPrice: 101,
      exitPrice: 109.5,
      fees: 1.8,
      slippage: 2.25,
      funding: -0.1,
    });
    const pair = attributePair(run, tripOf());
    expect(pair.difference).toBe('4.6');
    expect(pair.parts).toEqual({
      // 0.5 times the profit of 19.
      size: '9.5',
      // 1.5 x 1 - 1.8.
      fees: '-0.3',
      funding: '-0.1',
      // 1.5 x 0.5 - 2.25.
      slippage: '-1.5',
      // Prices cost 3 x (1 + 0.5) = 4.5, of which slippage 1.5: the decisions themselves cost 3.
      timing: '-3',
    });
    expect(pair.entryPriceCost).toBe(1);
    expect(pair.exitPriceCost).toBe(0.5);
  });

  it('counts prices of a short the other way', () => {
    // Both sold 2 units; the run sold at 99 instead of 100 and bought back at 90: it earned 2 less, all by its decision.
    const backtest = tripOf({ side: -1, exitPrice: 90 });
    const pair = attributePair(tripOf({ side: -1, entryPrice: 99, exitPrice: 90 }), backtest);
    expect(pair.difference).toBe('-2');
    expect(pair.parts).toEqual({ timing: '-2', slippage: '0', fees: '0', funding: '0', size: '0' });
    expect(pair.entryPriceCost).toBe(1);
  });
});

describe('totals', () => {
  it('add up to the last digit, whatever the doubles are', () => {
    // Numbers without an exact double, from a fixed rule.
    const odd = (row: number, shift: number): Partial<ShadowTrip> => ({
      entryPrice: 100 + Math.sin(row + shift),
      exitPrice: 100 + 3 * Math.cos(row * 1.7 + shift),
      quantity: 0.1 + ((row * 7 + shift) % 5) / 3,
      fees: 0.1 / (row + 3),
      slippage: 0.07 * Math.sin(row * 2.3 + shift),
      funding: shift / 70 - 0.01,
      side: row % 3 === 0 ? -1 : 1,
    });
    const trips = (shift: number) => Array.from({ length: 40 }, (_, row) => tripOf(odd(row, shift)));
    const [runs, backtests] = [trips(1), trips(2)];
    const pairs = runs.slice(0, 30).map((run, row) => attributePair(run, backtests[row] as ShadowTrip));
    const [extra, missed] = [runs.slice(30), backtests.slice(30)];
    for (const pair of pairs) expect(sumOf(pair.parts).toString()).toBe(pair.difference);
    const totals = totalsOf(pairs, missed, extra);
    const parts = Decimal.sum([
      sumOf(totals.parts),
      Decimal.parse(totals.missed),
      Decimal.parse(totals.extra),
    ]);
    expect(parts.toString()).toBe(totals.difference);
    expect(Decimal.parse(totals.run).minus(Decimal.parse(totals.backtest)).toString()).toBe(
      totals.difference,
    );
    const profit = runs.reduce((sum, trip) => sum + trip.profit, 0);
    expect(Number(totals.run)).toBeCloseTo(profit, 6);
    expect(Number(totals.extra)).toBeCloseTo(
      extra.reduce((sum, trip) => sum + trip.profit, 0),
      6,
    );
  });
});
