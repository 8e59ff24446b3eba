/**
 * A study on disk: `study.json` with what was asked for, and `trials.jsonl` with one trial a line. Lines are written batch by
 * batch, so that a crash of the program loses none, and flushed every half second: a power cut loses what ran since, which
 * a resumed study runs again. A batch that was cut off is dropped whole at the next opening: its other trials would be
 * proposed by a sampler that knows more than it did then, and the resumed study would be another one.
 */

import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ApiError } from '../../shared/api/result.ts';
import { type StudySpec, studyEnds, studySpec, type TrialRow, trialRow } from '../../shared/lab/study.ts';

const formatVersion = 1;
/** A flush takes as long as hundreds of quick trials. */
const flushIntervalMs = 500;

const studyFile = z.object({
  format: z.number().int(),
  id: z.string(),
  createdMs: z.number(),
  spec: studySpec,
  /** Why it ended; null while it runs or can be resumed. */
  end: z.enum(studyEnds).nullable(),
});
export type StudyFile = z.output<typeof studyFile>;

/** A study that is open for more trials. Close it. */
export class TrialLog {
  readonly folder: string;
  readonly rows: TrialRow[];
  #file: StudyFile;
  readonly #handle: number;
  #flushedMs = Number.NEGATIVE_INFINITY;

  private constructor(folder: string, file: StudyFile, rows: TrialRow[], handle: number) {
    this.folder = folder;
    this.rows = rows;
    this.#file = file;
    this.#handle = handle;
  }

  /** Begins a study in a new folder. */
  static create(folder: string, id: string, spec: StudySpec, createdMs: number): TrialLog {
    mkdirSync(folder, { recursive: true });
    const file: StudyFile = { format: formatVersion, id, createdMs, spec, end: null };
    writeWhole(join(folder, 'study.json'), JSON.stringify(file, null, 1));
    return new TrialLog(folder, file, [], openSync(join(folder, 'trials.jsonl'), 'a'));
  }

  /** Opens a study for more trials. Throws `ApiError` (`damaged`) naming file and line. */
  static resume(folder: string): TrialLog {
    const file = readStudyFile(folder);
    const { rows, lineEnds } = readTrials(folder);
    const { batch, trials } = file.spec;
    const isCutOff = file.end === null && rows.length < trials;
    const kept = isCutOff ? rows.length - (rows.length % batch) : rows.length;
    const handle = openSync(join(folder, 'trials.jsonl'), 'a');
    ftruncateSync(handle, lineEnds[kept - 1] ?? 0);
    return new TrialLog(folder, file, rows.slice(0, kept), handle);
  }

  get file(): StudyFile {
    return this.#file;
  }

  /** Adds a batch; it is written when this returns, and on disk before the study has an end. */
  append(rows: readonly TrialRow[]): void {
    if (rows.length === 0) return;
    writeSync(this.#handle, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    if (performance.now() - this.#flushedMs >= flushIntervalMs) this.#flush();
    this.rows.push(...rows);
  }

  #flush(): void {
    fsyncSync(this.#handle);
    this.#flushedMs = performance.now();
  }

  /** Notes why the study ended; null opens it again. */
  setEnd(end: StudyFile['end']): void {
    this.#flush();
    this.#file = { ...this.#file, end };
    writeWhole(join(this.folder, 'study.json'), JSON.stringify(this.#file, null, 1));
  }

  close(): void {
    closeSync(this.#handle);
  }
}

/** Reads what a study was asked for. Throws `ApiError` (`not-found`, `damaged`). */
export function readStudyFile(folder: string): StudyFile {
  const path = join(folder, 'study.json');
  if (!existsSync(path)) throw new ApiError('not-found', `there is no study in ${folder}`);
  const parsed = studyFile.safeParse(parseJson(readFileSync(path, 'utf8')));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ApiError(
      'damaged',
      `${path}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not a study'}`,
    );
  }
  if (parsed.data.format > formatVersion) {
    throw new ApiError('damaged', `${path} was written by a newer version of Sextant`);
  }
  return parsed.data;
}

/**
 * Reads the trials of a study and where in the file each one ends, in bytes; the last line may be cut off. Throws
 * `ApiError` (`damaged`) naming the line.
 */
export function readTrials(folder: string): { readonly rows: TrialRow[]; readonly lineEnds: number[] } {
  const path = join(folder, 'trials.jsonl');
  if (!existsSync(path)) return { rows: [], lineEnds: [] };
  const text = readFileSync(path, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const lineEnds: number[] = [];
  let bytes = 0;
  const rows = whole
    .split('\n')
    .slice(0, -1)
    .map((line, index) => {
      bytes += Buffer.byteLength(line) + 1;
      lineEnds.push(bytes);
      const parsed = trialRow.safeParse(parseJson(line));
      if (parsed.success && parsed.data.number === index) return parsed.data;
      throw new ApiError('damaged', `${path}, line ${index + 1}: is not trial ${index} of a study`);
    });
  return { rows, lineEnds };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON at all: the schema refuses it with the place.
    return undefined;
  }
}

/** Writes a file so that a crash leaves the old or the new one. */
function writeWhole(path: string, text: string): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, text, { flush: true });
  renameSync(fresh, path);
}
