/** Reads candles from a file of any known format; the format is told by the first bytes, not by the name. */

import type { CandleTable } from './candle-table.ts';
import { type CandleFileOptions, readCandleCsv } from './csv-candles.ts';
import { readCandleParquet } from './parquet-candles.ts';
import { readMagic } from './text-file.ts';

/** Gives all candles of a CSV (plain or gzip) or Parquet file, checked. Throws `DataFileError`; nothing by half. */
export async function readCandleFile(path: string, options: CandleFileOptions = {}): Promise<CandleTable> {
  const magic = await readMagic(path);
  return magic.toString('latin1') === 'PAR1'
    ? readCandleParquet(path, options)
    : readCandleCsv(path, options);
}
