/** What a part of the program needs to log: four levels, a message, fields. */

/** Levels from least to most urgent. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

/** How urgent a record is. */
export type LogLevel = (typeof logLevels)[number];

/** Facts beside the message. Any value is safe to pass: it is bounded, made plain and redacted. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes log records; never throws, whatever it is given. Pass a caught error as the field `error`. */
export interface LogPort {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A port that adds `fields` to every record. */
  child(fields: LogFields): LogPort;
}

/** One record as it was written: everything in it is redacted. */
export interface LogRecord {
  /** Counts up from 1 without gaps in one run of the program. */
  readonly sequence: number;
  /** Epoch ms. */
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, PlainValue>>;
}

/** A value that JSON can hold. */
export type PlainValue =
  | string
  | number
  | boolean
  | null
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

/** Whether `level` is at least as urgent as `threshold`. */
export function isAtLeast(level: LogLevel, threshold: LogLevel): boolean {
  return logLevels.indexOf(level) >= logLevels.indexOf(threshold);
}

/** A port that drops everything, for parts that may run without a log. */
export const silentLog: LogPort = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};
