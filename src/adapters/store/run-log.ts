/** When the program ran, by the wall clock: kernel time may be simulated, the time away never is. */

import type { SqliteDatabase } from './open-database.ts';
import { withStoreErrors } from './store-error.ts';

/** One run of the program on this journal. */
export interface RunRow {
  readonly runId: number;
  readonly version: string;
  readonly pid: number;
  /** The first audit record this run may have written. */
  readonly firstSequence: number;
  readonly startedWallMs: number;
  /** The last sign of life of the run before; null at the first run. */
  readonly previousWallMs: number | null;
  /** Null while it runs, and for ever when it did not end cleanly. */
  readonly stoppedWallMs: number | null;
}

const columns = `run_id AS runId, version, pid, first_sequence AS firstSequence,
  started_wall_ms AS startedWallMs, previous_wall_ms AS previousWallMs, stopped_wall_ms AS stoppedWallMs`;

export class RunLog {
  private readonly db: SqliteDatabase;
  private readonly lastMarkMs: number | null;

  constructor(db: SqliteDatabase, lastMarkMs: number | null) {
    this.db = db;
    this.lastMarkMs = lastMarkMs;
  }

  /** Notes the start of a run, before its first record. */
  begin(version: string, startedWallMs: number): RunRow {
    const before = this.newest();
    // A clean stop is exact; after a crash the last durable commit is the last sign of life.
    const previousWallMs = before === undefined ? null : (before.stoppedWallMs ?? this.lastMarkMs);
    const insert = this.db.prepare(
      `INSERT INTO runs (version, pid, first_sequence, started_wall_ms, previous_wall_ms)
       VALUES (?, ?, (SELECT coalesce(max(sequence), 0) + 1 FROM audit), ?, ?)`,
    );
    withStoreErrors(this.db.name, () =>
      insert.run(version, process.pid, startedWallMs, previousWallMs || null),
    );
    return this.newest() as RunRow;
  }

  /** Notes the clean end of the newest run, after its last record. */
  end(stoppedWallMs: number): void {
    const update = this.db.prepare(
      'UPDATE runs SET stopped_wall_ms = ? WHERE run_id = (SELECT max(run_id) FROM runs)',
    );
    withStoreErrors(this.db.name, () => update.run(stoppedWallMs));
  }

  /** Gives the newest run. */
  newest(): RunRow | undefined {
    return this.db.prepare(`SELECT ${columns} FROM runs ORDER BY run_id DESC LIMIT 1`).get() as
      | RunRow
      | undefined;
  }
}
