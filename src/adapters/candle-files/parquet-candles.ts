/** Candles from a Parquet file, row group by row group. */

import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { loadNative } from '../compute/native.ts';
import {
  addonRules,
  type CandleColumn,
  type CandleFileOptions,
  type CandleTable,
  CandleTableBuilder,
  candleColumns,
  faultError,
} from './candle-table.ts';
import { DataFileError } from './data-file-error.ts';
import { fileError } from './text-file.ts';
import { parseTimestampValue } from './timestamps.ts';

/** Reads a candle Parquet file. Throws `DataFileError`; `line` in it is the row, from 1. */
export async function readCandleParquet(path: string, options: CandleFileOptions = {}): Promise<CandleTable> {
  const builder = new CandleTableBuilder(path, options);
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    // The first schema element is the root.
    const names = metadata.schema.slice(1).map((element) => element.name);
    const chosen = findColumns(path, names, options);
    const columns = Object.values(chosen);
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const rows = await parquetReadObjects({ file, metadata, columns, rowStart, rowEnd, compressors });
      for (const [index, row] of rows.entries()) {
        addRow(builder, path, row, chosen, rowStart + index + 1, options);
      }
      options.signal?.throwIfAborted();
      options.onProgress?.(rowEnd / Number(metadata.num_rows));
      rowStart = rowEnd;
    }
  } catch (error) {
    throw parquetError(path, error);
  }
  return builder.finish();
}

function addRow(
  builder: CandleTableBuilder,
  path: string,
  row: Record<string, unknown>,
  chosen: ChosenColumns,
  line: number,
  options: CandleFileOptions,
): void {
  const value = (column: CandleColumn) => row[chosen[column] ?? ''];
  const openTimeMs = parseTimestampValue(value('timestamp'), options.timestampUnit);
  if (openTimeMs === undefined) {
    throw wrongType(path, line, 'timestamp', value('timestamp'), 'a time');
  }
  const number = (column: CandleColumn) => {
    const cell = value(column);
    if (typeof cell === 'number') return cell;
    if (typeof cell === 'bigint') return Number(cell);
    throw wrongType(path, line, column, cell, 'a number');
  };
  builder.add({
    line,
    openTimeMs,
    open: number('open'),
    high: number('high'),
    low: number('low'),
    close: number('close'),
    volume: chosen.volume === undefined ? 0 : number('volume'),
  });
}

/** The file's name of each column; none for a volume that may be missing. */
type ChosenColumns = { readonly [column in CandleColumn]?: string };

function findColumns(path: string, names: string[], options: CandleFileOptions): ChosenColumns {
  const { positions, fault } = loadNative().findCandleColumns(names, addonRules(options));
  if (fault !== undefined) throw faultError(path, fault);
  const found = candleColumns.map((column, index) => [column, names[positions[index] ?? -1]] as const);
  return Object.fromEntries(found.filter(([, name]) => name !== undefined));
}

function wrongType(
  path: string,
  line: number,
  column: CandleColumn,
  cell: unknown,
  wanted: string,
): DataFileError {
  return new DataFileError({
    code: 'bad-value',
    path,
    line,
    column,
    reason: `${cell === undefined || cell === null ? 'an empty cell' : `${typeof cell} ${String(cell).slice(0, 40)}`} is not ${wanted}`,
    hint: 'Write the column as numbers (times as timestamps or integers).',
  });
}

/** The Parquet reader throws plain errors for a damaged file; they come from the file, not from us. */
function parquetError(path: string, error: unknown): Error {
  if (error instanceof DataFileError) return error;
  if ((error as NodeJS.ErrnoException)?.code !== undefined) return fileError(path, error);
  return new DataFileError({
    code: 'damaged',
    path,
    reason: `it cannot be read as Parquet (${error instanceof Error ? error.message : String(error)})`,
    hint: 'Copy or write the file again.',
  });
}
