/** Studies of the data folder: run, resume, show. The best trials are tested on data none of them has seen. */

import { z } from 'zod';
import { daysPerYear } from '../../adapters/compute/performance.ts';
import { readStudyFile, readTrials, TrialLog } from '../../adapters/lab/trial-log.ts';
import { type StudySummaryView, type TestedTrialView, testedTrialView } from '../../shared/api/lab-views.ts';
import { ApiError } from '../../shared/api/result.ts';
import { dimensionSize } from '../../shared/lab/search-space.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import { objectiveOf, type StudySpec, type TrialRow } from '../../shared/lab/study.ts';
import { withNamedValues } from '../../shared/rules/named-values.ts';
import { programVersion } from '../../shared/version.ts';
import type { JobControl } from '../jobs/job-runner.ts';
import { growthKept, growthKeptMinimum } from '../optimise/growth-kept.ts';
import { BestTrials } from '../optimise/ranking.ts';
import { bestCount } from '../optimise/run-study.ts';
import { namedValuesField } from '../optimise/strategy-space.ts';
import { backtestEvaluator } from './backtest-evaluator.ts';
import { exploreNeighbours, type SensitivityView } from './explore-neighbours.ts';
import type { LabTools } from './lab-tools.ts';
import {
  type LeftOut,
  type PreparedStudy,
  paramsOfTrials,
  prepareStudy,
  refuseUselessSearch,
  runOneStudy,
} from './run-one-study.ts';

const testedFile = z.object({ best: z.array(testedTrialView) });
/** Candles on each side of the border, at least. */
const partBarsMinimum = 20;

/** The data of a study: what its trials see and what is kept from them. */
export interface StudyParts {
  readonly train: BacktestSpec;
  /** Null when nothing is kept back. */
  readonly test: BacktestSpec | null;
}

export class StudyService {
  readonly #tools: LabTools;
  /** Studies whose trials are being written: two writers would mix them up. */
  readonly #open = new Set<string>();

  constructor(tools: LabTools) {
    this.#tools = tools;
  }

  /** Checks a study and gives what runs it; throws `ApiError` before anything is stored. */
  begin(spec: StudySpec): (control: JobControl) => Promise<{ readonly study: string }> {
    const prepared = prepareStudy(this.#tools, spec);
    refuseUselessSearch(prepared, spec, spec.backtest.params);
    return async (control) => {
      // Fixed parameters that the strategy does not take are refused before anything is stored.
      const { raw } = await this.#tools.wholeParams(spec.backtest);
      refuseUselessSearch(prepared, spec, raw);
      const parts = await studyParts(this.#tools, spec);
      const { id, folder } = this.#tools.files.create('studies');
      const openLog = () => TrialLog.create(folder, id, spec, this.#tools.wallClock());
      return this.#run(id, openLog, spec, prepared, parts, control);
    };
  }

  /** Gives what goes on with a stored study. Throws `ApiError` (`not-found`, `damaged`; `refused` while it runs). */
  resume(id: string): (control: JobControl) => Promise<{ readonly study: string }> {
    this.#refuseOpen(id);
    const { spec } = readStudyFile(this.#tools.files.folder('studies', id));
    const prepared = prepareStudy(this.#tools, spec);
    return async (control) => {
      const parts = await studyParts(this.#tools, spec);
      const openLog = () => TrialLog.resume(this.#tools.files.folder('studies', id));
      return this.#run(id, openLog, spec, prepared, parts, control);
    };
  }

  /** What the path of a study cannot search, so that it stays as it is. Throws `ApiError` as `begin` does. */
  leftOut(spec: StudySpec): LeftOut[] {
    if (!this.#isKnown(spec)) return [];
    return [...prepareStudy(this.#tools, spec).leftOut];
  }

  /** Whether the strategy is at hand: a file of the user's own is not, unless it was named. */
  #isKnown({ backtest }: StudySpec): boolean {
    return this.#tools.findStrategy(backtest.strategy) !== undefined;
  }

  /** Combinations of a grid, of which a study tries as many as it has trials; null for other samplers. Throws `ApiError`. */
  gridCells(spec: StudySpec): number | null {
    if (spec.sampler !== 'grid' || !this.#isKnown(spec)) return null;
    return prepareStudy(this.#tools, spec).space.reduce((cells, of) => cells * dimensionSize(of), 1);
  }

  /** Searched parameters that keep the trials from the sweep path. Throws `ApiError` as `begin` does. */
  slowing(spec: StudySpec): string[] {
    return this.#isKnown(spec) ? [...prepareStudy(this.#tools, spec).slowing] : [];
  }

  list(): StudySummaryView[] {
    const { files } = this.#tools;
    return files
      .list('studies')
      .filter((id) => files.has('studies', id, 'study.json'))
      .map((id) => this.#summary(id, readTrials(files.folder('studies', id)).rows));
  }

  show(id: string): {
    readonly summary: StudySummaryView;
    readonly parameters: string[];
    readonly trials: TrialRow[];
    readonly best: TestedTrialView[];
  } {
    const { files } = this.#tools;
    const { rows } = readTrials(files.folder('studies', id));
    const summary = this.#summary(id, rows);
    const isOver = summary.end !== null && summary.end !== 'cancelled';
    const best =
      isOver && files.has('studies', id, 'tested.json')
        ? files.read('studies', id, 'tested.json', testedFile).best
        : bestOf(summary.spec, rows).map((row) => ({ row, outOfSample: null }));
    return { summary, parameters: Object.keys(rows[0]?.values ?? {}), trials: rows, best };
  }

  /**
   * Gives what runs the neighbours of a trial (the best one when left out): a line for each parameter and a map of the two
   * that matter most. Throws `ApiError` (`not-found`) when there is no such trial with a score.
   */
  sensitivity(
    id: string,
    trial: number | undefined,
    reach: number,
  ): (control: JobControl) => Promise<SensitivityView> {
    const { rows } = readTrials(this.#tools.files.folder('studies', id));
    const { spec } = this.#summary(id, rows);
    const row = trial === undefined ? bestOf(spec, rows)[0] : rows[trial];
    if (row?.objectives == null) {
      throw new ApiError('not-found', `${id} has no trial ${trial ?? ''} with a score`, { field: 'trial' });
    }
    const prepared = prepareStudy(this.#tools, spec);
    return async (control) => {
      const parts = await studyParts(this.#tools, spec);
      return exploreNeighbours(this.#tools, spec, prepared, parts.train, row, reach, control);
    };
  }

  /** How many settings a study tried with a score, and how much their daily Sharpe ratios varied: for deflating the best. */
  tried(id: string): { readonly trials: number; readonly trialVariance: number | undefined } {
    const { rows } = readTrials(this.#tools.files.folder('studies', id));
    const ratios = rows.flatMap(({ state, metrics: { sharpe } }) =>
      state === 'complete' && typeof sharpe === 'number' ? [sharpe / Math.sqrt(daysPerYear)] : [],
    );
    const trials = Math.max(1, rows.filter(({ state }) => state === 'complete').length);
    if (ratios.length < 2) return { trials, trialVariance: undefined };
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    const squares = ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0);
    return { trials, trialVariance: squares / (ratios.length - 1) };
  }

  /** Throws `ApiError` (`not-found`; `refused` while it runs). */
  remove(id: string): void {
    this.#refuseOpen(id);
    this.#tools.files.remove('studies', id);
  }

  #refuseOpen(id: string): void {
    if (!this.#open.has(id)) return;
    throw new ApiError('refused', `${id} runs: cancel its job first`, { field: 'study' });
  }

  #summary(id: string, rows: readonly TrialRow[]): StudySummaryView {
    const { spec, createdMs, end } = readStudyFile(this.#tools.files.folder('studies', id));
    return { id, createdMs, spec, end, trials: rows.length, best: bestOf(spec, rows)[0] ?? null };
  }

  async #run(
    id: string,
    openLog: () => TrialLog,
    spec: StudySpec,
    prepared: PreparedStudy,
    parts: StudyParts,
    control: JobControl,
  ): Promise<{ readonly study: string }> {
    // A second job for the same study may have waited in line.
    this.#refuseOpen(id);
    this.#open.add(id);
    let log: TrialLog | undefined;
    try {
      log = openLog();
      log.setEnd(null);
      // What an earlier end had tested is not what is best once there are more trials.
      this.#tools.files.removeFile('studies', id, 'tested.json');
      const end = await runOneStudy(this.#tools, spec, prepared, parts.train, log, {
        isCancelled: () => control.isCancelled(),
        onProgress: ({ trials, complete, pruned, invalid, failed, best }) =>
          control.progress({
            done: trials,
            total: spec.trials,
            unit: 'trials',
            message: `${complete} with a score, ${invalid} without, ${pruned} ended early, ${failed} failed`,
            preview: { study: id, strategy: spec.backtest.strategy, best },
          }),
      });
      log.setEnd(end);
      if (end === 'cancelled') return { study: id };
      const best = await this.#test(spec, prepared, parts.test, bestOf(spec, log.rows), control);
      this.#tools.files.write('studies', id, 'tested.json', { best });
      await this.#note(id, spec, prepared, parts, best);
      return { study: id };
    } finally {
      log?.close();
      this.#open.delete(id);
    }
  }

  /** Keeps how the best settings did on unseen data, for the grades of backtests that use them. */
  async #note(
    id: string,
    spec: StudySpec,
    prepared: PreparedStudy,
    { train, test }: StudyParts,
    best: readonly TestedTrialView[],
  ): Promise<void> {
    if (test === null) return;
    const paramsOf = await paramsOfTrials(this.#tools, spec, prepared);
    const span = ({ fromMs = 0, toMs = 0 }: BacktestSpec): number => toMs - fromMs;
    const [trainMs, testMs] = [span(train), span(test)];
    const tried = this.tried(id);
    this.#tools.evidence.add(
      best.flatMap(({ outOfSample, row: { metrics, values } }) => {
        const checked = paramsOf(prepared.space.map(({ name }) => values[name] ?? ''));
        if (outOfSample === null || !('params' in checked)) return [];
        const growth = growthKept(metrics['totalReturn'], trainMs, outOfSample['totalReturn'], testMs);
        return [
          {
            kind: 'out-of-sample' as const,
            spec: {
              ...spec.backtest,
              params: withNamedValues(spec.backtest.params, values, namedValuesField(prepared.strategy)),
            },
            wholeParams: checked.params,
            madeMs: this.#tools.wallClock(),
            program: programVersion,
            source: id,
            anyParams: false,
            share: testMs / (trainMs + testMs),
            held: growth !== null && growth >= growthKeptMinimum,
            ...tried,
          },
        ];
      }),
    );
  }

  /** Runs the best trials on the part that was kept back. */
  async #test(
    spec: StudySpec,
    prepared: PreparedStudy,
    test: BacktestSpec | null,
    best: readonly TrialRow[],
    control: JobControl,
  ): Promise<TestedTrialView[]> {
    if (test === null || best.length === 0 || control.isCancelled()) {
      return best.map((row) => ({ row, outOfSample: null }));
    }
    control.progress({ message: 'tests the best on data no trial has seen' });
    const evaluator = backtestEvaluator(this.#tools, test);
    const paramsOf = await paramsOfTrials(this.#tools, spec, prepared);
    const outcomes = await evaluator.evaluate(
      best.map(({ values }) => {
        const checked = paramsOf(prepared.space.map(({ name }) => values[name] ?? ''));
        return { params: 'params' in checked ? checked.params : { ...spec.backtest.params }, pruneBelow: [] };
      }),
      () => control.isCancelled(),
    );
    return best.map((row, index) => {
      const outcome = outcomes[index];
      return { row, outOfSample: outcome?.state === 'complete' ? { ...outcome.metrics } : null };
    });
  }
}

/** Splits the data of a study. Throws `ApiError` when a part would be too short. */
export async function studyParts(
  tools: Pick<LabTools, 'dataRange'>,
  spec: Pick<StudySpec, 'backtest' | 'outOfSample'>,
): Promise<StudyParts> {
  const { fromMs, toMs, timeframeMs } = await tools.dataRange(spec.backtest);
  const bars = Math.floor((toMs - fromMs) / timeframeMs);
  const testBars = Math.round(bars * spec.outOfSample);
  const splitMs = fromMs + (bars - testBars) * timeframeMs;
  const train = { ...spec.backtest, fromMs, toMs: splitMs };
  if (testBars < partBarsMinimum || bars - testBars < partBarsMinimum) {
    return { train: { ...train, toMs }, test: null };
  }
  return { train, test: { ...spec.backtest, fromMs: splitMs, toMs } };
}

function bestOf(spec: StudySpec, rows: readonly TrialRow[]): TrialRow[] {
  const best = new BestTrials(spec.objectives.map(objectiveOf), bestCount);
  for (const row of rows) best.add(row);
  return best.rows;
}
