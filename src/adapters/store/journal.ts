/**
 * The journal: the durable memory of one mode. Each checkpoint of the kernel becomes one transaction that survives a
 * power cut before `commit` returns: audit records, what follows from them, bots and the kernel's core.
 *
 * Start reading here; then `projection-writer.ts` (how records become orders, fills and balances), `queries.ts` (what
 * the screens read), `verify.ts` (how all of it is proven again from the records), `open-database.ts` and
 * `journal-tail.ts` (how damage is noticed).
 */

import type Database from 'better-sqlite3';
import type { Checkpoint, JournalPort, KernelSnapshot } from '../../engine/kernel/snapshot.ts';
import type { AwayReportView } from '../../shared/api/views.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import { type AuditRecord, auditHashInput, auditVersion, genesisHash } from '../../shared/events/audit.ts';
import { awayReport, isWorthTelling } from './away-report.ts';
import { sha256Hex } from './digest.ts';
import { EquityStore } from './equity-store.ts';
import { InstrumentStore } from './instrument-store.ts';
import { assertMode, bindMode, type JournalMode, journalFile, journalTailFile } from './journal-files.ts';
import { assertTailIntact, loadSnapshot } from './journal-load.ts';
import { journalMigrations } from './journal-schema.ts';
import { TailWriter } from './journal-tail.ts';
import { ensureDataFolder, openDatabase, type SqliteDatabase } from './open-database.ts';
import { ProjectionWriter } from './projection-writer.ts';
import { JournalQueries } from './queries.ts';
import { RunLog } from './run-log.ts';
import { SettingsStore } from './settings-store.ts';
import { StoreError, storeErrorOf, withStoreErrors } from './store-error.ts';
import { TokenStore } from './token-store.ts';

export interface JournalOptions {
  readonly folder: string;
  readonly mode: JournalMode;
  /** Wall clock in epoch ms; only for the report of the time the program was off. */
  readonly wallClock?: (() => number) | undefined;
  /** Longest wait for another program that holds the file. */
  readonly busyTimeoutMs?: number | undefined;
}

function isUnbound(db: SqliteDatabase): boolean {
  return db.prepare('SELECT 1 FROM meta UNION ALL SELECT 1 FROM audit LIMIT 1').get() === undefined;
}

/** The setting that remembers which start's report was read. */
const dismissedKey = 'awayReport.dismissed';
const reportRecordsMax = 20_000;

export class Journal implements JournalPort {
  readonly mode: JournalMode;
  readonly file: string;
  readonly instruments: InstrumentStore;
  readonly queries: JournalQueries;
  readonly equity: EquityStore;
  readonly settings: SettingsStore;
  readonly tokens: TokenStore;
  readonly runs: RunLog;
  private readonly db: SqliteDatabase;
  private readonly tail: TailWriter;
  private readonly wallClock: () => number;
  private readonly projections: ProjectionWriter;
  private readonly putBot: Database.Statement;
  private readonly removeBot: Database.Statement;
  private readonly putCore: Database.Statement;
  private readonly writeAll: (checkpoint: Checkpoint) => void;
  private lastSequence: number;
  private lastHash: string;
  private failure: unknown;
  private telling = { start: 0, worth: false };

  private constructor(options: JournalOptions, db: SqliteDatabase) {
    this.mode = options.mode;
    this.file = journalFile(options.folder, options.mode);
    this.wallClock = options.wallClock ?? Date.now;
    this.db = db;
    const tailFile = journalTailFile(options.folder, options.mode);
    const { last, mark } = assertTailIntact(db, tailFile, this.file);
    this.lastSequence = last?.sequence ?? 0;
    this.lastHash = last?.hash ?? genesisHash;
    this.instruments = new InstrumentStore(db);
    this.queries = new JournalQueries(db, this.instruments);
    this.equity = new EquityStore(db);
    this.settings = new SettingsStore(db);
    this.tokens = new TokenStore(db);
    this.runs = new RunLog(db, mark?.wallMs ?? null);
    this.projections = new ProjectionWriter(db, this.instruments);
    this.putBot = db.prepare(
      'INSERT INTO bots (bot, body) VALUES (?, ?) ON CONFLICT (bot) DO UPDATE SET body = excluded.body',
    );
    this.removeBot = db.prepare('DELETE FROM bots WHERE bot = ?');
    this.putCore = db.prepare(
      `INSERT INTO kernel_core VALUES (1, ?, ?)
       ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, body = excluded.body`,
    );
    this.writeAll = db.transaction((checkpoint: Checkpoint) => this.write(checkpoint)).immediate;
    this.tail = new TailWriter(tailFile, {
      sequence: this.lastSequence,
      hash: this.lastHash,
      wallMs: mark?.wallMs ?? 0,
    });
  }

  /**
   * Opens the journal of a mode, making it at the first start. Throws `StoreError`: `damaged` when the file is
   * corrupt, cut, missing or lacks records that were durable; `schema` when a newer version wrote it; `wrong-mode`.
   */
  static open(options: JournalOptions): Journal {
    const file = journalFile(options.folder, options.mode);
    ensureDataFolder(options.folder);
    const tailFile = journalTailFile(options.folder, options.mode);
    const db = openDatabase({
      file,
      migrations: journalMigrations,
      synchronous: 'FULL',
      proofs: [tailFile],
      busyTimeoutMs: options.busyTimeoutMs,
      inspect: (found) => {
        // A crash within the very first start leaves a file without mode and without records.
        if (!isUnbound(found)) assertMode(found, options.mode, file);
        assertTailIntact(found, tailFile, file);
      },
    });
    try {
      return withStoreErrors(file, () => {
        if (isUnbound(db)) bindMode(db, options.mode);
        return new Journal(options, db);
      });
    } catch (error) {
      db.close();
      throw error;
    }
  }

  get durableSequence(): number {
    return this.lastSequence;
  }

  /** Gives what the kernel goes on from. */
  load(): KernelSnapshot {
    return withStoreErrors(this.file, () => loadSnapshot(this.db));
  }

  /** Stores the venue's rules; needed before the first order of an instrument. */
  saveInstruments(instruments: readonly Instrument[]): void {
    withStoreErrors(this.file, () => this.instruments.save(instruments));
  }

  /**
   * Writes a checkpoint whole, durably. Throws `StoreError` with nothing written: `store-full`, `store-busy`,
   * `inconsistent` (a gap, a broken chain, a contradiction), `booked-twice`. After a disk error what is stored is not
   * known: this journal then refuses every further commit and has to be opened again.
   */
  commit(checkpoint: Checkpoint): void {
    if (this.failure !== undefined) throw this.failure;
    this.assertFollows(checkpoint.records);
    try {
      this.writeAll(checkpoint);
    } catch (error) {
      const translated = storeErrorOf(error, this.file);
      if (translated instanceof StoreError && ['store-io', 'damaged'].includes(translated.reason)) {
        this.failure = translated;
      }
      throw translated;
    }
    const last = checkpoint.records.at(-1);
    if (last !== undefined) {
      this.lastSequence = last.sequence;
      this.lastHash = last.hash;
    }
    this.mark();
  }

  /** Notes one equity point: values by currency for the installation (`bot` null) or one bot. */
  appendEquity(bot: string | null, timeMs: number, values: Readonly<Record<string, string>>): void {
    withStoreErrors(this.file, () => this.equity.append(bot, timeMs, this.lastSequence, values));
  }

  /** Gives the report of the time before the newest start. */
  awayReport(): AwayReportView {
    return withStoreErrors(this.file, () => awayReport(this.db, this.queries, this.equity, this.runs));
  }

  /** True while the newest start has something to tell that was not dismissed. Cheap enough for a status line. */
  get awayReportPending(): boolean {
    const start = this.newestStart();
    if (start === 0 || this.settings.get(dismissedKey) === start) return false;
    if (this.telling.start !== start) this.telling = { start, worth: false };
    // Reconciling follows the start closely; what comes much later is no news of the time away.
    if (!this.telling.worth && this.lastSequence - start < reportRecordsMax) {
      this.telling.worth = isWorthTelling(this.awayReport());
    }
    return this.telling.worth;
  }

  /** Marks the report of the newest start as read. */
  dismissAwayReport(): void {
    this.settings.set(dismissedKey, this.newestStart());
  }

  /** Closes the file; everything committed is in it. */
  close(): void {
    if (!this.db.open) return;
    this.db.close();
    this.tail.close();
  }

  private newestStart(): number {
    const sequence = this.db
      .prepare("SELECT max(sequence) FROM audit WHERE kind = 'run-started'")
      .pluck()
      .get();
    return (sequence as number | null) ?? 0;
  }

  private write(checkpoint: Checkpoint): void {
    for (const record of checkpoint.records) this.projections.write(record);
    for (const bot of checkpoint.bots) this.putBot.run(bot.definition.id, JSON.stringify(bot));
    for (const bot of checkpoint.removedBots) this.removeBot.run(bot);
    const sequence = checkpoint.records.at(-1)?.sequence ?? this.lastSequence;
    this.putCore.run(sequence, JSON.stringify(checkpoint.core));
  }

  private assertFollows(records: readonly AuditRecord[]): void {
    let sequence = this.lastSequence;
    let hash = this.lastHash;
    for (const record of records) {
      const name = `record ${record.sequence}`;
      if (record.sequence !== sequence + 1) {
        throw new StoreError('inconsistent', `${name} follows ${sequence}: there is a gap`);
      }
      if (record.version !== auditVersion) {
        throw new StoreError('inconsistent', `${name} has the unknown version ${record.version}`);
      }
      if (record.previousHash !== hash || sha256Hex(auditHashInput(record)) !== record.hash) {
        throw new StoreError('inconsistent', `${name} does not continue the hash chain`);
      }
      sequence = record.sequence;
      hash = record.hash;
    }
  }

  private mark(): void {
    try {
      this.tail.write({ sequence: this.lastSequence, hash: this.lastHash, wallMs: this.wallClock() });
    } catch (error) {
      // This commit is durable and stays so; a disk that fails beside it must not be trusted with the next one.
      this.failure = new StoreError(
        'store-io',
        `the side file of ${this.file} could not be written: ${(error as Error).message}`,
        'Check the disk, then start again.',
      );
    }
  }
}
