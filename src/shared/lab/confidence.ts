/**
 * Evidence of a profit: how well a backtest supports that its strategy earns, as a grade from A to E with every reason and what
 * to do about it. A run that made no profit supports none and is an E, however sure the loss: a letter is never praise of a loss,
 * and of two runs with the same evidence the one that earned less never stands higher.
 *
 * Each check has points: 0 passed, 1 weak or not done, 3 failed. The sum decides: up to 1 A, 3 B, 5 C, 8 D, more E. A failed
 * bias check is an E whatever else holds, and fewer than 30 trades are a D at best, a C where 30 round trips of a grid or the like closed within them: those
 * share one range and one position, and are no independent evidence. The last two checks, candle noise and
 * random entries, cost nothing while they are not done.
 */

import { type CheckOutcome, type ConfidenceCheck, fewTrades, percent } from './confidence-check.ts';
import { type ConfidenceEvidence, evidenceChecks, findingsId, voluntary } from './evidence-checks.ts';
import type { MetricValues } from './metrics.ts';
import type { BacktestResult } from './result.ts';
import { closedTrades } from './round-trips.ts';
import { costsCheck, gapsCheck, lengthCheck, luckCheck, pathCheck, tradesCheck } from './run-checks.ts';

export type ConfidenceGrade = 'A' | 'B' | 'C' | 'D' | 'E';

export interface Confidence {
  readonly grade: ConfidenceGrade;
  readonly points: number;
  /** One sentence for the grade. */
  readonly summary: string;
  readonly checks: readonly ConfidenceCheck[];
}

const points: Readonly<Record<CheckOutcome, number>> = { passed: 0, weak: 1, 'not-done': 1, failed: 3 };
const gradeSteps: readonly (readonly [pointsMaximum: number, grade: ConfidenceGrade])[] = [
  [1, 'A'],
  [3, 'B'],
  [5, 'C'],
  [8, 'D'],
];
const summaries: Readonly<Record<ConfidenceGrade, string>> = {
  A: 'The profit is well supported: enough trades, and nearly every check passed.',
  B: 'The profit is well supported, with checks that are weak or still to do.',
  C: 'The profit has some support: look at the reasons before you act on it.',
  D: 'The profit is weakly supported: it may well be chance or depend on an assumption.',
  E: 'The profit is not to be believed as it stands.',
};

/** Grades a run by its figures and what else is known. */
export function gradeConfidence(
  result: BacktestResult,
  values: MetricValues,
  evidence: ConfidenceEvidence = {},
): Confidence {
  const checks = [
    tradesCheck(values, result.counts),
    lengthCheck(result),
    gapsCheck(result),
    pathCheck(result, evidence),
    costsCheck({ ...result, trades: result.trades.length }, values),
    luckCheck(values),
    ...evidenceChecks(evidence),
  ];
  return graded(checks, values, evidence);
}

/** Grades a run again by what is known now; what was read off its candles stays as it was. */
export function regradeConfidence(
  before: Confidence,
  values: MetricValues,
  evidence: ConfidenceEvidence,
): Confidence {
  const { fees, slippage, trades } = values;
  const costs =
    typeof fees === 'number' && typeof slippage === 'number'
      ? [costsCheck({ fees, slippage, trades: trades ?? 0 }, values)]
      : before.checks.filter(({ id }) => id === 'costs');
  const fresh = [...costs, luckCheck(values), ...evidenceChecks(evidence)];
  const ids = new Set([...fresh.map(({ id }) => id), findingsId]);
  return graded([...before.checks.filter(({ id }) => !ids.has(id)), ...fresh], values, evidence);
}

function graded(
  checks: readonly ConfidenceCheck[],
  values: MetricValues,
  evidence: ConfidenceEvidence,
): Confidence {
  const pointsOf = ({ id, outcome }: ConfidenceCheck): number =>
    outcome === 'not-done' && voluntary.has(id) ? 0 : points[outcome];
  const total = checks.reduce((sum, check) => sum + pointsOf(check), 0);
  const nothing = withoutProfit(values, evidence);
  if (nothing !== undefined) return { grade: 'E', points: total, summary: nothing, checks };
  let grade = gradeSteps.find(([maximum]) => total <= maximum)?.[1] ?? 'E';
  const best = closedTrades(values) >= fewTrades ? 'A' : hasRoundTrips(checks) ? 'C' : 'D';
  if (grade < best) grade = best;
  return { grade, points: total, summary: summaries[grade], checks };
}

/** Whether round trips inside few trades make up for some of those that are missing. */
function hasRoundTrips(checks: readonly ConfidenceCheck[]): boolean {
  return checks.some(({ id, outcome }) => id === 'trades' && outcome === 'weak');
}

/** Why there is no profit to support, whatever the checks say; undefined where there is one. */
function withoutProfit(values: MetricValues, { bias }: ConfidenceEvidence): string | undefined {
  if (bias === 'failed') return 'The strategy sees the future: no figure of this run means anything.';
  if ((values['trades'] ?? 0) === 0) return 'Nothing was traded, so there is nothing to judge.';
  if ((values['netProfit'] ?? 0) > 0) return undefined;
  const lost = values['totalReturn'];
  const howMuch = typeof lost === 'number' && lost < 0 ? `lost ${percent(-lost, 1)}` : 'made no profit';
  return `The run ${howMuch}: there is no profit to support, and nothing here speaks for the strategy.`;
}
