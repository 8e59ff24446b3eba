/** Runs the neighbours of a trial: one line a parameter, and a map of the two the result hangs on most. */

import { parseMetricExpression } from '../../shared/lab/metric-expression.ts';
import { metricIds } from '../../shared/lab/metrics.ts';
import type { SearchValue } from '../../shared/lab/search-space.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import { objectiveOf, type StudySpec, type TrialRow } from '../../shared/lab/study.ts';
import { JobCancelled, type JobControl } from '../jobs/job-runner.ts';
import {
  oneSidedNotes,
  plateauShare,
  type ScoreAll,
  type SensitivityLine,
  type SensitivityMap,
  sensitivityLines,
  sensitivityMap,
} from '../robustness/sensitivity.ts';
import { backtestEvaluator } from './backtest-evaluator.ts';
import type { LabTools } from './lab-tools.ts';
import { type PreparedStudy, paramsOfTrials } from './run-one-study.ts';

export interface SensitivityView {
  readonly trial: number;
  readonly values: TrialRow['values'];
  readonly objective: string;
  readonly goal: 'maximise' | 'minimise';
  readonly base: number;
  readonly lines: readonly SensitivityLine[];
  /** Null with fewer than two parameters. */
  readonly map: SensitivityMap | null;
  /** Share of the neighbours that keep at least half of what the base has over the worst one; null without any. */
  readonly plateau: number | null;
  /** Sentences on parameters whose neighbours are known to one side only. */
  readonly notes: readonly string[];
}

export async function exploreNeighbours(
  tools: LabTools,
  spec: StudySpec,
  prepared: PreparedStudy,
  backtest: BacktestSpec,
  row: TrialRow,
  reach: number,
  control: JobControl,
): Promise<SensitivityView> {
  const objective = objectiveOf(spec.objectives[0] ?? 'sharpe');
  const formula = parseMetricExpression(objective.expression, metricIds);
  const evaluator = backtestEvaluator(tools, backtest, [...formula.metrics, 'trades']);
  const paramsOf = await paramsOfTrials(tools, spec, prepared);
  const known = new Map<string, number | null>();
  const score: ScoreAll = async (settings) => {
    // Each setting once: every line goes through the base.
    const unknown = settings.filter((values) => !known.has(JSON.stringify(values)));
    const missing = [...new Map(unknown.map((values) => [JSON.stringify(values), values])).values()];
    // The lines come first; the map after them adds at most the corners between two of them.
    const corners = known.size === 0 && prepared.space.length > 1 ? 4 * reach * reach : 0;
    const total = known.size + missing.length + corners;
    for (let from = 0; from < missing.length; from += batchSize) {
      const batch = missing
        .slice(from, from + batchSize)
        .map((values) => ({ values, checked: paramsOf(values) }));
      const runnable = batch.flatMap(({ values, checked }) =>
        'params' in checked ? [{ values, params: checked.params }] : [],
      );
      for (const { values } of batch) known.set(JSON.stringify(values), null);
      const outcomes = await evaluator.evaluate(
        runnable.map(({ params }) => ({ params, pruneBelow: [] })),
        () => control.isCancelled(),
      );
      if (control.isCancelled()) throw new JobCancelled();
      runnable.forEach(({ values }, index) => {
        const outcome = outcomes[index];
        const enough =
          outcome?.state === 'complete' && (outcome.metrics['trades'] ?? 0) >= spec.minimumTrades;
        known.set(JSON.stringify(values), enough ? formula.evaluate(outcome.metrics) : null);
      });
      control.progress({ done: known.size, total, unit: 'runs' });
    }
    return settings.map((values) => known.get(JSON.stringify(values)) ?? null);
  };
  try {
    const { space } = prepared;
    const base = space.map(({ name }) => row.values[name] as SearchValue);
    const lines = await sensitivityLines(space, base, reach, score);
    const places = mostSensitive(lines);
    const map = places === undefined ? null : await sensitivityMap(space, base, places, reach, score);
    const baseScore = row.objectives?.[0] ?? 0;
    const around = lines.flatMap(({ parameter, points }) =>
      points.filter(({ value }) => value !== row.values[parameter]).map((point) => point.objective),
    );
    return {
      trial: row.number,
      values: row.values,
      objective: objective.expression,
      goal: objective.goal,
      base: baseScore,
      lines,
      map,
      plateau: plateauShare(around, baseScore, objective.goal),
      notes: oneSidedNotes(lines, row.values),
    };
  } finally {
    await evaluator.close();
  }
}

/** Settings between two looks at the cancel button. */
const batchSize = 16;

/** The two parameters whose lines spread most, in the order of the space. */
function mostSensitive(lines: readonly SensitivityLine[]): [number, number] | undefined {
  const order = lines
    .map(({ spread }, place) => ({ place, spread: spread ?? -1 }))
    .sort((left, right) => right.spread - left.spread);
  const [first, second] = order;
  if (first === undefined || second === undefined) return undefined;
  return first.place < second.place ? [first.place, second.place] : [second.place, first.place];
}
