/** An order book of our own making for the Lab: five levels a side around a price that swings, with trades that reach into them. */

import { loadNative } from '../../../src/adapters/compute/native.ts';
import { allocateTicks, packTick } from '../../../src/adapters/tick-files/tick-columns.ts';
import { DataLibrary } from '../../../src/app/data/data-library.ts';
import { tickKinds } from '../../../src/shared/domain/tick-kinds.ts';

const nsPerMs = 1_000_000n;
const levels = 5;
/** Received so long after it happened. */
const delayMs = 15;

/** Stores so many minutes of BTC/USDT at the venue `own`: ticks of 0.1, lots of 0.001, a change of the book each second. */
export async function storeBook(dataFolder: string, startMs: number, minutes: number): Promise<void> {
  const { askClear, askDepth, bidClear, bidDepth, buyTrade, clearAll, sellTrade } = tickKinds;
  const rows: [ms: number, kind: number, ticks: number, lots: number][] = [[0, clearAll, 0, 0]];
  for (let second = 0; second < minutes * 60; second += 1) {
    const ms = second * 1000;
    const mid = 400_000 + Math.round(900 * Math.sin(second / 40));
    // What trades first is what stood there; then the book is where the price has gone.
    rows.push([ms + 400, second % 2 === 0 ? buyTrade : sellTrade, second % 2 === 0 ? mid + 5 : mid - 5, 60]);
    rows.push([ms + 500, bidClear, 1, 0], [ms + 500, askClear, 1_000_000, 0]);
    for (let level = 0; level < levels; level += 1) {
      rows.push([ms + 500, bidDepth, mid - 5 - 10 * level, 40 + 30 * level]);
      rows.push([ms + 500, askDepth, mid + 5 + 10 * level, 40 + 30 * level]);
    }
  }
  const columns = allocateTicks(rows.length, { mantissa: 1, decimals: 1 }, { mantissa: 1, decimals: 3 });
  for (const [row, [ms, kind, ticks, lots]] of rows.entries()) {
    columns.exchangeNs[row] = BigInt(startMs + ms) * nsPerMs;
    columns.receiveNs[row] = BigInt(startMs + ms + delayMs) * nsPerMs;
    columns.priceTicks[row] = ticks;
    columns.packed[row] = packTick(kind, BigInt(lots));
  }
  const counts = { lines: rows.length, skipped: 0, dropped: 0, snapshots: 1, gaps: 0 };
  await new DataLibrary(loadNative(), dataFolder).l2.write(
    { venue: 'own', symbol: 'BTC/USDT' },
    columns,
    counts,
  );
}
