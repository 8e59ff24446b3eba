/** What is wrong with a rule text, and where. */

/** Thrown for a text that is not a rule. The message shows the place; `position` counts characters from 0. */
export class RuleSyntaxError extends Error {
  override readonly name = 'RuleSyntaxError';
  readonly position: number;
  /** Line and column, counted from 1. */
  readonly line: number;
  readonly column: number;
  /** What is wrong, without the place. */
  readonly problem: string;

  constructor(text: string, position: number, problem: string) {
    const before = text.slice(0, position).split('\n');
    const line = before.length;
    const column = (before.at(-1) ?? '').length + 1;
    const place = text.includes('\n') ? `line ${line}, column ${column}` : `character ${position + 1}`;
    super(`${place}: ${problem}`);
    this.position = position;
    this.line = line;
    this.column = column;
    this.problem = problem;
  }
}
