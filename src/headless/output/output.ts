/**
 * What the command line says: data on standard output (one JSON object a line with `--json`), talk on standard error.
 * The only place of the program that writes to the terminal.
 */

import type { ApiFailure } from '../../shared/api/result.ts';
import { paint } from './paint.ts';

export interface OutputOptions {
  readonly json: boolean;
  readonly color: boolean;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

export class Output {
  readonly json: boolean;
  readonly color: boolean;
  private readonly stdout: OutputOptions['stdout'];
  private readonly stderr: OutputOptions['stderr'];

  constructor(options: OutputOptions) {
    this.json = options.json;
    this.color = options.color;
    this.stdout = options.stdout;
    this.stderr = options.stderr;
  }

  /** The result of the command: the last line with `--json`, otherwise what `human` makes of it. */
  result(value: object, human: () => string): void {
    if (this.json) this.line('result', value);
    else this.text(human());
  }

  /** One JSON line of another kind before the result (`ready`, `record` …); says nothing without `--json`. */
  event(kind: string, value: object): void {
    if (this.json) this.line(kind, value);
  }

  /** Data for people. */
  text(text: string): void {
    if (!this.json && text !== '') this.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  /** Raw data, for exports. */
  raw(text: string): void {
    this.stdout.write(text);
  }

  /** Talk: progress, hints, warnings. */
  talk(text: string): void {
    this.stderr.write(`${text}\n`);
  }

  /** Talk that stays on its line. */
  talkInPlace(text: string): void {
    this.stderr.write(`\r\u001b[2K${text}`);
  }

  /** Why the command did not do what it was asked. */
  failure(failure: ApiFailure): void {
    const { ok: _ok, code, message, field, hint } = failure;
    if (this.json) {
      this.line('error', {
        code,
        message,
        ...(field === undefined ? {} : { field }),
        ...(hint === undefined ? {} : { hint }),
      });
      return;
    }
    this.talk(`${paint('red', 'Error', this.color)}: ${message}`);
    if (hint !== undefined) this.talk(paint('dim', hint, this.color));
  }

  private line(kind: string, value: object): void {
    this.stdout.write(`${JSON.stringify({ kind, ...value })}\n`);
  }
}

/** Standard output may be a pipe that closed (`| head`): then nothing more is written, and nothing fails. */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** Gives the output of this process. */
export function processOutput(options: { json: boolean; color: 'auto' | 'never' }): Output {
  const color =
    options.color === 'auto' && process.stderr.isTTY === true && process.env['NO_COLOR'] === undefined;
  return new Output({ json: options.json, color, stdout: process.stdout, stderr: process.stderr });
}
