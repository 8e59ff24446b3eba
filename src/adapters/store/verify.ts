/**
 * Proves a journal from its records: the hash chain, the states of every order, every fill once, the money to the
 * last digit, the stored projections, and, where venues are simulated, the venues' own books. Works on its own
 * read-only connection and one snapshot, beside a running host or without one.
 */

import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { VerifyView } from '../../shared/api/views.ts';
import { genesisHash } from '../../shared/events/audit.ts';
import { type AuditRow, type ChainPosition, chainFaultOf, recordOf } from './audit-rows.ts';
import { InstrumentStore } from './instrument-store.ts';
import { assertMode, type JournalMode, journalFile, journalTailFile } from './journal-files.ts';
import { journalMigrations } from './journal-schema.ts';
import { readTail, type TailMark } from './journal-tail.ts';
import { openDatabaseReadOnly, type SqliteDatabase } from './open-database.ts';
import { auditColumnsOf } from './projection.ts';
import { storeErrorOf } from './store-error.ts';
import { VenueTruthStore, venueTruthFile } from './venue-truth.ts';
import { Findings } from './verify-findings.ts';
import { LedgerVerifier } from './verify-ledger.ts';
import { OrderVerifier } from './verify-orders.ts';
import { type VenueTruth, VenueVerifier } from './verify-venues.ts';

/** The API's view, and how many fills the next reconciliation will still bring. */
export interface VerifyReport extends VerifyView {
  readonly pendingFills: number;
}

export interface VerifyOptions {
  readonly folder: string;
  readonly mode: JournalMode;
  /** The simulated venues' own books; left out: those in the data folder, where there are any. */
  readonly venues?: VenueTruth | undefined;
}

/** Records between two chances for the host to do other work. */
const sliceRecords = 250;

function checkTail(
  mark: TailMark | 'broken' | undefined,
  db: SqliteDatabase,
  findings: Findings,
): string | undefined {
  if (mark === undefined) return undefined;
  if (mark === 'broken') return 'the side file cannot be read';
  const hash =
    mark.sequence === 0
      ? genesisHash
      : db.prepare('SELECT hash FROM audit WHERE sequence = ?').pluck().get(mark.sequence);
  findings.check(
    hash === mark.hash,
    () => `record ${mark.sequence} was durable, but it is not there as it was`,
  );
  return hash === mark.hash ? undefined : `record ${mark.sequence} was durable and is missing or changed`;
}

/** Copies the books of the simulated venues, or gives undefined where this mode has none. */
function* readVenues(options: VerifyOptions, findings: Findings): Generator<void, VenueVerifier | undefined> {
  const verifier = new VenueVerifier(findings);
  if (options.venues !== undefined) {
    // Books that a host has open must be read in one go: it may want to write to them in between.
    for (const _slice of verifier.read(options.venues));
    return verifier;
  }
  if (!existsSync(venueTruthFile(options.folder, options.mode))) return undefined;
  const truth = VenueTruthStore.openReadOnly({ folder: options.folder, mode: options.mode });
  try {
    yield* verifier.read(truth);
    return verifier;
  } finally {
    truth.close();
  }
}

function* verifySnapshot(
  db: SqliteDatabase,
  options: VerifyOptions,
  mark: ReturnType<typeof readTail>,
): Generator<void, VerifyReport> {
  const findings = new Findings();
  // Before the snapshot: it then holds at least what the venues hold, orders and fills under way aside.
  const venues = yield* readVenues(options, findings);
  db.exec('BEGIN');
  const instruments = new InstrumentStore(db);
  const orders = new OrderVerifier(db, instruments, findings);
  const ledger = new LedgerVerifier(db, instruments, findings, (id) => orders.rulesOf(id));
  const nextRows = db.prepare(
    `SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ${sliceRecords}`,
  );
  let position: ChainPosition = { sequence: 0, hash: genesisHash };
  let chainFault: string | undefined;
  let records = 0;
  let rows: AuditRow[];
  do {
    rows = nextRows.all(position.sequence) as AuditRow[];
    for (const row of rows) {
      records += 1;
      const fault = chainFaultOf(row, position);
      findings.check(fault === undefined, () => fault as string);
      chainFault ??= fault;
      position = row;
      if (fault?.endsWith('cannot be read')) continue;
      const record = recordOf(row);
      const columns = auditColumnsOf(record.body);
      findings.check(
        row.kind === record.body.kind &&
          row.bot === columns.bot &&
          row.client_order_id === columns.clientOrderId,
        () => `the filter columns of record ${row.sequence} differ from the record`,
      );
      if (record.body.kind === 'identity-failed') {
        const { name, message } = record.body;
        findings.check(
          false,
          () => `record ${row.sequence}: the kernel found that ${name} failed: ${message}`,
        );
      }
      orders.onRecord(record);
      ledger.onRecord(record);
      venues?.onRecord(record);
    }
    yield;
  } while (rows.length > 0);
  chainFault ??= checkTail(mark, db, findings);
  const coreSequence =
    (db.prepare('SELECT sequence FROM kernel_core').pluck().get() as number | undefined) ?? 0;
  findings.check(
    coreSequence === position.sequence,
    () => `the kernel's core is at record ${coreSequence}, the records end at ${position.sequence}`,
  );
  yield* orders.compare();
  ledger.compare();
  if (venues !== undefined) yield* venues.compare(orders);
  return {
    records,
    chain: chainFault ?? 'ok',
    duplicates: findings.duplicates,
    lostFills: findings.lostFills,
    identities: { checked: findings.checked, failed: findings.failed },
    lastHash: position.hash,
    problems: findings.problems(),
    pendingFills: venues?.pendingFills ?? 0,
  };
}

function* verifySteps(options: VerifyOptions): Generator<void, VerifyReport> {
  const file = journalFile(options.folder, options.mode);
  const tailFile = journalTailFile(options.folder, options.mode);
  // Read before the snapshot: a running host only moves on, so the snapshot must contain what the mark says.
  const mark = readTail(tailFile);
  const db = openDatabaseReadOnly({
    file,
    migrations: journalMigrations,
    synchronous: 'FULL',
    proofs: [tailFile],
  });
  try {
    assertMode(db, options.mode, file);
    return yield* verifySnapshot(db, options, mark);
  } catch (error) {
    throw storeErrorOf(error, file);
  } finally {
    db.close();
  }
}

/** Verifies at once. Throws `StoreError` when the file cannot be read at all, `not-found` when there is none. */
export function verifyJournal(options: VerifyOptions): VerifyReport {
  const steps = verifySteps(options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Verifies in slices of some milliseconds, so that a running host keeps trading. */
export async function verifyJournalInSlices(options: VerifyOptions): Promise<VerifyReport> {
  const steps = verifySteps(options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await nextTurn();
  }
}
