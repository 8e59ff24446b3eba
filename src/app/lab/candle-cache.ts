/** Candles of recent runs, so that a study's thousands of trials and a report's charts do not read them again. */

import type { BacktestSpec } from '../../shared/lab/spec.ts';
import { type LoadedSeries, loadSeries, type StoreReader } from '../backtest/load-series.ts';

/** Series kept at a time; a year of minutes is 25 MB. */
const keptMaximum = 4;

export class CandleCache {
  readonly #readStored: StoreReader | undefined;
  readonly #kept = new Map<string, Promise<LoadedSeries>>();

  constructor(readStored: StoreReader | undefined) {
    this.#readStored = readStored;
  }

  /** Gives the first series of a specification over its whole data. */
  first(spec: BacktestSpec): Promise<LoadedSeries> {
    const { fromMs: _from, toMs: _to, warmupBars: _warmup, ...rest } = spec;
    const whole: BacktestSpec = { ...rest, series: spec.series.slice(0, 1) };
    const key = JSON.stringify([whole.series, whole.dataFromMs ?? null]);
    let found = this.#kept.get(key);
    if (found === undefined) {
      found = loadSeries(whole, 0, this.#readStored);
      this.#kept.set(key, found);
      // A failure is told once and tried again the next time.
      found.catch(() => this.#kept.delete(key));
      for (const oldest of this.#kept.keys()) {
        if (this.#kept.size <= keptMaximum) break;
        this.#kept.delete(oldest);
      }
    }
    return found;
  }
}
