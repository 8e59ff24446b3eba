import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { Journal } from '../../../src/adapters/store/journal.ts';
import { JournalReader } from '../../../src/adapters/store/journal-reader.ts';
import { journalMigrations } from '../../../src/adapters/store/journal-schema.ts';
import type { Migration } from '../../../src/adapters/store/migrations.ts';
import {
  ensureDataFolder,
  openDatabase,
  openDatabaseReadOnly,
} from '../../../src/adapters/store/open-database.ts';
import { StoreError } from '../../../src/adapters/store/store-error.ts';
import { ApiError, exitCodeOf } from '../../../src/shared/api/result.ts';
import { Chain, dataFolder, instrumentOf, intent, openingEntries } from './fixtures.ts';

const first: Migration = { id: 1, name: 'first', sql: 'CREATE TABLE a (x INTEGER) STRICT' };
const second: Migration = { id: 2, name: 'second', sql: 'ALTER TABLE a ADD COLUMN y TEXT' };
const broken: Migration = {
  id: 2,
  name: 'broken',
  sql: 'CREATE TABLE b (x INTEGER) STRICT; CREATE TABLE a (z INTEGER)',
};

function open(file: string, migrations: readonly Migration[]): Database.Database {
  return openDatabase({ file, migrations, synchronous: 'FULL' });
}

function caught(work: () => unknown): ApiError {
  try {
    work();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('openDatabase', () => {
  test('write-ahead log, FULL, foreign keys, in the file itself', () => {
    const db = open(join(dataFolder(), 'x.sqlite'), [first]);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
    expect(db.pragma('busy_timeout', { simple: true })).toBe(2000);
    db.close();
  });

  test('migrations run once, in order, after a copy of a file with data', () => {
    const folder = dataFolder();
    const file = join(folder, 'x.sqlite');
    const old = open(file, [first]);
    old.exec('INSERT INTO a VALUES (42)');
    old.close();
    const db = open(file, [first, second]);
    expect(db.prepare('SELECT * FROM a').all()).toEqual([{ x: 42, y: null }]);
    db.close();
    open(file, [first, second]).close();
    const copy = new Database(`${file}.before-schema-2`, { readonly: true });
    expect(copy.prepare('SELECT * FROM a').all()).toEqual([{ x: 42 }]);
    copy.close();
  });

  test('a migration that fails leaves nothing of itself', () => {
    const file = join(dataFolder(), 'x.sqlite');
    open(file, [first]).close();
    expect(() => open(file, [first, broken])).toThrow('table a already exists');
    const db = open(file, [first]);
    expect(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'b'").pluck().get()).toBe(0);
    db.close();
  });

  const refused: [name: string, migrations: Migration[], message: RegExp][] = [
    ['a newer schema', [first], /written by a newer version .*schema 2, this version knows 1/],
    [
      'a history that disagrees',
      [first, { ...second, sql: 'ALTER TABLE a ADD COLUMN z TEXT' }],
      /disagrees .* step 2/,
    ],
  ];
  test.each(refused)('%s is refused, unchanged', (_name, migrations, message) => {
    const file = join(dataFolder(), 'x.sqlite');
    open(file, [first, second]).close();
    const before = readFileSync(file);
    const error = caught(() => open(file, migrations));
    expect(error.message).toMatch(message);
    expect([error.code, exitCodeOf[error.code]]).toEqual(['damaged', 6]);
    expect(error.hint).toContain('Nothing was changed');
    expect(readFileSync(file)).toEqual(before);
    expect(caught(() => openDatabaseReadOnly({ file, migrations, synchronous: 'FULL' })).message).toMatch(
      message,
    );
  });

  test("somebody else's SQLite file is refused", () => {
    const file = join(dataFolder(), 'x.sqlite');
    const other = new Database(file);
    other.exec('CREATE TABLE notes (text TEXT)');
    other.close();
    expect(caught(() => open(file, [first])).message).toBe(
      'x.sqlite is an SQLite file, but not one of Sextant',
    );
  });

  test('a reader makes no file and says so', () => {
    const folder = dataFolder();
    const error = caught(() => JournalReader.open(folder, 'demo'));
    expect([error.code, exitCodeOf[error.code]]).toEqual(['not-found', 4]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a reader refuses an older schema: only a host may bring it up to date', () => {
    const file = join(dataFolder(), 'x.sqlite');
    open(file, [first]).close();
    const error = caught(() =>
      openDatabaseReadOnly({ file, migrations: [first, second], synchronous: 'FULL' }),
    );
    expect(error.message).toBe('x.sqlite was written by an older version of Sextant');
  });

  test('file modes are tightened', () => {
    const file = join(dataFolder(), 'x.sqlite');
    open(file, [first]).close();
    chmodSync(file, 0o644);
    open(file, [first]).close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('a folder that cannot be used is bad input in field data', () => {
    const folder = dataFolder();
    writeFileSync(join(folder, 'file'), '');
    const error = caught(() => ensureDataFolder(join(folder, 'file', 'deeper')));
    expect([error.code, error.field]).toEqual(['bad-input', 'data']);
    expect(caught(() => ensureDataFolder(join(folder, 'file'))).field).toBe('data');
  });
});

describe('a journal under pressure', () => {
  test('disk full: nothing half written, a typed error, and it goes on once there is space', () => {
    const folder = dataFolder();
    const journal = Journal.open({ folder, mode: 'demo' });
    journal.saveInstruments([instrumentOf()]);
    const chain = new Chain();
    journal.commit(chain.checkpoint(openingEntries));
    const db = (journal as unknown as { db: Database.Database }).db;
    db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true }) as number}`);

    let full: unknown;
    let committed = 2;
    for (let index = 0; index < 1000 && full === undefined; index += 1) {
      const before = { sequence: chain.sequence, hash: chain.hash, timeMs: chain.timeMs };
      try {
        journal.commit(chain.checkpoint([intent(`a-${index}`), intent(`b-${index}`)]));
        committed += 2;
      } catch (error) {
        full = error;
        Object.assign(chain, before);
      }
    }
    expect(full).toBeInstanceOf(StoreError);
    expect((full as StoreError).reason).toBe('store-full');
    expect((full as StoreError).hint).toBe('Free some disk space.');
    expect(exitCodeOf[(full as StoreError).code]).toBe(3);
    expect(journal.durableSequence).toBe(committed);
    expect(journal.queries.recordCount()).toBe(committed);
    expect(journal.queries.orders({ limit: 1, offset: 0 }).total).toBe(committed - 2);

    db.pragma('max_page_count = 1000000');
    journal.commit(chain.checkpoint([intent('later')]));
    expect(journal.durableSequence).toBe(committed + 1);
    journal.close();
  });

  test('another writer: a bounded wait, then not written', () => {
    const folder = dataFolder();
    const journal = Journal.open({ folder, mode: 'demo', busyTimeoutMs: 60 });
    journal.saveInstruments([instrumentOf()]);
    const chain = new Chain();
    journal.commit(chain.checkpoint(openingEntries));
    const other = new Database(journal.file);
    other.exec('BEGIN IMMEDIATE');
    const position = { sequence: chain.sequence, hash: chain.hash, timeMs: chain.timeMs };
    const start = performance.now();
    const error = caught(() => journal.commit(chain.checkpoint([intent('x-1')])));
    const waitedMs = performance.now() - start;
    expect((error as StoreError).reason).toBe('store-busy');
    expect(waitedMs).toBeGreaterThan(50);
    expect(journal.durableSequence).toBe(2);
    other.exec('ROLLBACK');
    other.close();
    journal.commit(new Chain(position).checkpoint([intent('x-1')]));
    expect(journal.durableSequence).toBe(3);
    journal.close();
  });

  test('a failing side file: the commit stays durable, the next one is refused', () => {
    const folder = dataFolder();
    const journal = Journal.open({ folder, mode: 'demo' });
    const chain = new Chain();
    const { tail } = journal as unknown as { tail: { write: () => void } };
    tail.write = () => {
      throw new Error('EIO: i/o error, write');
    };
    journal.commit(chain.checkpoint(openingEntries));
    expect(journal.durableSequence).toBe(2);
    const error = caught(() => journal.commit(chain.checkpoint([{ kind: 'run-stopped', reason: 'x' }])));
    expect((error as StoreError).reason).toBe('store-io');
    expect(journal.durableSequence).toBe(2);
    journal.close();
  });

  test('the journal has the schema this version knows, and its tail beside it', () => {
    const folder = dataFolder();
    Journal.open({ folder, mode: 'live' }).close();
    expect(existsSync(join(folder, 'live.tail'))).toBe(true);
    const db = new Database(join(folder, 'live.sqlite'), { readonly: true });
    expect(db.prepare('SELECT count(*) FROM schema_migrations').pluck().get()).toBe(journalMigrations.length);
    db.close();
  });
});
