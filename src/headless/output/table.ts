/** Tables for people: aligned columns, numbers to the right. */

/** One column: its heading and the text of a row. */
export interface Column<Row> {
  readonly title: string;
  readonly right?: boolean | undefined;
  readonly of: (row: Row) => string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: taking them out is the purpose
const controlCharacters = /[\u0000-\u001f\u007f-\u009f]/g;

/** Text from outside (venue messages, names) must not steer the terminal. */
function printable(text: string): string {
  return text.replace(controlCharacters, '·');
}

/** Gives the table, or `empty` when there is no row. */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  empty: string,
): string {
  if (rows.length === 0) return empty;
  const cells = rows.map((row) => columns.map((column) => printable(column.of(row))));
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const render = (line: readonly string[]): string =>
    line
      .map((cell, index) =>
        columns[index]?.right === true ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [render(columns.map((column) => column.title)), ...cells.map(render)].join('\n');
}

/** Gives `name: value` lines with the values in one column. */
export function renderFacts(facts: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  return facts.map(([name, value]) => `${`${name}:`.padEnd(width)}${printable(value)}`).join('\n');
}
