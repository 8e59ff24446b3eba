/** What a Monte Carlo job gives, and what it says in words. */

import { percentText } from './figures.ts';

/** Values below which so many percent of the runs lie. */
export interface Percentiles {
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
}

/** What the job gives; values count from 1 at the start. */
export interface MonteCarloResult {
  readonly original: { readonly finalValue: number; readonly maxDrawdown: number };
  readonly finalRank: number | null;
  readonly drawdownRank: number;
  readonly finalValue: Percentiles;
  readonly maxDrawdown: Percentiles;
  readonly lossShare: number;
  readonly ruinShare: number;
  readonly fan: readonly (Percentiles & { readonly step: number })[];
  readonly runs: number;
  readonly trades: number;
}

/** What the place of the original among the runs says. */
export function rankWords({
  finalRank,
  drawdownRank,
}: Pick<MonteCarloResult, 'finalRank' | 'drawdownRank'>): string {
  if (finalRank !== null && finalRank > 0.95) {
    return 'The original ended above 95 % of the runs: its result owes much to luck. Expect the middle of the fan, not the original.';
  }
  if (drawdownRank > 0.5) {
    return `In ${percentText(drawdownRank, false, 0)} of the runs the drawdown was deeper than in the original: plan for the 5 % value, not for what was seen.`;
  }
  return 'The original lies within what chance gives: neither suspiciously good nor lucky in its drawdown.';
}
