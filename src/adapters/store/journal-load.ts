/** What is read when a journal is opened: the check of its end, and the snapshot the kernel goes on from. */

import { basename } from 'node:path';
import {
  type BotSnapshot,
  fillKey,
  type KernelCore,
  type KernelSnapshot,
  type LedgerBalance,
} from '../../engine/kernel/snapshot.ts';
import type { ClientOrderId, EpochMs, InstrumentId, VenueId } from '../../shared/domain/nominal.ts';
import type { Order } from '../../shared/domain/order.ts';
import { genesisHash } from '../../shared/events/audit.ts';
import { type AuditRow, type ChainPosition, chainFaultOf } from './audit-rows.ts';
import { readTail, type TailMark } from './journal-tail.ts';
import type { SqliteDatabase } from './open-database.ts';
import { damaged } from './store-error.ts';

/** Records at the end whose hashes are recomputed at every start; `verify` recomputes all. */
const tailRecords = 1000;
/** Closed orders handed out for late fills: those of the last day of kernel time, at most so many. */
const closedOrdersMax = 5000;
const closedOrdersAgeMs = 86_400_000;
/** Keys of fills handed out, newest first counted. Older fills are still refused by the database. */
const fillKeysMax = 50_000;
const fundingPaymentsMax = 10_000;

interface LastRecord extends ChainPosition {
  readonly timeMs: number;
}

const restoreHint =
  'Keep a copy of the data folder. Put the missing -wal file or a newer copy of the journal back.';

function assertChainEnd(db: SqliteDatabase, name: string): LastRecord | undefined {
  const rows = (
    db.prepare(`SELECT * FROM audit ORDER BY sequence DESC LIMIT ${tailRecords + 1}`).all() as AuditRow[]
  ).reverse();
  if (rows.length === 0) return undefined;
  const first = rows[0] as AuditRow;
  let position: ChainPosition =
    first.sequence === 1
      ? { sequence: 0, hash: genesisHash }
      : { sequence: first.sequence - 1, hash: first.previous_hash };
  for (const row of rows) {
    const fault = chainFaultOf(row, position);
    if (fault !== undefined) {
      throw damaged(
        `the end of ${name} is damaged: ${fault}`,
        'Keep a copy of the data folder, then restore the journal and its side files from a backup.',
      );
    }
    position = row;
  }
  return { ...position, timeMs: (rows.at(-1) as AuditRow).time_ms };
}

/**
 * Checks the last records, the core and the side file against each other; gives the last record and the mark. Throws
 * `damaged` when records that were durable are not there any more.
 */
export function assertTailIntact(
  db: SqliteDatabase,
  tailFile: string,
  file: string,
): { last: LastRecord | undefined; mark: TailMark | undefined } {
  const name = basename(file);
  const tailName = basename(tailFile);
  const last = assertChainEnd(db, name);
  const lastSequence = last?.sequence ?? 0;
  const coreSequence = db.prepare('SELECT sequence FROM kernel_core').pluck().get() as number | undefined;
  if ((coreSequence ?? 0) !== lastSequence) {
    throw damaged(
      `${name} contradicts itself: its core is at ${coreSequence ?? 0}, its records end at ${lastSequence}`,
      restoreHint,
    );
  }
  const mark = readTail(tailFile);
  if (mark === undefined) return { last, mark };
  if (mark === 'broken') {
    throw damaged(
      `${tailName} cannot be read`,
      `${restoreHint} Only if you are sure that the journal is complete, delete ${tailName}.`,
    );
  }
  if (mark.sequence > lastSequence) {
    throw damaged(
      `${name} ends at record ${lastSequence}, but record ${mark.sequence} was durable: ${mark.sequence - lastSequence} records are missing`,
      `${restoreHint} If you restored an older copy on purpose, delete ${tailName}: Sextant then goes on from the copy and asks the venues for what came after.`,
    );
  }
  const marked =
    mark.sequence === 0
      ? genesisHash
      : db.prepare('SELECT hash FROM audit WHERE sequence = ?').pluck().get(mark.sequence);
  if (marked !== mark.hash) {
    throw damaged(
      `record ${mark.sequence} of ${name} is not the one that ${tailName} remembers: the file was replaced`,
      `${restoreHint} If you replaced it on purpose, delete ${tailName}.`,
    );
  }
  return { last, mark };
}

function loadOrders(db: SqliteDatabase, nowMs: number): Order[] {
  const live = db.prepare('SELECT body FROM orders WHERE live = 1 ORDER BY intent_sequence').pluck().all();
  const closed = db
    .prepare(
      `SELECT body FROM (
         SELECT last_sequence, live, updated_ms, body FROM orders ORDER BY last_sequence DESC LIMIT ?
       ) WHERE live = 0 AND updated_ms >= ? ORDER BY last_sequence`,
    )
    .pluck()
    .all(closedOrdersMax, nowMs - closedOrdersAgeMs);
  return [...closed, ...live].map((body) => JSON.parse(body as string) as Order);
}

function loadFillKeys(db: SqliteDatabase): string[] {
  const rows = db
    .prepare(
      `SELECT venue, instrument, trade_id, client_order_id FROM fills ORDER BY sequence DESC LIMIT ${fillKeysMax}`,
    )
    .all() as {
    venue: VenueId;
    instrument: InstrumentId;
    trade_id: string;
    client_order_id: ClientOrderId;
  }[];
  return rows.reverse().map((row) => fillKey(row.venue, row.instrument, row.trade_id, row.client_order_id));
}

/** Gives what a kernel goes on from; an empty journal gives a first start. */
export function loadSnapshot(db: SqliteDatabase): KernelSnapshot {
  const last = db
    .prepare('SELECT sequence, hash, time_ms AS timeMs FROM audit ORDER BY sequence DESC LIMIT 1')
    .get() as { sequence: number; hash: string; timeMs: number } | undefined;
  const core = db.prepare('SELECT body FROM kernel_core').pluck().get() as string | undefined;
  const bots = db.prepare('SELECT body FROM bots ORDER BY position').pluck().all() as string[];
  const lastFills = db
    .prepare('SELECT venue, max(venue_time_ms) AS timeMs FROM fills GROUP BY venue')
    .all() as { venue: string; timeMs: number }[];
  const payments = db
    .prepare(`SELECT payment_id FROM funding_payments ORDER BY sequence DESC LIMIT ${fundingPaymentsMax}`)
    .pluck()
    .all() as string[];
  return {
    lastSequence: last?.sequence ?? 0,
    lastHash: last?.hash ?? genesisHash,
    core: core === undefined ? null : (JSON.parse(core) as KernelCore),
    bots: bots.map((body) => JSON.parse(body) as BotSnapshot),
    orders: loadOrders(db, last?.timeMs ?? 0),
    fillKeys: loadFillKeys(db),
    ledger: db.prepare('SELECT * FROM ledger_balances').all() as LedgerBalance[],
    lastFillMs: Object.fromEntries(lastFills.map(({ venue, timeMs }) => [venue, timeMs as EpochMs])),
    fundingPayments: payments.reverse(),
  };
}
