/** The program's log: JSON lines in files, lines for people on standard error, the last ones for the interface. */
import { join } from 'node:path';
import { pino } from 'pino';
import {
  isAtLeast,
  type LogFields,
  type LogLevel,
  type LogPort,
  type LogRecord,
  type PlainValue,
} from './log-port.ts';
import { plainText, plainValue } from './plain-value.ts';
import { prettyLine } from './pretty-line.ts';
import { RecentRecords } from './recent-records.ts';
import { Redactor } from './redactor.ts';
import { defaultRotation, type LogFileHealth, RotatingFile, type RotationLimits } from './rotating-file.ts';

/** How to log. */
export interface LoggerOptions {
  /** Where `logs/` is made; null for no files (a short command). */
  readonly dataFolder: string | null;
  /** Wall clock, epoch ms. */
  readonly nowMs: () => number;
  /** Least urgent level that is recorded; default `info`. */
  readonly level?: LogLevel;
  /** Lines for people; left out, nothing is printed. */
  readonly print?: {
    readonly write: (text: string) => unknown;
    readonly color: boolean;
    /** Least urgent level that is printed; default as recorded. */
    readonly level?: LogLevel;
  };
  /** Shared with whatever else sends text out (API errors, crash reports); default a new one. */
  readonly redactor?: Redactor;
  readonly rotation?: Partial<RotationLimits>;
  /** How many records {@link Logger.recent} can give; default 2,000. */
  readonly recentRecords?: number;
}

/** The log of one process. */
export interface Logger extends LogPort {
  /** Register every credential here when it is loaded. */
  readonly redactor: Redactor;
  /** The last `limit` records (default 200) at `level` (default all) or more urgent, oldest first. */
  recent(limit?: number, level?: LogLevel): readonly LogRecord[];
  /** Calls `listener` with each record from now on; gives the function that ends it. */
  onRecord(listener: (record: LogRecord) => void): () => void;
  setLevel(level: LogLevel): void;
  /** State of the log file; null when there is none. */
  health(): LogFileHealth | null;
  /** Writes what is pending. */
  flush(): void;
  close(): void;
}

/** Opens the log. Records already redacted reach every destination; nothing else does. */
export function createLogger(options: LoggerOptions): Logger {
  const { dataFolder, nowMs, print, redactor = new Redactor() } = options;
  const rotation = { ...defaultRotation, ...options.rotation };
  const file = dataFolder === null ? null : new RotatingFile(join(dataFolder, 'logs'), nowMs, rotation);
  const recent = new RecentRecords(options.recentRecords);
  const receivers = new Set<(record: LogRecord) => void>();
  let threshold = options.level ?? 'info';
  let sequence = 0;
  let line = '';

  let timeMs = 0;
  const encoder = pino(
    {
      level: 'debug',
      base: null,
      timestamp: () => `,"time":${timeMs}`,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (text: string) => {
        line = text;
      },
    },
  );

  function record(level: LogLevel, message: string, fields: LogFields): void {
    if (!isAtLeast(level, threshold)) return;
    sequence += 1;
    timeMs = nowMs();
    const made: LogRecord = {
      sequence,
      timeMs,
      level,
      message: plainText(String(message), redactor),
      fields: plainFields(fields, redactor),
    };
    encode(made);
    // Nothing is left to find here, unless two harmless pieces make a secret side by side.
    if (redactor.redact(line) === line) {
      deliver(made);
    } else {
      const replacement = { ...made, message: 'a record was left out: it held a secret', fields: {} };
      encode(replacement);
      deliver(replacement);
    }
  }

  function encode({ level, message, fields }: LogRecord): void {
    encoder[level]({ sequence, fields }, message);
  }

  function deliver(made: LogRecord): void {
    file?.write(line);
    if (made.level === 'error') file?.flush();
    recent.add(made, line.length);
    for (const receiver of receivers) {
      try {
        receiver(made);
      } catch (error) {
        // Whoever logs must not suffer from whoever listens. The listener is dropped, and that is recorded.
        receivers.delete(receiver);
        record('error', 'a log listener failed and was removed', { error });
      }
    }
  }

  if (print !== undefined) {
    receivers.add((made) => {
      if (isAtLeast(made.level, print.level ?? threshold)) print.write(prettyLine(made, print.color));
    });
  }

  function port(bound: LogFields): LogPort {
    const at =
      (level: LogLevel) =>
      (message: string, fields: LogFields = {}): void =>
        record(level, message, { ...bound, ...fields });
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      child: (fields) => port({ ...bound, ...fields }),
    };
  }

  return {
    ...port({}),
    redactor,
    recent: (limit = 200, level = 'debug') => recent.recent(limit, level),
    onRecord: (listener) => {
      receivers.add(listener);
      return () => receivers.delete(listener);
    },
    setLevel: (level) => {
      threshold = level;
    },
    health: () => file?.health() ?? null,
    flush: () => file?.flush(),
    close: () => file?.close(),
  };
}

function plainFields(fields: LogFields, redactor: Redactor): Readonly<Record<string, PlainValue>> {
  const plain = plainValue(fields, redactor);
  return isMembers(plain) ? plain : { fields: plain };
}

function isMembers(value: PlainValue): value is { readonly [key: string]: PlainValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
