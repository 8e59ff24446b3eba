/** The indicators of the engine (TypeScript, for strategies) and those of the native part follow the same definitions. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCatalogue } from '../../../src/adapters/compute/catalogue.ts';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { Atr } from '../../../src/engine/indicators/atr.ts';
import { Ema, Sma } from '../../../src/engine/indicators/moving-averages.ts';
import { Rsi } from '../../../src/engine/indicators/rsi.ts';

const catalogue = createCatalogue(loadNative());
/** Both round, each in its own order. */
const relativeTolerance = 1e-11;

const price = fc.integer({ min: 1000, max: 10_000_000 }).map((cents) => cents / 100);
const bars = fc.array(
  fc.tuple(price, price, price).map((prices) => {
    const [low, close, high] = prices.sort((a, b) => a - b) as [number, number, number];
    return { low, close, high };
  }),
  { maxLength: 150 },
);
const period = fc.integer({ min: 1, max: 25 });

function native(
  id: string,
  timeperiod: number,
  inputs: Readonly<Record<string, Float64Array>>,
): Float64Array {
  return catalogue.run(id, { timeperiod }, inputs).outputs['real'] as Float64Array;
}

function expectSame(column: Float64Array, values: readonly (number | undefined)[]): void {
  expect(column).toHaveLength(values.length);
  for (const [row, value] of values.entries()) {
    const found = column[row] as number;
    if (value === undefined) expect(found, `row ${row}`).toBeNaN();
    else
      expect(Math.abs(found - value), `row ${row}`).toBeLessThanOrEqual(
        relativeTolerance * Math.max(1, value),
      );
  }
}

test('sma, ema, rsi and atr agree row by row, warm-up included', () => {
  fc.assert(
    fc.property(bars, period, (rows, n) => {
      const close = Float64Array.from(rows, (bar) => bar.close);
      const high = Float64Array.from(rows, (bar) => bar.high);
      const low = Float64Array.from(rows, (bar) => bar.low);
      for (const [indicator, column] of [
        [new Sma(n), native('SMA', n, { close })],
        [new Ema(n), native('EMA', n, { close })],
        [new Rsi(n), native('RSI', n, { close })],
      ] as const) {
        const values = rows.map((bar) => {
          indicator.push(bar.close);
          return indicator.value;
        });
        expectSame(column, values);
      }
      const atr = new Atr(n);
      const values = rows.map((bar) => {
        atr.push(bar);
        return atr.value;
      });
      expectSame(native('ATR', n, { high, low, close }), values);
    }),
  );
});

test('both call a market that does not move neutral', () => {
  const close = new Float64Array(20).fill(7);
  const rsi = new Rsi(14);
  for (const value of close) rsi.push(value);
  expect(rsi.value).toBe(50);
  expect(native('RSI', 14, { close })[19]).toBe(50);
});
