/** Equity over time, for charts and for the report after a restart. Not part of the audit: it can be recomputed. */

import type Database from 'better-sqlite3';
import type { SqliteDatabase } from './open-database.ts';

/** Value by currency at a kernel time, and the last audit record it contains. */
export interface EquityPoint {
  readonly timeMs: number;
  readonly sequence: number;
  readonly values: Readonly<Record<string, string>>;
}

interface EquityRow {
  readonly time_ms: number;
  readonly sequence: number;
  readonly body: string;
}

function pointOf(row: EquityRow): EquityPoint {
  return {
    timeMs: row.time_ms,
    sequence: row.sequence,
    values: JSON.parse(row.body) as Record<string, string>,
  };
}

export class EquityStore {
  private readonly db: SqliteDatabase;
  private readonly insert: Database.Statement;

  constructor(db: SqliteDatabase) {
    this.db = db;
    this.insert = db.prepare(
      'INSERT INTO equity_points (owner, time_ms, sequence, body) VALUES (?, ?, ?, ?)',
    );
  }

  append(
    bot: string | null,
    timeMs: number,
    sequence: number,
    values: Readonly<Record<string, string>>,
  ): void {
    this.insert.run(bot ?? '', timeMs, sequence, JSON.stringify(values));
  }

  /** Gives at most `limit` points over the whole history, evenly chosen, oldest first; the newest is always there. */
  history(bot: string | null, limit: number): EquityPoint[] {
    const owner = bot ?? '';
    const count = this.db
      .prepare('SELECT count(*) FROM equity_points WHERE owner = ?')
      .pluck()
      .get(owner) as number;
    const step = Math.max(1, Math.ceil(count / limit));
    const rows = this.db
      .prepare(
        `SELECT time_ms, sequence, body FROM (
           SELECT *, row_number() OVER (ORDER BY point_id DESC) - 1 AS age FROM equity_points WHERE owner = ?
         ) WHERE age % ? = 0 ORDER BY point_id`,
      )
      .all(owner, step) as EquityRow[];
    return rows.map(pointOf);
  }

  /** Gives the last point of the installation that contains no record from `sequence` on. */
  lastBefore(sequence: number): EquityPoint | undefined {
    return this.one('sequence < ? ORDER BY point_id DESC', sequence);
  }

  /** Gives the first point of the installation that contains record `sequence`. */
  firstFrom(sequence: number): EquityPoint | undefined {
    return this.one('sequence >= ? ORDER BY point_id', sequence);
  }

  private one(condition: string, sequence: number): EquityPoint | undefined {
    const row = this.db
      .prepare(`SELECT time_ms, sequence, body FROM equity_points WHERE owner = '' AND ${condition} LIMIT 1`)
      .get(sequence) as EquityRow | undefined;
    return row === undefined ? undefined : pointOf(row);
  }
}
