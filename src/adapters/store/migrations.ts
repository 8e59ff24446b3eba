/**
 * Ordered migrations in plain SQL. What was applied is recorded with a checksum; a file whose history is longer than
 * ours, or says something else, is refused. Each migration runs in its own transaction.
 */

import { createHash } from 'node:crypto';
import { chmodSync, existsSync } from 'node:fs';
import { basename } from 'node:path';
import type Database from 'better-sqlite3';
import { StoreError } from './store-error.ts';

/** One step of a schema. Never edited once released: a change is a new step. */
export interface Migration {
  /** 1, 2, 3 … without a hole. */
  readonly id: number;
  readonly name: string;
  readonly sql: string;
}

interface AppliedMigration {
  readonly id: number;
  readonly name: string;
  readonly checksum: string;
}

const historyTable = `CREATE TABLE schema_migrations (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  applied_at_ms INTEGER NOT NULL
) STRICT`;

function checksumOf(migration: Migration): string {
  return createHash('sha256').update(`${migration.name}\n${migration.sql}`).digest('hex');
}

function hasTable(db: Database.Database, name: string): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !== undefined;
}

/** Gives how many migrations a file has; throws when it is not one of ours, newer than we are, or disagrees. */
export function appliedMigrations(
  db: Database.Database,
  migrations: readonly Migration[],
  file: string,
): number {
  const name = basename(file);
  if (!hasTable(db, 'schema_migrations')) {
    const tables = db.prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").pluck().get();
    if (tables === 0) return 0;
    throw new StoreError(
      'damaged',
      `${name} is an SQLite file, but not one of Sextant`,
      'Move it away, or choose another data folder.',
    );
  }
  const applied = db
    .prepare('SELECT id, name, checksum FROM schema_migrations ORDER BY id')
    .all() as AppliedMigration[];
  applied.forEach((row, index) => {
    const ours = migrations[index];
    if (ours === undefined) {
      throw new StoreError(
        'schema',
        `${name} was written by a newer version of Sextant (schema ${applied.length}, this version knows ${migrations.length})`,
        'Update Sextant, or use another data folder. Nothing was changed.',
      );
    }
    if (row.id !== ours.id || row.checksum !== checksumOf(ours)) {
      throw new StoreError(
        'schema',
        `the schema history of ${name} disagrees with this version at step ${row.id} (${row.name})`,
        'Use the version that wrote it, or another data folder. Nothing was changed.',
      );
    }
  });
  return applied.length;
}

/** Throws unless the file has exactly the schema of this version; for readers, which must not change it. */
export function assertSchema(db: Database.Database, migrations: readonly Migration[], file: string): void {
  const applied = appliedMigrations(db, migrations, file);
  if (applied < migrations.length) {
    throw new StoreError(
      'schema',
      `${basename(file)} was written by an older version of Sextant`,
      'Start Sextant once on this data folder: it brings the file up to date.',
    );
  }
}

/**
 * Brings the file to the newest schema and gives the number of steps taken. A file with data is copied first, to
 * `<file>.before-schema-N`, so that the older version can be gone back to.
 */
export function migrate(db: Database.Database, migrations: readonly Migration[], file: string): number {
  const applied = appliedMigrations(db, migrations, file);
  const pending = migrations.slice(applied);
  if (pending.length === 0) return 0;
  if (applied > 0) {
    const copy = `${file}.before-schema-${migrations.length}`;
    if (!existsSync(copy)) {
      db.prepare('VACUUM INTO ?').run(copy);
      chmodSync(copy, 0o600);
    }
  }
  for (const migration of pending) {
    db.transaction(() => {
      if (migration.id === 1) db.exec(historyTable);
      db.exec(migration.sql);
      db.prepare('INSERT INTO schema_migrations VALUES (?, ?, ?, ?)').run(
        migration.id,
        migration.name,
        checksumOf(migration),
        Date.now(),
      );
    }).immediate();
  }
  return pending.length;
}
