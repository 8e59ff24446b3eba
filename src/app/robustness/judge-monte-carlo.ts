/** What a Monte Carlo analysis says in words. */

import type { MonteCarlo, MonteCarloMethod } from '../../adapters/compute/robustness.ts';

/**
 * `suspect`: the original did better than 95 % of the runs, so that chance played a part in it; `normal`: it lies among them.
 */
export type MonteCarloVerdict = 'suspect' | 'normal';

export interface MonteCarloJudgement {
  readonly verdict: MonteCarloVerdict;
  readonly reasons: readonly string[];
}

/** Above this share of the runs the original is better than chance has it. */
const bestShare = 0.95;

/**
 * Judges where the original lies among its runs. Its final value is not looked at where it is the same in all (a shuffle), or
 * where runs lose trades and the original does not (missed fills): the original is then no run like the others.
 */
export function judgeMonteCarlo(found: MonteCarlo, method: MonteCarloMethod): MonteCarloJudgement {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const reasons: string[] = [];
  if (found.drawdownRank > bestShare) {
    reasons.push(
      `The drawdown was shallower than in ${percent(found.drawdownRank)} of the runs: the order of the trades was lucky. ` +
        `Expect ${percent(found.maxDrawdown.p50)}, and ${percent(found.maxDrawdown.p5)} once in twenty.`,
    );
  }
  const isComparable = method.kind === 'bootstrap' || method.kind === 'blocks';
  if (isComparable && found.finalRank !== null && found.finalRank > bestShare) {
    reasons.push(`The final value was above ${percent(found.finalRank)} of the runs.`);
  }
  return { verdict: reasons.length > 0 ? 'suspect' : 'normal', reasons };
}
