/** The Lab's workers: the same results as one run alone in any order, trials that end early, and what goes wrong. */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runBacktest } from '../../../src/app/backtest/run-backtest.ts';
import { JobCancelled } from '../../../src/app/jobs/job-runner.ts';
import { backtestEvaluator } from '../../../src/app/lab/backtest-evaluator.ts';
import { createBacktestRunner, type RunnerOptions } from '../../../src/app/lab/backtest-runner.ts';
import type { BacktestResult } from '../../../src/shared/lab/result.ts';
import { type BacktestSpec, type BacktestSpecInput, backtestSpec } from '../../../src/shared/lab/spec.ts';
import { findStrategy } from '../../../src/strategies/registry.ts';
import { patienceMs } from '../../patience.ts';
import { candleFile, type Prices, testFolder } from '../backtest/scripted.ts';

const strategyFile = (name: string) => join(import.meta.dirname, '../backtest', `${name}-strategy.ts`);
const flat = (price: number): Prices => [price, price, price, price];
const going = { isCancelled: () => false };

function runnerOf(options: Partial<RunnerOptions> = {}) {
  const runner = createBacktestRunner({ dataFolder: testFolder(), parallel: 2, ...options });
  onTestFinished(() => runner.close());
  return runner;
}

function spec(candles: string, more: Partial<BacktestSpecInput> = {}): BacktestSpec {
  return backtestSpec.parse({
    strategy: 'ma-cross',
    slippage: 0,
    path: 'event',
    series: [
      {
        source: { kind: 'file', path: candles },
        instrument: 'BTC/USDT',
        rules: { tickSize: '0.01', lotSize: '0.001' },
      },
    ],
    ...more,
  });
}

function crossing(
  candles: string,
  fastPeriod: number,
  slowPeriod: number,
  more?: Partial<BacktestSpecInput>,
) {
  const params = { fastPeriod, slowPeriod, stopLossPercent: '0', sizeType: 'percent', orderPercent: '50' };
  return spec(candles, { params, ...more });
}

/** Everything but how long it took. */
function timeless({ wallMs: _wall, barsPerSecond: _rate, price, ...result }: BacktestResult) {
  return { ...result, price: price === undefined ? undefined : { ...price, close: [...price.close] } };
}

describe('runs in workers that stay', () => {
  it('give what each gives alone, in any order', async () => {
    const wave = candleFile(Array.from({ length: 300 }, (_, bar) => flat(100 + (bar % 7))));
    const slow = candleFile(Array.from({ length: 260 }, (_, bar) => flat(50 + Math.abs((bar % 40) - 20))));
    const asked = [
      crossing(wave, 2, 5),
      crossing(slow, 3, 9),
      crossing(wave, 3, 7),
      crossing(wave, 2, 5, { fromMs: 1_700_006_400_000 + 100 * 3_600_000 }),
      crossing(slow, 2, 5, { capital: '500' }),
      crossing(wave, 4, 9),
    ];
    const alone = await Promise.all(
      asked.map(async (one) => timeless(await runBacktest(one, { findStrategy }))),
    );
    expect(alone.map(({ trades }) => trades.length > 3)).toEqual(asked.map(() => true));
    expect(new Set(alone.map(({ finalEquity }) => finalEquity)).size).toBe(asked.length);
    const runner = runnerOf();
    for (const order of [
      [0, 1, 2, 3, 4, 5],
      [5, 4, 3, 2, 1, 0],
      [3, 0, 0, 4, 1, 2],
    ]) {
      const found = await Promise.all(order.map((index) => runner.run(asked[index] as BacktestSpec, going)));
      expect(found.map(timeless)).toEqual(order.map((index) => alone[index]));
    }
  });

  it('read a file again when it has changed', async () => {
    const path = candleFile(Array.from({ length: 60 }, (_, bar) => flat(100 + (bar % 7))));
    const runner = runnerOf({ parallel: 1 });
    expect((await runner.run(crossing(path, 2, 5), going)).counts.bars).toBe(60);
    const rows = Array.from({ length: 80 }, (_, bar) =>
      [1_700_006_400_000 + bar * 3_600_000, 9, 9, 9, 9, 1].join(','),
    );
    writeFileSync(path, `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`);
    expect((await runner.run(crossing(path, 2, 5), going)).counts.bars).toBe(80);
  });

  it('a strategy that never returns is ended and named; the next run has a new worker', async () => {
    const path = candleFile(Array.from({ length: 60 }, (_, bar) => flat(100 + (bar % 7))));
    const runner = runnerOf({ parallel: 1, strategyModule: strategyFile('looping') });
    const hanging = spec(path, { strategy: 'scripted', stallTimeoutMs: 1_500 });
    const [hung, other] = await Promise.allSettled([
      runner.run(hanging, going),
      runner.run(crossing(path, 2, 5), going),
    ]);
    expect(hung).toMatchObject({
      status: 'rejected',
      reason: {
        code: 'refused',
        field: 'strategy',
        message: expect.stringContaining('scripted was ended: it made no progress for 1.5 s'),
      },
    });
    expect(other).toMatchObject({ status: 'fulfilled', value: { counts: { bars: 60 } } });
  });

  it('a run that fails leaves the worker for the next', async () => {
    const path = candleFile(Array.from({ length: 60 }, (_, bar) => flat(100 + (bar % 7))));
    const runner = runnerOf({ parallel: 1 });
    await expect(runner.run(crossing('/nowhere/candles.csv', 2, 5), going)).rejects.toMatchObject({
      code: 'not-found',
      field: 'series.0.source.path',
      message: expect.stringContaining('/nowhere/candles.csv'),
    });
    expect((await runner.run(crossing(path, 2, 5), going)).counts.bars).toBe(60);
  });

  it('cancelled runs and those in line end; so do all when the runner is closed', async () => {
    const path = candleFile(Array.from({ length: 60_000 }, (_, bar) => flat(100 + (bar % 7))));
    const runner = runnerOf({ parallel: 1 });
    let isCancelled = false;
    const control = { isCancelled: () => isCancelled, onProgress: () => (isCancelled = true) };
    const ended = await Promise.allSettled([
      runner.run(crossing(path, 2, 5), control),
      runner.run(crossing(path, 3, 5), control),
    ]);
    for (const run of ended) expect(run).toMatchObject({ reason: expect.any(JobCancelled) });
    const running = runner.run(crossing(path, 2, 5), { ...going, onProgress: () => void runner.close() });
    await expect(running).rejects.toThrow(JobCancelled);
    await expect(runner.run(crossing(path, 2, 5), going)).rejects.toThrow(JobCancelled);
  });

  it('idle workers do not keep a process alive', () => {
    const path = candleFile(Array.from({ length: 60 }, (_, bar) => flat(100 + (bar % 7))));
    const module = new URL('../../../src/app/lab/backtest-runner.ts', import.meta.url).href;
    const script = join(testFolder(), 'one-run.mjs');
    const words = `
      const { createBacktestRunner } = await import(${JSON.stringify(module)});
      const runner = createBacktestRunner({ dataFolder: ${JSON.stringify(testFolder())}, parallel: 1 });
      const result = await runner.run(${JSON.stringify(crossing(path, 2, 5))}, { isCancelled: () => false });
      console.log(result.counts.bars);`;
    writeFileSync(script, words);
    const said = spawnSync(process.execPath, [script], { encoding: 'utf8', timeout: patienceMs });
    expect(said).toMatchObject({ status: 0, stdout: '60\n' });
  });
});

describe('trials that end early', () => {
  // Ten coins bought at 100 with 10,000: a price of 110 is a return of 1 %, one of 90 of −1 %.
  const path = () =>
    candleFile([100, 110, 90, 120].flatMap((price) => Array.from({ length: 10 }, () => flat(price))));
  const holding = (candles: string) =>
    spec(candles, { strategy: 'scripted', capital: '10000', makerFee: 0, takerFee: 0 });

  it('tell the return at a quarter, half and three quarters of the candles', async () => {
    const runner = runnerOf({ parallel: 1, strategyModule: strategyFile('holding') });
    const held = holding(path());
    const trial = await runner.trials(held).whole({ params: {}, pruneBelow: [] }, going);
    if (trial.state !== 'complete') throw new Error(JSON.stringify(trial));
    expect(trial.interim.map((gain) => Number(gain.toFixed(12)))).toEqual([0, 0.01, -0.01]);
    expect(trial.metrics['netProfit']).toBeCloseTo(200, 9);
    const { equity, startEquity } = await runner.run(held, going);
    expect(trial.interim).toEqual([9, 19, 29].map((row) => (equity.equity[row] as number) / startEquity - 1));
  });

  it('tell and do the same on the sweep path', async () => {
    const wave = candleFile(Array.from({ length: 300 }, (_, bar) => flat(100 + (bar % 7) + bar / 50)));
    const runner = runnerOf();
    const { params } = crossing(wave, 2, 5);
    const runs = runner.trials(crossing(wave, 2, 5, { path: 'auto' }), ['netProfit']);
    const ask = async (pruneBelow: (number | null)[]) => {
      const [compiled] = await runs.compiled([{ params, pruneBelow }], going);
      return [await runs.whole({ params, pruneBelow }, going), compiled];
    };
    const byEvent = runner.trials(crossing(wave, 2, 5), ['netProfit']);
    const event = await byEvent.whole({ params, pruneBelow: [] }, going);
    const [whole, compiled] = await ask([]);
    expect(compiled).toEqual(whole);
    if (compiled?.state !== 'complete' || event.state !== 'complete') throw new Error('both run to the end');
    expect(compiled.interim).toHaveLength(3);
    for (const [point, gain] of event.interim.entries()) {
      expect(gain).not.toBe(0);
      expect(compiled.interim[point]).toBeCloseTo(gain, 9);
    }
    const above = (event.interim[1] as number) + 1e-6;
    const ended = [
      ...(await ask([null, above])),
      await byEvent.whole({ params, pruneBelow: [null, above] }, going),
    ];
    expect(ended.map((trial) => trial?.state)).toEqual(['pruned', 'pruned', 'pruned']);
    expect(
      ended.map(
        (trial) => trial !== null && trial !== undefined && 'interim' in trial && trial.interim.length,
      ),
    ).toEqual([2, 2, 2]);
  });

  it('are left out by the sweep path where only the event path can run them', async () => {
    const wave = candleFile(Array.from({ length: 60 }, (_, bar) => flat(100 + (bar % 7))));
    const runner = runnerOf({ parallel: 1 });
    const asked = (more: Record<string, unknown>) => ({
      params: { ...crossing(wave, 2, 5).params, ...more },
      pruneBelow: [],
    });
    const lot = [asked({}), asked({ trailingStopPercent: '1' }), asked({ direction: 'sideways' })];
    const states = async (path: 'auto' | 'event' | 'sweep') => {
      const found = await runner.trials(crossing(wave, 2, 5, { path })).compiled(lot, going);
      return found.map((outcome) => outcome?.state ?? null);
    };
    expect(await states('auto')).toEqual(['complete', null, 'invalid']);
    expect(await states('sweep')).toEqual(['complete', 'invalid', 'invalid']);
    expect(await states('event')).toEqual([null, null, null]);
  });

  it('have what went wrong with all of them as the outcome of each', async () => {
    const evaluator = backtestEvaluator({ runner: runnerOf() }, crossing('/nowhere/candles.csv', 2, 5));
    const asked = Array.from({ length: 3 }, () => ({ params: {}, pruneBelow: [] }));
    for (const outcome of await evaluator.evaluate(asked, () => false)) {
      expect(outcome).toEqual({
        state: 'invalid',
        message: expect.stringContaining('/nowhere/candles.csv'),
      });
    }
  });

  it('that never return are named each, and the others run', async () => {
    const wave = candleFile(Array.from({ length: 60 }, (_, bar) => flat(100 + (bar % 7))));
    const runner = runnerOf({ strategyModule: strategyFile('looping') });
    const hanging = spec(wave, { strategy: 'scripted', stallTimeoutMs: 1_500 });
    const asked = Array.from({ length: 2 }, () => ({ params: {}, pruneBelow: [] }));
    for (const outcome of await backtestEvaluator({ runner }, hanging).evaluate(asked, () => false)) {
      expect(outcome).toMatchObject({
        state: 'invalid',
        message: expect.stringContaining('scripted was ended'),
      });
    }
    expect((await runner.run(crossing(wave, 2, 5), going)).counts.bars).toBe(60);
  });

  it.each([
    ['below the first threshold', [0.001, null, null], [0]],
    ['below the second', [-0.001, 0.0101, null], [0, 0.01]],
    ['below the third', [null, null, -0.0099], [0, 0.01, -0.01]],
    ['nowhere below', [0, 0.0099, -0.0101], undefined],
  ])('%s', async (_name, pruneBelow, interim) => {
    const runner = runnerOf({ parallel: 1, strategyModule: strategyFile('holding') });
    const evaluator = backtestEvaluator({ runner }, holding(path()));
    const [outcome] = await evaluator.evaluate([{ params: {}, pruneBelow }], () => false);
    if (outcome === undefined || !('interim' in outcome)) throw new Error(JSON.stringify(outcome));
    expect(outcome.state).toBe(interim === undefined ? 'complete' : 'pruned');
    expect(outcome.interim.map((gain) => Number(gain.toFixed(12)))).toEqual(interim ?? [0, 0.01, -0.01]);
  });
});
