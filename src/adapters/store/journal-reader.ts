/** The journal of a mode opened for reading only: for commands while no host runs. */

import type { KernelSnapshot } from '../../engine/kernel/snapshot.ts';
import type { AwayReportView } from '../../shared/api/views.ts';
import { awayReport } from './away-report.ts';
import { EquityStore } from './equity-store.ts';
import { InstrumentStore } from './instrument-store.ts';
import { assertMode, type JournalMode, journalFile, journalTailFile } from './journal-files.ts';
import { assertTailIntact, loadSnapshot } from './journal-load.ts';
import { journalMigrations } from './journal-schema.ts';
import { openDatabaseReadOnly, type SqliteDatabase } from './open-database.ts';
import { JournalQueries } from './queries.ts';
import { RunLog } from './run-log.ts';
import { SettingsStore } from './settings-store.ts';
import { withStoreErrors } from './store-error.ts';

export class JournalReader {
  readonly mode: JournalMode;
  readonly file: string;
  readonly instruments: InstrumentStore;
  readonly queries: JournalQueries;
  readonly equity: EquityStore;
  readonly settings: SettingsStore;
  readonly runs: RunLog;
  private readonly db: SqliteDatabase;

  private constructor(mode: JournalMode, file: string, db: SqliteDatabase) {
    this.mode = mode;
    this.file = file;
    this.db = db;
    this.instruments = new InstrumentStore(db);
    this.queries = new JournalQueries(db, this.instruments);
    this.equity = new EquityStore(db);
    this.settings = new SettingsStore(db);
    this.runs = new RunLog(db, null);
  }

  /** Opens for reading. Throws `not-found` where there is no journal, `StoreError` where it is damaged. */
  static open(folder: string, mode: JournalMode): JournalReader {
    const file = journalFile(folder, mode);
    const tailFile = journalTailFile(folder, mode);
    const db = openDatabaseReadOnly({
      file,
      migrations: journalMigrations,
      synchronous: 'FULL',
      proofs: [tailFile],
      inspect: (found) => {
        assertMode(found, mode, file);
        assertTailIntact(found, tailFile, file);
      },
    });
    return withStoreErrors(file, () => new JournalReader(mode, file, db));
  }

  /** Gives what a kernel would go on from: bots, live orders, balances. */
  load(): KernelSnapshot {
    return withStoreErrors(this.file, () => loadSnapshot(this.db));
  }

  /** Gives the report of the time before the newest start. */
  awayReport(): AwayReportView {
    return withStoreErrors(this.file, () => awayReport(this.db, this.queries, this.equity, this.runs));
  }

  close(): void {
    if (this.db.open) this.db.close();
  }
}
