/**
 * The loop of a study: ask the sampler for a batch, run it, tell the outcomes in order, keep them, and go on until the
 * trials, the patience, the time or the space are used up. Nothing here depends on how many trials run side by side:
 * a batch sees what was known before it, and a resumed study goes on as if it had never stopped.
 */

import type { Sampler } from '../../adapters/compute/samplers.ts';
import {
  type MetricExpression,
  type MetricValues,
  parseMetricExpression,
} from '../../shared/lab/metric-expression.ts';
import { metricIds } from '../../shared/lab/metrics.ts';
import {
  type Dimension,
  type SearchValue,
  samplerNumber,
  searchValue,
} from '../../shared/lab/search-space.ts';
import {
  independentSamplers,
  type Objective,
  objectiveOf,
  ruinReturn,
  type StudyEnd,
  type StudySpec,
  type TrialRow,
  trialMetrics,
} from '../../shared/lab/study.ts';
import { medianThresholds } from './median-pruner.ts';
import { BestTrials, toMinimise } from './ranking.ts';
import { interimPoints, type TrialEvaluator, type TrialOutcome } from './trial-evaluator.ts';

/** Why a trial that lost (nearly) everything has no score. */
export const usedUpMessage = 'used up its money';

/** Batches that do not hang on one another run together for about so long: less time is lost between them. */
const lotTargetMs = 100;
/** Trials that run together, at most, unless a batch has more. */
const lotMaximum = 1024;

/** How many of the best are kept and tested on data no trial has seen. */
export const bestCount = 20;

export interface StudyProgress {
  readonly trials: number;
  readonly complete: number;
  readonly pruned: number;
  readonly invalid: number;
  readonly failed: number;
  readonly best: readonly TrialRow[];
}

/** Where trials are kept: on disk, or in memory for a study nobody resumes. */
export interface TrialLogPort {
  readonly rows: readonly TrialRow[];
  append(rows: readonly TrialRow[]): void;
}

/** Keeps trials in memory. */
export class MemoryTrialLog implements TrialLogPort {
  readonly rows: TrialRow[] = [];

  append(rows: readonly TrialRow[]): void {
    this.rows.push(...rows);
  }
}

export interface StudyRun {
  readonly spec: StudySpec;
  readonly space: readonly Dimension[];
  readonly sampler: Sampler;
  readonly evaluator: TrialEvaluator;
  readonly log: TrialLogPort;
  /** Gives the whole parameters of a trial, or why the strategy does not take them. */
  readonly paramsOf: (
    values: readonly SearchValue[],
  ) => { readonly params: Record<string, unknown> } | { readonly refusal: string };
  readonly isCancelled: () => boolean;
  readonly onProgress: (progress: StudyProgress) => void;
  /** Wall clock, for the time limit. */
  readonly nowMs: () => number;
}

/** Gives the objectives of a specification with their parsed formulas. Throws `ExpressionError`. */
export function parsedObjectives(
  spec: StudySpec,
): { readonly objective: Objective; readonly formula: MetricExpression }[] {
  return spec.objectives.map((given) => {
    const objective = objectiveOf(given);
    return { objective, formula: parseMetricExpression(objective.expression, metricIds) };
  });
}

/** Runs a study to its end; all trials are in the log. */
export async function runStudy(run: StudyRun): Promise<StudyEnd> {
  return new StudyLoop(run).run();
}

class StudyLoop {
  readonly #run: StudyRun;
  readonly #objectives: ReturnType<typeof parsedObjectives>;
  readonly #best: BestTrials;
  /** Outcomes by values: what was run before is not run again. */
  readonly #known = new Map<string, TrialRow>();
  readonly #completeInterim: (readonly number[])[] = [];
  readonly #counts = { complete: 0, pruned: 0, invalid: 0, failed: 0 };
  #sinceBetter = 0;
  /** Batches that are run together. */
  #lotBatches = 1;

  constructor(run: StudyRun) {
    this.#run = run;
    this.#objectives = parsedObjectives(run.spec);
    this.#best = new BestTrials(
      this.#objectives.map(({ objective }) => objective),
      bestCount,
    );
  }

  async run(): Promise<StudyEnd> {
    const { spec, log } = this.#run;
    const startedMs = this.#run.nowMs();
    for (const row of log.rows) this.#take(row);
    this.#tellProgress();
    for (;;) {
      const end = this.#endBefore(startedMs);
      if (end !== undefined) return end;
      const first = log.rows.length;
      const lotSize = this.#lotBatches * spec.batch;
      const proposed = this.#run.sampler.ask(first, Math.min(lotSize, spec.trials - first));
      if (proposed.length === 0) return 'space';
      const lotMs = performance.now();
      const rows = await this.#runLot(first, proposed);
      if (rows === undefined) return 'cancelled';
      this.#sizeLots(performance.now() - lotMs);
      for (let from = 0; from < rows.length; from += spec.batch) {
        // What ends a study ends it between two batches, however many ran together.
        const early = from === 0 ? undefined : this.#endBefore(startedMs);
        if (early !== undefined) return early;
        const batch = rows.slice(from, from + spec.batch);
        log.append(batch);
        for (const row of batch) this.#take(row);
        this.#tellProgress();
      }
    }
  }

  /** Runs more batches together next time, or fewer, where no trial hangs on another. */
  #sizeLots(tookMs: number): void {
    const { batch, pruner, sampler } = this.#run.spec;
    if (!independentSamplers.has(sampler) || pruner !== 'none') return;
    if (tookMs > 2 * lotTargetMs) this.#lotBatches = Math.max(1, this.#lotBatches >> 1);
    else if (tookMs < lotTargetMs / 2 && this.#lotBatches * batch < lotMaximum) this.#lotBatches *= 2;
  }

  #endBefore(startedMs: number): StudyEnd | undefined {
    const { spec, log, isCancelled, nowMs } = this.#run;
    if (log.rows.length >= spec.trials) return 'trials';
    if (isCancelled()) return 'cancelled';
    if (spec.patience !== undefined && this.#sinceBetter >= spec.patience) return 'patience';
    if (spec.timeLimitMs !== undefined && nowMs() - startedMs >= spec.timeLimitMs) return 'time';
    return undefined;
  }

  /** Runs some batches; undefined when they were cancelled, and then nothing of them is kept. */
  async #runLot(first: number, proposed: readonly Float64Array[]): Promise<TrialRow[] | undefined> {
    const { spec, space, evaluator, paramsOf, isCancelled } = this.#run;
    const pruneBelow =
      spec.pruner === 'median'
        ? medianThresholds(this.#completeInterim, interimPoints.length)
        : interimPoints.map(() => null);
    const trials = proposed.map((numbers) => {
      const values = space.map((dimension, index) => searchValue(dimension, numbers[index] as number));
      return { values, key: JSON.stringify(values), checked: paramsOf(values) };
    });
    const toRun = new Map<string, Record<string, unknown>>();
    for (const { key, checked } of trials) {
      if ('params' in checked && !this.#known.has(key)) toRun.set(key, checked.params);
    }
    const outcomes = await evaluator.evaluate(
      [...toRun.values()].map((params) => ({ params, pruneBelow })),
      isCancelled,
    );
    if (isCancelled()) return undefined;
    const outcomeOf = new Map([...toRun.keys()].map((key, index) => [key, outcomes[index] as TrialOutcome]));
    return trials.map(({ values, key, checked }, index) => {
      const named = Object.fromEntries(space.map(({ name }, at) => [name, values[at] as SearchValue]));
      const number = first + index;
      const known = this.#known.get(key);
      if (known !== undefined) return { ...known, number };
      if ('refusal' in checked) return emptyRow(number, named, 'invalid', checked.refusal);
      return this.#rowOf(number, named, outcomeOf.get(key) as TrialOutcome);
    });
  }

  #rowOf(number: number, values: TrialRow['values'], outcome: TrialOutcome): TrialRow {
    if ('message' in outcome) {
      return emptyRow(number, values, outcome.state, outcome.message);
    }
    const interim = [...outcome.interim];
    if (outcome.state === 'pruned') return { ...emptyRow(number, values, 'pruned', null), interim };
    const kept = keptMetrics(outcome.metrics);
    // Whatever its other figures are: nobody can trade on with nothing.
    if ((outcome.metrics['totalReturn'] ?? 0) <= ruinReturn) {
      return { ...emptyRow(number, values, 'invalid', usedUpMessage), metrics: kept, interim };
    }
    const trades = outcome.metrics['trades'] ?? 0;
    if (trades < this.#run.spec.minimumTrades) {
      const message = `has ${trades} trades; ${this.#run.spec.minimumTrades} are asked for`;
      return { ...emptyRow(number, values, 'invalid', message), metrics: kept, interim };
    }
    const scores = this.#objectives.map(({ formula }) => formula.evaluate(outcome.metrics));
    const missing = scores.indexOf(null);
    if (missing >= 0) {
      const message = `${this.#objectives[missing]?.objective.expression ?? ''} has no value`;
      return { ...emptyRow(number, values, 'invalid', message), metrics: kept, interim };
    }
    return {
      number,
      values,
      state: 'complete',
      objectives: scores as number[],
      metrics: kept,
      interim,
      message: null,
    };
  }

  /** Learns a trial that is in the log. */
  #take(row: TrialRow): void {
    const { space, sampler } = this.#run;
    const values = space.map((dimension) => row.values[dimension.name] as SearchValue);
    const numbers = Float64Array.from(space, (dimension, index) =>
      samplerNumber(dimension, values[index] as SearchValue),
    );
    const costs =
      row.objectives === null
        ? []
        : toMinimise(
            this.#objectives.map(({ objective }) => objective),
            row.objectives,
          );
    sampler.tell(row.number, numbers, costs);
    this.#counts[row.state] += 1;
    this.#known.set(JSON.stringify(values), row);
    if (row.state === 'complete') this.#completeInterim.push(row.interim);
    this.#sinceBetter = this.#best.add(row) ? 0 : this.#sinceBetter + 1;
  }

  #tellProgress(): void {
    this.#run.onProgress({ trials: this.#run.log.rows.length, ...this.#counts, best: this.#best.rows });
  }
}

function emptyRow(
  number: number,
  values: TrialRow['values'],
  state: TrialRow['state'],
  message: string | null,
): TrialRow {
  return { number, values, state, objectives: null, metrics: {}, interim: [], message };
}

function keptMetrics(all: MetricValues): Record<string, number | null> {
  return Object.fromEntries(trialMetrics.map((id) => [id, all[id] ?? null]));
}
