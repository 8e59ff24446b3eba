/**
 * Findings of checks on disk: `lab/evidence.jsonl`, one a line, the newest last. A line that a crash cut off is left out; one
 * that is damaged otherwise is told.
 */

import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiError } from '../../shared/api/result.ts';
import { type EvidenceInput, type EvidenceRecord, evidenceRecord } from '../../shared/lab/evidence.ts';

export class EvidenceLog {
  readonly #folder: string;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'lab');
  }

  /** Adds findings; they are on disk when this returns. */
  add(records: readonly EvidenceInput[]): void {
    if (records.length === 0) return;
    mkdirSync(this.#folder, { recursive: true });
    const path = this.#path();
    const isWhole = !existsSync(path) || readFileSync(path, 'utf8').endsWith('\n');
    const lines = records.map((record) => `${JSON.stringify(evidenceRecord.parse(record))}\n`).join('');
    appendFileSync(path, isWhole ? lines : `\n${lines}`, { flush: true });
  }

  /** Gives all findings, the newest last; none where there is no file. Throws `ApiError` (`damaged`) naming file and line. */
  read(): EvidenceRecord[] {
    const path = this.#path();
    if (!existsSync(path)) return [];
    const records: EvidenceRecord[] = [];
    readFileSync(path, 'utf8')
      .split('\n')
      .forEach((line, index) => {
        const value = wholeJson(line);
        if (value === undefined) return;
        const parsed = evidenceRecord.safeParse(value);
        if (!parsed.success) {
          const issue = parsed.error.issues[0];
          throw new ApiError(
            'damaged',
            `${path}: line ${index + 1}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not valid'}`,
            { hint: 'Move the file away: the checks can be run again.' },
          );
        }
        records.push(parsed.data);
      });
    return records;
  }

  #path(): string {
    return join(this.#folder, 'evidence.jsonl');
  }
}

/** A line that does not end is what a crash left of it. */
function wholeJson(line: string): unknown {
  if (line === '') return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
