/** Undoing a repair loses nothing that came in since: it is kept, or the undoing is refused. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { DataLibrary } from '../../../src/app/data/data-library.ts';
import { importFile } from '../../../src/app/data/import-file.ts';
import { repairSeries, undoRepair } from '../../../src/app/data/repair.ts';

const control = { isCancelled: () => false, progress: () => undefined, onCancel: () => undefined };
const startMs = Date.UTC(2024, 0, 1);
const minuteMs = 60_000;
const series = { kind: 'candles', venue: 'binance', symbol: 'BTC/USDT', timeframeMs: minuteMs } as const;
const root = mkdtempSync(join(tmpdir(), 'undo-repair-'));
const context = { control, nowMs: startMs, fetchRange: () => Promise.reject(new Error('not asked for')) };
let library: DataLibrary;
beforeEach(() => {
  library = new DataLibrary(loadNative(), mkdtempSync(join(root, 'data-')));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Imports minutes with these closes. */
function load(rows: readonly (readonly [minute: number, close: number])[], replace = false) {
  const path = join(root, 'candles.csv');
  const lines = rows.map(
    ([minute, close]) => `${startMs + minute * minuteMs},${close},${close},${close},${close},2`,
  );
  writeFileSync(path, ['timestamp,open,high,low,close,volume', ...lines].join('\n'));
  const request = { file: path, venue: 'binance', symbol: 'BTC/USDT', timeframeMs: minuteMs, replace };
  return importFile(library, request, control, startMs + 1e12);
}

const minutesAndCloses = () => {
  const { close, openTimeMs } = library.candles.read(series);
  return Array.from(openTimeMs, (timeMs, row) => [(timeMs - startMs) / minuteMs, close[row]]);
};

it('keeps candles that were added or replaced since gaps were filled', async () => {
  await load([
    [0, 10],
    [1, 11],
    [4, 14],
    [5, 15],
  ]);
  const filled = await repairSeries(library, series, { gaps: 'fill', outliers: 'keep' }, context);
  expect([filled.filledBars, filled.bars]).toEqual([2, 6]);
  // One filled candle gets its real price, and two come behind.
  await load([[3, 13]], true);
  await load([
    [6, 16],
    [7, 17],
  ]);
  const undone = await undoRepair(library, series, control);
  expect(minutesAndCloses()).toEqual([
    [0, 10],
    [1, 11],
    [3, 13],
    [4, 14],
    [5, 15],
    [6, 16],
    [7, 17],
  ]);
  expect(undone.notes).toEqual(['3 candles that were added or replaced since the repair are kept.']);
  expect([undone.missing, undone.canUndo]).toEqual([1, false]);
});

/** Flips bytes of the stored file. */
async function damage(at: number): Promise<string> {
  await library.close();
  const folder = join(library.storeFolder('candles'), 'binance');
  const path = join(folder, readdirSync(folder)[0] as string);
  const bytes = readFileSync(path);
  for (let byte = at; byte < at + 4; byte += 1) bytes[byte] = (bytes[byte] as number) ^ 0xff;
  writeFileSync(path, bytes);
  return path;
}

// Data begin at 12288; a block is six columns of 1024 rows and 32 bytes of check sums.
const inFirstBlock = 12_288 + 8192 + 100 * 8;
const many = Array.from({ length: 1500 }, (_, minute) => [minute, 100 + (minute % 7)] as const);

it('is refused where the damaged file would take the place of candles that came in since', async () => {
  await load(many);
  const path = await damage(inFirstBlock);
  const repaired = await repairSeries(library, series, { gaps: 'keep', outliers: 'keep' }, context);
  expect([repaired.bars, repaired.lostBars]).toEqual([476, 1024]);
  await load(many.slice(0, 1024));
  await expect(undoRepair(library, series, control)).rejects.toMatchObject({
    code: 'refused',
    field: 'undo',
    message:
      'undo: 1024 candles were added or replaced since the repair (2024-01-01T00:00:00.000Z to 2024-01-01T17:03:00.000Z); the damaged file would lose them',
    hint: `Nothing was changed. The damaged file is ${path}.damaged.`,
  });
  expect(library.candles.read(series).close.length).toBe(1500);
  expect((await repairSeries(library, series, { gaps: 'keep', outliers: 'keep' }, context)).canUndo).toBe(
    true,
  );
});

it('says of a file without its header that nothing of it is known', async () => {
  await load(many);
  await damage(16);
  const repaired = await repairSeries(library, series, { gaps: 'keep', outliers: 'keep' }, context);
  expect([repaired.bars, repaired.lostBars]).toEqual([0, 0]);
  expect(repaired.notes.join(' ')).toMatch(
    /^The header of the file is lost, and with it all its rows\. .*\.damaged/,
  );
  const undone = await undoRepair(library, series, control);
  expect(undone.damage.length).toBeGreaterThan(0);
});
