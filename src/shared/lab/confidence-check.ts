/** One check of how well a run supports a profit, and what its outcomes cost. */

export type CheckOutcome = 'passed' | 'weak' | 'failed' | 'not-done';

export interface ConfidenceCheck {
  readonly id: string;
  readonly title: string;
  readonly outcome: CheckOutcome;
  /** What was found, one sentence. */
  readonly finding: string;
  /** What to do about it; nothing where the check passed. */
  readonly advice?: string | undefined;
}

/** A check; advice is left out where it passed. */
export function check(
  id: string,
  title: string,
  outcome: CheckOutcome,
  finding: string,
  advice: string,
): ConfidenceCheck {
  return { id, title, outcome, finding, ...(outcome === 'passed' ? {} : { advice }) };
}

/** Below the first limit failed, below the second weak. */
export function byLimits(value: number, failedBelow: number, weakBelow: number): CheckOutcome {
  if (value < failedBelow) return 'failed';
  return value < weakBelow ? 'weak' : 'passed';
}

/** A fraction as text, in percent. */
export const percent = (ratio: number, digits = 0): string => `${(ratio * 100).toFixed(digits)} %`;

/**
 * Closed trades below which nothing is said of skill or luck. An advantage of half the standard deviation of a trade, which
 * is a large one, is found at 5 % by six of seven tests over 30 trades (normal quantile 0.5 √30 − 1.645 = 1.09), over 10 by
 * less than half of them; and one or two trades decide what so few show.
 */
export const fewTrades = 30;
