/** Rows of a delimited text file with named columns, one at a time: for formats whose rows are not candles. */

import { DataFileError } from '../candle-files/data-file-error.ts';
import { LineSplitter, readChunks } from '../candle-files/text-file.ts';
import { detectTimestampUnit, parseTimestampText, type TimestampUnit } from '../candle-files/timestamps.ts';

/** A column by the names it may have; `position` is its place from 0 in files without a header. */
export interface WantedColumn {
  readonly names: readonly string[];
  readonly position?: number | undefined;
  readonly isOptional?: boolean | undefined;
}

/** One row; each method throws `DataFileError` with line and column. */
export class DelimitedRow {
  readonly line: number;
  readonly #path: string;
  readonly #cells: readonly string[];
  readonly #positions: ReadonlyMap<string, number>;
  readonly #unit: TimestampUnit | undefined;

  constructor(
    path: string,
    line: number,
    cells: readonly string[],
    positions: ReadonlyMap<string, number>,
    unit: TimestampUnit | undefined,
  ) {
    this.#path = path;
    this.line = line;
    this.#cells = cells;
    this.#positions = positions;
    this.#unit = unit;
  }

  /** A cell's text; undefined for an optional column that is not there. */
  text(column: string): string | undefined {
    const position = this.#positions.get(column);
    if (position === undefined) return undefined;
    const cell = this.#cells[position]?.trim().replace(/^"(.*)"$/, '$1');
    if (cell === undefined || cell === '') throw this.bad(column, 'has no value');
    return cell;
  }

  number(column: string): number {
    const text = this.text(column) ?? '';
    if (/^[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,3})?$/.test(text)) return Number(text);
    throw this.bad(column, `"${text.slice(0, 40)}" is not a number`);
  }

  timeMs(column: string): number {
    const text = this.text(column) ?? '';
    const unit = this.#unit ?? detectTimestampUnit(text);
    const timeMs = unit === undefined ? undefined : parseTimestampText(text, unit);
    if (timeMs === undefined) throw this.bad(column, `"${text.slice(0, 40)}" is not a time`);
    return timeMs;
  }

  bad(column: string, reason: string): DataFileError {
    return new DataFileError({
      code: 'bad-value',
      path: this.#path,
      line: this.line,
      column,
      reason,
      hint: 'Repair or remove the row.',
    });
  }
}

/** Calls back with every row. Throws `DataFileError`; aborted by `signal`. */
export async function readDelimitedRows(
  path: string,
  columns: Readonly<Record<string, WantedColumn>>,
  options: {
    readonly hasHeader: boolean;
    readonly timestampUnit?: TimestampUnit | undefined;
    readonly signal?: AbortSignal | undefined;
  },
  onRow: (row: DelimitedRow) => void,
): Promise<void> {
  const splitter = new LineSplitter(path);
  let positions = options.hasHeader ? undefined : fixedPositions(columns);
  const onLine = (text: string): void => {
    if (text.trim() === '') return;
    const cells = text.split(text.includes('\t') ? '\t' : ',');
    if (positions === undefined) positions = namedPositions(path, splitter.lineNumber, cells, columns);
    else onRow(new DelimitedRow(path, splitter.lineNumber, cells, positions, options.timestampUnit));
  };
  for await (const chunk of readChunks(path)) {
    options.signal?.throwIfAborted();
    splitter.push(chunk, onLine);
  }
  splitter.finish(onLine);
}

function fixedPositions(columns: Readonly<Record<string, WantedColumn>>): Map<string, number> {
  const found = Object.entries(columns).filter(([, { position }]) => position !== undefined);
  return new Map(found.map(([name, { position }]) => [name, position as number]));
}

function namedPositions(
  path: string,
  line: number,
  cells: readonly string[],
  columns: Readonly<Record<string, WantedColumn>>,
): Map<string, number> {
  const header = cells.map((cell) =>
    cell
      .trim()
      .replace(/^\uFEFF/, '')
      .toLowerCase(),
  );
  const positions = new Map<string, number>();
  for (const [column, { names, isOptional }] of Object.entries(columns)) {
    const position = header.findIndex((name) => names.includes(name));
    if (position >= 0) positions.set(column, position);
    else if (isOptional !== true) {
      throw new DataFileError({
        code: 'missing-column',
        path,
        line,
        column,
        reason: `is missing; there are ${header.slice(0, 20).join(', ')}`,
        hint: `It may be called ${names.join(', ')}.`,
      });
    }
  }
  return positions;
}
