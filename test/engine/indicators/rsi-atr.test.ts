/** RSI and ATR after Wilder: values worked by hand, the ends of the scale, snapshots. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Atr } from '../../../src/engine/indicators/atr.ts';
import { Rsi } from '../../../src/engine/indicators/rsi.ts';

function rsiOf(closes: readonly number[], period: number): (number | undefined)[] {
  const rsi = new Rsi(period);
  return closes.map((close) => {
    rsi.push(close);
    return rsi.value;
  });
}

describe('Rsi', () => {
  it('changes +2, -1, +3, -4 with period 2', () => {
    // Gain (2+0)/2 = 1, loss (0+1)/2 = 0.5 -> 66.67; gain (1+3)/2 = 2, loss 0.25 -> 88.89; gain 1, loss 2.125 -> 32.
    const values = rsiOf([10, 12, 11, 14, 10], 2);
    expect(values.slice(0, 2)).toEqual([undefined, undefined]);
    expect(values[2]).toBeCloseTo(200 / 3, 12);
    expect(values[3]).toBeCloseTo(800 / 9, 12);
    expect(values[4]).toBeCloseTo(32, 12);
  });

  it.each([
    ['only gains', [1, 2, 3, 4], 100],
    ['only losses', [4, 3, 2, 1], 0],
    ['no move', [3, 3, 3, 3], 50],
  ])('%s', (_name, closes, expected) => {
    expect(rsiOf(closes, 3).at(-1)).toBe(expected);
  });

  it('goes on from a snapshot exactly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 15 }),
        fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 50 }),
        fc.nat(),
        (period, closes, cut) => {
          const at = cut % closes.length;
          const whole = new Rsi(period);
          for (const close of closes) whole.push(close);
          const first = new Rsi(period);
          for (const close of closes.slice(0, at)) first.push(close);
          const second = new Rsi(period, JSON.parse(JSON.stringify(first.snapshot())));
          for (const close of closes.slice(at)) second.push(close);
          expect(second.snapshot()).toEqual(whole.snapshot());
          if (whole.value !== undefined) expect(whole.value >= 0 && whole.value <= 100).toBe(true);
        },
      ),
    );
  });

  it('stops on NaN', () => {
    expect(() => new Rsi(2).push(Number.NaN)).toThrow(RangeError);
  });
});

describe('Atr', () => {
  it('is the Wilder average of true ranges, gaps included', () => {
    const atr = new Atr(2);
    const bars = [
      { high: 10, low: 8, close: 9 },
      { high: 11, low: 9, close: 10 }, // range 2
      { high: 14, low: 12, close: 13 }, // gap up: 14 - 10 = 4
      { high: 13, low: 7, close: 8 }, // 6
    ];
    const seen = bars.map((bar) => {
      atr.push(bar);
      return atr.value;
    });
    // Seed (2 + 4)/2 = 3; (3 + 6)/2 = 4.5.
    expect(seen).toEqual([undefined, undefined, 3, 4.5]);
  });
});
