/**
 * tidy-ok: typed calls of six kernels, which tests hold to the engine's own; programs use `catalogue.ts`, which has all.
 *
 * Indicators computed by the native part: a column in, columns out, and streams that take one bar at a time. Batch and
 * stream give the same bits. Values are NaN while warming up and after a hole (a NaN or infinite input restarts the
 * warm-up). Formulas, seeds and conventions: `native/crates/core/src/indicators`.
 */

import type { AddonAtrStream, AddonTripleStream, AddonValueStream, NativeAddon } from './addon.ts';
import { computing } from './compute-error.ts';

/** Bollinger bands as columns. */
export interface BollingerColumns {
  readonly upper: Float64Array;
  readonly middle: Float64Array;
  readonly lower: Float64Array;
}

/** MACD as columns. */
export interface MacdColumns {
  readonly macd: Float64Array;
  readonly signal: Float64Array;
  readonly histogram: Float64Array;
}

/** Periods of MACD in bars; fast must be smaller than slow. */
export interface MacdPeriods {
  readonly fast: number;
  readonly slow: number;
  readonly signal: number;
}

/** An indicator that takes one input a bar. `warmUpBars` is the number of bars before its first complete value. */
export interface IndicatorStream<Input extends readonly number[], Output> {
  readonly warmUpBars: number;
  /** Takes the next bar, in constant time whatever the period. */
  update(...input: Input): Output;
  /** Starts again as if new. */
  reset(): void;
}

/** Highs, lows and closes, for indicators of the range. */
export interface RangeColumns {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** All indicators. Every function throws `ComputeError` (`BAD_ARGUMENT`) for periods or columns it cannot work with. */
export interface Indicators {
  /** Simple moving average: the exact mean of the window, rounded once, so that equal averages compare equal. */
  sma(input: Float64Array, period: number): Float64Array;
  /** Exponential moving average, seeded with the mean of the first `period` bars. */
  ema(input: Float64Array, period: number): Float64Array;
  /** Wilder's relative strength index, 0 to 100; 50 while nothing has moved. */
  rsi(close: Float64Array, period: number): Float64Array;
  /** Wilder's average true range, in the unit of the price. */
  atr(bars: RangeColumns, period: number): Float64Array;
  /** Bands of `multiplier` population standard deviations around the simple average. */
  bollinger(input: Float64Array, period: number, multiplier: number): BollingerColumns;
  /** Difference of two exponential averages, its own average, and the difference of those. */
  macd(input: Float64Array, periods: MacdPeriods): MacdColumns;
  smaStream(period: number): IndicatorStream<[value: number], number>;
  emaStream(period: number): IndicatorStream<[value: number], number>;
  rsiStream(period: number): IndicatorStream<[close: number], number>;
  atrStream(period: number): IndicatorStream<[high: number, low: number, close: number], number>;
  bollingerStream(
    period: number,
    multiplier: number,
  ): IndicatorStream<[value: number], { upper: number; middle: number; lower: number }>;
  macdStream(
    periods: MacdPeriods,
  ): IndicatorStream<[value: number], { macd: number; signal: number; histogram: number }>;
}

/** Gives the indicators of a loaded addon. */
export function createIndicators(addon: NativeAddon): Indicators {
  const column = (rows: Float64Array, fill: (out: Float64Array) => void): Float64Array => {
    const out = new Float64Array(rows.length);
    computing(() => fill(out));
    return out;
  };
  return {
    sma: (input, period) => column(input, (out) => addon.smaBatch(input, period, out)),
    ema: (input, period) => column(input, (out) => addon.emaBatch(input, period, out)),
    rsi: (close, period) => column(close, (out) => addon.rsiBatch(close, period, out)),
    atr: ({ high, low, close }, period) =>
      column(close, (out) => addon.atrBatch(high, low, close, period, out)),
    bollinger(input, period, multiplier) {
      const [upper, middle, lower] = threeColumns(input.length);
      computing(() => addon.bollingerBatch(input, period, multiplier, upper, middle, lower));
      return { upper, middle, lower };
    },
    macd(input, { fast, slow, signal: signalPeriod }) {
      const [macd, signal, histogram] = threeColumns(input.length);
      computing(() => addon.macdBatch(input, fast, slow, signalPeriod, macd, signal, histogram));
      return { macd, signal, histogram };
    },
    smaStream: (period) => valueStream(computing(() => new addon.SmaStream(period))),
    emaStream: (period) => valueStream(computing(() => new addon.EmaStream(period))),
    rsiStream: (period) => valueStream(computing(() => new addon.RsiStream(period))),
    atrStream: (period) => atrStream(computing(() => new addon.AtrStream(period))),
    bollingerStream: (period, multiplier) =>
      tripleStream(
        computing(() => new addon.BollingerStream(period, multiplier)),
        (upper, middle, lower) => ({ upper, middle, lower }),
      ),
    macdStream: ({ fast, slow, signal: signalPeriod }) =>
      tripleStream(
        computing(() => new addon.MacdStream(fast, slow, signalPeriod)),
        (macd, signal, histogram) => ({ macd, signal, histogram }),
      ),
  };
}

function threeColumns(rows: number): readonly [Float64Array, Float64Array, Float64Array] {
  return [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
}

function valueStream(stream: AddonValueStream): IndicatorStream<[value: number], number> {
  return {
    warmUpBars: stream.warmUpBars,
    update: (value) => computing(() => stream.update(value)),
    reset: () => stream.reset(),
  };
}

function atrStream(
  stream: AddonAtrStream,
): IndicatorStream<[high: number, low: number, close: number], number> {
  return {
    warmUpBars: stream.warmUpBars,
    update: (high, low, close) => computing(() => stream.update(high, low, close)),
    reset: () => stream.reset(),
  };
}

function tripleStream<Output>(
  stream: AddonTripleStream,
  output: (a: number, b: number, c: number) => Output,
): IndicatorStream<[value: number], Output> {
  const out = new Float64Array(3);
  return {
    warmUpBars: stream.warmUpBars,
    update(value) {
      computing(() => stream.update(value, out));
      return output(out[0] as number, out[1] as number, out[2] as number);
    },
    reset: () => stream.reset(),
  };
}
