import { describe, expect, test } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { type AlignOptions, alignSeries, type NamedCandles } from '../../../src/app/pairs/pair-series.ts';
import { seriesNames } from '../../../src/app/pairs/scan-files.ts';

const minute = 60_000;
const addon = loadNative();
const options: AlignOptions = { timeframeMs: undefined, prices: 'plain', bars: undefined, barsMinimum: 2 };

/** Closes by minute. */
function series(name: string, closes: Readonly<Record<number, number>>, timeframeMs = minute): NamedCandles {
  const entries = Object.entries(closes);
  const column = Float64Array.from(entries, ([, close]) => close);
  return {
    name,
    candles: {
      length: entries.length,
      openTimeMs: Float64Array.from(entries, ([at]) => Number(at) * minute),
      open: column,
      high: column,
      low: column,
      close: column,
      volume: column,
      timeframeMs,
    },
  };
}

test('keeps what all have and says what is missing', () => {
  const aligned = alignSeries(
    addon,
    [series('a', { 1: 10, 2: 11, 3: 12, 5: 14 }), series('b', { 2: 20, 3: 21, 4: 22, 5: 23, 6: 24 })],
    options,
  );
  expect([...aligned.openTimeMs]).toEqual([2, 3, 5].map((at) => at * minute));
  expect(aligned.columns.map((column) => [...column])).toEqual([
    [11, 12, 14],
    [20, 21, 23],
  ]);
  expect(aligned.missing).toBe(1);
  expect(aligned.series).toEqual([
    { name: 'a', bars: 4, fromMs: minute, toMs: 5 * minute, missing: 1, notCommon: 1 },
    { name: 'b', bars: 5, fromMs: 2 * minute, toMs: 6 * minute, missing: 0, notCommon: 2 },
  ]);
});

test('logarithms, the newest bars', () => {
  const inputs = [series('a', { 1: 1, 2: 2, 3: 3 }), series('b', { 1: 4, 2: 5, 3: 6 })];
  const { columns } = alignSeries(addon, inputs, { ...options, prices: 'log', bars: 2 });
  expect(columns.map((column) => [...column])).toEqual([
    [Math.log(2), Math.log(3)],
    [Math.log(5), Math.log(6)],
  ]);
});

test('joins to a longer timeframe; bars that are not whole are left out', () => {
  // Two-minute bars begin at even minutes: the bar of 0 lacks its beginning, that of 8 its end.
  const a = series('a', { 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8 });
  const b = series('b', { 2: 30, 4: 50, 6: 70 }, 2 * minute);
  const aligned = alignSeries(addon, [a, b], { ...options, timeframeMs: 2 * minute });
  expect([...aligned.openTimeMs]).toEqual([2, 4, 6].map((at) => at * minute));
  expect([...(aligned.columns[0] as Float64Array)]).toEqual([3, 5, 7]);
});

describe('what is refused', () => {
  const a = series('a', { 1: 1, 2: 2, 3: 3, 4: 4 });
  const cases: readonly [
    name: string,
    inputs: NamedCandles[],
    change: Partial<AlignOptions>,
    expected: object,
  ][] = [
    [
      'different timeframes',
      [a, series('b', { 2: 1, 4: 2 }, 2 * minute)],
      {},
      { field: 'timeframe', message: expect.stringContaining('a has bars of 1m, b of 2m') },
    ],
    [
      'a shorter timeframe',
      [series('b', { 2: 1, 4: 2 }, 2 * minute), a],
      { timeframeMs: minute },
      { field: 'timeframe', message: expect.stringContaining('do not join') },
    ],
    [
      'too little in common, with the series to blame',
      [a, series('late', { 4: 1, 5: 2 }), series('b', { 1: 1, 2: 2, 3: 3, 4: 4 })],
      { barsMinimum: 3 },
      { message: expect.stringContaining('only 1 bars'), hint: 'Without late it would be 4.' },
    ],
  ];
  for (const [name, inputs, change, expected] of cases) {
    test(name, () => {
      let failure: unknown;
      try {
        alignSeries(addon, inputs, { ...options, ...change });
      } catch (error) {
        failure = error;
      }
      expect(failure).toMatchObject({ code: 'bad-input', ...expected });
    });
  }
});

test('names of series', () => {
  expect(seriesNames(['/a/BTC.csv.gz', '/a/ETH.parquet', '/b/x.y.csv'])).toEqual(['BTC', 'ETH', 'x.y']);
  expect(seriesNames(['/a/BTC.csv', '/b/BTC.csv.gz'])).toEqual(['/a/BTC.csv', '/b/BTC.csv.gz']);
});
