/** Errors of the store: every one says what happened to which file and what to do about it. */

import Database from 'better-sqlite3';
import { ApiError, type ErrorCode } from '../../shared/api/result.ts';

/** What went wrong, finer than the API's code. */
export type StoreReason =
  /** The file is cut, corrupt, missing records, or not ours. */
  | 'damaged'
  /** Written by a newer version, or by one whose schema history disagrees with ours. */
  | 'schema'
  /** The file belongs to another mode (demo, paper, live). */
  | 'wrong-mode'
  /** No space left: nothing was written, later commits may succeed. */
  | 'store-full'
  /** Another process holds the file and did not let go within the bounded wait: nothing was written. */
  | 'store-busy'
  /** The disk failed: what was written is not known, the journal refuses to go on. */
  | 'store-io'
  /** A record does not follow the last one, or contradicts what is stored: nothing was written. */
  | 'inconsistent'
  /** A fill that is booked already: nothing was written. */
  | 'booked-twice';

const codeOf: Record<StoreReason, ErrorCode> = {
  damaged: 'damaged',
  schema: 'damaged',
  'wrong-mode': 'damaged',
  'store-full': 'refused',
  'store-busy': 'locked',
  'store-io': 'damaged',
  inconsistent: 'internal',
  'booked-twice': 'internal',
};

/** A failure of the store. `reason` tells apart what shares one API code. */
export class StoreError extends ApiError {
  readonly reason: StoreReason;
  constructor(reason: StoreReason, message: string, hint?: string) {
    super(codeOf[reason], message, { hint });
    this.reason = reason;
  }
}

/** Gives a `damaged` error; `hint` says how to get out. */
export function damaged(message: string, hint: string): StoreError {
  return new StoreError('damaged', message, hint);
}

const restoreHint =
  'Keep a copy of the data folder, then restore this file and its side files from a backup.';

/** Codes of the file system that say the same as one of SQLite's. */
const fileSystemCodes: Readonly<Record<string, string>> = {
  ENOSPC: 'SQLITE_FULL',
  EDQUOT: 'SQLITE_FULL',
  EACCES: 'SQLITE_CANTOPEN',
  EPERM: 'SQLITE_CANTOPEN',
  EROFS: 'SQLITE_READONLY',
  EIO: 'SQLITE_IOERR',
};

function codeOfError(error: unknown): string | undefined {
  if (error instanceof Database.SqliteError) return error.code;
  return fileSystemCodes[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
}

/** Gives the store error an error of SQLite or the file system stands for; any other comes back as it is. */
export function storeErrorOf(error: unknown, file: string): unknown {
  const code = codeOfError(error);
  if (code === undefined) return error;
  const { message } = error as Error;
  if (code === 'SQLITE_FULL') {
    return new StoreError(
      'store-full',
      `${file} could not be written: no space left`,
      'Free some disk space.',
    );
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new StoreError('store-busy', `${file} is held by another program`, 'Close the other program.');
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return damaged(`${file} is damaged: ${message}`, restoreHint);
  }
  if (code.startsWith('SQLITE_IOERR') || code === 'SQLITE_CANTOPEN' || code.startsWith('SQLITE_READONLY')) {
    return new StoreError(
      'store-io',
      `${file} could not be read or written: ${message} (${code})`,
      'Check the disk and the permissions of the data folder, then start again.',
    );
  }
  return error;
}

/** Runs `work` and turns SQLite's errors into store errors that name `file`. */
export function withStoreErrors<Value>(file: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw storeErrorOf(error, file);
  }
}
