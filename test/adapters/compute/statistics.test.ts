import { describe, expect, test } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { createStatistics, type PairScanSettings } from '../../../src/adapters/compute/statistics.ts';
import { failureOf } from './support.ts';

const addon = loadNative();
const statistics = createStatistics(addon);
const column = (...values: number[]): Float64Array => Float64Array.from(values);

/** Walks that are the same every time; those with the same `shared` number return to each other. */
function walk(rows: number, shared: number, own: number): Float64Array {
  // Mulberry32.
  const noiseOf = (seed: number) => {
    let state = Math.imul(seed, 0x9e3779b1);
    return (): number => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 - 0.5;
    };
  };
  const [step, noise] = [noiseOf(shared), noiseOf(own + 1000)];
  let level = 10;
  return Float64Array.from({ length: rows }, () => {
    level += 0.01 * step();
    return level + 0.005 * noise();
  });
}

const settings: PairScanSettings = {
  method: 'engle-granger',
  lag: { criterion: 'fixed', lags: 1 },
  pMaximum: 0.001,
  bothWays: false,
  threads: 2,
};

describe('worked by hand', () => {
  test('half-life, z-scores, correlation', () => {
    // Δ = -s/2: λ = -1/2.
    expect(statistics.halfLife(column(4, 2, 1, 0.5))).toBeCloseTo(2 * Math.LN2, 12);
    expect([...statistics.zScores(column(0, 2, 4))]).toEqual([-1, 0, 1]);
    const matrix = [...statistics.correlations([column(1, 2, 3), column(4, 6, 5)])];
    expect(matrix.map((value) => Number(value.toFixed(12)))).toEqual([1, 0.5, 0.5, 1]);
  });

  test('a moving hedge: the first bar', () => {
    const hedge = statistics.kalmanHedge(column(3), column(2), {
      initialVariance: 1,
      observationVariance: 1,
    });
    // Variance 4 + 1 + 1, gains 2/6 and 1/6.
    expect([hedge.hedgeRatio[0], hedge.intercept[0], hedge.error[0]]).toEqual([1, 0.5, 3]);
    expect(hedge.deviation[0]).toBeCloseTo(Math.sqrt(6), 14);
  });

  test('a spread: its facts', () => {
    const second = column(3, 3, 4, 4);
    const first = Float64Array.from([1, -1, 1, -1], (value, row) => 2 * (second[row] as number) + value);
    const facts = statistics.spreadFacts(first, second, 2, 0);
    expect(facts.halfLife).toBeCloseTo(Math.LN2 / 2, 12);
    expect(facts).toMatchObject({ zeroCrossings: 3 });
    expect(facts.hurst).toBeUndefined();
    expect(facts.lastZ).toBeCloseTo(-Math.sqrt(0.75), 12);
  });
});

describe('series that move together, and one that does not', () => {
  const [a, b, c] = [walk(400, 1, 1), walk(400, 1, 2), walk(400, 2, 3)];

  test('each test tells them apart', () => {
    expect(statistics.engleGranger(a, [b]).p).toBeLessThan(1e-6);
    expect(statistics.engleGranger(a, [c]).p).toBeGreaterThan(0.05);
    expect(statistics.unitRoot(a).p).toBeGreaterThan(0.05);
    const { trace, traceCritical, relation } = statistics.johansen([a, b]);
    expect(trace[0]).toBeGreaterThan(traceCritical[0]?.[2] as number);
    expect(relation[1]).toBeCloseTo(-1, 1);
    expect(statistics.hurst(a)).toBeGreaterThan(0.3);
    const spread = a.map((value, row) => value - (b[row] as number));
    expect(statistics.hurst(spread)).toBeLessThan(0.1);
  });

  test('the scan finds the one pair, with the numbers of the test', async () => {
    const scan = await statistics.scanPairs([a, b, c], settings, new addon.TaskControl());
    expect(scan).toMatchObject({ tested: 3, collinear: [] });
    expect(scan.hits.map(({ first, second }) => [first, second])).toEqual([[0, 1]]);
    const direct = statistics.engleGranger(a, [b], settings.lag);
    const [hit] = scan.hits;
    expect([hit?.statistic, hit?.p, hit?.hedgeRatio]).toEqual([direct.t, direct.p, direct.hedgeRatios[0]]);
    expect(hit?.facts).toEqual(statistics.spreadFacts(a, b, direct.hedgeRatios[0] ?? 0, direct.intercept));
  });

  test('johansen, both ways, copies', async () => {
    const control = new addon.TaskControl();
    const johansen = { ...settings, method: 'johansen', pMaximum: 0.01 } as const;
    const scan = await statistics.scanPairs([a, b, c], johansen, control);
    expect(scan.hits.map(({ first, second, p }) => [first, second, p])).toEqual([[0, 1, undefined]]);
    expect(control.progress).toBe(1);
    const copy = a.map((value) => 2 * value);
    const both = await statistics.scanPairs([a, b, copy], { ...settings, bothWays: true }, control);
    expect(both.tested).toBe(6);
    expect(both.collinear).toEqual([
      [0, 2],
      [2, 0],
    ]);
    expect(both.hits.map(({ first, second }) => [first, second])).toEqual([
      [0, 1],
      [1, 0],
      [1, 2],
      [2, 1],
    ]);
  });

  test('the number of threads changes nothing', async () => {
    const many = Array.from({ length: 30 }, (_, index) => walk(200, index % 9, index));
    const scan = (threads: number) =>
      statistics.scanPairs(many, { ...settings, pMaximum: 0.2, threads }, new addon.TaskControl());
    const one = JSON.stringify(await scan(1));
    expect(JSON.parse(one)).toMatchObject({ tested: 435 });
    for (const threads of [2, 8]) expect(JSON.stringify(await scan(threads))).toBe(one);
  });

  test('a cancelled scan says so', async () => {
    const control = new addon.TaskControl();
    control.cancel();
    expect(await failureOf(() => statistics.scanPairs([a, b], settings, control))).toMatchObject({
      code: 'CANCELLED',
    });
  });
});

describe('wrong calls', () => {
  const [a, b] = [walk(100, 1, 1), walk(100, 1, 2)];
  const scan = (series: readonly Float64Array[], change: Partial<Record<string, unknown>>) => () =>
    statistics.scanPairs(series, { ...settings, ...change } as PairScanSettings, new addon.TaskControl());
  const cases: readonly [name: string, call: () => unknown, message: RegExp][] = [
    ['constant series', () => statistics.unitRoot(new Float64Array(50).fill(2)), /constant/],
    ['NaN', () => statistics.halfLife(column(1, Number.NaN, 2, 3)), /value 1: NaN is not a finite number/],
    ['too short', () => statistics.hurst(column(1, 2, 3)), /3 values are too few/],
    ['different length', () => statistics.engleGranger(a, [b.slice(1)]), /99 values, but the first has 100/],
    ['no other series', () => statistics.engleGranger(a, []), /number of other series must be 1 to 5/],
    ['unknown trend', () => statistics.unitRoot(a, 'x' as never), /trend must be n, c, ct or ctt/],
    ['half a lag', () => statistics.unitRoot(a, 'c', { criterion: 'fixed', lags: 1.5 }), /whole number/],
    ['too many lags', () => statistics.unitRoot(a, 'c', { criterion: 'fixed', lags: 50 }), /at least 104/],
    [
      'delta of 1',
      () => statistics.kalmanHedge(a, b, { delta: 1 }),
      /delta must be a number from 0 to below 1/,
    ],
    ['one series', scan([a], {}), /number of series must be 2 or more/],
    ['unknown method', scan([a, b], { method: 'x' }), /method must be engle-granger or johansen/],
    ['p above 1', scan([a, b], { pMaximum: 2 }), /pMaximum must be a number from 0 to 1/],
    ['johansen at 3 %', scan([a, b], { method: 'johansen', pMaximum: 0.03 }), /critical values only/],
  ];
  for (const [name, call, message] of cases) {
    test(name, async () => {
      const failure = await failureOf(call);
      expect(failure.code).toBe('BAD_ARGUMENT');
      expect(failure.message).toMatch(message);
    });
  }
});
