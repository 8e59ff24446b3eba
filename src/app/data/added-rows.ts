/** What came into a series since a repair, so that undoing that repair loses none of it. */

import { allocateColumns, type CandleColumns, columnNames } from '../../adapters/compute/candle-columns.ts';

/** Gives the rows of `now` that `before` does not have, or has otherwise. Both rise in time. */
export function addedRows(before: CandleColumns, now: CandleColumns): CandleColumns {
  const added: number[] = [];
  let known = 0;
  for (let row = 0; row < now.openTimeMs.length; row += 1) {
    const timeMs = now.openTimeMs[row] as number;
    while ((before.openTimeMs[known] ?? Number.POSITIVE_INFINITY) < timeMs) known += 1;
    if (!columnNames.every((name) => before[name][known] === now[name][row])) added.push(row);
  }
  const rows = allocateColumns(added.length);
  for (const name of columnNames)
    added.forEach((row, index) => {
      rows[name][index] = now[name][row] as number;
    });
  return rows;
}
