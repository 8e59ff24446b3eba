/**
 * The optimiser: TPE over ten dimensions and a thousand trials beside Optuna (best values of the same twenty seeds compared
 * first), the trials a second of real studies (beside Optuna with nothing behind it, and what the sweep kernel takes alone;
 * some trials compared with whole backtests first), and the memory of a study of 10,000 real trials.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadNative } from '../../src/adapters/compute/native.ts';
import { createSampler } from '../../src/adapters/compute/samplers.ts';
import { runBacktest } from '../../src/app/backtest/run-backtest.ts';
import { createBacktestRunner } from '../../src/app/lab/backtest-runner.ts';
import { Lab } from '../../src/app/lab/lab.ts';
import { type BacktestSpec, backtestSpec } from '../../src/shared/lab/spec.ts';
import { type StudySpec, studySpec, type TrialRow } from '../../src/shared/lab/study.ts';
import { findStrategy, strategies } from '../../src/strategies/registry.ts';
import { runTrials, spaceOf, standardFunctions } from '../adapters/compute/standard-functions.ts';
import { writeCandles } from '../e2e/support/candle-file.ts';
import { type BenchRow, costRow, percentile, rateRow } from './bench-row.ts';

const shared = process.env['SEXTANT_SHARED'] ?? fileURLToPath(new URL('../../../shared', import.meta.url));
const recordedPath = `${shared}/peers/results/optuna.json`;
const fixturePath = fileURLToPath(new URL('../fixtures/optuna-5.0.0.json', import.meta.url));
const trials = 1000;
const seeds = 20;
const trialsPerSecondTarget = 5000;
const studyTrials = 10_000;
/** What a process of this size takes and gives back by itself between two looks. */
const growthTargetMegabytes = 16;

interface OptunaRow {
  readonly sampler: string;
  readonly function: string;
  readonly trials: number;
  readonly values: readonly number[];
}

/** What the sweep kernel takes for a bar of a parameter set. */
const kernelNanosecondsPerBar = 5;

export async function optimiserBench(): Promise<readonly BenchRow[]> {
  return [...tpeRows(), ...(await studyRows()), await memoryRow()];
}

function tpeRows(): BenchRow[] {
  const fixture = JSON.parse(readFileSync(fixturePath, 'utf8')) as { rows: OptunaRow[] };
  const optuna = fixture.rows.find((row) => row.sampler === 'tpe' && row.function === 'sphere10');
  const sphere = standardFunctions['sphere10'];
  if (optuna === undefined || sphere === undefined || optuna.trials !== trials)
    throw new Error('the fixture has no TPE on the sphere');
  let bestMs = Number.POSITIVE_INFINITY;
  const values = Array.from({ length: seeds }, (_, seed) => {
    const startedAt = performance.now();
    const sampler = createSampler(loadNative(), {
      method: 'tpe',
      space: spaceOf(sphere),
      objectives: 1,
      seed,
    });
    const found = runTrials(sphere, sampler, trials);
    bestMs = Math.min(bestMs, performance.now() - startedAt);
    return Math.min(...found.map(([value = Number.NaN]) => value));
  });
  const median = (list: readonly number[]): number => Math.round(percentile(list, 0.5) * 1000) / 1000;
  const theirs = median(optuna.values);
  const best = costRow(
    'TPE, 10 dimensions, 1,000 trials: best value, median of 20 seeds',
    median(values),
    '',
    theirs,
  );
  const rate = rateRow(
    'TPE, 10 dimensions, 1,000 trials: suggest and tell',
    Math.round(trials / (bestMs / 1000)),
    'trials/s',
    trialsPerSecondTarget,
  );
  const recorded = recordedRate();
  const beside =
    recorded === undefined
      ? {}
      : { peer: 'Optuna 5.0.0 (recorded)', peerValue: recorded, ratio: Math.round(rate.value / recorded) };
  return [
    { ...best, peer: 'Optuna 5.0.0, same seeds', peerValue: theirs },
    { ...rate, ...beside },
  ];
}

function recordedRate(work = 'tpe default'): number | undefined {
  if (!existsSync(recordedPath)) return undefined;
  const { rows } = JSON.parse(readFileSync(recordedPath, 'utf8')) as {
    rows: { readonly work: string; readonly trials_per_second: number }[];
  };
  const row = rows.find((recorded) => recorded.work.startsWith(work));
  return row === undefined ? undefined : Math.round(row.trials_per_second);
}

/** Rates of studies over hours of BTC/USDT: some weeks, and the whole five years. */
async function studyRows(): Promise<BenchRow[]> {
  const path = `${shared}/data/ohlcv/binance_spot_BTCUSDT_1h_2020-2024.csv.gz`;
  if (!existsSync(path)) return [];
  const whole = crossover(path);
  const few = await studyRate({ ...whole, toMs: Date.UTC(2020, 0, 1) + 1200 * 3_600_000 }, 6000);
  const many = await studyRate(whole, 2000);
  const random = recordedRate('random');
  const beside =
    random === undefined
      ? {}
      : {
          peer: 'Optuna 5.0.0, random, no backtest (recorded)',
          peerValue: random,
          ratio: Math.round((few.rate / random) * 100) / 100,
        };
  const limit = Math.round((1e9 / (many.bars * kernelNanosecondsPerBar)) * availableParallelism());
  const name = (bars: number): string => `study, ${bars.toLocaleString('en')} bars, random`;
  return [
    { ...rateRow(name(few.bars), few.rate, 'trials/s', 2000), ...beside },
    {
      ...rateRow(name(many.bars), many.rate, 'trials/s', 500),
      peer: 'the sweep kernel alone on all cores (limit)',
      peerValue: limit,
      ratio: Math.round((many.rate / limit) * 100) / 100,
    },
  ];
}

function crossover(path: string): BacktestSpec {
  return backtestSpec.parse({
    strategy: 'ma-cross',
    params: { average: 'sma' },
    series: [{ source: { kind: 'file', path }, instrument: 'BTC/USDT' }],
  });
}

/** Crossovers of three dimensions, drawn at random. */
function studyOf(backtest: BacktestSpec, wanted: number): StudySpec {
  return studySpec.parse({
    backtest,
    spaces: {
      fastPeriod: { from: 2, to: 60 },
      slowPeriod: { from: 61, to: 300 },
      stopLossPercent: { from: 0.5, to: 20 },
    },
    only: ['fastPeriod', 'slowPeriod', 'stopLossPercent'],
    sampler: 'random',
    trials: wanted,
    batch: 8,
    minimumTrades: 1,
    outOfSample: 0,
  });
}

/** Runs a study; gives its rate after the first tenth, in which the workers start. */
async function studyRate(
  backtest: BacktestSpec,
  wanted: number,
): Promise<{ readonly rate: number; readonly bars: number }> {
  let began = { done: 0, atMs: 0 };
  let ended = began;
  const { lab, rows } = await runStudyOf(studyOf(backtest, wanted), (done) => {
    if (done < wanted / 10) return;
    ended = { done, atMs: performance.now() };
    if (began.done === 0) began = ended;
  });
  const bars = await compareTrials(lab, backtest, rows);
  return { rate: Math.round((ended.done - began.done) / ((ended.atMs - began.atMs) / 1000)), bars };
}

/** Throws unless some trials have the figures of whole backtests; gives their candles. */
async function compareTrials(lab: Lab, backtest: BacktestSpec, rows: readonly TrialRow[]): Promise<number> {
  let bars = 0;
  for (let number = 0; number < rows.length; number += Math.ceil(rows.length / 8)) {
    const { metrics, values } = rows[number] as TrialRow;
    const stopLossPercent = String(values['stopLossPercent']);
    const params = { ...backtest.params, ...values, stopLossPercent };
    const { raw } = await lab.tools.wholeParams({ ...backtest, params });
    const result = await runBacktest({ ...backtest, params: raw }, { findStrategy });
    const figures = lab.tools.figures(result);
    bars = result.counts.bars;
    for (const [id, value] of Object.entries(metrics)) {
      if (figures[id] !== value) throw new Error(`trial ${number}: ${id} is ${value}, not ${figures[id]}`);
    }
  }
  return bars;
}

/** Runs a study in a folder of its own, which is gone with its workers when this returns. */
async function runStudyOf(
  study: StudySpec,
  onProgress: (done: number) => void,
): Promise<{ readonly lab: Lab; readonly rows: readonly TrialRow[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-bench-'));
  const runner = createBacktestRunner({ dataFolder: folder });
  try {
    const lab = new Lab({
      addon: loadNative(),
      dataFolder: folder,
      runner,
      strategies,
      findStrategy,
      wallClock: Date.now,
    });
    const { study: id } = await lab.studies.begin(study)({
      isCancelled: () => false,
      onCancel: () => undefined,
      progress: ({ done }) => onProgress(done ?? 0),
    });
    return { lab, rows: lab.studies.show(id).trials };
  } finally {
    await runner.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Growth of the process (host and workers) over the second half of a study whose trials are backtests. */
async function memoryRow(): Promise<BenchRow> {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-bench-'));
  try {
    const path = join(folder, 'candles-1h.csv');
    writeCandles(path, { firstMs: Date.UTC(2023, 9, 1), candles: 800 });
    let half = 0;
    let end = 0;
    await runStudyOf(studyOf(crossover(path), studyTrials), (done) => {
      end = process.memoryUsage().rss;
      if (half === 0 && done >= studyTrials / 2) half = end;
    });
    const growth = Math.round((end - half) / 1e6);
    return costRow(
      'study of 10,000 backtests: memory grown over the second half',
      growth,
      'MB',
      growthTargetMegabytes,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
