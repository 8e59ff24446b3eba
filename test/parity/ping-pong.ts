/** The long series the peers were measured on: a candle file run forward, then backward, then forward … */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { CandleColumns } from '../../src/adapters/compute/candle-columns.ts';
import { allocateColumns } from '../../src/adapters/compute/candle-columns.ts';

const names = ['openTimeMs', 'open', 'high', 'low', 'close', 'volume'] as const;

/** Reads a gzipped CSV of timestamp, open, high, low, close, volume. */
export function readCsvColumns(path: string): CandleColumns {
  const lines = gunzipSync(readFileSync(path)).toString('latin1').trim().split('\n').slice(1);
  const columns = allocateColumns(lines.length);
  for (const [row, line] of lines.entries()) {
    const cells = line.split(',');
    for (const [index, name] of names.entries()) columns[name][row] = Number(cells[index]);
  }
  return columns;
}

/**
 * Gives `rows` candles: the series forward, then reversed in time with open and close swapped, then forward again.
 * Times begin at the first and go on by the smallest step of the source.
 */
export function pingPong(source: CandleColumns, rows: number): CandleColumns {
  const length = source.openTimeMs.length;
  const out = allocateColumns(rows);
  let step = Number.POSITIVE_INFINITY;
  for (let row = 1; row < length; row += 1) {
    step = Math.min(step, (source.openTimeMs[row] as number) - (source.openTimeMs[row - 1] as number));
  }
  for (let row = 0; row < rows; row += 1) {
    const within = row % length;
    const backward = Math.floor(row / length) % 2 === 1;
    const at = backward ? length - 1 - within : within;
    out.openTimeMs[row] = (source.openTimeMs[0] as number) + row * step;
    out.open[row] = (backward ? source.close : source.open)[at] as number;
    out.close[row] = (backward ? source.open : source.close)[at] as number;
    out.high[row] = source.high[at] as number;
    out.low[row] = source.low[at] as number;
    out.volume[row] = source.volume[at] as number;
  }
  return out;
}
