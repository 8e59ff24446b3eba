/** Reads candles from a file of any known format; the format is told by the first bytes, not by the name. */

import type { CandleFileOptions, CandleTable } from './candle-table.ts';
import { readCandleColumns } from './csv-candles.ts';
import { readMagic } from './text-file.ts';

/** Gives all candles of a CSV (plain, gzip, zip) or Parquet file, checked. Throws `DataFileError`; nothing by half. */
export async function readCandleFile(path: string, options: CandleFileOptions = {}): Promise<CandleTable> {
  const magic = await readMagic(path);
  if (magic.toString('latin1') !== 'PAR1') return readCandleColumns(path, options);
  // Parquet is rare and its reader large: loaded only when it is needed.
  const { readCandleParquet } = await import('./parquet-candles.ts');
  return readCandleParquet(path, options);
}
