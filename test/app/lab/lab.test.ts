/** The Lab over a small file of candles: what it stores, what it splits and joins, with runs in this process. */

import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { EvidenceLog } from '../../../src/adapters/lab/evidence-log.ts';
import { runBacktest } from '../../../src/app/backtest/run-backtest.ts';
import type { JobControl, JobProgress } from '../../../src/app/jobs/job-runner.ts';
import { joinedCandles } from '../../../src/app/lab/joined-candles.ts';
import { Lab } from '../../../src/app/lab/lab.ts';
import { studyParts } from '../../../src/app/lab/study-service.ts';
import { efficiencyOf, joinResults } from '../../../src/app/lab/walk-forward-service.ts';
import { backtestSpec } from '../../../src/shared/lab/spec.ts';
import { studySpec } from '../../../src/shared/lab/study.ts';
import { walkForwardSpec } from '../../../src/shared/lab/walk-forward.ts';
import { programVersion } from '../../../src/shared/version.ts';
import { findStrategy, strategies } from '../../../src/strategies/registry.ts';

const hourMs = 3_600_000;
const startMs = Date.UTC(2024, 0, 1);
const bars = 1200;

/** Waves of two lengths: a crossover trades, now with profit, now without. */
function candleFile(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'lab-')), 'candles.csv');
  const close = (bar: number) => 100 + 8 * Math.sin(bar / 23) + 3 * Math.sin(bar / 5.1) + bar / 200;
  const rows = Array.from({ length: bars }, (_none, bar) => {
    const [open, end] = [close(bar - 1), close(bar)];
    const [low, high] = [Math.min(open, end) - 0.2, Math.max(open, end) + 0.2];
    return [startMs + bar * hourMs, ...[open, high, low, end].map((price) => price.toFixed(2)), 10].join(',');
  });
  writeFileSync(path, `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`);
  return path;
}

const spec = backtestSpec.parse({
  strategy: 'ma-cross',
  params: { average: 'sma', fastPeriod: 4, slowPeriod: 12 },
  series: [{ source: { kind: 'file', path: candleFile() }, instrument: 'BTC/USDT' }],
});

function makeLab(): Lab {
  return new Lab({
    addon: loadNative(),
    dataFolder: mkdtempSync(join(tmpdir(), 'lab-data-')),
    runner: {
      parallel: 2,
      run: (run) => runBacktest(run, { findStrategy }),
      trial: async (run) => ({ interim: [], result: await runBacktest(run, { findStrategy }) }),
      close: () => Promise.resolve(),
    },
    strategies,
    findStrategy,
    wallClock: () => 1_000,
  });
}

function watched(): JobControl & { readonly news: JobProgress[] } {
  const news: JobProgress[] = [];
  return { news, isCancelled: () => false, onCancel: () => undefined, progress: (one) => news.push(one) };
}

describe('stored backtests', () => {
  it('keep report, trades and page as they were run', async () => {
    const lab = makeLab();
    const result = await lab.tools.runner.run(spec, { isCancelled: () => false });
    const measured = lab.tools.measure(result);
    const { id } = lab.backtests.save(measured, undefined, 5);
    const [summary] = lab.backtests.list();
    expect(summary).toMatchObject({ id: 'bt-1', name: 'ma-cross on BTC/USDT', createdMs: 5 });
    expect(summary?.metrics['totalReturn']).toBe(measured.performance.values['totalReturn']);
    expect(summary?.spark).toHaveLength(100);
    expect(summary?.spark.at(-1)).toBe(result.finalEquity);
    const report = lab.backtests.report(id);
    expect(report.tradeCount).toBe(result.trades.length);
    expect(report.tradeCount).toBeGreaterThan(20);
    const { rows, total } = lab.backtests.trades(id, 3, 2);
    expect([rows.length, total, rows[0]?.number]).toEqual([2, result.trades.length, 4]);
    expect(rows[0]?.profit).toBe(result.trades.profit[3]);
    expect(lab.backtests.html(id)).toContain('<!doctype html>');
    const profit = lab.backtests.trades(id, 0, 1000).rows.reduce((sum, row) => sum + row.profit, 0);
    expect(result.startEquity + profit).toBeCloseTo(result.finalEquity, 6);
    lab.backtests.remove(id);
    expect(lab.backtests.list()).toEqual([]);
  });
});

describe('chance', () => {
  it('is known to the grade of a stored backtest, in list, report and page', async () => {
    const lab = makeLab();
    const result = await lab.tools.runner.run(spec, { isCancelled: () => false });
    const { id } = lab.backtests.save(lab.tools.measure(result), undefined, 5);
    const checkOf = (name: string) =>
      lab.backtests.report(id).confidence.checks.find((check) => check.id === name);
    const before = lab.backtests.report(id).confidence;
    expect(checkOf('monte-carlo')?.outcome).toBe('not-done');
    const shuffled = await lab.chance.monteCarlo(id, {
      method: { kind: 'shuffle' },
      runs: 200,
      seed: 1,
    })(watched());
    expect(shuffled.trades).toBe(result.trades.length - (result.trades.exitReason.includes(0) ? 1 : 0));
    expect(checkOf('monte-carlo')?.outcome).not.toBe('not-done');
    const control = watched();
    const entries = await lab.chance.randomEntries(spec, { runs: 300, seed: 1 })(control);
    expect(entries.trades).toBe(shuffled.trades);
    expect(checkOf('random-entries')?.finding).toContain(`${(entries.pValue * 100).toFixed(1)} %`);
    lab.tools.evidence.add([{ kind: 'bias', spec, madeMs: 1, program: programVersion, outcome: 'failed' }]);
    const now = lab.backtests.report(id).confidence;
    expect(before.grade).not.toBe('E');
    expect([now.grade, lab.backtests.list()[0]?.grade]).toEqual(['E', 'E']);
    const html = lab.backtests.html(id);
    expect(html).toContain('sees the future');
    expect(html).toContain('<span>E</span>');
    expect(html).not.toContain('It was not checked.');
  });

  it('says that a run cut off in the middle of a finding lost only that', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lab-evidence-'));
    const log = new EvidenceLog(folder);
    expect(log.read()).toEqual([]);
    const bias = { kind: 'bias', spec, madeMs: 1, program: '1', outcome: 'passed' } as const;
    log.add([bias]);
    const path = join(folder, 'lab', 'evidence.jsonl');
    appendFileSync(path, '{"kind":"bias","sp');
    log.add([{ ...bias, madeMs: 2 }]);
    expect(log.read().map(({ madeMs }) => madeMs)).toEqual([1, 2]);
    appendFileSync(path, '{"kind":"guess"}\n');
    expect(() => log.read()).toThrow(/evidence.jsonl: line 4/);
  });
});

describe('a study of the Lab', () => {
  it('tests its best on data no trial has seen, and gives the same trials when resumed', async () => {
    const lab = makeLab();
    const study = studySpec.parse({
      backtest: spec,
      spaces: { fastPeriod: { from: 2, to: 6 }, slowPeriod: { from: 8, to: 30, step: 2 } },
      only: [],
      sampler: 'random',
      trials: 12,
      batch: 4,
      minimumTrades: 1,
      outOfSample: 0.25,
    });
    const parts = await studyParts(lab.tools, study);
    expect(parts.train).toMatchObject({ fromMs: startMs, toMs: startMs + 900 * hourMs });
    expect(parts.test).toMatchObject({ fromMs: startMs + 900 * hourMs, toMs: startMs + bars * hourMs });
    const control = watched();
    expect(await lab.studies.begin(study)(control)).toEqual({ study: 'st-1' });
    const { trials, best, summary, parameters } = lab.studies.show('st-1');
    expect(summary.end).toBe('trials');
    expect(parameters).toEqual(['fastPeriod', 'slowPeriod']);
    expect(trials).toHaveLength(12);
    expect(control.news.some(({ done, total }) => done === 12 && total === 12)).toBe(true);
    const [first] = best;
    const again = await lab.tools.runner.run(
      { ...(parts.test as typeof spec), params: { ...spec.params, ...first?.row.values } },
      { isCancelled: () => false },
    );
    expect(first?.outOfSample?.['totalReturn']).toBe(lab.tools.figures(again)['totalReturn']);
    const around = watched();
    const neighbours = await lab.studies.sensitivity('st-1', undefined, 1)(around);
    // Both lines go through the base, which is run once; the map adds the corners between them.
    const [across = 0, down = 0] = neighbours.lines.map(({ points }) => points.length);
    const [lines, whole] = [around.news[0], around.news.at(-1)];
    expect(lines).toMatchObject({ done: across + down - 1, total: across + down - 1 + 4 });
    expect(whole).toMatchObject({ done: across * down, total: across * down });
    expect(neighbours.lines.map(({ parameter }) => parameter)).toEqual(['fastPeriod', 'slowPeriod']);
    const centre = neighbours.lines[0]?.points.find(({ value }) => value === first?.row.values['fastPeriod']);
    expect(centre?.objective).toBe(first?.row.objectives?.[0]);
    const ratios = trials.flatMap(({ state, metrics }) =>
      state === 'complete' ? [(metrics['sharpe'] ?? 0) / Math.sqrt(365)] : [],
    );
    const { trials: count, trialVariance = 0 } = lab.studies.tried('st-1');
    expect(count).toBe(ratios.length);
    const mean = ratios.reduce((sum, one) => sum + one, 0) / count;
    expect(trialVariance * (count - 1)).toBeCloseTo(
      ratios.reduce((sum, one) => sum + one * one, 0) - count * mean * mean,
      12,
    );
    const chosen = lab.tools.measure(again, { trials: count, trialVariance }).performance.values;
    const plain = lab.tools.measure(again).performance.values;
    expect(chosen['deflatedSharpe'] ?? 1).toBeLessThan(plain['deflatedSharpe'] ?? 0);
    lab.studies.remove('st-1');
    expect(lab.studies.list()).toEqual([]);
  });

  it('refuses a space before anything runs', () => {
    const lab = makeLab();
    const wrong = studySpec.parse({ backtest: spec, spaces: { fastPeriod: { from: 0, to: 5 } }, only: [] });
    expect(() => lab.studies.begin(wrong)).toThrow(/spaces.fastPeriod: from 0 lies below/);
    const empty = studySpec.parse({ backtest: spec, only: [] });
    expect(() => lab.studies.begin(empty)).toThrow(/nothing to search/);
    const formula = studySpec.parse({
      backtest: spec,
      objectives: [{ expression: 'sharp', goal: 'maximise' }],
    });
    expect(() => lab.studies.begin(formula)).toThrow(/objectives: there is no metric "sharp"/);
  });
});

describe('a study that runs', () => {
  it('is not gone on with a second time and not removed: two writers would mix its trials up', async () => {
    const lab = makeLab();
    const begun = lab.studies.begin(
      studySpec.parse({
        backtest: spec,
        spaces: { fastPeriod: { from: 2, to: 5 } },
        only: [],
        sampler: 'grid',
        minimumTrades: 1,
      }),
    );
    let refusals = 0;
    const control = watched();
    const { study } = await begun({
      ...control,
      progress: () => {
        for (const act of [() => lab.studies.resume('st-1'), () => lab.studies.remove('st-1')]) {
          expect(act).toThrow(/st-1 runs: cancel its job first/);
          refusals += 1;
        }
      },
    });
    expect(study).toBe('st-1');
    expect(refusals).toBeGreaterThan(0);
    // Two that wait in line: the second finds it open.
    const [first, second] = [lab.studies.resume(study), lab.studies.resume(study)];
    const both = await Promise.allSettled([first(watched()), second(watched())]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    lab.studies.remove(study);
    expect(lab.studies.list()).toEqual([]);
  });
});

describe('walk-forward', () => {
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

describe('candles for a chart', () => {
  it('are joined until they fit', () => {
    const column = (of: (bar: number) => number) =>
      Float64Array.from({ length: 10 }, (_none, bar) => of(bar));
    const columns = {
      openTimeMs: column((bar) => bar * hourMs),
      open: column((bar) => bar),
      high: column((bar) => bar + 5),
      low: column((bar) => bar - 5),
      close: column((bar) => bar + 1),
      volume: column(() => 1),
    };
    const joined = joinedCandles({ columns, timeframeMs: hourMs }, 0, 10 * hourMs, 5);
    expect(joined.timeframeMs).toBe(3 * hourMs);
    expect(joined.candles).toEqual([
      [0, 0, 7, -5, 3, 3],
      [3 * hourMs, 3, 10, -2, 6, 3],
      [6 * hourMs, 6, 13, 1, 9, 3],
      [9 * hourMs, 9, 14, 4, 10, 1],
    ]);
    expect(joinedCandles({ columns, timeframeMs: hourMs }, 2 * hourMs, 4 * hourMs, 100).candles).toHaveLength(
      2,
    );
    expect(joinedCandles({ columns, timeframeMs: hourMs }, 99 * hourMs, 100 * hourMs, 10).candles).toEqual(
      [],
    );
  });
});
