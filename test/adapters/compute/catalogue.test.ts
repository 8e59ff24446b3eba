import { describe, expect, test } from 'vitest';
import { createCatalogue, IndicatorParamError } from '../../../src/adapters/compute/catalogue.ts';
import { computing } from '../../../src/adapters/compute/compute-error.ts';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { failureOf } from './support.ts';

const addon = loadNative();
const catalogue = createCatalogue(addon);
const nan = Number.NaN;

/** Three hundred bars without flat stretches, the same every time. */
function bars(): Record<string, Float64Array> {
  const rows = 300;
  const close = Float64Array.from(
    { length: rows },
    (_, row) => 100 + 7 * Math.sin(row / 5) + ((row * 37) % 11),
  );
  const open = Float64Array.from(close, (value, row) => value + ((row * 13) % 7) - 3);
  const high = Float64Array.from(close, (value, row) => Math.max(value, open[row] as number) + 1 + (row % 3));
  const low = Float64Array.from(close, (value, row) => Math.min(value, open[row] as number) - 1 - (row % 2));
  const volume = Float64Array.from({ length: rows }, (_, row) => 10 + ((row * 29) % 17));
  const periods = Float64Array.from({ length: rows }, (_, row) => 2 + (row % 20));
  const time = Float64Array.from({ length: rows }, (_, row) => 1_700_000_000_000 + row * 1_800_000);
  return { open, high, low, close, volume, periods, time };
}

describe('worked by hand', () => {
  const column = (...values: number[]): Float64Array => Float64Array.from(values);
  const cases: readonly [
    id: string,
    params: Record<string, number>,
    inputs: Record<string, Float64Array>,
    outputs: Record<string, number[]>,
  ][] = [
    ['SMA', { timeperiod: 3 }, { close: column(1, 2, 3, 7, 5, 0) }, { real: [nan, nan, 2, 4, 5, 4] }],
    // A hole restarts the warm-up.
    ['SMA', { timeperiod: 2 }, { close: column(1, 3, nan, 5, 7) }, { real: [nan, 2, nan, nan, 6] }],
    // Seed (2 + 4 + 6) / 3, then half of each difference.
    ['EMA', { timeperiod: 3 }, { close: column(2, 4, 6, 10, 7, 1) }, { real: [nan, nan, 4, 7, 7, 4] }],
    // Averages 1 and 0.5, 2 and 0.25, 1 and 2.125.
    [
      'RSI',
      { timeperiod: 2 },
      { close: column(10, 12, 11, 14, 10) },
      { real: [nan, nan, 200 / 3, 800 / 9, 32] },
    ],
    ['RSI', { timeperiod: 2 }, { close: column(5, 5, 5, 5) }, { real: [nan, nan, 50, 50] }],
    // True ranges 3, 5, 5, 5.
    [
      'ATR',
      { timeperiod: 2 },
      { high: column(10, 12, 16, 12, 16), low: column(8, 9, 15, 10, 12), close: column(9, 11, 15, 11, 13) },
      { real: [nan, nan, 4, 4.5, 4.75] },
    ],
    // Mean 5, population deviation 2.
    [
      'BBANDS',
      { timeperiod: 8 },
      { close: column(2, 4, 4, 4, 5, 5, 7, 9) },
      {
        upperband: [...Array(7).fill(nan), 9],
        middleband: [...Array(7).fill(nan), 5],
        lowerband: [...Array(7).fill(nan), 1],
      },
    ],
    // Slow average 6, 9, 6, 8; the fast one is the value: differences 3, 3, -3, 2.
    [
      'MACD',
      { fastperiod: 1, slowperiod: 3, signalperiod: 3 },
      { close: column(3, 6, 9, 12, 3, 10) },
      {
        macd: [nan, nan, nan, nan, -3, 2],
        macdsignal: [nan, nan, nan, nan, 1, 1.5],
        macdhist: [nan, nan, nan, nan, -4, 0.5],
      },
    ],
    // (1*1 + 2*2 + 3*6) / 6, (2*1 + 6*2 + 5*3) / 6
    ['WMA', { timeperiod: 3 }, { close: column(1, 2, 6, 5) }, { real: [nan, nan, 23 / 6, 29 / 6] }],
    ['ROC', { timeperiod: 1 }, { close: column(10, 11, 5.5) }, { real: [nan, 10, -50] }],
    ['MINMAX', { timeperiod: 2 }, { close: column(3, 1, 2) }, { min: [nan, 1, 1], max: [nan, 3, 2] }],
    // First bar counts up, then +20, -5, unchanged.
    ['OBV', {}, { close: column(5, 6, 4, 4), volume: column(10, 20, 5, 9) }, { real: [10, 30, 25, 25] }],
    // Typical prices 2 and 5 with volumes 1 and 3: (2 + 15) / 4.
    [
      'vwap',
      {},
      { high: column(3, 6), low: column(1, 4), close: column(2, 5), volume: column(1, 3) },
      { real: [2, 4.25] },
    ],
    // Highest high of three bars 7 then 9, lowest low 1 then 2, close 4 then 9.
    [
      'WILLR',
      { timeperiod: 3 },
      { high: column(5, 7, 6, 9), low: column(1, 3, 2, 4), close: column(4, 6, 4, 9) },
      { real: [nan, nan, -50, 0] },
    ],
    // A line that rises by 2 a bar: the forecast is the next point.
    ['TSF', { timeperiod: 3 }, { close: column(1, 3, 5, 7) }, { real: [nan, nan, 7, 9] }],
    // Five values: the second smallest is the ceil(0.4 * 5)-th.
    [
      'PERCENTILE',
      { timeperiod: 5, percentile: 40 },
      { close: column(9, 1, 5, 3, 7) },
      { real: [nan, nan, nan, nan, 3] },
    ],
  ];
  for (const [number, [id, params, inputs, outputs]] of cases.entries()) {
    test(`${id} (${number})`, () => {
      const found = catalogue.run(id, params, inputs);
      for (const [name, expected] of Object.entries(outputs)) {
        const values = [...(found.outputs[name] as Float64Array)];
        expect(values).toHaveLength(expected.length);
        for (const [row, value] of expected.entries()) {
          if (Number.isNaN(value)) expect(values[row]).toBeNaN();
          else expect(values[row]).toBeCloseTo(value, 10);
        }
      }
    });
  }
});

test('every indicator: the stream gives the bits of the columns, and both start where the list says', () => {
  expect(catalogue.indicators.length).toBeGreaterThan(190);
  const inputs = bars();
  for (const info of catalogue.indicators) {
    const { outputs, warmUpBars } = catalogue.run(info.id, {}, inputs);
    expect(warmUpBars, info.id).toBe(info.warmUpBars);
    const stream = catalogue.stream(info.id, {});
    const bar = new Float64Array(info.inputs.length);
    for (let row = 0; row < 300; row += 1) {
      for (const [index, name] of info.inputs.entries()) bar[index] = inputs[name]?.[row] as number;
      const values = stream.update(bar);
      for (const [index, name] of info.outputs.entries()) {
        const expected = outputs[name]?.[row];
        if (!Object.is(values[index], expected))
          expect(values[index], `${info.id} row ${row}`).toBe(expected);
      }
    }
  }
});

test('a stream that is reset starts again', () => {
  const stream = catalogue.stream('MOM', { timeperiod: 1 });
  expect(stream.warmUpBars).toBe(1);
  expect([3, 5].map((value) => stream.update(Float64Array.of(value))[0])).toEqual([nan, 2]);
  stream.reset();
  expect([3, 5].map((value) => stream.update(Float64Array.of(value))[0])).toEqual([nan, 2]);
});

describe('wrong calls', () => {
  const close = Float64Array.of(1, 2, 3);
  const cases: readonly [name: string, call: () => unknown, message: RegExp][] = [
    ['unknown name', () => catalogue.run('NOPE', {}, { close }), /no indicator "NOPE"/],
    ['missing column', () => catalogue.run('ATR', {}, { close }), /ATR needs the column "high"/],
    [
      'columns of different length',
      () => catalogue.run('ADD', {}, { high: close, low: Float64Array.of(1) }),
      /low has 1 rows, but the input has 3/,
    ],
    ['unknown parameter', () => catalogue.run('SMA', { period: 3 }, { close }), /has no parameter "period"/],
    ['out of bounds', () => catalogue.run('SMA', { timeperiod: 0 }, { close }), /timeperiod must be a whole/],
    ['half a bar', () => catalogue.run('SMA', { timeperiod: 1.5 }, { close }), /timeperiod must be a whole/],
    ['not a number', () => catalogue.stream('T3', { vfactor: nan }), /vfactor must be a number from 0 to 1/],
    [
      'too few numbers in a bar',
      () => catalogue.stream('ATR', {}).update(Float64Array.of(1)),
      /3 input columns, got 1/,
    ],
    [
      'shared memory',
      () => computing(() => addon.runIndicator('SMA', Float64Array.of(2), [close], [close])),
      /must not share memory/,
    ],
    [
      'overlapping memory',
      () =>
        computing(() =>
          addon.runIndicator('SMA', Float64Array.of(1), [close.subarray(0, 2)], [close.subarray(1, 3)]),
        ),
      /must not share memory/,
    ],
    [
      'not a number',
      () => catalogue.run('SMA', { timeperiod: nan }, { close }),
      /timeperiod must be a whole/,
    ],
    [
      'beyond 2^32',
      () => catalogue.run('SMA', { timeperiod: 2 ** 33 }, { close }),
      /timeperiod must be a whole/,
    ],
    ['a text', () => catalogue.run('SMA', { timeperiod: 'x' as unknown as number }, { close }), /timeperiod/],
    [
      'plain array',
      () => catalogue.run('SMA', {}, { close: [1, 2] as unknown as Float64Array }),
      /TypedArray/,
    ],
    [
      '32-bit array',
      () => catalogue.run('SMA', {}, { close: new Float32Array(9) as unknown as Float64Array }),
      /Expected/,
    ],
  ];
  for (const [name, call, message] of cases) {
    test(name, async () => {
      const failure = await failureOf(call);
      expect(failure.code).toBe('BAD_ARGUMENT');
      expect(failure.message).toMatch(message);
    });
  }

  test('the parameter at fault is named', () => {
    try {
      catalogue.run('MACD', { signalperiod: -1 }, { close });
    } catch (error) {
      expect(error).toBeInstanceOf(IndicatorParamError);
      expect((error as IndicatorParamError).param).toBe('signalperiod');
      return;
    }
    throw new Error('the call did not fail');
  });
});

test('parameter sets side by side give what each gives alone', () => {
  const inputs = bars();
  for (const id of ['EMA', 'RSI', 'MACD', 'ATR', 'SMA', 'STOCH']) {
    const name = catalogue.find(id)?.params[0]?.name as string;
    // Eight go at once, one is left over.
    const sets = Array.from({ length: 9 }, (_, lane) => ({ [name]: 3 + lane }));
    const found = catalogue.runLanes(id, sets, inputs);
    expect(found).toHaveLength(sets.length);
    for (const [lane, params] of sets.entries()) {
      expect(found[lane], `${id} ${lane}`).toEqual(catalogue.run(id, params, inputs).outputs);
    }
  }
});

test('lanes: one wrong set refuses all', async () => {
  const close = Float64Array.of(1, 2, 3);
  const wrong = [{ timeperiod: 2 }, { timeperiod: 0 }];
  const failure = await failureOf(() => catalogue.runLanes('EMA', wrong, { close }));
  expect(failure.message).toBe('timeperiod must be a whole number from 1 to 100000');
  expect(catalogue.runLanes('EMA', [], { close })).toEqual([]);
});
