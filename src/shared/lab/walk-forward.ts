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

export const windowOutcomes = ['traded', 'bankrupt', 'no-setting', 'no-money'] as const;
/**
 * What became of a window: `bankrupt`: it was traded, and less than a hundredth of the money
 * the run began with is left; `no-setting`: none had a score where it was
 * optimised; `no-money`: what was left did not suffice to trade it.
 */
export type WindowOutcome = (typeof windowOutcomes)[number];

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

/** A window that has been walked over; runs that were stored before outcomes were kept have none. */
export interface WalkedWindow {
  readonly test: unknown;
  readonly outcome?: WindowOutcome | undefined;
  /** Why it was not traded. */
  readonly reason?: string | null | undefined;
}

/** Gives what became of a window. */
export function windowOutcome({ outcome, test }: WalkedWindow): WindowOutcome {
  return outcome ?? (test === null ? 'no-setting' : 'traded');
}

/** Gives sentences on the windows that were not traded to their end, numbered from 1; alike ones in a row share one. */
export function windowFindings(windows: readonly WalkedWindow[]): string[] {
  const findings: string[] = [];
  for (let first = 0, next = 0; first < windows.length; first = next) {
    const window = windows[first] as WalkedWindow;
    const outcome = windowOutcome(window);
    next = first + 1;
    if (outcome === 'traded') continue;
    if (outcome === 'bankrupt') {
      const after = windows.length - next;
      const rest =
        after === 0
          ? ''
          : ` The ${after === 1 ? 'one' : after} after it ${after === 1 ? 'was' : 'were'} not traded.`;
      return [...findings, `Window ${next} used up the money: settings chosen this way end in ruin.${rest}`];
    }
    const isAlike = (other: WalkedWindow | undefined): boolean =>
      other !== undefined && windowOutcome(other) === outcome && other.reason === window.reason;
    while (isAlike(windows[next])) next += 1;
    const subject = next === first + 1 ? `Window ${next} was` : `Windows ${first + 1} to ${next} were`;
    const cause =
      outcome === 'no-setting' ? ', as no setting had a score where it was optimised' : ' with what was left';
    const why = typeof window.reason === 'string' ? `: ${window.reason}` : '';
    findings.push(`${subject} not traded${cause}${why}.`);
  }
  return findings;
}
