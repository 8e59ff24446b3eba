/** Candle CSV, plain, gzip or zip, with any column order: unpacked and parsed by the native part, on threads of its own. */

import { loadNative } from '../compute/native.ts';
import { watchTask } from '../compute/watch-task.ts';
import { addonRules, type CandleFileOptions, type CandleTable, takeTable } from './candle-table.ts';

/**
 * Reads a candle CSV into columns; 143,900 rows take some tens of milliseconds, most of it off the calling thread. Throws
 * `DataFileError` with line, column and reason, and `ComputeError` `CANCELLED` after `signal`. A table is given whole or
 * not at all.
 */
export async function readCandleColumns(path: string, options: CandleFileOptions = {}): Promise<CandleTable> {
  const addon = loadNative();
  const table = await watchTask(addon, options, (control) =>
    addon.readCandleCsv(path, addonRules(options), control),
  );
  return takeTable(path, table);
}
