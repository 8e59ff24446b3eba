/**
 * The optimiser: TPE over ten dimensions and a thousand trials beside Optuna (best values of the same twenty seeds compared
 * first), and the memory of a study of 10,000 real trials.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadNative } from '../../src/adapters/compute/native.ts';
import { createSampler } from '../../src/adapters/compute/samplers.ts';
import { createBacktestRunner } from '../../src/app/lab/backtest-runner.ts';
import { Lab } from '../../src/app/lab/lab.ts';
import { backtestSpec } from '../../src/shared/lab/spec.ts';
import { studySpec } from '../../src/shared/lab/study.ts';
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

export async function optimiserBench(): Promise<readonly BenchRow[]> {
  return [...tpeRows(), await memoryRow()];
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

function recordedRate(): number | undefined {
  if (!existsSync(recordedPath)) return undefined;
  const { rows } = JSON.parse(readFileSync(recordedPath, 'utf8')) as {
    rows: { readonly work: string; readonly trials_per_second: number }[];
  };
  const row = rows.find(({ work }) => work.startsWith('tpe default'));
  return row === undefined ? undefined : Math.round(row.trials_per_second);
}

/** Growth of the process (host and workers) over the second half of a study whose trials are backtests. */
async function memoryRow(): Promise<BenchRow> {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-bench-'));
  const runner = createBacktestRunner({ dataFolder: folder });
  try {
    const path = join(folder, 'candles-1h.csv');
    writeCandles(path, { firstMs: Date.UTC(2023, 9, 1), candles: 800 });
    const lab = new Lab({
      addon: loadNative(),
      dataFolder: folder,
      runner,
      strategies,
      findStrategy,
      wallClock: Date.now,
    });
    const study = studySpec.parse({
      backtest: backtestSpec.parse({
        strategy: 'ma-cross',
        params: { average: 'sma' },
        series: [{ source: { kind: 'file', path }, instrument: 'BTC/USDT' }],
      }),
      spaces: {
        fastPeriod: { from: 2, to: 60 },
        slowPeriod: { from: 61, to: 300 },
        stopLossPercent: { from: 0.5, to: 20 },
      },
      only: ['fastPeriod', 'slowPeriod', 'stopLossPercent'],
      sampler: 'random',
      trials: studyTrials,
      batch: 8,
      minimumTrades: 1,
      outOfSample: 0,
    });
    let half = 0;
    await lab.studies.begin(study)({
      isCancelled: () => false,
      onCancel: () => undefined,
      progress: ({ done }) => {
        if (half === 0 && (done ?? 0) >= studyTrials / 2) half = process.memoryUsage().rss;
      },
    });
    const growth = Math.round((process.memoryUsage().rss - half) / 1e6);
    return costRow(
      'study of 10,000 backtests: memory grown over the second half',
      growth,
      'MB',
      growthTargetMegabytes,
    );
  } finally {
    await runner.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
