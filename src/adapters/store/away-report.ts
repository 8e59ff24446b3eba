/**
 * What happened while the program was off: from the last record before the newest start to the first reconciliation
 * of each venue after it. Told from records only, so it is the same however often it is asked for.
 */

import type { AwayReportView, FillView, OrderView } from '../../shared/api/views.ts';
import type { AuditBody } from '../../shared/events/audit.ts';
import { type AuditRow, recordOf } from './audit-rows.ts';
import type { EquityStore } from './equity-store.ts';
import type { SqliteDatabase } from './open-database.ts';
import type { JournalQueries } from './queries.ts';
import type { FillRow, OrderRow } from './rows.ts';
import type { RunLog } from './run-log.ts';

type BodyOf<Kind extends AuditBody['kind']> = Extract<AuditBody, { kind: Kind }>;

/** Rows of each list; more are counted in the lines. */
const listedMax = 1000;

interface Restart {
  readonly sequence: number;
  readonly timeMs: number;
  /** The record before the start, undefined at the first start. */
  readonly before: AuditRow | undefined;
}

/** The first record of the newest run; records may come before its `run-started`. */
function newestStart(db: SqliteDatabase, runs: RunLog): Restart | undefined {
  const started = db.prepare("SELECT max(sequence) FROM audit WHERE kind = 'run-started'").pluck().get() as
    | number
    | null;
  if (started === null) return undefined;
  const sequence = Math.min(started, runs.newest()?.firstSequence ?? started);
  const find = db.prepare('SELECT * FROM audit WHERE sequence = ?');
  const first = find.get(sequence) as AuditRow;
  return { sequence, timeMs: first.time_ms, before: find.get(sequence - 1) as AuditRow | undefined };
}

/** Gives, for each venue, its first reconciliation since the start. */
function firstReconciliations(
  db: SqliteDatabase,
  fromSequence: number,
): Map<string, { sequence: number; body: BodyOf<'reconciled'> }> {
  const rows = db
    .prepare("SELECT * FROM audit WHERE kind = 'reconciled' AND sequence > ? ORDER BY sequence")
    .iterate(fromSequence) as Iterable<AuditRow>;
  const first = new Map<string, { sequence: number; body: BodyOf<'reconciled'> }>();
  for (const row of rows) {
    const body = recordOf(row).body as BodyOf<'reconciled'>;
    if (!first.has(body.venue)) first.set(body.venue, { sequence: row.sequence, body });
  }
  return first;
}

/** Gives the fills of a venue that reconciling found in its window. */
function fillsFound(db: SqliteDatabase, venue: string, from: number, to: number): FillRow[] {
  return db
    .prepare(
      'SELECT * FROM fills WHERE sequence > ? AND sequence <= ? AND venue = ? AND reconciled = 1 ORDER BY sequence',
    )
    .all(from, to, venue) as FillRow[];
}

const terminal = "json_extract(body, '$.to') IN ('FILLED', 'CANCELED', 'REJECTED', 'EXPIRED')";

/** Gives the orders of a venue from before the start: those closed in the window, and how many went on. */
function olderOrders(
  db: SqliteDatabase,
  venue: string,
  from: number,
  to: number,
): { closed: OrderRow[]; adopted: number } {
  const touched = db
    .prepare(
      `SELECT * FROM orders WHERE venue = ? AND intent_sequence < ? AND (live = 1 OR last_sequence > ?)
       ORDER BY intent_sequence`,
    )
    .all(venue, from, from) as OrderRow[];
  const closing = db
    .prepare(
      `SELECT min(sequence) FROM audit WHERE client_order_id = ? AND kind = 'order-state' AND ${terminal}`,
    )
    .pluck();
  const closed: OrderRow[] = [];
  let adopted = 0;
  for (const order of touched) {
    const at = closing.get(order.client_order_id) as number | null;
    if (at === null || at > to) adopted += 1;
    else if (at > from) closed.push(order);
  }
  return { closed, adopted };
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function durationWords(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.round(ms / 1000)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 1) return `${minutes} min`;
  const days = Math.floor(hours / 24);
  return days < 1 ? `${hours} h ${minutes % 60} min` : `${plural(days, 'day')} ${hours % 24} h`;
}

function fillLine(fill: FillView): string {
  const verb = fill.side === 'buy' ? 'bought' : 'sold';
  return `${fill.bot} ${verb} ${fill.quantity} ${fill.symbol} at ${fill.price} on ${fill.venue}`;
}

function orderLine(order: OrderView): string {
  const why = order.reason === '' ? '' : `: ${order.reason}`;
  return `${order.bot}: ${order.side} order ${order.clientOrderId} of ${order.quantity} ${order.symbol} is ${order.state}${why}`;
}

/** Gives the report of the time before the newest start; a first start has `fromMs` null and nothing to tell. */
export function awayReport(
  db: SqliteDatabase,
  queries: JournalQueries,
  equity: EquityStore,
  runs: RunLog,
): AwayReportView {
  const start = newestStart(db, runs);
  if (start?.before === undefined) {
    return {
      fromMs: null,
      toMs: start?.timeMs ?? 0,
      offlineMs: 0,
      crashed: false,
      fillsFound: [],
      ordersClosed: [],
      ordersAdopted: 0,
      drift: [],
      equityBefore: {},
      equityAfter: {},
      lines: [],
    };
  }
  const fills: FillRow[] = [];
  const closed: OrderRow[] = [];
  const drift: string[] = [];
  let ordersAdopted = 0;
  let lastSequence = start.sequence;
  for (const [venue, { sequence, body }] of firstReconciliations(db, start.sequence)) {
    fills.push(...fillsFound(db, venue, start.sequence, sequence));
    const older = olderOrders(db, venue, start.sequence, sequence);
    closed.push(...older.closed);
    ordersAdopted += older.adopted;
    drift.push(...body.drift.map((line) => `${venue}: ${line}`));
    lastSequence = Math.max(lastSequence, sequence);
  }
  const fillViews = fills.map((row) => queries.fillView(row));
  const orderViews = closed.map((row) => queries.orderView(row));
  const crashed = start.before.kind !== 'run-stopped';
  const run = runs.newest();
  const offlineMs =
    run?.previousWallMs == null
      ? Math.max(0, start.timeMs - start.before.time_ms)
      : Math.max(0, run.startedWallMs - run.previousWallMs);
  return {
    fromMs: start.before.time_ms,
    toMs: start.timeMs,
    offlineMs,
    crashed,
    fillsFound: fillViews.slice(0, listedMax),
    ordersClosed: orderViews.slice(0, listedMax),
    ordersAdopted,
    drift,
    equityBefore: { ...equity.lastBefore(start.sequence)?.values },
    equityAfter: { ...equity.firstFrom(lastSequence)?.values },
    lines: [
      `${crashed ? 'The program ended without a clean stop' : 'The program was stopped'} and was off for ${durationWords(offlineMs)}.`,
      `${plural(fillViews.length, 'fill')} found, ${plural(orderViews.length, 'order')} closed, ${plural(ordersAdopted, 'order')} taken over.`,
      ...fillViews.slice(0, listedMax).map(fillLine),
      ...orderViews.slice(0, listedMax).map(orderLine),
      ...drift.map((line) => `DIFFERENCE ${line}`),
    ],
  };
}

/** Gives whether a report tells of anything: a crash, fills, closed orders or differences. */
export function isWorthTelling(report: AwayReportView): boolean {
  return (
    report.crashed ||
    report.fillsFound.length > 0 ||
    report.ordersClosed.length > 0 ||
    report.drift.length > 0
  );
}
