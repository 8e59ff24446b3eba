/**
 * Order book recordings: import of raw feeds into checksummed column files, facts about them, and their replay with
 * latency and queue positions. What is computed how: `native/crates/core/src/l2`.
 */

import type { NativeAddon } from './addon.ts';
import { ComputeError, computing } from './compute-error.ts';
import type { AddonL2Latency, AddonL2ParameterSet, AddonL2Tape, L2Info, L2RunResult } from './l2-addon.ts';
import { type TaskWatch, watchTask } from './watch-task.ts';

export type { L2Fill, L2Info, L2RunResult } from './l2-addon.ts';

/**
 * - `binance-frames`: `<local nanoseconds> <raw frame>` a line, with a REST snapshot; spot, USD- and coin-margined
 * - `tardis-csv`: `incremental_book_L2`, `book_snapshot_*`, `trades` or `quotes`, told by the header
 * - `bybit-book`: Bybit's order book archive
 * - `trade-list`: a JSON list of `[time ms, id, type, side, price, amount, ...]`
 *
 * All of them plain, gzip or zip.
 */
export type L2Format = 'binance-frames' | 'tardis-csv' | 'bybit-book' | 'trade-list';

export interface L2ImportOptions {
  readonly format: L2Format;
  /**
   * `checked` (when not given): as a live book, changes count from the first snapshot on and a hole empties the book until
   * the next one. `as-recorded`: everything is taken as it comes, the convention of hftbacktest's converters.
   */
  readonly sequence?: 'checked' | 'as-recorded';
  /** The venue's symbol, where a file holds several. */
  readonly symbol?: string;
  /** Distance of prices, a decimal; the coarsest that fits all prices when not given. */
  readonly tick?: string;
  /** Distance of sizes, likewise. */
  readonly lot?: string;
}

/** Which part of a recording to replay. */
export interface L2LoadOptions {
  /** Prices outside are left out; give both or none. Needed where far-off orders span too many ticks. */
  readonly lowestPrice?: number;
  readonly highestPrice?: number;
  /** Plays the recording several times, copy behind copy: for load tests. */
  readonly repeats?: number;
  /** Copies begin at multiples of this. */
  readonly alignMs?: number;
}

/** How long orders take to the exchange and answers back. The feed has the delays of the recording. */
export type L2Latency =
  | { readonly kind: 'constant'; readonly entryMs: number; readonly responseMs: number }
  /** Drawn for every message: a minimum plus a log-normal part with this median. */
  | {
      readonly kind: 'log-normal';
      readonly minimumMs: number;
      readonly medianMs: number;
      readonly sigma: number;
      readonly seed: number;
    }
  /** Factors on the recorded delay of the feed at that time, plus `minimumMs`. */
  | {
      readonly kind: 'recorded';
      readonly entryFactor: number;
      readonly responseFactor: number;
      readonly minimumMs: number;
    };

/** How the queue position of a resting order moves when its level shrinks without a trade. */
export type L2Queue =
  /** Not at all: only trades bring it forward. */
  | { readonly kind: 'risk-averse' }
  /** Cancels stood behind with the probability `back^n / (back^n + front^n)`. */
  | { readonly kind: 'power'; readonly exponent: number }
  /** The same with `ln(1 + x)`, `x` in units of the base asset. */
  | { readonly kind: 'logarithm' };

export interface L2RunOptions {
  /** Time between two decisions of a strategy. */
  readonly stepMs: number;
  readonly latency: L2Latency;
  readonly queue: L2Queue;
  /** Whether an order fills as a whole once its turn has come, or with what trades reach beyond the queue. */
  readonly matching: 'whole' | 'partial';
  /** Fees are parts of the value, below zero for rebates. */
  readonly makerFee: number;
  readonly takerFee: number;
  /** How the position that strategies see is summed: `float` adds doubles, to agree with hftbacktest fill for fill. */
  readonly positionSum?: 'exact' | 'float';
  /** Most samples of equity and position; 200 when not given. */
  readonly samples?: number;
  readonly keepsFills?: boolean;
  /** 0, or not given: one a core. */
  readonly threads?: number;
}

interface Sized {
  /** Size of an order in units of the base asset, a whole number of lots. */
  readonly size: number;
  /** Largest position to either side that still grows. */
  readonly maxPosition: number;
}

/** A grid of bids and asks around a price that leans against the position. */
export interface L2Grid extends Sized {
  readonly strategy: 'grid';
  /** Orders of each side, at most 64. */
  readonly levels: number;
  /** Distance of two orders: in ticks, or as a part of the first mid price. */
  readonly interval: { readonly ticks: number } | { readonly relative: number };
  /** Distance of the first order from the reservation price, in intervals; 1 when not given. */
  readonly halfSpreadIntervals?: number;
  /** Whether orders that would take expire; true when not given. */
  readonly postOnly?: boolean;
}

/** One bid and one ask after Avellaneda and Stoikov; prices in ticks. */
export interface L2Quoter extends Sized {
  readonly strategy: 'quoter';
  readonly riskAversion: number;
  readonly arrivalDecay: number;
  readonly horizonS: number;
  readonly halfLifeS: number;
  readonly requoteTicks: number;
}

/** A strategy and its parameters. `watch` sends nothing. */
export type L2ParameterSet = { readonly strategy: 'watch' } | L2Grid | L2Quoter;

const samplesDefault = 200;

/**
 * Imports a source file. The target appears when all of it is written. Throws `ComputeError`: `BAD_ROWS` with line and
 * reason, `NOT_FOUND`, `BAD_ARGUMENT`, `CANCELLED`, `DISK_FULL`; then nothing has changed.
 */
export function importL2(
  addon: NativeAddon,
  source: string,
  target: string,
  options: L2ImportOptions,
  watch: TaskWatch = {},
): Promise<L2Info> {
  const complete = { ...options, sequence: options.sequence ?? 'checked' };
  return watchTask(addon, watch, (control) => addon.importL2(source, target, complete, control));
}

/** Gives the facts about a recording. Throws `NOT_FOUND`, `NOT_AN_L2_FILE`, `NEWER_VERSION`, `DAMAGED`. */
export function l2Info(addon: NativeAddon, path: string): L2Info {
  return computing(() => addon.readL2Info(path));
}

/** A recording in memory: loaded once, run as often as wanted. */
export class L2Recording {
  readonly #addon: NativeAddon;
  readonly #tape: AddonL2Tape;
  /** Events, each of which exchange and trader see. */
  readonly events: number;

  private constructor(addon: NativeAddon, tape: AddonL2Tape) {
    this.#addon = addon;
    this.#tape = tape;
    this.events = tape.events;
  }

  /** Reads a recording and compares every checksum. Throws as `l2Info`, `BAD_ARGUMENT` for an unusable price range. */
  static async load(
    addon: NativeAddon,
    path: string,
    options: L2LoadOptions = {},
    watch: TaskWatch = {},
  ): Promise<L2Recording> {
    const complete = { ...options, repeats: options.repeats ?? 1, alignMs: options.alignMs ?? 1000 };
    const tape = await watchTask(addon, watch, (control) => addon.loadL2(path, complete, control));
    return new L2Recording(addon, tape);
  }

  /**
   * Runs every parameter set; the results, in the order of the sets, do not depend on the number of threads. Throws
   * `BAD_ARGUMENT` before anything runs, `CANCELLED`.
   */
  run(options: L2RunOptions, sets: readonly L2ParameterSet[], watch: TaskWatch = {}): Promise<L2RunResult[]> {
    const { queue, latency, positionSum, samples, keepsFills, threads, ...rest } = options;
    const complete = {
      ...rest,
      latency: latency satisfies AddonL2Latency,
      queue: queue.kind,
      ...(queue.kind === 'power' ? { queueExponent: queue.exponent } : {}),
      positionSum: positionSum ?? 'exact',
      samples: samples ?? samplesDefault,
      keepsFills: keepsFills ?? false,
      threads: threads ?? 0,
    };
    return watchTask(this.#addon, watch, (control) => {
      const inLots = sets.map((set) => this.#inLots(set));
      return this.#tape.run(complete, inLots, control);
    });
  }

  #inLots(set: L2ParameterSet): AddonL2ParameterSet {
    if (set.strategy === 'watch') return set;
    const { size, maxPosition, ...rest } = set;
    const lots = this.#lots('size', size);
    const maxPositionLots = this.#lots('maxPosition', maxPosition);
    if (rest.strategy === 'quoter') return { ...rest, lots, maxPositionLots };
    const { interval, halfSpreadIntervals, ...grid } = rest;
    const distance =
      'ticks' in interval ? { intervalTicks: interval.ticks } : { relativeInterval: interval.relative };
    return {
      ...grid,
      ...distance,
      halfSpreadIntervals: halfSpreadIntervals ?? 1,
      lots,
      maxPositionLots,
    };
  }

  #lots(name: string, size: number): number {
    const { lot } = this.#tape;
    const lots = Math.round(size / lot);
    if (!(lots >= 1) || Math.abs(size / lot - lots) > 1e-6) {
      throw new ComputeError('BAD_ARGUMENT', `${name} ${size} is not a whole number of lots of ${lot}`);
    }
    return lots;
  }
}

/** Loads a recording and runs one or many parameter sets over it. Throws as `L2Recording`. */
export async function replayL2(
  addon: NativeAddon,
  path: string,
  options: L2RunOptions & L2LoadOptions,
  sets: readonly L2ParameterSet[],
  watch: TaskWatch = {},
): Promise<L2RunResult[]> {
  const { lowestPrice, highestPrice, repeats, alignMs, ...run } = options;
  const load = {
    ...(lowestPrice === undefined ? {} : { lowestPrice }),
    ...(highestPrice === undefined ? {} : { highestPrice }),
    ...(repeats === undefined ? {} : { repeats }),
    ...(alignMs === undefined ? {} : { alignMs }),
  };
  const signal = watch.signal === undefined ? {} : { signal: watch.signal };
  const recording = await L2Recording.load(addon, path, load, signal);
  return recording.run(run, sets, watch);
}
