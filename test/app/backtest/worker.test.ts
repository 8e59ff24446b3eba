/** Backtests on a thread of their own: the same result, progress, cancel, and strategies that misbehave. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BacktestCancelledError } from '../../../src/app/backtest/backtest-options.ts';
import { runInWorker } from '../../../src/app/backtest/run-in-worker.ts';
import { type BacktestSpecInput, backtestSpec } from '../../../src/shared/lab/spec.ts';
import { candleFile, type Prices, runScript, type Script } from './scripted.ts';

const file = (name: string) => join(import.meta.dirname, `${name}-strategy.ts`);
const flat = (price: number): Prices => [price, price, price, price];
const hours = (count: number) =>
  candleFile(Array.from({ length: count }, (_, index) => flat(100 + (index % 7))));

function spec(candles: string, more: Partial<BacktestSpecInput> = {}) {
  return backtestSpec.parse({
    strategy: 'scripted',
    slippage: 0,
    path: 'event',
    series: [{ source: { kind: 'file', path: candles }, instrument: 'BTC/USDT' }],
    ...more,
  });
}

describe('a backtest in a worker', () => {
  it('gives what it gives here, and says how far it is', async () => {
    const told: number[] = [];
    const request = spec(hours(300), {
      strategy: 'ma-cross',
      params: { fastPeriod: 3, slowPeriod: 7, stopLossPercent: '0', sizeType: 'percent', orderPercent: '50' },
    });
    const there = await runInWorker(
      { spec: request, withAudit: true },
      { onProgress: (done) => told.push(done) },
    );
    const { runBacktest } = await import('../../../src/app/backtest/run-backtest.ts');
    const { findStrategy } = await import('../../../src/strategies/registry.ts');
    const here = await runBacktest(request, { findStrategy, withAudit: true });
    expect(there.trades.length).toBeGreaterThan(10);
    const { wallMs: _w, barsPerSecond: _b, ...result } = there;
    const { wallMs: _x, barsPerSecond: _c, ...expected } = here;
    expect(result).toEqual(expected);
    expect(told.at(-1)).toBe(300);
  });

  it('names a strategy that throws', async () => {
    await expect(
      runInWorker({ spec: spec(hours(10)), strategyModule: file('throwing') }),
    ).rejects.toMatchObject({
      code: 'refused',
      field: 'strategy',
      message: 'strategy: scripted failed: the third candle',
    });
  });

  it('ends and names a strategy that never returns', async () => {
    await expect(
      runInWorker({ spec: spec(hours(10), { stallTimeoutMs: 1_500 }), strategyModule: file('looping') }),
    ).rejects.toMatchObject({
      code: 'refused',
      field: 'strategy',
      message: expect.stringMatching(
        /^strategy: scripted was ended: it made no progress for 1\.5 s after 0 of 10 candles/,
      ),
    });
  });

  it('a strategy that looks for the future finds none', async () => {
    const result = await runInWorker({ spec: spec(hours(50)), strategyModule: file('peeking') });
    expect(result.counts).toMatchObject({ bars: 50, orders: 0 });
  });

  it('a strategy of our name in a file of its own is run itself, never compiled in its place', async () => {
    const own = { strategyModule: file('namesake') };
    const result = await runInWorker({
      spec: spec(hours(50), { strategy: 'ma-cross', path: 'auto' }),
      ...own,
    });
    expect([result.path, result.counts.orders]).toEqual(['event', 0]);
    await expect(
      runInWorker({ spec: spec(hours(50), { strategy: 'ma-cross', path: 'sweep' }), ...own }),
    ).rejects.toMatchObject({ code: 'bad-input', field: 'path' });
  });

  it('a file that is no strategy is refused', async () => {
    await expect(
      runInWorker({
        spec: spec(hours(10)),
        strategyModule: join(import.meta.dirname, 'scripted-strategy.ts'),
      }),
    ).rejects.toMatchObject({ code: 'bad-input', field: 'strategy' });
  });

  it('a cancelled run ends soon, without a result', async () => {
    const controller = new AbortController();
    const run = runInWorker(
      { spec: spec(hours(60_000), { strategy: 'ma-cross', params: { fastPeriod: 3, slowPeriod: 7 } }) },
      { signal: controller.signal, onProgress: () => controller.abort() },
    );
    await expect(run).rejects.toThrow(BacktestCancelledError);
  });
});

it('the same misbehaviour here: a loop inside a test would hang it, a throw is named', async () => {
  const throws: Script = () => ({
    onStart() {
      throw new Error('at once');
    },
  });
  await expect(runScript([flat(100), flat(100)], throws)).rejects.toMatchObject({
    message: 'strategy: scripted failed: at once',
  });
});
