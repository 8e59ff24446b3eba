/** Which file belongs to which mode, and the check that a file is used under its own. */

import { join } from 'node:path';
import type { SqliteDatabase } from './open-database.ts';
import { StoreError } from './store-error.ts';

export const journalModes = ['demo', 'paper', 'live', 'replay'] as const;
/** Each mode has a file of its own; money of one never meets money of another. */
export type JournalMode = (typeof journalModes)[number];

/** Gives the journal file of a mode. */
export function journalFile(folder: string, mode: JournalMode): string {
  return join(folder, `${mode}.sqlite`);
}

/** Gives the side file that says how far the journal of a mode had come. */
export function journalTailFile(folder: string, mode: JournalMode): string {
  return join(folder, `${mode}.tail`);
}

/** Makes a new file belong to a mode, for good. Gives false when it belongs to one already. */
export function bindMode(db: SqliteDatabase, mode: JournalMode): boolean {
  return db.prepare("INSERT OR IGNORE INTO meta VALUES ('mode', ?)").run(mode).changes > 0;
}

/** Throws `wrong-mode` or `damaged` unless a file says that it belongs to this mode. */
export function assertMode(db: SqliteDatabase, mode: JournalMode, file: string): void {
  const stored = db.prepare("SELECT value FROM meta WHERE key = 'mode'").pluck().get() as string | undefined;
  if (stored === undefined) {
    throw new StoreError(
      'damaged',
      `${file} does not say which mode it belongs to`,
      'Restore it from a backup.',
    );
  }
  if (stored !== mode) {
    throw new StoreError(
      'wrong-mode',
      `${file} holds ${stored} data, not ${mode} data`,
      'Give the file back its own name; data of different modes is never mixed.',
    );
  }
}
