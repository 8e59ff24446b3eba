/**
 * Findings of checks on disk: `lab/evidence.jsonl`, one a line, the newest last. A last line that a crash cut off is left
 * out; any other that cannot be read is told, and stays where it is.
 */

import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type EvidenceInput,
  type EvidenceRecord,
  evidenceRecord,
  type KeptEvidence,
} from '../../shared/lab/evidence.ts';

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

  /** Gives all findings that can be read, the newest last, and which lines cannot; nothing where there is no file. */
  read(): KeptEvidence {
    const path = this.#path();
    if (!existsSync(path)) return { records: [], damaged: [] };
    const records: EvidenceRecord[] = [];
    const damaged: string[] = [];
    const lines = readFileSync(path, 'utf8').split('\n');
    for (const [index, line] of lines.entries()) {
      if (line === '') continue;
      const value = parsedJson(line);
      // The last line has no end while it is written, or since a crash: it was never told to anybody.
      if (value === undefined && index === lines.length - 1) continue;
      const parsed = evidenceRecord.safeParse(value);
      if (parsed.success) {
        records.push(parsed.data);
        continue;
      }
      const issue = parsed.error.issues[0];
      const reason =
        value === undefined
          ? 'is not JSON'
          : [issue?.path.join('.'), issue?.message].filter((part) => part !== '').join(': ');
      damaged.push(`Line ${index + 1} of ${path} cannot be read (${reason})`);
    }
    return { records, damaged };
  }

  #path(): string {
    return join(this.#folder, 'evidence.jsonl');
  }
}

/** Undefined for what is not JSON. */
function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
