/** Remembered settings of the terminal: appearance, layouts, dismissed notices. */

import { ApiError } from '../../shared/api/result.ts';
import type { SqliteDatabase } from './open-database.ts';
import { withStoreErrors } from './store-error.ts';

/** Largest setting, as JSON text. */
const valueLengthMax = 256 * 1024;
const keysMax = 1000;

export class SettingsStore {
  private readonly db: SqliteDatabase;

  constructor(db: SqliteDatabase) {
    this.db = db;
  }

  all(): Record<string, unknown> {
    const rows = this.db.prepare('SELECT key, value FROM settings').all() as { key: string; value: string }[];
    return Object.fromEntries(rows.map(({ key, value }) => [key, JSON.parse(value) as unknown]));
  }

  get(key: string): unknown {
    const value = this.db.prepare('SELECT value FROM settings WHERE key = ?').pluck().get(key);
    return value === undefined ? undefined : JSON.parse(value as string);
  }

  /** Remembers a value; `undefined` and `null` forget it. Throws `bad-input` when it is too large or one too many. */
  set(key: string, value: unknown): void {
    withStoreErrors(this.db.name, () => this.put(key, value));
  }

  private put(key: string, value: unknown): void {
    if (value === undefined || value === null) {
      this.db.prepare('DELETE FROM settings WHERE key = ?').run(key);
      return;
    }
    const text = JSON.stringify(value);
    if (text.length > valueLengthMax) {
      throw new ApiError(
        'bad-input',
        `the value has ${text.length} characters, at most ${valueLengthMax} are kept`,
        {
          field: 'value',
        },
      );
    }
    const others = this.db.prepare('SELECT count(*) FROM settings WHERE key <> ?').pluck().get(key) as number;
    if (others >= keysMax) {
      throw new ApiError('bad-input', `at most ${keysMax} settings are kept`, { field: 'key' });
    }
    this.db
      .prepare('INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
      .run(key, text);
  }
}
