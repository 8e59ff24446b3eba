/**
 * Trials on the sweep path: backtests of one loaded specification that differ in their parameters, of which only figures are
 * asked for. Everything that does not hang on parameters is made once, and no tables, warnings or assumptions are.
 */

import type { NativeAddon } from '../../adapters/compute/addon.ts';
import { type RuleTrial, ruleTrials } from '../../adapters/compute/rule-trials.ts';
import { ApiError } from '../../shared/api/result.ts';
import { ensureDefined } from '../../shared/domain/assert.ts';
import { metricIds } from '../../shared/lab/metrics.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import type { RuleSet } from '../../shared/rules/rule-set.ts';
import { type TrialOutcome, type TrialRequest, trialFailure } from '../optimise/trial-evaluator.ts';
import { BacktestEndedEarlyError, Checkpoints, checkpointRows, checkpointsOf } from './checkpoints.ts';
import { type BotPlace, botPlace, checkParams, tradedSeries } from './prepare-bots.ts';
import type { LoadedBacktest } from './run-backtest.ts';
import { leastSaleOf } from './run-sweep.ts';
import { sweepAssumptionsOf, sweepSeriesOf } from './sweep-input.ts';
import { checkSweepSpec, sweepRulesOf } from './sweep-rules.ts';

/** The trials of one specification on the sweep path; outcomes are those of whole backtests. */
export class CompiledTrials {
  readonly #addon: NativeAddon;
  readonly #spec: BacktestSpec;
  readonly #loaded: LoadedBacktest;
  readonly #metrics: readonly string[];
  readonly #bars: number;
  /** Rows of the equity at which checkpoints are. */
  readonly #rows: readonly number[];
  /** Made with the first trial: a market that the strategy does not trade is an outcome. */
  #place: BotPlace | undefined;
  #run: ((rules: RuleSet) => RuleTrial) | undefined;

  /** `metrics`: the figures asked for; all when left out. Throws `ApiError` for what the sweep path does not know. */
  constructor(
    addon: NativeAddon,
    spec: BacktestSpec,
    loaded: LoadedBacktest,
    metrics: readonly string[] | undefined,
  ) {
    checkSweepSpec(spec);
    this.#addon = addon;
    this.#spec = spec;
    this.#loaded = loaded;
    this.#metrics = metrics ?? metricIds;
    const { endRow, firstRow } = this.#only;
    this.#bars = endRow - firstRow;
    this.#rows = checkpointRows(this.#bars);
  }

  /** Runs a trial; null where only the event path can run it. */
  run({ params, pruneBelow }: TrialRequest): TrialOutcome | null {
    const interim: number[] = [];
    try {
      return this.#runOne(params, pruneBelow, interim);
    } catch (error) {
      if (error instanceof BacktestEndedEarlyError) return { state: 'pruned', interim };
      // A whole run tells of anything unexpected by itself.
      return error instanceof ApiError ? trialFailure(error) : null;
    }
  }

  #runOne(
    params: TrialRequest['params'],
    pruneBelow: TrialRequest['pruneBelow'],
    interim: number[],
  ): TrialOutcome | null {
    const { strategy } = this.#loaded;
    const { parsed } = checkParams(strategy, this.#placed(), params);
    const rules = this.#rulesOf(parsed);
    if (rules === null) return null;
    const { equity, figures, leastExit } = this.#runner()(rules);
    // A whole run tells the trade, or goes over to the event path.
    if (leastExit < leastSaleOf(this.#only.instrument)) return null;
    const note = (gain: number): number => interim.push(gain);
    const bars = this.#bars;
    const checkpoints = new Checkpoints(checkpointsOf(pruneBelow), bars, Number(this.#spec.capital), note);
    checkpoints.passAll(bars, (row) => equity[this.#rows.indexOf(row)] as number);
    return { state: 'complete', metrics: figures, interim };
  }

  /** The rules of a trial; null where only the event path can run it. */
  #rulesOf(parsed: unknown): RuleSet | null {
    try {
      return sweepRulesOf(this.#loaded.strategy, parsed, this.#only);
    } catch (error) {
      if (error instanceof ApiError) return this.#refused(error);
      throw error;
    }
  }

  /** What the sweep path refuses goes to the event path, unless that was not asked for. */
  #refused(refusal: ApiError): null {
    if (this.#spec.path === 'sweep') throw refusal;
    return null;
  }

  get #only() {
    return ensureDefined(this.#loaded.series[0], 'the series of a sweep');
  }

  #placed(): BotPlace {
    if (this.#place === undefined) {
      const { series, strategy } = this.#loaded;
      const [index] = tradedSeries(this.#spec, series);
      this.#place = botPlace(this.#spec, strategy, series, ensureDefined(index, 'a traded series'));
    }
    return this.#place;
  }

  #runner(): (rules: RuleSet) => RuleTrial {
    this.#run ??= ruleTrials(
      this.#addon,
      sweepSeriesOf(this.#spec, this.#only),
      sweepAssumptionsOf(this.#spec, this.#only),
      { metrics: this.#metrics, rows: this.#rows },
    );
    return this.#run;
  }
}
