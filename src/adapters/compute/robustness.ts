/** Monte Carlo, rule significance and candles that could have been; `native/crates/core/src/robustness` says how. */

import type { AddonTaskControl, CandleColumns, NativeAddon } from './addon.ts';
import { allocateColumns } from './candle-columns.ts';
import { computing, computingAsync } from './compute-error.ts';
import type { RuleSignificance } from './robustness-addon.ts';

export type { RuleSignificance } from './robustness-addon.ts';

/**
 * What chance does in each run: `shuffle` the order, `bootstrap` draws as many returns with replacement, `blocks` draws blocks
 * of neighbours, `missed` leaves out each return with a probability.
 */
export type MonteCarloMethod =
  | { readonly kind: 'shuffle' }
  | { readonly kind: 'bootstrap' }
  | { readonly kind: 'blocks'; readonly length: number }
  | { readonly kind: 'missed'; readonly probability: number };

export interface MonteCarloSettings {
  readonly method: MonteCarloMethod;
  readonly runs: number;
  /** Whole number from 0; equal seeds give equal results for any number of threads. */
  readonly seed: number;
  /** 0 is one a core. */
  readonly threads?: number | undefined;
  /** Points of the fan; none by default. */
  readonly fanPoints?: number | undefined;
  /** Drawdown that counts as ruin, a positive fraction; 0.5 by default. */
  readonly ruin?: number | undefined;
  /** Progress and cancel. */
  readonly control?: AddonTaskControl | undefined;
}

/** Values at five shares of the runs; low ones are bad. */
export interface Percentiles {
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
}

/** Values count from 1 at the start; drawdowns are 0 or negative. */
export interface MonteCarlo {
  readonly original: { readonly finalValue: number; readonly maxDrawdown: number };
  /** Share of runs that ended below the original; null for a shuffle, where all end the same. */
  readonly finalRank: number | null;
  /** Share of runs whose drawdown was deeper than the original's. */
  readonly drawdownRank: number;
  readonly finalValue: Percentiles;
  readonly finalMean: number;
  readonly maxDrawdown: Percentiles;
  readonly lossShare: number;
  readonly ruinShare: number;
  /** Values of the runs after so many returns. */
  readonly fan: readonly (Percentiles & { readonly step: number })[];
}

const defaultRuin = 0.5;

/** Runs returns many times. Throws `ComputeError`: `BAD_ARGUMENT`, or `CANCELLED` when its control said so. */
export async function runMonteCarlo(
  addon: NativeAddon,
  returns: Float64Array,
  settings: MonteCarloSettings,
): Promise<MonteCarlo> {
  const { method } = settings;
  const found = await computingAsync(() =>
    addon.monteCarlo(
      returns,
      {
        method: method.kind,
        blockLength: method.kind === 'blocks' ? method.length : undefined,
        missProbability: method.kind === 'missed' ? method.probability : undefined,
        runs: settings.runs,
        seed: settings.seed,
        threads: settings.threads ?? 0,
        fanPoints: settings.fanPoints ?? 0,
        ruin: settings.ruin ?? defaultRuin,
      },
      settings.control ?? new addon.TaskControl(),
    ),
  );
  return {
    original: found.original,
    finalRank: Number.isNaN(found.finalRank) ? null : found.finalRank,
    drawdownRank: found.drawdownRank,
    finalValue: percentilesAt(found.finalPercentiles, 0),
    finalMean: found.finalMean,
    maxDrawdown: percentilesAt(found.drawdownPercentiles, 0),
    lossShare: found.lossShare,
    ruinShare: found.ruinShare,
    fan: found.fanSteps.map((step, point) => ({ step, ...percentilesAt(found.fan, point * 5) })),
  };
}

function percentilesAt(values: readonly number[], first: number): Percentiles {
  const at = (offset: number): number => values[first + offset] as number;
  return { p5: at(0), p25: at(1), p50: at(2), p75: at(3), p95: at(4) };
}

/**
 * Gives each trade's profit as a fraction of the account when it ended, so that compounding them gives the account's own
 * curve, whatever share of it a trade used. After ruin there is nothing left to gain or lose.
 */
export function returnsOfProfits(profit: ArrayLike<number>, startEquity: number): Float64Array {
  let equity = startEquity;
  return Float64Array.from(profit, (value) => {
    const change = equity > 0 ? Math.max(value / equity, -1) : 0;
    equity += value;
    return change;
  });
}

export interface SignificanceSettings {
  /** First bar a trade could begin at. */
  readonly firstBar?: number | undefined;
  /** 2,000 by default. */
  readonly simulations?: number | undefined;
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly control?: AddonTaskControl | undefined;
}

const defaultSimulations = 2000;

/** Compares trades with as many at random bars, of the same sides and durations. Throws as `runMonteCarlo`. */
export function testRuleSignificance(
  addon: NativeAddon,
  close: Float64Array,
  trades: { readonly entryBar: Int32Array; readonly exitBar: Int32Array; readonly side: Int8Array },
  settings: SignificanceSettings,
): Promise<RuleSignificance> {
  const options = {
    firstBar: settings.firstBar ?? 0,
    simulations: settings.simulations ?? defaultSimulations,
    seed: settings.seed,
    threads: settings.threads ?? 0,
  };
  const control = settings.control ?? new addon.TaskControl();
  return computingAsync(() =>
    addon.ruleSignificance(close, trades.entryBar, trades.exitBar, trades.side, options, control),
  );
}

/** How candles that could have been are made; series of one seed with other numbers are independent. */
export type CandleChance =
  | { readonly kind: 'blocks'; readonly length: number; readonly seed: number; readonly series: number }
  | { readonly kind: 'noise'; readonly scale: number; readonly seed: number; readonly series: number };

/**
 * Makes candles from real ones at their times: blocks of them set end to end, or noise (in standard deviations of the real
 * returns) in each close. Prices are not rounded to ticks. Throws `ComputeError` (`BAD_ARGUMENT`).
 */
export function chanceCandles(
  addon: NativeAddon,
  source: CandleColumns,
  chance: CandleChance,
): CandleColumns {
  const out = allocateColumns(source.openTimeMs.length);
  const { seed, series } = chance;
  const options =
    chance.kind === 'blocks'
      ? { blockLength: chance.length, seed, series }
      : { noise: chance.scale, seed, series };
  computing(() => addon.chanceCandles(source, options, out));
  return out;
}
