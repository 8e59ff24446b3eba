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

/** More points of one owner are thinned out: every second one of the older half goes. */
const pointsMaxDefault = 20_000;

export class EquityStore {
  private readonly db: SqliteDatabase;
  private readonly insert: Database.Statement;
  private readonly pointsMax: number;
  private readonly counts = new Map<string, number>();

  constructor(db: SqliteDatabase, pointsMax = pointsMaxDefault) {
    this.db = db;
    this.pointsMax = pointsMax;
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
    const owner = bot ?? '';
    this.db.transaction(() => {
      this.insert.run(owner, timeMs, sequence, JSON.stringify(values));
      const count = (this.counts.get(owner) ?? this.count(owner) - 1) + 1;
      this.counts.set(owner, count > this.pointsMax ? count - this.thinOut(owner, count) : count);
    })();
  }

  /** Gives at most `limit` points over the whole history, evenly chosen, oldest first; the newest is always there. */
  history(bot: string | null, limit: number): EquityPoint[] {
    const owner = bot ?? '';
    const step = Math.max(1, Math.ceil(this.count(owner) / limit));
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

  private count(owner: string): number {
    return this.db.prepare('SELECT count(*) FROM equity_points WHERE owner = ?').pluck().get(owner) as number;
  }

  /** Removes every second point of the older half; the first one stays. Gives how many went. */
  private thinOut(owner: string, count: number): number {
    return this.db
      .prepare(
        `DELETE FROM equity_points WHERE point_id IN (
           SELECT point_id FROM (
             SELECT point_id, row_number() OVER (ORDER BY point_id) AS place FROM equity_points WHERE owner = ?
           ) WHERE place <= ? AND place % 2 = 0
         )`,
      )
      .run(owner, Math.floor(count / 2)).changes;
  }

  /** Gives the first point of the installation at or after a kernel time. */
  firstSince(timeMs: number): EquityPoint | undefined {
    return this.one('time_ms >= ? ORDER BY point_id', timeMs);
  }

  private one(condition: string, sequence: number): EquityPoint | undefined {
    const row = this.db
      .prepare(`SELECT time_ms, sequence, body FROM equity_points WHERE owner = '' AND ${condition} LIMIT 1`)
      .get(sequence) as EquityRow | undefined;
    return row === undefined ? undefined : pointOf(row);
  }
}
