/**
 * Trials on the sweep path: backtests of one loaded specification that differ in their parameters, of which only figures are
 * asked for. Everything that does not hang on parameters is made once, and no tables, warnings or assumptions are.
 */

import type { NativeAddon } from '../../adapters/compute/addon.ts';
import { computeFigures } from '../../adapters/compute/performance.ts';
import { createRuleSweeper, type RuleRunResult } from '../../adapters/compute/sweep.ts';
import { ApiError } from '../../shared/api/result.ts';
import { ensureDefined } from '../../shared/domain/assert.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import type { RuleSet } from '../../shared/rules/rule-set.ts';
import { type TrialOutcome, type TrialRequest, trialFailure } from '../optimise/trial-evaluator.ts';
import { BacktestEndedEarlyError, Checkpoints, checkpointsOf } from './checkpoints.ts';
import { type BotPlace, botPlace, checkParams, tradedSeries } from './prepare-bots.ts';
import type { LoadedBacktest } from './run-backtest.ts';
import { priceOf, smallSaleRefusal } from './run-sweep.ts';
import { sweepAssumptionsOf, sweepSeriesOf } from './sweep-input.ts';
import { checkSweepSpec, sweepRulesOf } from './sweep-rules.ts';

/** The trials of one specification on the sweep path; outcomes are those of whole backtests. */
export class CompiledTrials {
  readonly #addon: NativeAddon;
  readonly #spec: BacktestSpec;
  readonly #loaded: LoadedBacktest;
  readonly #metrics: readonly string[] | undefined;
  /** Made with the first trial: a market that the strategy does not trade is an outcome. */
  #place: BotPlace | undefined;
  #run: ((rules: RuleSet) => RuleRunResult) | undefined;

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
    this.#metrics = metrics;
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
    const { series, strategy } = this.#loaded;
    const { parsed } = checkParams(strategy, this.#placed(), params);
    const rules = this.#rulesOf(parsed);
    if (rules === null) return null;
    const { equity, trades } = this.#runner()(rules);
    const late = smallSaleRefusal({ spec: this.#spec, trades, price: priceOf(this.#only) }, series);
    if (late !== undefined) return this.#refused(late);
    const startEquity = Number(this.#spec.capital);
    const note = (gain: number): number => interim.push(gain);
    new Checkpoints(checkpointsOf(pruneBelow), equity.length, startEquity, note).passAll(equity);
    const metrics = computeFigures(this.#addon, equity, trades, startEquity, this.#metrics);
    return { state: 'complete', metrics, interim };
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

  #runner(): (rules: RuleSet) => RuleRunResult {
    this.#run ??= createRuleSweeper(this.#addon).repeat(
      sweepSeriesOf(this.#spec, this.#only),
      sweepAssumptionsOf(this.#spec, this.#only),
    );
    return this.#run;
  }
}
