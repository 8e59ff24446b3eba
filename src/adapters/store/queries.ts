/** What the screens and commands read: orders, fills, the journal in words, equity. Never changes anything. */

import { ApiError } from '../../shared/api/result.ts';
import type { FillView, JournalRowView, OrderStepView, OrderView } from '../../shared/api/views.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { InstrumentId } from '../../shared/domain/nominal.ts';
import type { Order } from '../../shared/domain/order.ts';
import type { AuditRecord } from '../../shared/events/audit.ts';
import { type AuditRow, recordOf } from './audit-rows.ts';
import { describeAudit } from './describe-audit.ts';
import type { InstrumentStore } from './instrument-store.ts';
import type { SqliteDatabase } from './open-database.ts';
import { orderStepOf } from './order-timeline.ts';
import { fillViewOf, orderViewOf } from './order-words.ts';
import type { FillRow, OrderRow } from './rows.ts';
import { damaged, withStoreErrors } from './store-error.ts';

/** Filters and the page of a list. */
export interface PageRequest {
  readonly bot?: string | undefined;
  readonly venue?: string | undefined;
  /** Only what was created (orders) or happened (fills) at or after this kernel time. */
  readonly sinceMs?: number | undefined;
  readonly limit: number;
  readonly offset: number;
}

export interface JournalRequest {
  readonly limit: number;
  readonly beforeSequence?: number | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly bot?: string | undefined;
  /** Text that the record's kind or content must contain; looks through 50,000 records, back from `beforeSequence`. */
  readonly search?: string | undefined;
}

export interface Page<Row> {
  readonly rows: Row[];
  readonly total: number;
}

/** A search looks through so many records: some tens of milliseconds, since the host waits for it. */
const searchedRecordsMax = 50_000;

/** Conditions with their parameters, joined by AND. */
class Filter {
  private readonly conditions: string[] = [];
  readonly parameters: (string | number)[] = [];

  add(condition: string, ...parameters: (string | number)[]): void {
    this.conditions.push(condition);
    this.parameters.push(...parameters);
  }

  get where(): string {
    return this.conditions.length === 0 ? '' : `WHERE ${this.conditions.join(' AND ')}`;
  }
}

export class JournalQueries {
  private readonly db: SqliteDatabase;
  private readonly instruments: InstrumentStore;

  constructor(db: SqliteDatabase, instruments: InstrumentStore) {
    this.db = db;
    this.instruments = instruments;
  }

  /** Gives orders, newest first. */
  orders(request: PageRequest & { readonly state?: 'open' | 'closed' | 'all' | undefined }): Page<OrderView> {
    const filter = new Filter();
    if (request.bot !== undefined) filter.add('bot = ?', request.bot);
    if (request.venue !== undefined) filter.add('venue = ?', request.venue);
    if (request.sinceMs !== undefined) filter.add('created_ms >= ?', request.sinceMs);
    if (request.state === 'open') filter.add('live = 1');
    if (request.state === 'closed') filter.add('live = 0');
    const { rows, total } = this.page<OrderRow>('orders', 'intent_sequence', filter, request);
    return { rows: rows.map((row) => this.orderView(row)), total };
  }

  /** Gives one order with its timeline and fills. Throws `not-found`. */
  order(id: string): { order: OrderView; states: OrderStepView[]; fills: FillView[] } {
    return withStoreErrors(this.db.name, () => {
      const row = this.db.prepare('SELECT * FROM orders WHERE client_order_id = ?').get(id) as
        | OrderRow
        | undefined;
      if (row === undefined) {
        throw new ApiError('not-found', `there is no order ${id}`, {
          field: 'order',
          hint: 'List orders first.',
        });
      }
      const rules = this.rules(row.rules_id, row.instrument);
      const records = this.db
        .prepare('SELECT * FROM audit WHERE client_order_id = ? ORDER BY sequence')
        .all(id) as AuditRow[];
      const fills = this.db
        .prepare('SELECT * FROM fills WHERE client_order_id = ? AND bot IS NOT NULL ORDER BY sequence')
        .all(id) as FillRow[];
      return {
        order: this.orderView(row),
        states: records.flatMap((record) => orderStepOf(recordOf(record), rules) ?? []),
        fills: fills.map((fill) => this.fillView(fill)),
      };
    });
  }

  /** Gives the stored order, or undefined. */
  findOrder(id: string): Order | undefined {
    const body = this.db.prepare('SELECT body FROM orders WHERE client_order_id = ?').pluck().get(id);
    return body === undefined ? undefined : (JSON.parse(body as string) as Order);
  }

  /** Gives fills of our orders, newest first. */
  fills(request: PageRequest): Page<FillView> {
    const filter = new Filter();
    filter.add('bot IS NOT NULL');
    if (request.bot !== undefined) filter.add('bot = ?', request.bot);
    if (request.venue !== undefined) filter.add('venue = ?', request.venue);
    if (request.sinceMs !== undefined) filter.add('venue_time_ms >= ?', request.sinceMs);
    const { rows, total } = this.page<FillRow>('fills', 'sequence', filter, request);
    return { rows: rows.map((row) => this.fillView(row)), total };
  }

  /** Gives journal rows in words, newest first. `total` counts what the filters leave, page boundaries aside. */
  journal(request: JournalRequest): Page<JournalRowView> {
    const filter = new Filter();
    if (request.kinds !== undefined && request.kinds.length > 0) {
      filter.add(`kind IN (${request.kinds.map(() => '?').join(', ')})`, ...request.kinds);
    }
    if (request.bot !== undefined) filter.add('bot = ?', request.bot);
    if (request.search !== undefined && request.search !== '') {
      const pattern = `%${request.search.replace(/[\\%_]/g, '\\$&')}%`;
      const newest = (request.beforeSequence ?? this.recordCount() + 1) - 1;
      filter.add('sequence > ?', newest - searchedRecordsMax);
      filter.add(`(body LIKE ? ESCAPE '\\' OR kind LIKE ? ESCAPE '\\')`, pattern, pattern);
    }
    return withStoreErrors(this.db.name, () => {
      const total =
        filter.where === ''
          ? this.recordCount()
          : (this.db
              .prepare(`SELECT count(*) FROM audit ${filter.where}`)
              .pluck()
              .get(...filter.parameters) as number);
      if (request.beforeSequence !== undefined) filter.add('sequence < ?', request.beforeSequence);
      const rows = this.db
        .prepare(`SELECT * FROM audit ${filter.where} ORDER BY sequence DESC LIMIT ?`)
        .all(...filter.parameters, request.limit) as AuditRow[];
      return { rows: rows.map((row) => this.journalRow(row)), total };
    });
  }

  /** Gives whole records from a number on, oldest first. */
  records(fromSequence: number, limit: number): Page<AuditRecord> {
    return withStoreErrors(this.db.name, () => {
      const rows = this.db
        .prepare('SELECT * FROM audit WHERE sequence >= ? ORDER BY sequence LIMIT ?')
        .all(fromSequence, limit) as AuditRow[];
      return { rows: rows.map(recordOf), total: this.recordCount() };
    });
  }

  /** Number of records; they have no hole, so it is the number of the newest. */
  recordCount(): number {
    return this.db.prepare('SELECT coalesce(max(sequence), 0) FROM audit').pluck().get() as number;
  }

  /** Gives one record in words. */
  journalRow(row: AuditRow): JournalRowView {
    const { body } = recordOf(row);
    return {
      sequence: row.sequence,
      timeMs: row.time_ms,
      kind: row.kind,
      bot: row.bot,
      text: describeAudit(body, (instrument) => this.rulesFor(instrument)),
      hash: row.hash,
      body,
    };
  }

  orderView(row: OrderRow): OrderView {
    return orderViewOf(JSON.parse(row.body) as Order, this.rules(row.rules_id, row.instrument));
  }

  fillView(row: FillRow): FillView {
    return fillViewOf(row, this.rules(row.rules_id, row.instrument));
  }

  private rulesFor(instrument: InstrumentId): Instrument | undefined {
    return this.instruments.find(instrument);
  }

  private rules(rulesId: number | null, instrument: string): Instrument {
    const rules =
      rulesId === null ? this.rulesFor(instrument as InstrumentId) : this.instruments.rulesById(rulesId);
    if (rules === undefined) {
      throw damaged(`the rules of ${instrument} are missing in ${this.db.name}`, 'Run `journal verify`.');
    }
    return rules;
  }

  private page<Row>(table: string, newest: string, filter: Filter, request: PageRequest): Page<Row> {
    return withStoreErrors(this.db.name, () => {
      const total = this.db
        .prepare(`SELECT count(*) FROM ${table} ${filter.where}`)
        .pluck()
        .get(...filter.parameters) as number;
      const rows = this.db
        .prepare(`SELECT * FROM ${table} ${filter.where} ORDER BY ${newest} DESC LIMIT ? OFFSET ?`)
        .all(...filter.parameters, request.limit, request.offset) as Row[];
      return { rows, total };
    });
  }
}
