/**
 * One running instance per data folder. The lock is an open exclusive transaction on `lock.sqlite`: the operating
 * system lets go of it when the process dies, however it dies, so a lock is never stale. Who holds it is written to
 * `instance.json` for the message. Nothing else may open `lock.sqlite`: closing any handle of it in the same process
 * would drop the lock on POSIX systems.
 */

import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { ApiError } from '../../shared/api/result.ts';
import { ensureDataFolder, type SqliteDatabase } from './open-database.ts';
import { storeErrorOf, withStoreErrors } from './store-error.ts';

const instanceSchema = z.object({
  pid: z.number().int().min(0),
  startedAtMs: z.number().int().min(0),
  token: z.string().max(100),
});

/** Who holds a data folder. `token` is different for every start. */
export type InstanceInfo = z.infer<typeof instanceSchema>;

/** A probe of another process holds the lock for an instant; the wait tells it from an instance. */
const acquireTimeoutMs = 250;
const lockFileOf = (folder: string): string => join(folder, 'lock.sqlite');
const infoFileOf = (folder: string): string => join(folder, 'instance.json');

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function readInfo(folder: string): InstanceInfo | undefined {
  if (!existsSync(infoFileOf(folder))) return undefined;
  try {
    return instanceSchema.parse(JSON.parse(readFileSync(infoFileOf(folder), 'utf8')));
  } catch {
    // A file cut by a crash names nobody; the lock itself does not depend on it.
    return undefined;
  }
}

function lockedBy(folder: string): ApiError {
  const info = readInfo(folder);
  const who = info === undefined ? 'another instance' : `the instance with process id ${info.pid}`;
  return new ApiError('locked', `the data folder ${folder} is in use by ${who}`, {
    hint: 'Stop that instance first, or choose another folder with --data.',
  });
}

/** Gives who runs on a folder now, or undefined when nobody does. Changes nothing. */
export function runningInstance(folder: string): InstanceInfo | undefined {
  if (!existsSync(lockFileOf(folder))) return undefined;
  const db = new Database(lockFileOf(folder), { readonly: true, timeout: 0 });
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return undefined;
  } catch (error) {
    if (!isBusy(error)) throw error;
    return readInfo(folder) ?? { pid: 0, startedAtMs: 0, token: '' };
  } finally {
    db.close();
  }
}

/** The lock while it is held. */
export class InstanceLock {
  readonly info: InstanceInfo;
  /** True when the instance before this one ended without letting go (crash, kill, power cut). */
  readonly previousEndedBadly: boolean;
  private readonly db: SqliteDatabase;
  private readonly folder: string;
  private held = true;

  private constructor(folder: string, db: SqliteDatabase, info: InstanceInfo, previousEndedBadly: boolean) {
    this.folder = folder;
    this.db = db;
    this.info = info;
    this.previousEndedBadly = previousEndedBadly;
  }

  /** Takes the lock of a folder. Throws `locked` (naming the process) while another instance holds it. */
  static acquire(folder: string, startedAtMs: number = Date.now()): InstanceLock {
    ensureDataFolder(folder);
    const db = withStoreErrors(
      lockFileOf(folder),
      () => new Database(lockFileOf(folder), { timeout: acquireTimeoutMs }),
    );
    try {
      chmodSync(lockFileOf(folder), 0o600);
      // Nothing is ever written: no rollback file shall lie about after a kill.
      db.pragma('journal_mode = MEMORY');
      db.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      db.close();
      throw isBusy(error) ? lockedBy(folder) : storeErrorOf(error, lockFileOf(folder));
    }
    const previousEndedBadly = existsSync(infoFileOf(folder));
    const info = { pid: process.pid, startedAtMs, token: randomUUID() };
    try {
      writeFileSync(`${infoFileOf(folder)}.new`, `${JSON.stringify(info)}\n`, { mode: 0o600 });
      renameSync(`${infoFileOf(folder)}.new`, infoFileOf(folder));
    } catch (error) {
      db.close();
      throw storeErrorOf(error, infoFileOf(folder));
    }
    return new InstanceLock(folder, db, info, previousEndedBadly);
  }

  /** Lets go; safe to call twice. */
  release(): void {
    if (!this.held) return;
    this.held = false;
    rmSync(infoFileOf(this.folder), { force: true });
    this.db.exec('ROLLBACK');
    this.db.close();
  }
}
