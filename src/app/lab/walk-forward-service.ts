/** Walk-forward runs: optimise a stretch, trade the next with the best setting, go on; the traded stretches are one run. */

import { type WalkForwardView, walkForwardView } from '../../shared/api/lab-views.ts';
import { ApiError } from '../../shared/api/result.ts';
import { type BacktestResult, emptyTrades, type TradeTable, tradeColumns } from '../../shared/lab/result.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import { objectiveOf, ruinReturn, type TrialRow } from '../../shared/lab/study.ts';
import {
  type WalkForwardSpec,
  type WalkForwardWindow,
  type WindowOutcome,
  walkForwardWindows,
  windowOutcome,
} from '../../shared/lab/walk-forward.ts';
import { programVersion } from '../../shared/version.ts';
import { JobCancelled, type JobControl } from '../jobs/job-runner.ts';
import { growthKeptMinimum } from '../optimise/growth-kept.ts';
import { BestTrials } from '../optimise/ranking.ts';
import { MemoryTrialLog } from '../optimise/run-study.ts';
import { type WithoutScore, withoutScore } from '../optimise/without-score.ts';
import { sparkOf } from './backtest-store.ts';
import { closeOpenPositions } from './close-open-positions.ts';
import type { LabTools } from './lab-tools.ts';
import {
  type PreparedStudy,
  paramsOfTrials,
  prepareStudy,
  refuseUselessSearch,
  runOneStudy,
} from './run-one-study.ts';

const dayMs = 86_400_000;
/** Points of the stored equity curve. */
const curvePoints = 2000;

type Windows = WalkForwardView['windows'];

export class WalkForwardService {
  readonly #tools: LabTools;

  constructor(tools: LabTools) {
    this.#tools = tools;
  }

  list(): WalkForwardView[] {
    const { files } = this.#tools;
    return files
      .list('walk-forwards')
      .filter((id) => files.has('walk-forwards', id, 'run.json'))
      .map((id) => files.read('walk-forwards', id, 'run.json', walkForwardView));
  }

  /** Checks a run and gives what does it; throws `ApiError` before anything is stored. */
  begin(spec: WalkForwardSpec): (control: JobControl) => Promise<WalkForwardView> {
    const prepared = prepareStudy(this.#tools, spec.study);
    refuseUselessSearch(prepared, spec.study, spec.study.backtest.params);
    if (spec.study.objectives.length > 1) {
      throw new ApiError('bad-input', 'study.objectives: a walk-forward run needs one objective', {
        field: 'study.objectives',
      });
    }
    if (spec.study.backtest.holdings !== undefined) {
      throw new ApiError(
        'bad-input',
        'study.backtest.holdings: a walk-forward run begins each window with money only',
        { field: 'study.backtest.holdings' },
      );
    }
    return (control) => this.#run(spec, prepared, control);
  }

  async #run(spec: WalkForwardSpec, prepared: PreparedStudy, control: JobControl): Promise<WalkForwardView> {
    const { study } = spec;
    const range = await this.#tools.dataRange(study.backtest);
    const windows = windowsOf(spec, range);
    refuseUselessSearch(prepared, study, (await this.#tools.wholeParams(study.backtest)).raw);
    const paramsOf = await paramsOfTrials(this.#tools, study, prepared);
    const rows: Windows = [];
    const results: BacktestResult[] = [];
    /** Money of each venue; undefined once it is used up. */
    let capital: string | undefined = study.backtest.capital;
    for (const [index, window] of windows.entries()) {
      if (capital === undefined) {
        rows.push(untraded(window, 'no-money', 'the money was used up before'));
        continue;
      }
      const { best, withoutScore: reasons } = await this.#optimise(
        spec,
        prepared,
        window,
        (done) =>
          control.progress({
            done: index + done,
            total: windows.length,
            unit: 'windows',
            message: `window ${index + 1} of ${windows.length}`,
          }),
        control,
      );
      if (best === undefined) {
        // Nothing is traded in this window, and the money stays as it is.
        const words = reasons.map(({ message, trials }) => `${trials} of ${study.trials} trials: ${message}`);
        rows.push(untraded(window, 'no-setting', words.length === 0 ? null : words.join('; ')));
        continue;
      }
      const checked = paramsOf(prepared.space.map(({ name }) => best.values[name] ?? ''));
      if (!('params' in checked))
        throw new ApiError('internal', `the best setting is refused: ${checked.refusal}`);
      const times = { fromMs: window.testFromMs, toMs: window.testToMs };
      const ran = await this.#trade(
        { ...study.backtest, params: checked.params, capital, ...times },
        spec,
        control,
      );
      const chosen = { ...window, values: best.values, train: { ...best.metrics } };
      if (typeof ran === 'string') {
        rows.push({ ...chosen, test: null, outcome: 'no-money', reason: ran });
        continue;
      }
      // The next window begins with money alone: what is open is sold, and pays for it.
      const result = closeOpenPositions(ran);
      // Capital is what each venue begins with: what is left is shared evenly among them.
      const venues = new Set(study.backtest.series.map(({ venue }) => venue)).size;
      const isRuined = result.finalEquity / venues <= Number(study.backtest.capital) * (1 + ruinReturn);
      capital = isRuined ? undefined : capitalText(result.finalEquity / venues);
      const outcome = isRuined ? 'bankrupt' : 'traded';
      rows.push({ ...chosen, test: { ...this.#tools.figures(result) }, outcome, reason: null });
      results.push(result);
    }
    const stored = await this.#store(study.backtest.strategy, rows, results);
    this.#note(stored, spec, range);
    return stored;
  }

  /**
   * Trades a window; gives the reason instead where what is left of the money is too little for it. The same setting had all
   * of the money where it was optimised.
   */
  async #trade(
    window: BacktestSpec,
    { study }: WalkForwardSpec,
    control: JobControl,
  ): Promise<BacktestResult | string> {
    try {
      return await this.#tools.runner.run(window, { isCancelled: () => control.isCancelled() });
    } catch (error) {
      const hasLess = Number(window.capital) < Number(study.backtest.capital);
      if (!(error instanceof ApiError) || error.code !== 'bad-input' || !hasLess) throw error;
      return error.message;
    }
  }

  /** Keeps whether settings chosen this way held, for the grades of backtests over the same data. */
  #note(
    { efficiency, id, windows }: WalkForwardView,
    { study }: WalkForwardSpec,
    range: { readonly fromMs: number; readonly toMs: number },
  ): void {
    const traded = windows.filter(({ test }) => test !== null);
    // Nothing was traded: nothing is known.
    if (traded.length === 0) return;
    const tradedMs = traded.reduce((sum, { testFromMs, testToMs }) => sum + testToMs - testFromMs, 0);
    const ruined = windows.some((window) => windowOutcome(window) === 'bankrupt');
    this.#tools.evidence.add([
      {
        kind: 'out-of-sample',
        spec: study.backtest,
        madeMs: this.#tools.wallClock(),
        program: programVersion,
        source: id,
        anyParams: true,
        share: Math.min(1, tradedMs / (range.toMs - range.fromMs)),
        held: !ruined && efficiency !== null && efficiency >= growthKeptMinimum,
        ruined,
      },
    ]);
  }

  async #optimise(
    { study }: WalkForwardSpec,
    prepared: PreparedStudy,
    window: WalkForwardWindow,
    onPart: (done: number) => void,
    control: JobControl,
  ): Promise<{ readonly best: TrialRow | undefined; readonly withoutScore: readonly WithoutScore[] }> {
    const log = new MemoryTrialLog();
    const train = { ...study.backtest, fromMs: window.trainFromMs, toMs: window.trainToMs };
    const end = await runOneStudy(this.#tools, study, prepared, train, log, {
      isCancelled: () => control.isCancelled(),
      onProgress: ({ trials }) => onPart(trials / study.trials),
    });
    if (end === 'cancelled') throw new JobCancelled();
    const best = new BestTrials(study.objectives.map(objectiveOf), 1);
    for (const row of log.rows) best.add(row);
    return { best: best.rows[0], withoutScore: withoutScore(log.rows) };
  }

  async #store(
    strategy: string,
    windows: Windows,
    results: readonly BacktestResult[],
  ): Promise<WalkForwardView> {
    const joined = joinResults(results);
    const metrics = joined === undefined ? {} : { ...this.#tools.measure(joined).performance.values };
    const { id } = this.#tools.files.create('walk-forwards');
    const run: WalkForwardView = {
      id,
      createdMs: this.#tools.wallClock(),
      strategy,
      windows,
      efficiency: efficiencyOf(windows),
      metrics,
      equity: {
        timeMs: joined === undefined ? [] : sparkOf(joined.equity.timeMs, curvePoints),
        equity: joined === undefined ? [] : sparkOf(joined.equity.equity, curvePoints),
      },
    };
    this.#tools.files.write('walk-forwards', id, 'run.json', run);
    return run;
  }
}

function windowsOf(
  spec: WalkForwardSpec,
  range: { fromMs: number; toMs: number; timeframeMs: number },
): WalkForwardWindow[] {
  try {
    return walkForwardWindows(spec, range.fromMs, range.toMs, range.timeframeMs);
  } catch (error) {
    if (error instanceof RangeError) throw new ApiError('bad-input', error.message, { field: 'windows' });
    throw error;
  }
}

/** Gives runs that follow one another, each with the money of the one before, as one. */
export function joinResults(results: readonly BacktestResult[]): BacktestResult | undefined {
  const [first] = results;
  const last = results.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const length = results.reduce((sum, { trades }) => sum + trades.length, 0);
  const trades: TradeTable = emptyTrades(length);
  let at = 0;
  for (const result of results) {
    for (const column of tradeColumns) trades[column].set(result.trades[column], at);
    at += result.trades.length;
  }
  const join = (pick: (result: BacktestResult) => Float64Array): Float64Array => {
    const parts = results.map(pick);
    const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of parts) {
      whole.set(part, offset);
      offset += part.length;
    }
    return whole;
  };
  const total = (pick: (result: BacktestResult) => number): number =>
    results.reduce((sum, result) => sum + pick(result), 0);
  const timeMs = join(({ equity }) => equity.timeMs);
  const hasPrice = results.every(({ price }) => price !== undefined);
  return {
    ...first,
    price: hasPrice
      ? { close: join(({ price }) => price?.close ?? new Float64Array()), start: first.price?.start ?? 0 }
      : undefined,
    trades,
    equity: {
      length: timeMs.length,
      timeMs,
      equity: join(({ equity }) => equity.equity),
      exposure: join(({ equity }) => equity.exposure),
    },
    fees: total(({ fees }) => fees),
    funding: total(({ funding }) => funding),
    slippage: total(({ slippage }) => slippage),
    finalEquity: last.finalEquity,
    toMs: last.toMs,
  };
}

/**
 * Mean daily growth where it traded over mean daily growth where it was optimised; growth is logarithmic, so that windows
 * of different lengths can be compared. Null without growth to compare with.
 */
export function efficiencyOf(windows: readonly Omit<Windows[number], 'outcome' | 'reason'>[]): number | null {
  let [train, test, trainDays, testDays] = [0, 0, 0, 0];
  for (const window of windows) {
    const trained = window.train['totalReturn'];
    const tested = window.test?.['totalReturn'];
    if (trained === undefined || trained === null || tested === undefined || tested === null) continue;
    if (trained <= -1 || tested <= -1) return null;
    train += Math.log1p(trained);
    test += Math.log1p(tested);
    trainDays += (window.trainToMs - window.trainFromMs) / dayMs;
    testDays += (window.testToMs - window.testFromMs) / dayMs;
  }
  if (!(train > 0) || testDays === 0) return null;
  return test / testDays / (train / trainDays);
}

/** Money for the next window: to a hundred-millionth, never more than there is. */
function capitalText(equity: number): string {
  return (Math.floor(equity * 1e8) / 1e8).toFixed(8);
}

/** A window in which nothing was traded. */
function untraded(window: WalkForwardWindow, outcome: WindowOutcome, reason: string | null): Windows[number] {
  return { ...window, values: {}, train: {}, test: null, outcome, reason };
}
