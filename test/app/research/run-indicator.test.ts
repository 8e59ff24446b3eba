import { describe, expect, it } from 'vitest';
import { createCatalogue } from '../../../src/adapters/compute/catalogue.ts';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import type { SourceCandles } from '../../../src/app/backtest/load-series.ts';
import { runIndicatorOver } from '../../../src/app/research/run-indicator.ts';

const catalogue = createCatalogue(loadNative());
const minuteMs = 60_000;
const close = Float64Array.of(1, 2, 3, 4, 5, 6);
const candles: SourceCandles = {
  columns: {
    openTimeMs: close.map((_price, row) => row * minuteMs),
    open: close,
    high: close.map((price) => price + 1),
    low: close.map((price) => price - 1),
    close,
    volume: close.map(() => 10),
  },
  timeframeMs: minuteMs,
  priceDecimals: 0,
  volumeDecimals: 0,
};
const run = (request: Partial<Parameters<typeof runIndicatorOver>[2]>) =>
  runIndicatorOver(catalogue, candles, {
    indicator: 'sma',
    params: { timeperiod: 3 },
    toMs: undefined,
    limit: 500,
    ...request,
  });

describe('an indicator over stored candles', () => {
  it('gives its newest values, computed over everything', () => {
    const whole = run({});
    // Means of three: (1 + 2 + 3) / 3, and so on.
    expect(whole.outputs).toEqual({ real: [null, null, 2, 3, 4, 5] });
    expect([whole.rows, whole.warmUpBars]).toEqual([6, 2]);
    expect(whole.candles[5]).toEqual([5 * minuteMs, 6, 7, 5, 6, 10]);
    const newest = run({ limit: 2 });
    expect([newest.outputs, newest.candles.length, newest.rows]).toEqual([{ real: [4, 5] }, 2, 6]);
    const earlier = run({ toMs: 4 * minuteMs, limit: 2 });
    expect([earlier.outputs, earlier.rows]).toEqual([{ real: [2, 3] }, 4]);
    expect(earlier.candles.at(-1)?.[0]).toBe(3 * minuteMs);
  });

  it('names what it cannot do', () => {
    expect(() => run({ indicator: 'nothing' })).toThrow(/no indicator "nothing"/);
    expect(() => run({ params: { timeperiod: 0 } })).toThrow(
      expect.objectContaining({ code: 'bad-input', field: 'params.timeperiod' }),
    );
    expect(() => run({ params: { period: 3 } })).toThrow(expect.objectContaining({ code: 'bad-input' }));
    expect(() => run({ indicator: 'MAVP', params: {} })).toThrow(/reads "periods"/);
  });
});
