/**
 * Ehlers' recursive filters written out from his publications, slowly and plainly, to compare the catalogue with. He prints 1.414
 * for the root of two and programs copy that: `root` is which one is meant. Filters start in two ways: `before` is what a value
 * before the first counts as, and `first` replaces the first values.
 */

import { at } from './indicator-fixtures.ts';

/** How a filter starts. */
export interface Start {
  readonly before: number;
  readonly first: readonly number[];
}

/** Nothing before the first value. */
export const fromZero: Start = { before: 0, first: [] };

/** The first so many values are the input's own, as Jesse starts. */
export function copied(values: Float64Array, count: number): Start {
  return { before: 0, first: [...values.subarray(0, count)] };
}

/** y = sum of weights times inputs, newest first, and of feedback times outputs; inputs before the first are the first. */
function recursion(
  values: Float64Array,
  weights: readonly number[],
  feedback: readonly number[],
  start: Start,
): Float64Array {
  const result = new Float64Array(values.length);
  for (let row = 0; row < values.length; row += 1) {
    let sum = 0;
    for (const [lag, weight] of weights.entries()) sum += weight * at(values, Math.max(0, row - lag));
    for (const [place, factor] of feedback.entries()) {
      const past = row - 1 - place;
      sum += factor * (past < 0 ? start.before : at(result, past));
    }
    result[row] = start.first[row] ?? sum;
  }
  return result;
}

/** Two-pole super smoother (Cycle Analytics for Traders, 2013, chapter 3). */
export function superSmoother(
  values: Float64Array,
  period: number,
  root: number,
  start: Start,
): Float64Array {
  const a = Math.exp((-root * Math.PI) / period);
  const c2 = 2 * a * Math.cos((root * Math.PI) / period);
  const c3 = -a * a;
  const c1 = 1 - c2 - c3;
  return recursion(values, [c1 / 2, c1 / 2], [c2, c3], start);
}

/** One-pole high pass (Cycle Analytics for Traders, chapter 4). */
export function highPass(values: Float64Array, period: number, start: Start): Float64Array {
  const angle = (2 * Math.PI) / period;
  const a = (Math.cos(angle) + Math.sin(angle) - 1) / Math.cos(angle);
  return recursion(values, [1 - a / 2, a / 2 - 1], [1 - a], start);
}

/** Two-pole high pass (Cycle Analytics for Traders, chapter 7). */
export function highPass2(values: Float64Array, period: number, root: number, start: Start): Float64Array {
  const angle = (root * Math.PI) / period;
  const a = (Math.cos(angle) + Math.sin(angle) - 1) / Math.cos(angle);
  const gain = (1 - a / 2) ** 2;
  return recursion(values, [gain, -2 * gain, gain], [2 * (1 - a), -((1 - a) ** 2)], start);
}

/** Band pass around a period (J. Ehlers and R. Way, TASC March 2010). */
export function bandPass(values: Float64Array, period: number, width: number, start: Start): Float64Array {
  const b = Math.cos((2 * Math.PI) / period);
  const g = 1 / Math.cos((2 * Math.PI * width) / period);
  const a = g - Math.sqrt(g * g - 1);
  return recursion(values, [(1 - a) / 2, 0, (a - 1) / 2], [b * (1 + a), -a], start);
}

/** Reflex, or trendflex without the slope (TASC February 2020), of the smoothed price. */
export function flex(smooth: Float64Array, period: number, sloped: boolean): Float64Array {
  let power = 0;
  return smooth.map((value, row) => {
    if (row < period) return Number.NaN;
    const slope = sloped ? (at(smooth, row - period) - value) / period : 0;
    let sum = 0;
    for (let count = 1; count <= period; count += 1) sum += value + count * slope - at(smooth, row - count);
    sum /= period;
    power = 0.04 * sum * sum + 0.96 * power;
    return power === 0 ? 0 : sum / Math.sqrt(power);
  });
}

/** Even better sine wave (Cycle Analytics for Traders, chapter 12) of a price without its trend, smoothed. */
export function evenBetterSine(smooth: Float64Array): Float64Array {
  return smooth.map((value, row) => {
    const three = [value, at(smooth, Math.max(0, row - 1)), at(smooth, Math.max(0, row - 2))];
    const wave = three.reduce((sum, each) => sum + each, 0) / 3;
    const power = three.reduce((sum, each) => sum + each * each, 0) / 3;
    return power === 0 ? 0 : wave / Math.sqrt(power);
  });
}

/** The four levels of the Laguerre filter (Time Warp, 2002), by level; all start from the first value. */
export function laguerreLevels(values: Float64Array, gamma: number): readonly Float64Array[] {
  const levels: Float64Array[] = [];
  for (let level = 0; level < 4; level += 1) {
    const input = level === 0 ? values : (levels[level - 1] as Float64Array);
    const result = new Float64Array(values.length);
    let before = at(values, 0);
    for (let row = 0; row < values.length; row += 1) {
      const value =
        level === 0
          ? (1 - gamma) * at(input, row) + gamma * before
          : -gamma * at(input, row) + (row === 0 ? at(values, 0) : at(input, row - 1)) + gamma * before;
      result[row] = value;
      before = value;
    }
    levels.push(result);
  }
  return levels;
}

/** Cyber cycle (Cybernetic Analysis for Stocks and Futures, 2004, chapter 4) of a price. */
export function cyberCycle(price: Float64Array, alpha: number): Float64Array {
  const smooth = price.map(
    (value, row) => (value + 2 * at(price, row - 1) + 2 * at(price, row - 2) + at(price, row - 3)) / 6,
  );
  const cycle = new Float64Array(price.length).fill(Number.NaN);
  for (let row = 2; row < price.length; row += 1) {
    cycle[row] =
      row < 6
        ? (at(price, row) - 2 * at(price, row - 1) + at(price, row - 2)) / 4
        : (1 - alpha / 2) ** 2 * (at(smooth, row) - 2 * at(smooth, row - 1) + at(smooth, row - 2)) +
          2 * (1 - alpha) * at(cycle, row - 1) -
          (1 - alpha) ** 2 * at(cycle, row - 2);
  }
  return cycle;
}

/** Fractal adaptive moving average (TASC October 2005): the price itself until one bar after the first full window. */
export function fractalAverage(high: Float64Array, low: Float64Array, period: number): Float64Array {
  const half = period / 2;
  const range = (last: number, bars: number): number =>
    (Math.max(...high.subarray(last - bars + 1, last + 1)) -
      Math.min(...low.subarray(last - bars + 1, last + 1))) /
    bars;
  const result = new Float64Array(high.length).fill(Number.NaN);
  for (let row = period - 1; row < high.length; row += 1) {
    const price = (at(high, row) + at(low, row)) / 2;
    const dimension =
      Math.log((range(row, half) + range(row - half, half)) / range(row, period)) / Math.log(2);
    const alpha = Math.min(1, Math.max(0.01, Math.exp(-4.6 * (dimension - 1))));
    result[row] = row < period ? price : alpha * price + (1 - alpha) * at(result, row - 1);
  }
  return result;
}
