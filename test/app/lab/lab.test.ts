/** The Lab over a small file of candles: what it stores, what it splits and joins, with runs in this process. */

import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EvidenceLog } from '../../../src/adapters/lab/evidence-log.ts';
import { JobCancelled } from '../../../src/app/jobs/job-runner.ts';
import { joinedCandles } from '../../../src/app/lab/joined-candles.ts';
import { studyParts } from '../../../src/app/lab/study-service.ts';
import { studySpec } from '../../../src/shared/lab/study.ts';
import { programVersion } from '../../../src/shared/version.ts';
import { bars, hourMs, makeLab, spec, startMs, watched } from './lab-harness.ts';

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
    expect(rows[0]?.profit).toBeCloseTo(result.trades.profit[3] as number, 9);
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

  it('loses nothing to a line that cannot be read, and says so where the grade is shown', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lab-evidence-'));
    const log = new EvidenceLog(folder);
    expect(log.read()).toEqual({ records: [], damaged: [] });
    const bias = { kind: 'bias', spec, madeMs: 1, program: '1', outcome: 'passed' } as const;
    log.add([bias]);
    const path = join(folder, 'lab', 'evidence.jsonl');
    appendFileSync(path, '{"kind":"bias","sp');
    log.add([{ ...bias, madeMs: 2 }]);
    expect(log.read().records.map(({ madeMs }) => madeMs)).toEqual([1, 2]);
    expect(log.read().damaged).toEqual([`Line 2 of ${path} cannot be read (is not JSON)`]);
    appendFileSync(path, '{"kind":"guess"}\n{"kind":"bi');
    log.add([{ ...bias, madeMs: 3, program: programVersion, outcome: 'failed' }]);
    appendFileSync(path, '{"kind":"bias"');
    const kept = log.read();
    expect(kept.records.map(({ madeMs }) => madeMs)).toEqual([1, 2, 3]);
    expect(kept.damaged).toHaveLength(3);
    expect(kept.damaged[1]).toMatch(/^Line 4 of .*evidence.jsonl cannot be read \(kind: /);
    const lab = makeLab(folder);
    const result = await lab.tools.runner.run(spec, { isCancelled: () => false });
    const { id } = lab.backtests.save(lab.tools.measure(result), undefined, 5);
    const { confidence } = lab.backtests.report(id);
    expect(confidence.checks.find((check) => check.id === 'bias')?.outcome).toBe('failed');
    expect(confidence.checks.at(-1)).toMatchObject({
      id: 'findings',
      outcome: 'not-done',
      finding: expect.stringMatching(/^Line 2 of .* 2 more lines cannot be read either\.$/),
    });
    expect(lab.backtests.html(id)).toContain('Findings of earlier checks');
    writeFileSync(path, '');
    expect(lab.backtests.report(id).confidence.checks.map((check) => check.id)).not.toContain('findings');
  });
});

describe('parameters that nobody named', () => {
  const suggested = async (strategy: string, more: object) =>
    (await makeLab().tools.wholeParams({ ...spec, strategy, params: {}, ...more })).raw;

  it('are suggested by the market before the first traded candle, as a backtest does it', async () => {
    // The grid lies around the price of its begin, not around that of the oldest candle there is.
    const [first, late] = [
      await suggested('grid', {}),
      await suggested('grid', { fromMs: startMs + 1100 * hourMs }),
    ];
    const price = 100 + 8 * Math.sin(1099 / 23) + 3 * Math.sin(1099 / 5.1) + 1099 / 200;
    const middle = (raw: Readonly<Record<string, unknown>>) =>
      (Number(raw['lower']) + Number(raw['upper'])) / 2;
    expect(Math.abs(middle(late) - price)).toBeLessThan(0.02 * price);
    expect(Math.abs(middle(first) - price)).toBeGreaterThan(0.02 * price);
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

describe('a study that was interrupted', () => {
  it('shows the best so far, whatever an earlier interruption had stored', async () => {
    const lab = makeLab();
    const sampling = { sampler: 'random', trials: 40, batch: 4, minimumTrades: 1 };
    const study = studySpec.parse({ backtest: spec, only: ['fastPeriod', 'slowPeriod'], ...sampling });
    // First before any trial, then in the midst of a batch.
    await lab.studies.begin(study)({ ...watched(), isCancelled: () => true });
    expect(lab.studies.show('st-1')).toMatchObject({ trials: [], best: [] });
    const inABatch = lab.studies.resume('st-1')({
      ...watched(),
      progress({ done = 0 }) {
        if (done >= 8) throw new JobCancelled();
      },
    });
    await expect(inABatch).rejects.toThrow(JobCancelled);
    const { best, summary, trials } = lab.studies.show('st-1');
    expect(trials).toHaveLength(8);
    const scores = trials.flatMap(({ objectives }) => objectives ?? []);
    expect(best[0]?.row.objectives).toEqual([Math.max(...scores)]);
    expect(best[0]?.row).toEqual(summary.best);
    expect(best[0]?.outOfSample).toBeNull();
  });
});

describe('a study on the sweep path', () => {
  const swept = { ...spec, path: 'sweep' as const };

  it('leaves out what the path cannot search, and refuses it where it was asked for', async () => {
    const lab = makeLab();
    const study = studySpec.parse({ backtest: swept, trials: 4, sampler: 'random', minimumTrades: 1 });
    expect(lab.studies.leftOut(study).map(({ parameter }) => parameter)).toEqual([
      'minDistancePercent',
      'trailingStopPercent',
    ]);
    expect(lab.studies.leftOut({ ...study, backtest: spec })).toEqual([]);
    const asked = studySpec.parse({ ...study, spaces: { trailingStopPercent: { from: 0, to: 5 } } });
    expect(() => lab.studies.begin(asked)).toThrow(/spaces.trailingStopPercent: .*follows every price/);
    await lab.studies.begin(study)(watched());
    const { parameters, trials } = lab.studies.show('st-1');
    expect(parameters).toEqual(['stopLossPercent', 'takeProfitPercent']);
    expect(trials.every(({ state }) => state === 'complete')).toBe(true);
  });

  it('searches the values that rules name; each trial is the backtest of its text', async () => {
    const lab = makeLab();
    const parameters = 'quick = 4 from 2 to 6 step 2, slow = 12 from 8 to 16 step 4';
    const rules = {
      longEntry: 'sma(close, $quick) crosses above sma(close, $slow)',
      longExit: 'sma(close, $quick) crosses below sma(close, $slow)',
    };
    const study = studySpec.parse({
      backtest: { ...swept, strategy: 'rules', params: { ...rules, parameters } },
      only: ['$quick', '$slow'],
      sampler: 'grid',
      trials: 9,
      minimumTrades: 1,
    });
    await lab.studies.begin(study)(watched());
    const { trials } = lab.studies.show('st-1');
    expect(trials.map(({ values }) => [values['$quick'], values['$slow']]).sort()).toEqual(
      [2, 4, 6].flatMap((quick) => [8, 12, 16].map((slow) => [quick, slow])).sort(),
    );
    const { train } = await studyParts(lab.tools, study);
    const last = trials.find(({ values }) => values['$quick'] === 6 && values['$slow'] === 8);
    const alone = await lab.tools.runner.run(
      { ...train, params: { ...rules, parameters: 'quick = 6, slow = 8' } },
      { isCancelled: () => false },
    );
    expect(last?.metrics['totalReturn']).toBe(lab.tools.figures(alone)['totalReturn']);
    expect(last?.metrics['trades']).toBeGreaterThan(5);
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
