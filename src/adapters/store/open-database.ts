/**
 * Opens one SQLite file the way all of ours are opened: write-ahead log, checked durability, bounded waits, owner-only
 * files, known schema. A file that existed is never replaced by an empty one.
 */

import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import Database from 'better-sqlite3';
import { ApiError } from '../../shared/api/result.ts';
import { assert } from '../../shared/domain/assert.ts';
import { appliedMigrations, assertSchema, type Migration, migrate } from './migrations.ts';
import { damaged, withStoreErrors } from './store-error.ts';

export type SqliteDatabase = Database.Database;

export interface OpenOptions {
  readonly file: string;
  readonly migrations: readonly Migration[];
  /** FULL: a commit survives a power cut. NORMAL: it survives a crash of the process. */
  readonly synchronous: 'FULL' | 'NORMAL';
  /** Other files that prove that `file` existed: where one is there and `file` is not, opening fails. */
  readonly proofs?: readonly string[];
  /** Longest wait for another program's lock. */
  readonly busyTimeoutMs?: number | undefined;
  /** Further checks on the file as it is found; what it throws refuses the file. */
  readonly inspect?: (db: SqliteDatabase) => void;
}

const busyTimeoutMsDefault = 2_000;
const synchronousValue = { FULL: 2, NORMAL: 1 };
/** Larger files are checked table by table and by their hash chain instead of page by page. */
const quickCheckBytesMax = 48 * 1024 * 1024;
const restoreHint =
  'Keep a copy of the data folder, then restore the file from a backup. Sextant makes no empty one in its place.';

/** Makes a folder for data only its owner may look into. Throws `bad-input` (field `data`) where that fails. */
export function ensureDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!statSync(folder).isDirectory()) throw new Error('it is not a folder');
  } catch (error) {
    throw new ApiError('bad-input', `the data folder ${folder} cannot be used: ${(error as Error).message}`, {
      field: 'data',
      hint: 'Choose a folder you may write to with --data.',
    });
  }
}

function sizeOf(file: string): number | undefined {
  return existsSync(file) ? statSync(file).size : undefined;
}

function createPrivately(file: string): void {
  closeSync(openSync(file, 'wx', 0o600));
  const folder = openSync(dirname(file), 'r');
  try {
    // The name of a new file is durable only once its folder is.
    if (process.platform !== 'win32') fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function assertNotLost(file: string, size: number | undefined, proofs: readonly string[]): void {
  if (size !== undefined && size > 0) return;
  const what = size === undefined ? 'is missing' : 'is empty';
  const orphanedLog = (sizeOf(`${file}-wal`) ?? 0) > 0 ? `${file}-wal` : undefined;
  const proof = orphanedLog ?? proofs.find((name) => existsSync(name));
  if (proof === undefined) return;
  throw damaged(`${basename(file)} ${what}, but ${basename(proof)} shows that it held data`, restoreHint);
}

function assertSound(db: SqliteDatabase, file: string): void {
  const name = basename(file);
  const pageSize = db.pragma('page_size', { simple: true }) as number;
  const pages = db.pragma('page_count', { simple: true }) as number;
  if (pages * pageSize <= quickCheckBytesMax) {
    const verdict = db.pragma('quick_check(1)', { simple: true });
    if (verdict !== 'ok') throw damaged(`${name} is damaged: ${String(verdict)}`, restoreHint);
    return;
  }
  const inLog = sizeOf(`${file}-wal`) ?? 0;
  if (inLog === 0 && (sizeOf(file) ?? 0) < pages * pageSize) {
    throw damaged(`${name} is cut: ${pages} pages are recorded, fewer are there`, restoreHint);
  }
}

function configure(db: SqliteDatabase, options: OpenOptions): void {
  assert(db.pragma('journal_mode = WAL', { simple: true }) === 'wal', 'SQLite refused the write-ahead log');
  db.pragma(`synchronous = ${options.synchronous}`);
  assert(
    db.pragma('synchronous', { simple: true }) === synchronousValue[options.synchronous],
    `SQLite refused synchronous=${options.synchronous}`,
  );
  db.pragma('foreign_keys = ON');
  assert(db.pragma('foreign_keys', { simple: true }) === 1, 'SQLite refused foreign keys');
  // Fewer, larger checkpoints: one costs two syncs.
  db.pragma('wal_autocheckpoint = 4000');
  // 4 MiB of pages: what a host at work touches; the operating system keeps the rest.
  db.pragma('cache_size = -4096');
  // A long read (verification) lets the log grow; afterwards it shrinks again.
  db.pragma('journal_size_limit = 67108864');
}

/**
 * Looks at an existing file through a reading connection before anything may write to it: a file that is refused
 * stays as it is, its log included.
 */
function inspectUnchanged(options: OpenOptions): void {
  const { file } = options;
  const db = new Database(file, { readonly: true, timeout: options.busyTimeoutMs ?? busyTimeoutMsDefault });
  try {
    assertSound(db, file);
    if (appliedMigrations(db, options.migrations, file) > 0) options.inspect?.(db);
  } finally {
    db.close();
  }
}

/** Opens for reading and writing; makes the file when there was none. Throws `StoreError` `damaged`, `schema` … */
export function openDatabase(options: OpenOptions): SqliteDatabase {
  const { file } = options;
  return withStoreErrors(file, () => {
    const size = sizeOf(file);
    assertNotLost(file, size, options.proofs ?? []);
    if (size === undefined) createPrivately(file);
    else chmodSync(file, 0o600);
    if (size !== undefined && size > 0) inspectUnchanged(options);
    const db = new Database(file, { timeout: options.busyTimeoutMs ?? busyTimeoutMsDefault });
    try {
      configure(db, options);
      migrate(db, options.migrations, file);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Opens for reading only, beside a running host or without one. Throws `not-found` when there is no file. */
export function openDatabaseReadOnly(options: OpenOptions): SqliteDatabase {
  const { file } = options;
  return withStoreErrors(file, () => {
    const size = sizeOf(file);
    assertNotLost(file, size, options.proofs ?? []);
    if (size === undefined || size === 0) {
      throw new ApiError('not-found', `there is no ${basename(file)} in this data folder yet`, {
        hint: 'Start Sextant once, or name another folder with --data.',
      });
    }
    const db = new Database(file, {
      readonly: true,
      timeout: options.busyTimeoutMs ?? busyTimeoutMsDefault,
    });
    try {
      assertSound(db, file);
      assertSchema(db, options.migrations, file);
      options.inspect?.(db);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}
