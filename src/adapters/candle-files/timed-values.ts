/** CSV files of numbers with a time each (funding rates, trades, measured delays), plain or gzip. Read whole, every row checked. */

import { DataFileError } from './data-file-error.ts';
import { LineSplitter, readChunks } from './text-file.ts';
import { detectTimestampUnit, parseTimestampText, type TimestampUnit } from './timestamps.ts';

/** A column that is wanted. */
export interface ValueColumn {
  /** What to call it in errors. */
  readonly title: string;
  /** Names it may have in the header, lower case. */
  readonly names: readonly string[];
  /** `positive`: above zero. `not-negative`: zero or more. `any`: every finite number. */
  readonly sign: 'positive' | 'not-negative' | 'any';
}

/** Rows in columns, oldest first; times never fall. */
export interface TimedValues {
  /** Epoch ms UTC. */
  readonly timesMs: Float64Array;
  /** One list a wanted column, as the file writes them: plain decimal texts. */
  readonly texts: readonly (readonly string[])[];
}

const timeNames = ['timestamp', 'time', 'date', 'datetime', 'ts', 't'];
const number = /^-?\d{1,20}(\.\d{1,30})?([eE]-?\d{1,2})?$/;

/** Reads a file. Throws `DataFileError` naming the line; nothing is given by half. */
export async function readTimedValues(path: string, columns: readonly ValueColumn[]): Promise<TimedValues> {
  const splitter = new LineSplitter(path);
  const times: number[] = [];
  const texts: string[][] = columns.map(() => []);
  let positions: number[] | undefined;
  let unit: TimestampUnit | undefined;
  const fail = (
    code: 'bad-value' | 'missing-column' | 'out-of-order',
    column: string,
    reason: string,
  ): never => {
    throw new DataFileError({
      code,
      path,
      line: splitter.lineNumber,
      column,
      reason,
      hint: 'Repair the row.',
    });
  };
  const takeLine = (line: string): void => {
    if (line.trim() === '') return;
    const cells = line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    if (positions === undefined) {
      positions = findColumns(cells, columns, (title) =>
        fail('missing-column', title, `is missing; there are ${cells.slice(0, 20).join(', ')}`),
      );
      return;
    }
    const timeText = cells[positions[0] as number] ?? '';
    unit ??= detectTimestampUnit(timeText);
    const timeMs = unit === undefined ? undefined : parseTimestampText(timeText, unit);
    if (timeMs === undefined) fail('bad-value', 'timestamp', `"${timeText.slice(0, 40)}" is not a time`);
    if ((timeMs as number) < (times.at(-1) ?? 0))
      fail('out-of-order', 'timestamp', `${timeText} goes back in time`);
    times.push(timeMs as number);
    columns.forEach(({ title, sign }, index) => {
      const text = cells[(positions as number[])[index + 1] as number] ?? '';
      const value = Number(text);
      const isGood = number.test(text) && (sign === 'any' || (sign === 'positive' ? value > 0 : value >= 0));
      if (!isGood) fail('bad-value', title, `"${text.slice(0, 40)}" is not a number this column may have`);
      (texts[index] as string[]).push(text);
    });
  };
  for await (const chunk of readChunks(path)) splitter.push(chunk, takeLine);
  splitter.finish(takeLine);
  if (times.length === 0) {
    throw new DataFileError({
      code: 'empty',
      path,
      reason: 'there is no row in it',
      hint: 'Check the file.',
    });
  }
  return { timesMs: Float64Array.from(times), texts };
}

function findColumns(
  header: readonly string[],
  columns: readonly ValueColumn[],
  missing: (title: string) => never,
): number[] {
  const lowered = header.map((name) => name.replace(/^\uFEFF/, '').toLowerCase());
  const find = (names: readonly string[], title: string): number => {
    const position = lowered.findIndex((name) => names.includes(name));
    return position < 0 ? missing(title) : position;
  };
  return [find(timeNames, 'timestamp'), ...columns.map(({ names, title }) => find(names, title))];
}
