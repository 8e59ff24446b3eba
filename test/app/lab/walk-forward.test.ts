/** Walk-forward runs over a small file of candles. */

import { describe, expect, it } from 'vitest';
import { efficiencyOf, joinResults } from '../../../src/app/lab/walk-forward-service.ts';
import { walkForwardSpec } from '../../../src/shared/lab/walk-forward.ts';
import { bars, hourMs, makeLab, spec, startMs, watched } from './lab-harness.ts';

describe('walk-forward', () => {
  it.each(['event', 'sweep'] as const)('knows what the %s path leaves open', async (path) => {
    const lab = makeLab();
    const run = async (toMs: number) =>
      lab.tools.runner.run({ ...spec, path, toMs }, { isCancelled: () => false });
    // A stretch that ends in the middle of its last trade.
    const { trades } = await run(startMs + bars * hourMs);
    const open = await run(((trades.entryTimeMs[5] as number) + (trades.exitTimeMs[5] as number)) / 2);
    const [position, ...more] = open.openPositions;
    expect(more).toEqual([]);
    expect(position).toMatchObject({ trade: 5, takerFee: 0.001 });
    const { lastPrice = 0, quantity = 0 } = position ?? {};
    expect(lastPrice).toBeCloseTo(open.price?.close.at(-1) ?? 0, 9);
    const held = (open.equity.exposure.at(-1) ?? 0) * open.finalEquity;
    expect(quantity * lastPrice).toBeCloseTo(held, 6);
  });

  it('trades each window with the money the one before left', async () => {
    const lab = makeLab();
    const run = await lab.walkForwards.begin(
      walkForwardSpec.parse({
        study: {
          backtest: spec,
          spaces: { fastPeriod: { from: 2, to: 5 } },
          only: [],
          sampler: 'grid',
          trials: 10,
          minimumTrades: 1,
        },
        windows: 3,
      }),
    )(watched());
    expect(run.windows).toHaveLength(3);
    expect(run.windows[0]?.trainFromMs).toBe(startMs);
    expect(run.windows.at(-1)?.testToMs).toBe(startMs + bars * hourMs);
    const growth = run.windows.reduce(
      (money, { test }) => money * (1 + (test?.['totalReturn'] ?? 0)),
      10_000,
    );
    expect(run.equity.equity.at(-1)).toBeCloseTo(growth, 2);
    expect(run.metrics['totalReturn']).toBeCloseTo(growth / 10_000 - 1, 6);
    expect(run.strategy).toBe('ma-cross');
    expect(lab.walkForwards.list()[0]).toEqual(run);
  });

  it('shares what is left among the venues, and makes no goods out of nothing', async () => {
    const lab = makeLab();
    const [one] = spec.series;
    const study = {
      backtest: { ...spec, series: [one, { ...one, venue: 'other' }] },
      spaces: { fastPeriod: { from: 2, to: 5 } },
      only: [],
      sampler: 'grid',
      trials: 10,
      minimumTrades: 1,
    };
    const run = await lab.walkForwards.begin(walkForwardSpec.parse({ study, windows: 2 }))(watched());
    const growth = run.windows.reduce((all, { test }) => all * (1 + (test?.['totalReturn'] ?? 0)), 1);
    // 10,000 at each of two venues, not twice all of it in the second window.
    expect(run.equity.equity.at(-1)).toBeCloseTo(20_000 * growth, 2);
    const held = { ...study, backtest: { ...spec, holdings: { BTC: '1' } } };
    expect(() => lab.walkForwards.begin(walkForwardSpec.parse({ study: held, windows: 2 }))).toThrow(
      /holdings: a walk-forward run begins each window with money only/,
    );
  });

  it('compares daily growth where it traded with where it was optimised', () => {
    const dayMs = 86_400_000;
    const window = (train: number, test: number) => ({
      trainFromMs: 0,
      trainToMs: 30 * dayMs,
      testFromMs: 30 * dayMs,
      testToMs: 40 * dayMs,
      values: {},
      train: { totalReturn: Math.expm1(train) },
      test: { totalReturn: Math.expm1(test) },
    });
    // 0.3 in 30 days is 0.01 a day; 0.05 in 10 days is 0.005 a day.
    expect(efficiencyOf([window(0.3, 0.05), window(0.3, 0.05)])).toBeCloseTo(0.5, 12);
    expect(efficiencyOf([window(-0.1, 0.05)])).toBeNull();
    expect(efficiencyOf([])).toBeNull();
    expect(joinResults([])).toBeUndefined();
  });
});
