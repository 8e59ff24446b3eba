/** Walk-forward runs over a small file of candles. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { efficiencyOf, joinResults } from '../../../src/app/lab/walk-forward-service.ts';
import { walkForwardSpec, windowFindings } from '../../../src/shared/lab/walk-forward.ts';
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

  describe('where the price falls to a twentieth between two candles', () => {
    /** A slow rise with little waves; from bar `crash` on the price is a twentieth. */
    const crashing = (crash: number) => {
      const path = join(mkdtempSync(join(tmpdir(), 'lab-crash-')), 'candles.csv');
      const price = (bar: number) => (100 + bar / 50 + Math.sin(bar / 3)) / (bar >= crash ? 20 : 1);
      const rows = Array.from({ length: 1200 }, (_none, bar) => {
        const [open, close] = [price(bar), price(bar) + 0.01];
        return [startMs + bar * hourMs, open, close + 0.02, open - 0.02, close, 10]
          .map((value, column) => (column === 0 ? value : value.toFixed(2)))
          .join(',');
      });
      writeFileSync(path, `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`);
      return walkForwardSpec.parse({
        study: {
          backtest: {
            strategy: 'rules',
            params: { longEntry: 'close > 0', sizeType: 'percent', orderPercent: '90', stopPercent: '0' },
            series: [{ source: { kind: 'file', path }, instrument: 'BTC/USDT:USDT' }],
            leverage: 10,
            fill: 'close',
            slippage: 0,
            takerFee: 0,
          },
          spaces: { maxBars: { from: 5, to: 9 } },
          only: [],
          sampler: 'grid',
          trials: 5,
          minimumTrades: 3,
        },
        // 600 candles are optimised, 200 traded.
        windows: 3,
      });
    };

    it('shows the window that used up the money, trades none after it, and the grade knows', async () => {
      const lab = makeLab();
      const walked = crashing(900);
      const run = await lab.walkForwards.begin(walked)(watched());
      expect(run.windows.map(({ outcome }) => outcome)).toEqual(['traded', 'bankrupt', 'no-money']);
      const [first, second, third] = run.windows;
      expect(first?.test?.['totalReturn']).toBeGreaterThan(0.1);
      expect(second?.test?.['totalReturn']).toBeLessThan(-0.99);
      expect(second?.train['totalReturn']).toBeGreaterThan(0.5);
      expect(third).toMatchObject({ test: null, reason: 'the money was used up before' });
      expect(run.metrics['totalReturn']).toBeLessThan(-0.98);
      expect(run.equity.timeMs.at(-1)).toBe(second?.testToMs);
      expect(windowFindings(run.windows)).toEqual([
        'Window 2 used up the money: settings chosen this way end in ruin. The one after it was not traded.',
      ]);
      expect(lab.walkForwards.list()[0]).toEqual(run);
      const result = await lab.tools.runner.run(walked.study.backtest, { isCancelled: () => false });
      const { id } = lab.backtests.save(lab.tools.measure(result), undefined, 5);
      const check = lab.backtests.report(id).confidence.checks.find((one) => one.id === 'out-of-sample');
      expect(check?.outcome).toBe('failed');
      expect(check?.finding).toBe('33 % of the data were kept back (wf-1); the money was used up there.');
    });

    it('trades nothing where every setting went bankrupt, says so, and goes on with the next window', async () => {
      const lab = makeLab();
      // In the optimised part of the first two windows, before that of the third.
      const run = await lab.walkForwards.begin(crashing(395))(watched());
      expect(run.windows.map(({ outcome }) => outcome)).toEqual(['no-setting', 'no-setting', 'traded']);
      expect(run.windows[0]).toMatchObject({
        test: null,
        reason: '5 of 5 trials: used up its money',
      });
      expect(run.windows[2]?.test?.['totalReturn']).toBeGreaterThan(0.1);
      expect(windowFindings(run.windows)).toEqual([
        'Windows 1 to 2 were not traded, as no setting had a score where it was optimised: 5 of 5 trials: used up its money.',
      ]);
    });

    it('says where what is left is too little for the orders asked for', async () => {
      const lab = makeLab();
      const walked = crashing(900);
      const { backtest } = walked.study;
      const [series] = backtest.series;
      // Nine tenths of the money fall to a twentieth: some 14 % of it are left, and no entry is worth 5,000 then.
      const rules = { minimumNotional: '5000' };
      const study = {
        ...walked.study,
        backtest: { ...backtest, leverage: 1, series: [{ ...series, rules }] },
      };
      const run = await lab.walkForwards.begin(walkForwardSpec.parse({ ...walked, study }))(watched());
      expect(run.windows.map(({ outcome }) => outcome)).toEqual(['traded', 'traded', 'no-money']);
      expect(run.windows[1]?.test?.['totalReturn']).toBeCloseTo(-0.855, 1);
      expect(run.windows[2]?.reason).toMatch(/below the venue's minimum of 5000 USDT/);
      expect(windowFindings(run.windows)).toEqual([
        expect.stringMatching(/^Window 3 was not traded with what was left: params.orderPercent: /),
      ]);
    });
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
