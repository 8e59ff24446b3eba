/** How much of a setting's growth was left on data it was not chosen by. */

/** A result held when at least this part of its growth was left: half, as is usual for walk-forward efficiency. */
export const growthKeptMinimum = 0.5;

/**
 * Gives growth in time kept back over growth in the time before, each logarithmic and for the same length of time, so that
 * stretches of different lengths can be compared. Null without a profit to compare with, or a return that is not known.
 */
export function growthKept(
  trainReturn: number | null | undefined,
  trainMs: number,
  testReturn: number | null | undefined,
  testMs: number,
): number | null {
  if (typeof trainReturn !== 'number' || typeof testReturn !== 'number') return null;
  if (!(trainReturn > 0) || testReturn <= -1 || !(trainMs > 0) || !(testMs > 0)) return null;
  return Math.log1p(testReturn) / testMs / (Math.log1p(trainReturn) / trainMs);
}
