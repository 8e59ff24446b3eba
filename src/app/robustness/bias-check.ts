/**
 * Two checks that any strategy can be put through, because they only look at what it did:
 *
 * - lookahead: run again on data that ends at a decision. What was decided then and before must be the same; if it is
 *   not, the strategy knew what came later. These runs fill orders at the close they are sent at: filled at the next
 *   open, the data would have to reach one candle beyond the decision, and whoever looks just one candle ahead would
 *   not be found.
 * - recursion: run again with more candles before the first decision. Trades that change hang on where the data begins:
 *   the warm-up is too short for an average that never quite forgets.
 */

import type { BacktestResult, TradeTable } from '../../shared/lab/result.ts';
import { type BacktestSpec, isOnBook, reserveOf } from '../../shared/lab/spec.ts';

/** Runs one backtest; both checks run it again and again. */
export type RunBacktest = (spec: BacktestSpec, isCancelled: () => boolean) => Promise<BacktestResult>;

export interface BiasOptions {
  /** Times at which the data is cut off, spread over all entries and exits. */
  readonly cuts: number;
  /** Warm-ups to be tried, as multiples of the usual one. */
  readonly warmupFactors: readonly number[];
}

export const usualBiasOptions: BiasOptions = { cuts: 20, warmupFactors: [2, 4, 8] };

/** A trade that is not the same in the run on less data. */
export interface LookaheadFinding {
  readonly cutMs: number;
  readonly entryTimeMs: number;
  readonly whatDiffers: string;
}

export interface RecursionRow {
  readonly warmupBars: number;
  /** Trades of the usual run that are not in this one, or differ, and the other way round. */
  readonly changedTrades: number;
  readonly firstChangeMs: number | null;
}

export interface BiasReport {
  readonly trades: number;
  readonly cuts: number;
  readonly lookahead: readonly LookaheadFinding[];
  readonly recursion: readonly RecursionRow[];
  /** Sentences: what was found and what to do about it. */
  readonly verdict: readonly string[];
}

/** Runs both checks; `usualWarmupBars` is what the strategy asks for. `onProgress` gets the part that is done, 0 to 1. */
export async function checkBias(
  spec: BacktestSpec,
  usualWarmupBars: number,
  run: RunBacktest,
  options: BiasOptions,
  control: { readonly isCancelled: () => boolean; readonly onProgress: (done: number) => void },
): Promise<BiasReport> {
  const deciding = atDecision(spec);
  const whole = await run(deciding, control.isCancelled);
  const timeframeMs = whole.instruments[0]?.timeframeMs ?? 1;
  const cuts = cutTimes(whole, options.cuts);
  const steps = cuts.length + options.warmupFactors.length + 1;
  let done = 1;
  const advance = (): void => {
    control.onProgress(done / steps);
    done += 1;
  };
  advance();
  const lookahead: LookaheadFinding[] = [];
  for (const cutMs of cuts) {
    if (control.isCancelled()) break;
    const part = await run({ ...deciding, toMs: cutMs }, control.isCancelled);
    const found = firstDifference(whole, part.trades, cutMs);
    if (found !== undefined) lookahead.push({ cutMs, ...found });
    advance();
  }
  const recursion: RecursionRow[] = [];
  const warmups = warmupsOf(
    usualWarmupBars,
    options.warmupFactors,
    (whole.toMs - whole.fromMs) / timeframeMs,
  );
  const longest = warmups.at(-1);
  if (longest !== undefined) {
    // Decisions begin where the longest warm-up has its candles, and stay there; only the data before them grows.
    const fromMs = whole.fromMs + longest * timeframeMs;
    // As it would run live: with the candles it asks for, and no older ones.
    const usualMs = Math.max(usualWarmupBars, 1) * timeframeMs;
    const usual = await run(warmedBy(spec, fromMs, usualMs), control.isCancelled);
    for (const warmupBars of warmups) {
      if (control.isCancelled()) break;
      const longer = await run(warmedBy(spec, fromMs, warmupBars * timeframeMs), control.isCancelled);
      recursion.push({ warmupBars, ...changes(usual.trades, longer.trades) });
      advance();
    }
  }
  return {
    trades: whole.trades.length,
    cuts: cuts.length,
    lookahead,
    recursion,
    verdict: verdictOf(whole.trades.length, lookahead, recursion),
  };
}

/** Warm-ups to be tried, in candles, shortest first: those that leave at least half of the data to trade. */
function warmupsOf(usualBars: number, factors: readonly number[], bars: number): number[] {
  return factors
    .map((factor) => Math.max(1, Math.round(Math.max(usualBars, 1) * factor)))
    .filter((warmupBars) => warmupBars * 2 <= bars)
    .sort((left, right) => left - right);
}

/** The run that begins to trade at `fromMs` and has seen only so much before. */
function warmedBy(spec: BacktestSpec, fromMs: number, historyMs: number): BacktestSpec {
  const { warmupBars: _bars, ...rest } = spec;
  return { ...rest, fromMs, dataFromMs: Math.max(0, fromMs - historyMs) };
}

/** The run whose orders fill at the very close at which they are decided, whatever convention is asked for. */
function atDecision(spec: BacktestSpec): BacktestSpec {
  // On an order book it fills there without a convention, as long as messages take no time.
  const fill = spec.series.some(isOnBook) ? spec.fill : 'close';
  return { ...spec, fill, reserve: reserveOf(spec), latency: { kind: 'none' } };
}

/** When the candle of a series closed in which something filled. */
function closeMsOf(
  { equity, fromMs, instruments, trades }: BacktestResult,
  row: number,
  bar: number,
): number {
  const [only] = instruments;
  // One series has one sample a candle; of several a candle's place is its number, gaps left aside.
  if (instruments.length === 1 && only !== undefined) return equity.timeMs[bar] as number;
  return fromMs + (bar + 1) * (instruments[trades.instrument[row] as number]?.timeframeMs ?? 1);
}

/** Ends of candles in which something was decided or filled, evenly spread over the trades. */
function cutTimes(whole: BacktestResult, count: number): number[] {
  const { trades } = whole;
  const moments = new Set<number>();
  for (let row = 0; row < trades.length; row += 1) {
    moments.add(closeMsOf(whole, row, trades.entryBar[row] as number));
    moments.add(closeMsOf(whole, row, trades.exitBar[row] as number));
  }
  const sorted = [...moments]
    .filter((atMs) => atMs > whole.fromMs && atMs < whole.toMs)
    .sort((a, b) => a - b);
  if (sorted.length <= count) return sorted;
  return Array.from(
    { length: count },
    (_none, index) => sorted[Math.floor(((index + 0.5) * sorted.length) / count)] as number,
  );
}

interface Difference {
  readonly entryTimeMs: number;
  readonly whatDiffers: string;
}

/** The first trade up to the cut that is not the same in both; exits count when they came up to it, too. */
function firstDifference(run: BacktestResult, part: TradeTable, cutMs: number): Difference | undefined {
  const whole = run.trades;
  for (let row = 0; row < Math.max(whole.length, part.length); row += 1) {
    const inWhole = row < whole.length && closeMsOf(run, row, whole.entryBar[row] as number) <= cutMs;
    const inPart = row < part.length;
    if (!inWhole && !inPart) return undefined;
    if (!inWhole || !inPart) {
      const table = inWhole ? whole : part;
      const whatDiffers = inWhole
        ? 'the entry is missing when the data ends here'
        : 'there is an entry that the whole data does not have';
      return { entryTimeMs: table.entryTimeMs[row] as number, whatDiffers };
    }
    const what = entryDifference(whole, part, row) ?? exitDifference(run, part, row, cutMs);
    if (what !== undefined) return { entryTimeMs: whole.entryTimeMs[row] as number, whatDiffers: what };
  }
  return undefined;
}

function entryDifference(left: TradeTable, right: TradeTable, row: number): string | undefined {
  if (left.entryTimeMs[row] !== right.entryTimeMs[row]) return 'the time of the entry';
  if (left.side[row] !== right.side[row]) return 'the side';
  if (left.entryPrice[row] !== right.entryPrice[row]) return 'the entry price';
  if (left.quantity[row] !== right.quantity[row]) return 'the size';
  return undefined;
}

function exitDifference(
  run: BacktestResult,
  part: TradeTable,
  row: number,
  cutMs: number,
): string | undefined {
  const whole = run.trades;
  const wholeExitMs = whole.exitTimeMs[row] as number;
  const isOpenInPart = part.exitReason[row] === 0;
  if (closeMsOf(run, row, whole.exitBar[row] as number) > cutMs)
    return isOpenInPart ? undefined : 'an exit that the whole data does not have';
  if (isOpenInPart) return 'the exit is missing when the data ends here';
  if (part.exitTimeMs[row] !== wholeExitMs) return 'the time of the exit';
  if (part.exitPrice[row] !== whole.exitPrice[row]) return 'the exit price';
  return undefined;
}

/** Counts trades that are in one table only, by entry time, side and price. */
function changes(
  usual: TradeTable,
  longer: TradeTable,
): { readonly changedTrades: number; readonly firstChangeMs: number | null } {
  const keys = (table: TradeTable): Map<string, number> =>
    new Map(
      Array.from({ length: table.length }, (_none, row) => [
        [table.entryTimeMs[row], table.side[row], table.entryPrice[row], table.exitTimeMs[row]].join(' '),
        table.entryTimeMs[row] as number,
      ]),
    );
  const [left, right] = [keys(usual), keys(longer)];
  const changed = [...left]
    .filter(([key]) => !right.has(key))
    .concat([...right].filter(([key]) => !left.has(key)))
    .map(([, atMs]) => atMs);
  return {
    changedTrades: changed.length,
    firstChangeMs: changed.length === 0 ? null : Math.min(...changed),
  };
}

function verdictOf(
  trades: number,
  lookahead: readonly LookaheadFinding[],
  recursion: readonly RecursionRow[],
): string[] {
  if (trades === 0)
    return ['There was no trade, so nothing could be checked: use more data or other parameters.'];
  const sentences = [
    lookahead.length === 0
      ? 'No sign of lookahead: every decision is the same on data that ends behind it.'
      : `Lookahead: ${lookahead.length} of the cuts changed what had been decided before. Do not trust this backtest; look for values of the current or later candles in the rules.`,
  ];
  const changed = recursion.filter(({ changedTrades }) => changedTrades > 0);
  const stable = recursion.find(({ changedTrades }) => changedTrades === 0);
  if (recursion.length === 0) {
    sentences.push('The data are too short to try longer warm-ups: whether this one suffices is not known.');
    return sentences;
  }
  sentences.push(
    changed.length === 0
      ? 'The warm-up is long enough: more candles before the start change no trade.'
      : `The warm-up is short: up to ${Math.max(...changed.map(({ changedTrades }) => changedTrades))} trades change with more candles before the start. ${
          stable === undefined ? 'Ask for a longer warm-up.' : `With ${stable.warmupBars} candles none did.`
        }`,
  );
  return sentences;
}
