/** Where rows that are to be stored speak of candles that are stored already, and say something else. */

import { type CandleColumns, columnNames } from './candle-columns.ts';
import { ComputeError } from './compute-error.ts';

/**
 * Refuses rows that differ from stored ones of the same time: the wrong market's file would else take the place of the
 * right one. A provisional last candle of the stored ones may change. Both must rise in time. Throws `ComputeError`
 * `OVERLAP_DIFFERS` telling how many differ and the first of them.
 */
export function refuseDifferences(
  stored: CandleColumns,
  rows: CandleColumns,
  storedLastIsProvisional: boolean,
): void {
  const finalRows = stored.openTimeMs.length - Number(storedLastIsProvisional);
  let overlapping = 0;
  let differing = 0;
  let first = '';
  let a = 0;
  let b = 0;
  while (a < finalRows && b < rows.openTimeMs.length) {
    const timeMs = stored.openTimeMs[a] as number;
    const givenMs = rows.openTimeMs[b] as number;
    if (timeMs === givenMs) {
      overlapping += 1;
      // `Object.is` would tell 0 from -0, which are one price; what is not a number equals itself here.
      const column = columnNames.find((name) => {
        const [was, is] = [stored[name][a] as number, rows[name][b] as number];
        return was !== is && !(Number.isNaN(was) && Number.isNaN(is));
      });
      if (column !== undefined && differing === 0) {
        const closes = `close ${stored.close[a]} stored, ${rows.close[b]} in the new rows`;
        const same = stored.close[a] === rows.close[b];
        const more = `; ${column} ${stored[column][a]} stored, ${rows[column][b]} in the new rows`;
        first = `the first at ${new Date(timeMs).toISOString()}: ${closes}${same ? more : ''}`;
      }
      if (column !== undefined) differing += 1;
    }
    if (timeMs <= givenMs) a += 1;
    if (givenMs <= timeMs) b += 1;
  }
  if (differing === 0) return;
  throw new ComputeError(
    'OVERLAP_DIFFERS',
    `${differing} of the ${overlapping} candles that are stored already differ from the new rows, ${first}; nothing was changed`,
  );
}
