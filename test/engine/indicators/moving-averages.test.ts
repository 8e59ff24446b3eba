/** Moving averages: values worked by hand, exact ties, no drift. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareAverages, Ema, Sma } from '../../../src/engine/indicators/moving-averages.ts';

function feed<Average extends { push(value: number): void }>(
  average: Average,
  values: readonly number[],
): Average {
  for (const value of values) average.push(value);
  return average;
}

describe('Sma', () => {
  it('is the mean of the last n values, undefined before', () => {
    const sma = new Sma(3);
    const seen = [1, 2, 6, 1, 5].map((value) => {
      sma.push(value);
      return sma.value;
    });
    // 9/3, (2+6+1)/3, (6+1+5)/3.
    expect(seen).toEqual([undefined, undefined, 3, 3, 4]);
  });

  it('sums of whole numbers are exact after any number of values', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.integer({ min: 1, max: 2_000_000_000 }), { minLength: 30, maxLength: 300 }),
        (period, values) => {
          const sma = feed(new Sma(period), values);
          expect(sma.sum).toBe(values.slice(-period).reduce((sum, value) => sum + value, 0));
        },
      ),
    );
  });

  it('forgets a huge value completely once it has left the window', () => {
    // A plain running sum of doubles keeps an error of about 1 here.
    const sma = feed(new Sma(4), [1e16, 0.1, 0.2, 0.3, 0.4]);
    expect(sma.value).toBeCloseTo(0.25, 12);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses the period %s', (period) => {
    expect(() => new Sma(period)).toThrow(RangeError);
  });

  it('stops on NaN', () => {
    expect(() => new Sma(2).push(Number.NaN)).toThrow(RangeError);
  });
});

describe('Ema', () => {
  it('is seeded by the mean of the first n values, then moves by 2/(n+1)', () => {
    const ema = new Ema(3);
    const seen = [1, 2, 3, 4, 1].map((value) => {
      ema.push(value);
      return ema.value;
    });
    // Seed 2; 2 + (4 - 2)/2 = 3; 3 + (1 - 3)/2 = 2.
    expect(seen).toEqual([undefined, undefined, 2, 3, 2]);
  });

  it('goes on from a snapshot exactly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 60 }),
        fc.nat(),
        (period, values, cut) => {
          const at = cut % values.length;
          const whole = feed(new Ema(period), values);
          const first = feed(new Ema(period), values.slice(0, at));
          const second = feed(
            new Ema(period, JSON.parse(JSON.stringify(first.snapshot()))),
            values.slice(at),
          );
          expect(second.snapshot()).toEqual(whole.snapshot());
        },
      ),
    );
  });
});

describe('compareAverages', () => {
  it('is undefined until both are ready', () => {
    expect(compareAverages(feed(new Sma(2), [1, 2]), feed(new Sma(3), [1, 2]))).toBeUndefined();
  });

  it.each([
    // (2 + 4)/2 = 3 and (3 + 2 + 4)/3 = 3.
    ['a tie', [3, 2, 4], 0],
    ['fast above', [3, 2, 5], 1],
    ['fast below', [3, 2, 3], -1],
  ])('%s of exact averages', (_name, values, expected) => {
    expect(compareAverages(feed(new Sma(2), values), feed(new Sma(3), values))).toBe(expected);
  });

  it('agrees with exact arithmetic on every bar of a random walk', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        // Steps of at most two ticks make ties frequent.
        fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 20, maxLength: 200 }),
        (fastPeriod, slowPeriod, steps) => {
          const fast = new Sma(fastPeriod);
          const slow = new Sma(slowPeriod);
          const closes: number[] = [];
          let close = 6_000_000;
          for (const step of steps) {
            close += step;
            closes.push(close);
            fast.push(close);
            slow.push(close);
            if (closes.length < Math.max(fastPeriod, slowPeriod)) continue;
            const sum = (period: number) =>
              closes.slice(-period).reduce((total, value) => total + BigInt(value), 0n);
            const difference = sum(fastPeriod) * BigInt(slowPeriod) - sum(slowPeriod) * BigInt(fastPeriod);
            expect(compareAverages(fast, slow)).toBe(difference > 0n ? 1 : difference < 0n ? -1 : 0);
          }
        },
      ),
    );
  });

  it('stays exact where the products no longer fit a double', () => {
    // Sums near 2^52 and periods of some hundreds: the products are far beyond 2^53.
    const high = 2 ** 45;
    const values = Array.from({ length: 127 }, () => high);
    const fast = feed(new Sma(100), values);
    const slow = feed(new Sma(127), values);
    expect(compareAverages(fast, slow)).toBe(0);
    for (const average of [fast, slow]) average.push(high + 1);
    expect(compareAverages(fast, slow)).toBe(1);
  });

  it('rounding of exponential averages is no signal in a market that stands still', () => {
    const values = Array.from({ length: 500 }, () => 0.1 + 0.2);
    expect(compareAverages(feed(new Ema(9), values), feed(new Ema(21), values))).toBe(0);
  });
});
