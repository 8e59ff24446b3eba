/** Writes one audit record and what follows from it: orders, fills, ledger, funding. Runs inside a transaction. */

import type Database from 'better-sqlite3';
import { fillKey } from '../../engine/kernel/snapshot.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { BotId, ClientOrderId, InstrumentId, VenueId } from '../../shared/domain/nominal.ts';
import type { Fill, Order } from '../../shared/domain/order.ts';
import type { AuditBody, AuditRecord } from '../../shared/events/audit.ts';
import type { InstrumentStore } from './instrument-store.ts';
import type { SqliteDatabase } from './open-database.ts';
import { auditColumnsOf, isLive, orderAfterFill, orderAfterState, venueOf } from './projection.ts';
import { StoreError } from './store-error.ts';

type BodyOf<Kind extends AuditBody['kind']> = Extract<AuditBody, { kind: Kind }>;

interface FillColumns {
  readonly venue: VenueId;
  readonly bot: BotId | null;
  readonly leg: string;
  readonly realised: string;
  readonly reconciled: boolean;
  readonly rulesId: number | null;
}

export class ProjectionWriter {
  private readonly instruments: InstrumentStore;
  private readonly insertAudit: Database.Statement;
  private readonly insertOrder: Database.Statement;
  private readonly findOrder: Database.Statement;
  private readonly updateOrder: Database.Statement;
  private readonly findFill: Database.Statement;
  private readonly insertFill: Database.Statement;
  private readonly insertEntry: Database.Statement;
  private readonly insertLeg: Database.Statement;
  private readonly findBalance: Database.Statement;
  private readonly putBalance: Database.Statement;
  private readonly insertFunding: Database.Statement;

  constructor(db: SqliteDatabase, instruments: InstrumentStore) {
    this.instruments = instruments;
    this.insertAudit = db.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.insertOrder = db.prepare(
      `INSERT INTO orders (intent_sequence, client_order_id, bot, venue, instrument, rules_id, state, live,
         created_ms, updated_ms, last_sequence, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.findOrder = db.prepare('SELECT body, rules_id FROM orders WHERE client_order_id = ?');
    this.updateOrder = db.prepare(
      'UPDATE orders SET state = ?, live = ?, updated_ms = ?, last_sequence = ?, body = ? WHERE client_order_id = ?',
    );
    this.findFill = db.prepare(
      'SELECT sequence, body FROM fills WHERE venue = ? AND instrument = ? AND trade_id = ? AND client_order_id = ?',
    );
    this.insertFill = db.prepare('INSERT INTO fills VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.insertEntry = db.prepare('INSERT INTO ledger_entries VALUES (?, ?, ?)');
    this.insertLeg = db.prepare('INSERT INTO ledger_legs VALUES (?, ?, ?, ?, ?, ?)');
    this.findBalance = db
      .prepare('SELECT amount FROM ledger_balances WHERE account = ? AND venue = ? AND currency = ?')
      .pluck();
    this.putBalance = db.prepare(
      `INSERT INTO ledger_balances VALUES (?, ?, ?, ?)
       ON CONFLICT (account, venue, currency) DO UPDATE SET amount = excluded.amount`,
    );
    this.insertFunding = db.prepare('INSERT INTO funding_payments VALUES (?, ?, ?, ?, ?, ?, ?)');
  }

  /** Writes a record whose place in the chain was checked. Throws `StoreError` when it contradicts what is stored. */
  write(record: AuditRecord): void {
    const { body } = record;
    const { bot, clientOrderId } = auditColumnsOf(body);
    this.insertAudit.run(
      record.sequence,
      record.version,
      record.timeMs,
      body.kind,
      bot,
      clientOrderId,
      record.marketEvents,
      record.marketDigest,
      JSON.stringify(body),
      record.previousHash,
      record.hash,
    );
    if (body.kind === 'order-intent') this.addOrder(record, body.order);
    else if (body.kind === 'order-state') this.changeState(record, body);
    else if (body.kind === 'fill') this.addFill(record, body);
    else if (body.kind === 'external-fill') this.addExternalFill(record, body);
    else if (body.kind === 'ledger') this.addLedgerEntry(record, body);
    else if (body.kind === 'funding') this.addFunding(record, body);
  }

  private addOrder(record: AuditRecord, order: Order): void {
    if (this.findOrder.get(order.clientOrderId) !== undefined) {
      throw new StoreError(
        'inconsistent',
        `order ${order.clientOrderId} was intended before: it must not be sent again`,
      );
    }
    this.insertOrder.run(
      record.sequence,
      order.clientOrderId,
      order.bot,
      venueOf(order.instrument),
      order.instrument,
      this.rulesOf(order.instrument),
      order.state,
      isLive(order) ? 1 : 0,
      order.createdAtMs,
      order.updatedAtMs,
      record.sequence,
      JSON.stringify(order),
    );
  }

  private order(id: ClientOrderId, record: AuditRecord): { order: Order; rulesId: number } {
    const row = this.findOrder.get(id) as { body: string; rules_id: number } | undefined;
    if (row === undefined) {
      throw new StoreError(
        'inconsistent',
        `record ${record.sequence} is about order ${id}, which has no intent`,
      );
    }
    return { order: JSON.parse(row.body) as Order, rulesId: row.rules_id };
  }

  private replaceOrder(order: Order, record: AuditRecord): void {
    this.updateOrder.run(
      order.state,
      isLive(order) ? 1 : 0,
      order.updatedAtMs,
      record.sequence,
      JSON.stringify(order),
      order.clientOrderId,
    );
  }

  private changeState(record: AuditRecord, body: BodyOf<'order-state'>): void {
    const { order } = this.order(body.clientOrderId, record);
    if (order.state !== body.from) {
      throw new StoreError(
        'inconsistent',
        `record ${record.sequence} moves order ${body.clientOrderId} from ${body.from}, but it is ${order.state}`,
      );
    }
    this.replaceOrder(orderAfterState(order, body, record), record);
  }

  private addFill(record: AuditRecord, body: BodyOf<'fill'>): void {
    const { order, rulesId } = this.order(body.fill.clientOrderId, record);
    if (order.filledLots + body.fill.lots !== body.filledLots) {
      throw new StoreError(
        'inconsistent',
        `record ${record.sequence} brings order ${order.clientOrderId} to ${body.filledLots} lots, but ${order.filledLots} + ${body.fill.lots} were filled`,
      );
    }
    this.putFill(record, body.fill, { ...body, rulesId });
    this.replaceOrder(orderAfterFill(order, body, record), record);
  }

  private addExternalFill(record: AuditRecord, body: BodyOf<'external-fill'>): void {
    this.putFill(record, body.fill, {
      venue: body.venue,
      bot: null,
      leg: '',
      realised: '0',
      reconciled: false,
      rulesId: this.instruments.rulesIdOf(body.fill.instrument) ?? null,
    });
  }

  private putFill(record: AuditRecord, fill: Fill, columns: FillColumns): void {
    const text = JSON.stringify(fill);
    const booked = this.findFill.get(columns.venue, fill.instrument, fill.tradeId, fill.clientOrderId) as
      | { sequence: number; body: string }
      | undefined;
    if (booked !== undefined) {
      const key = fillKey(columns.venue, fill.instrument, fill.tradeId, fill.clientOrderId);
      const same = booked.body === text ? 'the same content' : 'other content';
      throw new StoreError(
        'booked-twice',
        `fill ${key} is booked in record ${booked.sequence}, with ${same}`,
      );
    }
    this.insertFill.run(
      record.sequence,
      columns.venue,
      fill.instrument,
      fill.tradeId,
      fill.clientOrderId,
      columns.bot,
      columns.leg,
      columns.realised,
      columns.reconciled ? 1 : 0,
      fill.venueTimeMs,
      columns.rulesId,
      text,
    );
  }

  private addLedgerEntry(record: AuditRecord, body: BodyOf<'ledger'>): void {
    this.insertEntry.run(record.sequence, body.cause, body.reference);
    body.legs.forEach((leg, position) => {
      const amount = Decimal.parse(leg.amount);
      this.insertLeg.run(record.sequence, position, leg.account, leg.venue, leg.currency, amount.toString());
      const before = this.findBalance.get(leg.account, leg.venue, leg.currency) as string | undefined;
      const after = before === undefined ? amount : Decimal.parse(before).plus(amount);
      this.putBalance.run(leg.account, leg.venue, leg.currency, after.toString());
    });
  }

  private addFunding(record: AuditRecord, body: BodyOf<'funding'>): void {
    this.insertFunding.run(
      record.sequence,
      body.venue,
      body.instrument,
      body.paymentId,
      body.bot ?? '',
      body.amount,
      body.currency,
    );
  }

  private rulesOf(instrument: InstrumentId): number {
    const rulesId = this.instruments.rulesIdOf(instrument);
    if (rulesId === undefined) {
      throw new StoreError(
        'inconsistent',
        `the rules of ${instrument} were not stored before its first order`,
      );
    }
    return rulesId;
  }
}
