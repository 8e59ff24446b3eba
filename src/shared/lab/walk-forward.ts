/**
 * A walk-forward run as it is asked for, and its windows: optimise on a stretch of data, trade the following one with the
 * best setting, move on. What the traded stretches show together is what the optimiser would have earned.
 */

import { z } from 'zod';
import { studySpec } from './study.ts';

export const walkForwardSpec = z.strictObject({
  /** What is done in each window; its own `outOfSample` part is not used, and its range is the range walked over. */
  study: studySpec,
  /** Number of traded stretches. */
  windows: z.number().int().min(2).max(200).default(5),
  /** Length of the optimised stretch, in traded ones. */
  trainToTest: z.number().min(0.5).max(50).default(3),
  /** Optimise on everything before, instead of a stretch of one length. */
  anchored: z.boolean().default(false),
});
export type WalkForwardSpec = z.output<typeof walkForwardSpec>;

/** One window; all times epoch ms UTC, ends excluded. */
export interface WalkForwardWindow {
  readonly trainFromMs: number;
  readonly trainToMs: number;
  readonly testFromMs: number;
  readonly testToMs: number;
}

/**
 * Gives the windows over `[fromMs, toMs)`: traded stretches of one length, to whole candles, that follow one another up
 * to the end, each behind its optimised one. Throws `RangeError` when there are not enough candles.
 */
export function walkForwardWindows(
  spec: Pick<WalkForwardSpec, 'windows' | 'trainToTest' | 'anchored'>,
  fromMs: number,
  toMs: number,
  timeframeMs: number,
): WalkForwardWindow[] {
  const bars = Math.floor((toMs - fromMs) / timeframeMs);
  const testBars = Math.floor(bars / (spec.trainToTest + spec.windows));
  const trainBars = bars - testBars * spec.windows;
  if (testBars < testBarsMinimum) {
    throw new RangeError(
      `${bars} candles are too few for ${spec.windows} windows: each would trade ${testBars}, at least ${testBarsMinimum} are needed`,
    );
  }
  return Array.from({ length: spec.windows }, (_none, index) => {
    const testFromMs = fromMs + (trainBars + index * testBars) * timeframeMs;
    return {
      trainFromMs: spec.anchored ? fromMs : testFromMs - trainBars * timeframeMs,
      trainToMs: testFromMs,
      testFromMs,
      testToMs: testFromMs + testBars * timeframeMs,
    };
  });
}

const testBarsMinimum = 20;
