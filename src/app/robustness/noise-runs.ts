/**
 * A backtest run again on candles with noise: does its result belong to the strategy, or to the exact prices of one history?
 * Every run is whole: the strategy decides anew on prices it has not seen.
 */

import type { Percentiles } from '../../adapters/compute/robustness.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { MetricValues } from '../../shared/lab/metrics.ts';
import type { BacktestResult } from '../../shared/lab/result.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import type { CandleNoise } from '../backtest/chance-candles.ts';
import { JobCancelled, type JobControl } from '../jobs/job-runner.ts';
import { percentilesOf } from './percentiles.ts';

export interface NoiseSettings {
  /** Standard deviation of the noise in each close, in those of the real returns. */
  readonly noise: number;
  readonly runs: number;
  readonly seed: number;
}

/** Figures of one run that are compared; ratios are fractions. */
export interface NoiseFigures {
  readonly totalReturn: number;
  readonly maxDrawdown: number;
  /** Null without days that moved. */
  readonly sharpe: number | null;
  readonly trades: number;
}

export type NoiseVerdict = 'fragile' | 'robust' | 'no-profit';

export interface NoiseOutcome extends NoiseSettings {
  readonly method: 'noise';
  readonly original: NoiseFigures;
  /** Share of the runs that ended below the original. */
  readonly finalRank: number;
  /** Share of the runs that lost money. */
  readonly lossShare: number;
  readonly totalReturn: Percentiles;
  readonly maxDrawdown: Percentiles;
  /** Null where no run has one. */
  readonly sharpe: Percentiles | null;
  readonly trades: Percentiles;
  /** Return of each run, by its number. */
  readonly returns: readonly number[];
  readonly verdict: NoiseVerdict;
  readonly reasons: readonly string[];
}

/** What the runs need of the host. */
export interface NoisePort {
  /** Runs side by side. */
  readonly parallel: number;
  run(spec: BacktestSpec, isCancelled: () => boolean, noise?: CandleNoise): Promise<BacktestResult>;
  figures(result: BacktestResult): MetricValues;
}

/** Above this share of the runs the original is better than chance has it. */
const bestShare = 0.95;
/** When more of the runs than this lose, a profit hangs on the exact prices. */
const lossShareMaximum = 0.5;

/** Refuses prices that are real beside candles with noise and would contradict them. */
export function checkNoiseSpec(spec: BacktestSpec): void {
  const refuse = (field: string, message: string, hint: string): never => {
    throw new ApiError('bad-input', `${field}: ${message}`, { field, hint });
  };
  for (const [index, { detail, marks, source }] of spec.series.entries()) {
    const field = `series.${index}`;
    if (detail !== undefined)
      refuse(
        `${field}.detail`,
        'candles with noise have no finer prices inside them',
        'Run the backtest without detail first.',
      );
    if (source.kind === 'store' && source.data !== undefined)
      refuse(
        `${field}.source`,
        'candles with noise have neither single trades nor an order book behind them',
        'Join the trades to candles and run over those: bin/sextant data candles',
      );
    if (marks !== undefined)
      refuse(
        `${field}.marks`,
        'mark prices stay as they were while the candles change',
        'Run the backtest without mark prices first.',
      );
  }
}

/** Runs the original and all histories; the result does not depend on how many run side by side. Rejects as the runs do. */
export async function runOnNoise(
  spec: BacktestSpec,
  settings: NoiseSettings,
  port: NoisePort,
  control: JobControl,
): Promise<NoiseOutcome> {
  const { noise, runs, seed } = settings;
  const isCancelled = (): boolean => control.isCancelled();
  const original = figuresOf(port.figures(await port.run(spec, isCancelled)));
  const found: NoiseFigures[] = [];
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (next < runs) {
      if (isCancelled()) throw new JobCancelled();
      const history = next;
      next += 1;
      const result = await port.run(spec, isCancelled, { scale: noise, seed, history });
      found[history] = figuresOf(port.figures(result));
      done += 1;
      control.progress({ done, total: runs, unit: 'runs' });
    }
  };
  await Promise.all(Array.from({ length: Math.min(port.parallel, runs) }, lane));
  const returns = found.map(({ totalReturn }) => totalReturn);
  const sharpes = found.flatMap(({ sharpe }) => (sharpe === null ? [] : [sharpe]));
  const share = (is: (value: number) => boolean): number => returns.filter(is).length / runs;
  const finalRank = share((value) => value < original.totalReturn);
  const lossShare = share((value) => value < 0);
  const totalReturn = percentilesOf(returns);
  return {
    method: 'noise',
    ...settings,
    original,
    finalRank,
    lossShare,
    totalReturn,
    maxDrawdown: percentilesOf(found.map(({ maxDrawdown }) => maxDrawdown)),
    sharpe: sharpes.length === 0 ? null : percentilesOf(sharpes),
    trades: percentilesOf(found.map(({ trades }) => trades)),
    returns,
    ...judgeNoise(original.totalReturn, finalRank, lossShare, totalReturn),
  };
}

/** Says what the place of the original among its runs means. */
export function judgeNoise(
  original: number,
  finalRank: number,
  lossShare: number,
  runs: Percentiles,
): { readonly verdict: NoiseVerdict; readonly reasons: readonly string[] } {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const middle = `Expect ${percent(runs.p50)}, and ${percent(runs.p5)} once in twenty.`;
  if (original <= 0) {
    return { verdict: 'no-profit', reasons: [`The run on the real prices made no profit. ${middle}`] };
  }
  const reasons: string[] = [];
  if (finalRank > bestShare) {
    reasons.push(
      `The real prices gave more than ${percent(finalRank)} of the histories: the result hangs on their exact course.`,
    );
  }
  if (lossShare > lossShareMaximum) {
    reasons.push(`${percent(lossShare)} of the histories lost money: a little noise takes the profit away.`);
  }
  if (reasons.length > 0) return { verdict: 'fragile', reasons: [...reasons, middle] };
  return {
    verdict: 'robust',
    reasons: [`The result lies among those of the histories, ${percent(lossShare)} of which lost. ${middle}`],
  };
}

function figuresOf(values: MetricValues): NoiseFigures {
  return {
    totalReturn: values['totalReturn'] ?? 0,
    maxDrawdown: values['maxDrawdown'] ?? 0,
    sharpe: values['sharpe'] ?? null,
    trades: values['trades'] ?? 0,
  };
}
