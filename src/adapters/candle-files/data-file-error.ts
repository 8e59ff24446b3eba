/** What can be wrong with a file of market data. */

export type DataFileErrorCode =
  | 'not-found'
  | 'not-readable'
  | 'truncated'
  | 'damaged'
  | 'too-large'
  | 'empty'
  | 'unknown-format'
  | 'missing-column'
  | 'bad-value'
  | 'not-positive'
  | 'inconsistent-candle'
  | 'out-of-order'
  | 'duplicate'
  | 'bad-line'
  | 'no-instrument';

/** Thrown by every reader of data files. Says which file, which line, what is wrong and what to do; nothing was imported. */
export class DataFileError extends Error {
  override readonly name = 'DataFileError';
  readonly code: DataFileErrorCode;
  readonly path: string;
  /** Line in the file, the header being line 1; undefined when the whole file is meant. In Parquet: the row. */
  readonly line: number | undefined;
  readonly column: string | undefined;
  readonly hint: string;
  /** The message without the hint, for those who show that by itself. */
  readonly problem: string;

  constructor(details: {
    readonly code: DataFileErrorCode;
    readonly path: string;
    readonly reason: string;
    readonly hint: string;
    readonly line?: number | undefined;
    readonly column?: string | undefined;
  }) {
    const where = details.line === undefined ? details.path : `${details.path}, line ${details.line}`;
    const what =
      details.column === undefined ? details.reason : `column "${details.column}": ${details.reason}`;
    super(`${where}: ${what}. ${details.hint}`);
    this.problem = `${where}: ${what}`;
    this.code = details.code;
    this.path = details.path;
    this.line = details.line;
    this.column = details.column;
    this.hint = details.hint;
  }
}
