import { expect, test } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import {
  chanceCandles,
  type MonteCarloMethod,
  returnsOfProfits,
  runMonteCarlo,
  testRuleSignificance,
} from '../../../src/adapters/compute/robustness.ts';
import { failureOf } from './support.ts';

const addon = loadNative();
const returns = Float64Array.from({ length: 300 }, (_, row) => (((row * 37) % 41) - 19) * 0.002);
const run = (method: MonteCarloMethod, more: { threads?: number; runs?: number; seed?: number } = {}) =>
  runMonteCarlo(addon, returns, { method, runs: 1000, seed: 5, fanPoints: 6, ...more });

test('profits become returns of the account', () => {
  // 1000 → 1100 → 1045: +10 %, -5 %.
  expect([...returnsOfProfits([100, -55], 1000)]).toEqual([0.1, -0.05]);
  // Nothing comes after ruin.
  expect([...returnsOfProfits([-1500, 100], 1000)]).toEqual([-1, 0]);
});

test('a shuffle ends where the original ends', async () => {
  const found = await run({ kind: 'shuffle' });
  const product = returns.reduce((value, change) => value * (1 + change), 1);
  expect(found.original.finalValue).toBeCloseTo(product, 12);
  expect(found.finalValue.p5).toBeCloseTo(product, 12);
  expect(found.finalValue.p95).toBeCloseTo(product, 12);
  expect(found.finalRank).toBeNull();
  expect(found.maxDrawdown.p5).toBeLessThan(found.maxDrawdown.p95);
  expect(found.fan.map(({ step }) => step)).toEqual([0, 50, 100, 150, 200, 250, 300]);
  expect(found.fan[0]).toEqual({ step: 0, p5: 1, p25: 1, p50: 1, p75: 1, p95: 1 });
});

test.each<MonteCarloMethod>([
  { kind: 'shuffle' },
  { kind: 'bootstrap' },
  { kind: 'blocks', length: 7 },
  { kind: 'missed', probability: 0.1 },
])('$kind: one, two and eight threads give the same', async (method) => {
  const one = await run(method, { threads: 1 });
  expect(await run(method, { threads: 2 })).toEqual(one);
  expect(await run(method, { threads: 8 })).toEqual(one);
  expect((await run(method, { seed: 6 })).maxDrawdown).not.toEqual(one.maxDrawdown);
});

test('bad settings are named, and a run can be stopped', async () => {
  const message = async (method: MonteCarloMethod, runs = 10) =>
    (await failureOf(() => run(method, { runs }))).message;
  expect(await message({ kind: 'blocks', length: 301 })).toBe(
    'blockLength must be from 1 to 300, the number of returns',
  );
  expect(await message({ kind: 'missed', probability: 2 })).toBe('missProbability must be from 0 to 1');
  expect(await message({ kind: 'shuffle' }, 0)).toBe('runs must be at least 1');
  const control = new addon.TaskControl();
  control.cancel();
  const stopped = runMonteCarlo(addon, returns, { method: { kind: 'shuffle' }, runs: 10, seed: 1, control });
  expect((await failureOf(() => stopped)).code).toBe('CANCELLED');
});

test('entries that know the future are told from blind ones', async () => {
  // The price rises by 1 % in every tenth bar.
  const close = Float64Array.from({ length: 1000 }, (_, bar) => 1.01 ** Math.floor(bar / 10));
  const knowing = Int32Array.from({ length: 20 }, (_, trade) => trade * 10 + 9);
  const trades = {
    entryBar: knowing,
    exitBar: knowing.map((bar) => bar + 1),
    side: new Int8Array(20).fill(1),
  };
  const found = await testRuleSignificance(addon, close, trades, { seed: 1 });
  expect(found.observed).toBeCloseTo(Math.log(1.01), 12);
  expect(found.pValue).toBe(1 / 2001);
  const short = { ...trades, side: new Int8Array(20).fill(-1) };
  expect((await testRuleSignificance(addon, close, short, { seed: 1 })).pValue).toBe(1);
});

test('candles that could have been: whole candles, the same for one seed, others for another series', async () => {
  const rows = 200;
  const close = Float64Array.from(
    { length: rows },
    (_, row) => 100 + 10 * Math.sin(row / 9) + ((row * 7) % 5),
  );
  const open = Float64Array.from(close, (_, row) => close[Math.max(0, row - 1)] as number);
  const real = {
    openTimeMs: Float64Array.from(close, (_, row) => row * 60_000),
    open,
    high: close.map((value, row) => Math.max(value, open[row] as number) + 0.5),
    low: close.map((value, row) => Math.min(value, open[row] as number) - 0.5),
    close,
    volume: close.map((_, row) => row),
  };
  const made = chanceCandles(addon, real, { kind: 'blocks', length: 12, seed: 3, series: 0 });
  expect(made.openTimeMs).toEqual(real.openTimeMs);
  expect(made.close).not.toEqual(real.close);
  for (let row = 0; row < rows; row++) {
    expect(made.high[row]).toBeGreaterThanOrEqual(
      Math.max(made.open[row] as number, made.close[row] as number),
    );
    expect(made.low[row]).toBeLessThanOrEqual(Math.min(made.open[row] as number, made.close[row] as number));
  }
  expect(chanceCandles(addon, real, { kind: 'blocks', length: 12, seed: 3, series: 0 })).toEqual(made);
  expect(chanceCandles(addon, real, { kind: 'noise', scale: 1, seed: 3, series: 1 }).close).not.toEqual(
    made.close,
  );
  const bad = await failureOf(() =>
    chanceCandles(addon, real, { kind: 'noise', scale: -1, seed: 3, series: 1 }),
  );
  expect(bad.message).toBe('noise must be from 0 to 10');
});

test('missed fills: none changes nothing, all leave the money as it was, half of them give the mean of a coin', async () => {
  // Ten gains of 10 %: kept all, the money grows to 1.1 ^ 10; with each one kept or not, its mean is (1 + 0.1 / 2) ^ 10.
  const gains = new Float64Array(10).fill(0.1);
  const run = (probability: number) =>
    runMonteCarlo(addon, gains, { method: { kind: 'missed', probability }, runs: 40_000, seed: 5 });
  const [none, half, all] = [await run(0), await run(0.5), await run(1)];
  expect(none.finalValue.p5).toBeCloseTo(1.1 ** 10, 12);
  expect(none.finalMean).toBeCloseTo(1.1 ** 10, 12);
  expect([all.finalValue.p95, all.finalMean, all.lossShare]).toEqual([1, 1, 0]);
  // A deviation of 0.25 over 40,000 runs: three standard errors are 0.004.
  expect(Math.abs(half.finalMean - 1.05 ** 10)).toBeLessThan(0.004);
  // 37.7 % of the runs keep four or fewer of the ten, 24.6 % keep five: the median run keeps five.
  expect(half.finalValue.p50).toBeCloseTo(1.1 ** 5, 12);
});
