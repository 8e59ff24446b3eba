/** Whether the second leg of a pair hedges the first: a test of cointegration alone does not say so. */

/** What a hedge ratio makes of a pair. */
export interface HedgeVerdict {
  /**
   * `pair`: one leg is bought as the other is sold; `no-hedge`: the second leg hardly counts, the first returns to its mean by
   * itself; `same-side`: both legs are bought together, so nothing of the market's move is taken out.
   */
  readonly verdict: 'pair' | 'no-hedge' | 'same-side';
  /** One sentence; absent for a pair. */
  readonly reason?: string | undefined;
}

/** Below this part of the first leg's own movement the second one's is nothing: it would take out 1 % of its variance. */
const weightMinimum = 0.1;

/** Judges a hedge ratio by the columns it belongs to (logarithms of prices, or prices). */
export function judgeHedge(
  hedgeRatio: number,
  { name: firstName, column: first }: { readonly name: string; readonly column: Float64Array },
  { name: secondName, column: second }: { readonly name: string; readonly column: Float64Array },
): HedgeVerdict {
  const weight = (Math.abs(hedgeRatio) * deviationOf(second)) / deviationOf(first);
  if (!(weight >= weightMinimum)) {
    return {
      verdict: 'no-hedge',
      reason: `${secondName} moves ${firstName} by ${(weight * 100).toFixed(1)} % of what ${firstName} moves: it hedges nothing, ${firstName} alone is traded.`,
    };
  }
  if (hedgeRatio < 0) {
    return {
      verdict: 'same-side',
      reason: `The hedge ratio is negative: ${firstName} and ${secondName} are bought together, and fall together with the market.`,
    };
  }
  return { verdict: 'pair' };
}

function deviationOf(column: Float64Array): number {
  let mean = 0;
  for (const value of column) mean += value / column.length;
  let sum = 0;
  for (const value of column) sum += (value - mean) ** 2;
  return Math.sqrt(sum / Math.max(1, column.length - 1));
}
