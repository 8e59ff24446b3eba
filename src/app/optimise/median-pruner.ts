/** Ends trials that lag behind: below the median of the earlier trials at the same point of the data. */

/** Complete trials that must be there before any is ended. */
const startupTrials = 5;

/**
 * Gives, for each interim point, the value below which a trial is ended; null while too few earlier trials got there.
 * Only trials of earlier batches count, so that the outcome does not depend on who finishes first.
 */
export function medianThresholds(earlier: readonly (readonly number[])[], points: number): (number | null)[] {
  return Array.from({ length: points }, (_none, point) => {
    const values = earlier.flatMap((interim) => (interim.length > point ? [interim[point] as number] : []));
    if (values.length < startupTrials) return null;
    values.sort((left, right) => left - right);
    const middle = values.length >> 1;
    return values.length % 2 === 1
      ? (values[middle] as number)
      : ((values[middle - 1] as number) + (values[middle] as number)) / 2;
  });
}
