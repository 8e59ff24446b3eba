/** How exactly money is told. */

/** The places of money in a column: two, or six where all of it is small, as in a quote currency of great worth. */
export function moneyPlaces(values: readonly number[]): number {
  return values.every((value) => Math.abs(value) < 1) && values.some((value) => value !== 0) ? 6 : 2;
}
