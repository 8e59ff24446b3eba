/** Log files by day and size, `sextant-YYYYMMDD.log`, `sextant-YYYYMMDD.1.log` …, kept within a bound. */
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const dayMs = 86_400_000;
const flushAtBytes = 64 * 1024;
const flushAfterMs = 200;
const retryAfterMs = 5000;
const namePattern = /^sextant-(\d{8})(?:\.(\d+))?\.log$/;

/** Bounds of what is kept. */
export interface RotationLimits {
  readonly maxFileBytes: number;
  /** Over all files; the oldest go first. */
  readonly maxTotalBytes: number;
  readonly maxDays: number;
}

export const defaultRotation: RotationLimits = {
  maxFileBytes: 16 * 1024 * 1024,
  maxTotalBytes: 256 * 1024 * 1024,
  maxDays: 30,
};

/** Whether the file can be written; a log that fails must not stop the program, but must not fail unseen. */
export interface LogFileHealth {
  readonly path: string | null;
  readonly droppedLines: number;
  /** System code of the last failure, e.g. `ENOSPC`; null while all is well. */
  readonly problem: string | null;
}

/** Appends lines. Lines are written within 200 ms, at {@link flush}, and at exit; one batch is one write. */
export class RotatingFile {
  readonly #folder: string;
  readonly #nowMs: () => number;
  readonly #limits: RotationLimits;
  #descriptor: number | null = null;
  #path: string | null = null;
  #day = '';
  #size = 0;
  #pending: string[] = [];
  #pendingBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #droppedLines = 0;
  #problem: string | null = null;
  #retryAtMs = 0;
  readonly #atExit = (): void => this.flush();

  constructor(folder: string, nowMs: () => number, limits: RotationLimits = defaultRotation) {
    this.#folder = folder;
    this.#nowMs = nowMs;
    this.#limits = limits;
    process.once('exit', this.#atExit);
  }

  /** Takes a line that ends in a line end. */
  write(line: string): void {
    this.#pending.push(line);
    this.#pendingBytes += Buffer.byteLength(line);
    if (this.#pendingBytes >= flushAtBytes) {
      this.flush();
    } else if (this.#timer === null) {
      this.#timer = setTimeout(() => this.flush(), flushAfterMs);
      this.#timer.unref();
    }
  }

  /** Writes what is pending now. Does not throw: see {@link health}. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#pending.length === 0) return;
    const lines = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    if (this.#problem !== null && this.#nowMs() < this.#retryAtMs) {
      this.#droppedLines += lines.length;
      return;
    }
    try {
      const batch = Buffer.from(lines.join(''), 'utf8');
      const descriptor = this.#ready(batch.length);
      let written = 0;
      while (written < batch.length) written += writeSync(descriptor, batch, written);
      this.#size += batch.length;
      this.#problem = null;
    } catch (error) {
      this.#fail(error, lines.length);
    }
  }

  /** Flushes and closes; later lines open the file again. */
  close(): void {
    this.flush();
    this.#closeFile();
    process.off('exit', this.#atExit);
  }

  health(): LogFileHealth {
    return { path: this.#path, droppedLines: this.#droppedLines, problem: this.#problem };
  }

  #ready(bytes: number): number {
    const day = dayOf(this.#nowMs());
    const isFull = this.#size > 0 && this.#size + bytes > this.#limits.maxFileBytes;
    if (this.#descriptor !== null && day === this.#day && !isFull) return this.#descriptor;
    this.#closeFile();
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, this.#nextName(day, bytes));
    const descriptor = openSync(path, 'a', 0o600);
    this.#descriptor = descriptor;
    this.#path = path;
    this.#day = day;
    this.#size = fstatSync(descriptor).size;
    this.#discardOld(path);
    return descriptor;
  }

  /** The day's last file if the batch fits, otherwise the one after it. Nothing is ever renamed. */
  #nextName(day: string, bytes: number): string {
    const last = Math.max(-1, ...this.#files().flatMap((file) => (file.day === day ? [file.part] : [])));
    if (last < 0) return fileName(day, 0);
    const { size } = statSync(join(this.#folder, fileName(day, last)));
    return fileName(day, size > 0 && size + bytes > this.#limits.maxFileBytes ? last + 1 : last);
  }

  #discardOld(current: string): void {
    const oldestDay = dayOf(this.#nowMs() - this.#limits.maxDays * dayMs);
    const files = this.#files().map((file) => {
      const path = join(this.#folder, fileName(file.day, file.part));
      return { ...file, path, size: statSync(path).size };
    });
    files.sort((a, b) => (a.day === b.day ? b.part - a.part : a.day < b.day ? 1 : -1)); // newest first
    let totalBytes = 0;
    for (const file of files) {
      totalBytes += file.size;
      const isTooMuch = totalBytes > this.#limits.maxTotalBytes || file.day < oldestDay;
      if (isTooMuch && file.path !== current) rmSync(file.path, { force: true });
    }
  }

  #files(): { day: string; part: number }[] {
    return readdirSync(this.#folder).flatMap((name) => {
      const match = namePattern.exec(name);
      return match?.[1] === undefined ? [] : [{ day: match[1], part: Number(match[2] ?? 0) }];
    });
  }

  #closeFile(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
    this.#size = 0;
  }

  #fail(error: unknown, lines: number): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    this.#problem = code;
    this.#droppedLines += lines;
    this.#retryAtMs = this.#nowMs() + retryAfterMs;
    const descriptor = this.#descriptor;
    this.#descriptor = null; // opened afresh at the next try: the folder may have been replaced
    if (descriptor === null) return;
    try {
      closeSync(descriptor);
    } catch {
      // The failure that brought us here is the one to report.
    }
  }
}

function fileName(day: string, part: number): string {
  return part === 0 ? `sextant-${day}.log` : `sextant-${day}.${part}.log`;
}

/** Day in UTC as YYYYMMDD. */
function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10).replaceAll('-', '');
}
