/** The known name that a mistyped one was probably meant to be. */

/** Gives the known name with the fewest slips from what was typed, at most a third of its letters; undefined where none is near. */
export function nearName(typed: string, known: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase();
  const most = Math.max(1, Math.floor(wanted.length / 3));
  const [best] = known
    .map((name) => ({ name, slips: slipsBetween(wanted, name.toLowerCase(), most) }))
    .filter(({ slips }) => slips <= most)
    .sort((a, b) => a.slips - b.slips);
  return best?.name;
}

/** A question for the known name that was probably meant, else what else may help. */
export function nearHint(typed: string, known: readonly string[], otherwise: string): string {
  const near = nearName(typed, known);
  return near === undefined ? otherwise : `Did you mean ${near}?`;
}

/**
 * Letters left out, put in, changed, or swapped with their neighbour (optimal string alignment distance). Texts whose lengths
 * differ by more than `most` are not compared.
 */
function slipsBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      let slips = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (isSame ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        slips = Math.min(slips, (beforeLast[column - 2] as number) + 1);
      current.push(slips);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] as number;
}
