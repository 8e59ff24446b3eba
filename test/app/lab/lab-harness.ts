/** A Lab over a small file of candles, with runs in this process. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { KeptCandles } from '../../../src/app/backtest/kept-candles.ts';
import { runBacktest } from '../../../src/app/backtest/run-backtest.ts';
import { TrialSession } from '../../../src/app/backtest/trial-session.ts';
import type { JobControl, JobProgress } from '../../../src/app/jobs/job-runner.ts';
import { Lab } from '../../../src/app/lab/lab.ts';
import { backtestSpec } from '../../../src/shared/lab/spec.ts';
import { findStrategy, strategies } from '../../../src/strategies/registry.ts';

export const hourMs = 3_600_000;
export const startMs = Date.UTC(2024, 0, 1);
export const bars = 1200;

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

export const spec = backtestSpec.parse({
  strategy: 'ma-cross',
  params: { average: 'sma', fastPeriod: 4, slowPeriod: 12 },
  series: [{ source: { kind: 'file', path: candleFile() }, instrument: 'BTC/USDT' }],
});

export function makeLab(dataFolder = mkdtempSync(join(tmpdir(), 'lab-data-'))): Lab {
  const { readFile, readStored } = new KeptCandles(dataFolder);
  const readers = { findStrategy, readFile, readStored };
  return new Lab({
    addon: loadNative(),
    dataFolder,
    runner: {
      parallel: 2,
      run: (run) => runBacktest(run, readers),
      trials: (run, metrics) => {
        const session = TrialSession.open(run, { addon: loadNative(), backtest: readers, metrics });
        return {
          compiled: async (requests) => {
            const opened = await session;
            return requests.map((request) => opened.compiled(request));
          },
          whole: async (request) => (await session).whole(request, {}),
        };
      },
      close: () => Promise.resolve(),
    },
    strategies,
    findStrategy,
    wallClock: () => 1_000,
  });
}

export function watched(): JobControl & { readonly news: JobProgress[] } {
  const news: JobProgress[] = [];
  return { news, isCancelled: () => false, onCancel: () => undefined, progress: (one) => news.push(one) };
}
