/** The Lab of a host: its tools, its stores and the work its jobs do. */

import type { NativeAddon } from '../../adapters/compute/addon.ts';
import { computeFigures } from '../../adapters/compute/performance.ts';
import { EvidenceLog } from '../../adapters/lab/evidence-log.ts';
import { LabFiles } from '../../adapters/lab/lab-files.ts';
import type { AnyStrategy } from '../../engine/strategy/api.ts';
import type { BacktestSummaryView } from '../../shared/api/lab-views.ts';
import { ApiError } from '../../shared/api/result.ts';
import { ensureDefined } from '../../shared/domain/assert.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import { KeptCandles } from '../backtest/kept-candles.ts';
import { type LoadedSeries, loadSeries, type StoreReader } from '../backtest/load-series.ts';
import { strategyHint } from '../backtest/load-strategy.ts';
import { paramsFor } from '../backtest/prepare-bots.ts';
import { withDataErrors } from '../data/data-errors.ts';
import { measureResult } from '../report/measure.ts';
import { BacktestStore } from './backtest-store.ts';
import { ChanceService } from './chance-service.ts';
import { joinedCandles } from './joined-candles.ts';
import type { BacktestRunner, DataRange, LabTools } from './lab-tools.ts';
import { StudyService } from './study-service.ts';
import { WalkForwardService } from './walk-forward-service.ts';

export interface LabOptions {
  readonly addon: NativeAddon;
  readonly dataFolder: string;
  readonly runner: BacktestRunner;
  readonly strategies: readonly AnyStrategy[];
  readonly findStrategy: (id: string) => AnyStrategy | undefined;
  readonly wallClock: () => number;
}

export class Lab {
  readonly tools: LabTools;
  readonly backtests: BacktestStore;
  readonly chance: ChanceService;
  readonly studies: StudyService;
  readonly walkForwards: WalkForwardService;
  readonly #candles: KeptCandles;

  constructor(options: LabOptions) {
    const files = new LabFiles(options.dataFolder);
    this.#candles = new KeptCandles(options.dataFolder);
    this.tools = {
      addon: options.addon,
      files,
      evidence: new EvidenceLog(options.dataFolder),
      runner: options.runner,
      strategies: options.strategies,
      findStrategy: (id) => options.findStrategy(id),
      dataRange: async (spec): Promise<DataRange> => {
        const { columns, timeframeMs } = await this.#firstSeries(spec);
        const firstMs = columns.openTimeMs[0] ?? 0;
        const endMs = (columns.openTimeMs.at(-1) ?? 0) + timeframeMs;
        return {
          fromMs: Math.max(firstMs, spec.fromMs ?? firstMs),
          toMs: Math.min(endMs, spec.toMs ?? endMs),
          timeframeMs,
        };
      },
      wholeParams: async (spec) => {
        const strategy = options.findStrategy(spec.strategy);
        if (strategy === undefined)
          throw new ApiError('not-found', `there is no strategy "${spec.strategy}"`, {
            hint: strategyHint(spec.strategy),
          });
        // As a backtest completes them: by the market before the first traded candle of the first traded series.
        const index = Math.max(
          0,
          spec.series.findIndex(({ tradable }) => tradable),
        );
        const { readFile, readStored } = this.#candles;
        const series = await withDataErrors(() => loadSeries(spec, index, readStored, readFile), 'series');
        return paramsFor(spec, strategy, series);
      },
      measure: (result, more) => measureResult(options.addon, result, more),
      figures: ({ equity, startEquity, trades }) =>
        computeFigures(options.addon, equity, trades, startEquity),
      wallClock: options.wallClock,
    };
    this.backtests = new BacktestStore(files, this.tools.evidence);
    this.chance = new ChanceService(this.tools, this.backtests);
    this.studies = new StudyService(this.tools);
    this.walkForwards = new WalkForwardService(this.tools);
  }

  /** Reads stored candles, which are kept for a while. Throws `ApiError` (`not-found`). */
  readonly readStored: StoreReader = (source) => {
    const read = ensureDefined(this.#candles.readStored, 'the Lab has a data folder');
    return withDataErrors(() => read(source), 'series');
  };

  /** Candles a stored backtest ran over, joined to fit a chart. */
  async candlesOf(
    { spec, fromMs, toMs }: BacktestSummaryView,
    wantedFromMs: number | undefined,
    wantedToMs: number | undefined,
    limit: number,
  ): Promise<ReturnType<typeof joinedCandles>> {
    const series = await this.#firstSeries(spec);
    return joinedCandles(
      series,
      Math.max(fromMs, wantedFromMs ?? fromMs),
      Math.min(toMs, wantedToMs ?? toMs),
      limit,
    );
  }

  /** Gives the first series of a specification over its whole data. */
  async #firstSeries(spec: BacktestSpec): Promise<LoadedSeries> {
    const { fromMs: _from, toMs: _to, warmupBars: _warmup, ...rest } = spec;
    const { readFile, readStored } = this.#candles;
    const first = { ...rest, series: spec.series.slice(0, 1) };
    return withDataErrors(() => loadSeries(first, 0, readStored, readFile), 'series');
  }
}
