/** Candle CSV, plain or gzip: any column order, with or without extra columns. */

import { type CandleColumn, type CandleTable, CandleTableBuilder, candleColumns } from './candle-table.ts';
import { DataFileError } from './data-file-error.ts';
import { LineSplitter, readChunks } from './text-file.ts';
import { detectTimestampUnit, parseTimestampText, type TimestampUnit } from './timestamps.ts';

/** Names of the file's columns, where they are not among the usual ones. */
export type CandleColumnNames = Readonly<Partial<Record<CandleColumn, string>>>;

export interface CandleFileOptions {
  readonly columns?: CandleColumnNames;
  /** How time stamps are written; found out from the first row when not given. */
  readonly timestampUnit?: TimestampUnit;
}

const usualNames: Readonly<Record<CandleColumn, readonly string[]>> = {
  timestamp: [
    'timestamp',
    'time',
    'date',
    'datetime',
    'open_time',
    'opentime',
    'open time',
    'ts',
    't',
    'unix',
  ],
  open: ['open', 'o'],
  high: ['high', 'h'],
  low: ['low', 'l'],
  close: ['close', 'c'],
  volume: ['volume', 'vol', 'v', 'volume_base', 'base_volume'],
};

/** Where each needed column is in a row. */
export type CandleColumnPositions = Readonly<Record<CandleColumn, number>>;

/** Finds the columns by name. Throws `DataFileError` naming the first that is missing. */
export function findCandleColumns(
  path: string,
  header: readonly string[],
  names: CandleColumnNames = {},
): CandleColumnPositions {
  const lowered = header.map((name) =>
    name
      .trim()
      .replace(/^\uFEFF/, '')
      .replace(/^"(.*)"$/, '$1')
      .toLowerCase(),
  );
  const positions = {} as Record<CandleColumn, number>;
  for (const column of candleColumns) {
    const asked = names[column];
    const position =
      asked === undefined
        ? lowered.findIndex((name) => usualNames[column].includes(name))
        : lowered.indexOf(asked.toLowerCase());
    if (position < 0) {
      throw new DataFileError({
        code: 'missing-column',
        path,
        line: 1,
        column: asked ?? column,
        reason: `is missing; there are ${lowered.slice(0, 20).join(', ') || 'none'}`,
        hint: 'Rename the column or say which one it is.',
      });
    }
    positions[column] = position;
  }
  return positions;
}

/** Reads a candle CSV. Throws `DataFileError`; a table is given whole or not at all. */
export async function readCandleCsv(path: string, options: CandleFileOptions = {}): Promise<CandleTable> {
  const builder = new CandleTableBuilder(path);
  const splitter = new LineSplitter(path);
  let positions: CandleColumnPositions | undefined;
  let separator = ',';
  let unit = options.timestampUnit;
  const onLine = (text: string) => {
    const line = splitter.lineNumber;
    if (text.trim() === '') return;
    if (positions === undefined) {
      separator = text.includes(';') && !text.includes(',') ? ';' : text.includes('\t') ? '\t' : ',';
      positions = findCandleColumns(path, text.split(separator), options.columns);
      return;
    }
    const cells = text.split(separator);
    const timestampText = cellAt(path, cells, positions.timestamp, 'timestamp', line);
    unit ??= detectTimestampUnit(timestampText);
    const openTimeMs = unit === undefined ? undefined : parseTimestampText(timestampText, unit);
    if (openTimeMs === undefined) {
      throw new DataFileError({
        code: 'bad-value',
        path,
        line,
        column: 'timestamp',
        reason: `"${timestampText.slice(0, 40)}" is not a time`,
        hint: 'Use seconds or milliseconds since 1970, or ISO text such as 2024-01-31T00:00:00Z.',
      });
    }
    builder.add({
      line,
      openTimeMs,
      open: numberAt(path, cells, positions.open, 'open', line),
      high: numberAt(path, cells, positions.high, 'high', line),
      low: numberAt(path, cells, positions.low, 'low', line),
      close: numberAt(path, cells, positions.close, 'close', line),
      volume: numberAt(path, cells, positions.volume, 'volume', line),
    });
  };
  for await (const chunk of readChunks(path)) splitter.push(chunk, onLine);
  splitter.finish(onLine);
  return builder.finish();
}

function cellAt(
  path: string,
  cells: readonly string[],
  position: number,
  column: CandleColumn,
  line: number,
): string {
  const cell = cells[position]?.trim();
  if (cell === undefined || cell === '') {
    throw new DataFileError({
      code: 'bad-value',
      path,
      line,
      column,
      reason: 'has no value',
      hint: 'The row is cut or has too few columns: repair or remove it.',
    });
  }
  return cell.startsWith('"') && cell.endsWith('"') ? cell.slice(1, -1) : cell;
}

const plainNumber = /^[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,3})?$/;

function numberAt(
  path: string,
  cells: readonly string[],
  position: number,
  column: CandleColumn,
  line: number,
): number {
  const text = cellAt(path, cells, position, column, line);
  if (!plainNumber.test(text)) {
    throw new DataFileError({
      code: 'bad-value',
      path,
      line,
      column,
      reason: `"${text.slice(0, 40)}" is not a number`,
      hint: 'Write numbers with a point, without thousands separators.',
    });
  }
  return Number(text);
}
