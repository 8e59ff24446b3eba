/**
 * Rebuilds orders and fills from the records alone, checks every step, and compares the result with the stored
 * projections.
 */

import { isDeepStrictEqual } from 'node:util';
import type Database from 'better-sqlite3';
import { isLegalTransition, isTerminal } from '../../engine/execution/transitions.ts';
import { fillKey } from '../../engine/kernel/snapshot.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { ClientOrderId } from '../../shared/domain/nominal.ts';
import type { Fill, Order } from '../../shared/domain/order.ts';
import type { AuditBody, AuditRecord } from '../../shared/events/audit.ts';
import type { InstrumentStore } from './instrument-store.ts';
import type { SqliteDatabase } from './open-database.ts';
import { isLive, orderAfterFill, orderAfterState, venueOf } from './projection.ts';
import type { FillRow, OrderRow } from './rows.ts';
import type { Findings } from './verify-findings.ts';

type BodyOf<Kind extends AuditBody['kind']> = Extract<AuditBody, { kind: Kind }>;

/** What is remembered of an order to the end. */
interface OrderEntry {
  readonly intentSequence: number;
  venueOrderId: string | undefined;
  /** Undefined once it was closed and agreed with its stored row, which knows of no later record. */
  open: RebuiltOrder | undefined;
}

/** An order as the records tell it. */
interface RebuiltOrder {
  order: Order;
  lastSequence: number;
  /** Sum of ticks times lots and of lots over its unique fills: exact, whatever the tick is worth. */
  tickLots: bigint;
  lots: number;
}

function same(text: string, value: unknown): boolean {
  return (
    JSON.stringify(value) === text || isDeepStrictEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
  );
}

export class OrderVerifier {
  readonly orders = new Map<ClientOrderId, OrderEntry>();
  readonly fillKeys = new Set<string>();
  /** Keys of booked fills of orders that are not ours. */
  readonly externalFillKeys = new Set<string>();
  private readonly db: SqliteDatabase;
  private readonly instruments: InstrumentStore;
  private readonly findings: Findings;
  private readonly storedFill: Database.Statement;
  private readonly storedOrder: Database.Statement;
  private readonly venueIds = new Map<string, ClientOrderId>();
  private fillRecords = 0;

  constructor(db: SqliteDatabase, instruments: InstrumentStore, findings: Findings) {
    this.db = db;
    this.instruments = instruments;
    this.findings = findings;
    this.storedFill = db.prepare('SELECT * FROM fills WHERE sequence = ?');
    this.storedOrder = db.prepare('SELECT * FROM orders WHERE client_order_id = ?');
  }

  /** Takes the next record. */
  onRecord(record: AuditRecord): void {
    const { body } = record;
    if (body.kind === 'order-intent') this.onIntent(record, body);
    else if (body.kind === 'order-state') this.onState(record, body);
    else if (body.kind === 'cancel-requested') this.known(body.clientOrderId, record);
    else if (body.kind === 'fill') this.onFill(record, body);
    else if (body.kind === 'external-fill') this.onExternalFill(record, body);
  }

  /** Gives the rules an order's ticks and lots are read by. */
  rulesOf(id: ClientOrderId): Instrument | undefined {
    const row = this.rowOf(id);
    return row === undefined ? undefined : this.instruments.rulesById(row.rules_id);
  }

  /** Compares what was rebuilt with the stored orders and fills, after the last record. */
  *compare(): Generator<void> {
    const { findings } = this;
    let compared = 0;
    for (const [id, { open }] of this.orders) {
      if (open === undefined) continue;
      this.compareOrder(id, this.rowOf(id));
      compared += 1;
      if (compared % 500 === 0) yield;
    }
    const storedOrders = this.db.prepare('SELECT count(*) FROM orders').pluck().get() as number;
    findings.check(
      storedOrders === this.orders.size,
      () => `${storedOrders} orders are stored, but the records tell of ${this.orders.size}`,
    );
    const storedFills = this.db.prepare('SELECT count(*) FROM fills').pluck().get() as number;
    findings.check(
      storedFills === this.fillRecords,
      () => `${storedFills} fills are stored, but the records tell of ${this.fillRecords}`,
    );
  }

  private rowOf(id: ClientOrderId): OrderRow | undefined {
    return this.storedOrder.get(id) as OrderRow | undefined;
  }

  private known(id: ClientOrderId, record: AuditRecord): OrderEntry | undefined {
    const entry = this.orders.get(id);
    this.findings.check(
      entry !== undefined,
      () => `record ${record.sequence} is about order ${id}, which has no intent`,
    );
    return entry;
  }

  private opened(id: ClientOrderId, record: AuditRecord): RebuiltOrder | undefined {
    const entry = this.known(id, record);
    if (entry === undefined) return undefined;
    this.findings.check(
      entry.open !== undefined,
      () => `record ${record.sequence} goes on with order ${id}, but its stored row ends before`,
    );
    return entry.open;
  }

  /** Keeps what an order has become; a closed one that agrees with its row needs no more memory. */
  private keep(rebuilt: RebuiltOrder, record: AuditRecord): void {
    const { order } = rebuilt;
    const entry = this.orders.get(order.clientOrderId) as OrderEntry;
    rebuilt.lastSequence = record.sequence;
    entry.venueOrderId = order.venueOrderId;
    this.mapVenueId(order, record);
    if (!isTerminal(order.state)) return;
    const row = this.rowOf(order.clientOrderId);
    if (row?.last_sequence !== record.sequence) return;
    this.compareOrder(order.clientOrderId, row);
    entry.open = undefined;
  }

  private onIntent(record: AuditRecord, { order }: BodyOf<'order-intent'>): void {
    const before = this.orders.get(order.clientOrderId);
    if (before !== undefined) {
      this.findings.duplicate(
        `order ${order.clientOrderId} was intended twice, in records ${before.intentSequence} and ${record.sequence}`,
      );
      return;
    }
    this.findings.check(
      order.state === 'PENDING_CREATE' && order.filledLots === 0 && order.lots > 0,
      () =>
        `the intent of order ${order.clientOrderId} is ${order.state} with ${order.filledLots} of ${order.lots} lots filled`,
    );
    this.orders.set(order.clientOrderId, {
      intentSequence: record.sequence,
      venueOrderId: order.venueOrderId,
      open: { order, lastSequence: record.sequence, tickLots: 0n, lots: 0 },
    });
  }

  private onState(record: AuditRecord, body: BodyOf<'order-state'>): void {
    const rebuilt = this.opened(body.clientOrderId, record);
    if (rebuilt === undefined) return;
    const name = `record ${record.sequence}: order ${body.clientOrderId}`;
    const { state } = rebuilt.order;
    this.findings.check(state === body.from, () => `${name} leaves ${body.from}, but it was ${state}`);
    // A live order may restate its state to tell the venue's id.
    const restated = body.from === body.to && !isTerminal(body.from) && body.venueOrderId !== undefined;
    this.findings.check(
      restated || isLegalTransition(body.from, body.to),
      () => `${name} must not go from ${body.from} to ${body.to}`,
    );
    rebuilt.order = orderAfterState(rebuilt.order, body, record);
    this.keep(rebuilt, record);
  }

  private mapVenueId(order: Order, record: AuditRecord): void {
    if (order.venueOrderId === undefined) return;
    const key = `${order.instrument}|${order.venueOrderId}`;
    const owner = this.venueIds.get(key);
    this.findings.check(
      owner === undefined || owner === order.clientOrderId,
      () =>
        `record ${record.sequence}: venue order ${order.venueOrderId} of ${order.instrument} belongs to ${owner} and to ${order.clientOrderId}`,
    );
    if (owner === undefined) this.venueIds.set(key, order.clientOrderId);
  }

  private onFill(record: AuditRecord, body: BodyOf<'fill'>): void {
    const { fill } = body;
    this.bookKey(record, body.venue, fill, this.fillKeys);
    const rebuilt = this.opened(fill.clientOrderId, record);
    if (rebuilt === undefined) return;
    const { order } = rebuilt;
    const name = `record ${record.sequence}: fill ${fill.tradeId} of order ${order.clientOrderId}`;
    rebuilt.lots += fill.lots;
    rebuilt.tickLots += BigInt(fill.priceTicks) * BigInt(fill.lots);
    this.findings.check(
      fill.lots > 0 &&
        fill.priceTicks > 0 &&
        fill.side === order.side &&
        fill.instrument === order.instrument,
      () => `${name} does not fit its order`,
    );
    this.findings.check(
      body.venue === venueOf(order.instrument) && body.bot === order.bot && body.leg === order.leg,
      () => `${name} names another venue, bot or leg than its order`,
    );
    this.findings.check(
      body.filledLots === rebuilt.lots,
      () => `${name} says ${body.filledLots} lots are filled in all, but its fills sum to ${rebuilt.lots}`,
    );
    this.findings.check(
      rebuilt.lots <= order.lots,
      () => `${name} fills ${rebuilt.lots} lots of an order of ${order.lots}`,
    );
    this.checkNotional(name, body, rebuilt);
    rebuilt.order = orderAfterFill(order, body, record);
    this.keep(rebuilt, record);
    this.compareFill(record, fill, {
      venue: body.venue,
      bot: body.bot,
      leg: body.leg,
      realised: body.realised,
      reconciled: body.reconciled ? 1 : 0,
    });
  }

  private checkNotional(name: string, body: BodyOf<'fill'>, rebuilt: RebuiltOrder): void {
    const rules = this.rulesOf(body.fill.clientOrderId);
    if (rules === undefined) return;
    const unit = rules.tickSize.times(rules.lotSize);
    const exact = Decimal.of(unit.coefficient * rebuilt.tickLots, unit.scale);
    this.findings.check(
      Decimal.parse(body.filledNotional).equals(exact),
      () => `${name} says ${body.filledNotional} was paid in all, but its fills sum to ${exact}`,
    );
  }

  private onExternalFill(record: AuditRecord, { venue, fill }: BodyOf<'external-fill'>): void {
    this.bookKey(record, venue, fill, this.externalFillKeys);
    if (this.orders.has(fill.clientOrderId)) {
      this.findings.lostFill(
        `record ${record.sequence}: fill ${fill.tradeId} of our order ${fill.clientOrderId} was taken for somebody else's`,
      );
    }
    this.compareFill(record, fill, { venue, bot: null, leg: '', realised: '0', reconciled: 0 });
  }

  private bookKey(
    record: AuditRecord,
    venue: Parameters<typeof fillKey>[0],
    fill: Fill,
    keys: Set<string>,
  ): void {
    const key = fillKey(venue, fill.instrument, fill.tradeId, fill.clientOrderId);
    if (this.fillKeys.has(key) || this.externalFillKeys.has(key)) {
      this.findings.duplicate(`record ${record.sequence} books fill ${key} a second time`);
    } else this.findings.checked += 1;
    keys.add(key);
    this.fillRecords += 1;
  }

  private compareFill(
    record: AuditRecord,
    fill: Fill,
    expected: Pick<FillRow, 'venue' | 'bot' | 'leg' | 'realised' | 'reconciled'>,
  ): void {
    const row = this.storedFill.get(record.sequence) as FillRow | undefined;
    this.findings.check(
      row !== undefined &&
        row.instrument === fill.instrument &&
        row.trade_id === fill.tradeId &&
        row.client_order_id === fill.clientOrderId &&
        row.venue_time_ms === fill.venueTimeMs &&
        (Object.keys(expected) as (keyof typeof expected)[]).every((key) => row[key] === expected[key]) &&
        same(row.body, fill),
      () => `the stored fill of record ${record.sequence} differs from the record`,
    );
  }

  private compareOrder(id: ClientOrderId, row: OrderRow | undefined): void {
    const { findings } = this;
    const { intentSequence, open: rebuilt } = this.orders.get(id) as OrderEntry;
    findings.check(row !== undefined, () => `order ${id} has an intent, but is not stored`);
    if (row === undefined || rebuilt === undefined) return;
    const name = `stored order ${id}`;
    const { order } = rebuilt;
    findings.check(
      row.intent_sequence === intentSequence &&
        row.last_sequence === rebuilt.lastSequence &&
        row.bot === order.bot &&
        row.venue === venueOf(order.instrument) &&
        row.instrument === order.instrument &&
        row.state === order.state &&
        row.live === (isLive(order) ? 1 : 0) &&
        row.created_ms === order.createdAtMs &&
        row.updated_ms === order.updatedAtMs &&
        same(row.body, order),
      () => `${name} differs from what the records tell: ${row.body} instead of ${JSON.stringify(order)}`,
    );
    findings.check(
      order.filledLots === rebuilt.lots && (order.state !== 'FILLED' || rebuilt.lots >= order.lots),
      () =>
        `order ${order.clientOrderId} is ${order.state} with ${order.filledLots} of ${order.lots} lots, its fills sum to ${rebuilt.lots}`,
    );
  }
}
