/**
 * What simulated venues must not forget: their orders, fills, payments and state, in a file of their own, as if they
 * were somebody else's servers. A crash of the process loses nothing. The journal is verified against this file.
 *
 * Changes are collected by the `put…` and `append…` calls and written by `commit` in one transaction. Commit what the
 * venue did before the journal commits what it heard of it: otherwise a crash in between makes the venue forget.
 */

import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { fillKey } from '../../engine/kernel/snapshot.ts';
import type { VenueId } from '../../shared/domain/nominal.ts';
import type { Fill } from '../../shared/domain/order.ts';
import { assertMode, bindMode, type JournalMode, journalFile } from './journal-files.ts';
import {
  ensureDataFolder,
  openDatabase,
  openDatabaseReadOnly,
  type SqliteDatabase,
} from './open-database.ts';
import { withStoreErrors } from './store-error.ts';
import { venueMigrations } from './venue-schema.ts';

/** An order as the venue keeps it; `json` is its whole content. */
export interface VenueOrderEntry {
  readonly clientOrderId: string;
  readonly venueOrderId: string;
  readonly json: string;
}

/** A funding payment as the venue keeps it. */
export interface VenuePaymentEntry {
  readonly paymentId: string;
  readonly json: string;
}

/** A fill of the venue's own books. */
export interface VenueFillRow {
  readonly venue: VenueId;
  readonly key: string;
  readonly clientOrderId: string;
  readonly timeMs: number;
  readonly json: string;
}

export interface VenueTruthOptions {
  readonly folder: string;
  readonly mode: JournalMode;
  /** True when the journal has records: a missing file is then a loss, not a first start. */
  readonly mustExist?: boolean;
}

/** Gives the file of a mode's simulated venues. */
export function venueTruthFile(folder: string, mode: JournalMode): string {
  return join(folder, `${mode}-venues.sqlite`);
}

export class VenueTruthStore {
  readonly file: string;
  private readonly db: SqliteDatabase;
  private readonly putStateRow: Database.Statement;
  private readonly putOrderRow: Database.Statement;
  private readonly addFillRow: Database.Statement;
  private readonly addPaymentRow: Database.Statement;
  private pending: (() => void)[] = [];

  private constructor(file: string, db: SqliteDatabase) {
    this.file = file;
    this.db = db;
    this.putStateRow = db.prepare(
      'INSERT INTO states VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body',
    );
    this.putOrderRow = db.prepare(
      `INSERT INTO venue_orders (venue, client_order_id, venue_order_id, body) VALUES (?, ?, ?, ?)
       ON CONFLICT (venue, client_order_id) DO UPDATE
       SET venue_order_id = excluded.venue_order_id, body = excluded.body`,
    );
    this.addFillRow = db.prepare(
      'INSERT INTO venue_fills (venue, fill_key, client_order_id, time_ms, body) VALUES (?, ?, ?, ?, ?)',
    );
    this.addPaymentRow = db.prepare('INSERT INTO venue_payments (venue, payment_id, body) VALUES (?, ?, ?)');
  }

  /** Opens the file of a mode, making it at the first start. Throws `StoreError` `damaged`, `schema`, `wrong-mode`. */
  static open(options: VenueTruthOptions): VenueTruthStore {
    const file = venueTruthFile(options.folder, options.mode);
    ensureDataFolder(options.folder);
    const db = openDatabase({
      file,
      migrations: venueMigrations,
      synchronous: 'NORMAL',
      proofs: options.mustExist === true ? [journalFile(options.folder, options.mode)] : [],
    });
    try {
      bindMode(db, options.mode);
      assertMode(db, options.mode, file);
      return new VenueTruthStore(file, db);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Opens for reading only. Throws `not-found` where there is no file. */
  static openReadOnly(options: VenueTruthOptions): VenueTruthStore {
    const file = venueTruthFile(options.folder, options.mode);
    const db = openDatabaseReadOnly({ file, migrations: venueMigrations, synchronous: 'NORMAL' });
    try {
      assertMode(db, options.mode, file);
      return new VenueTruthStore(file, db);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Replaces the text kept under a key. */
  putState(key: string, json: string): void {
    this.pending.push(() => this.putStateRow.run(key, json));
  }

  /** Adds orders or replaces them by their client order id. */
  putOrders(venue: VenueId, orders: readonly VenueOrderEntry[]): void {
    for (const order of orders) {
      this.pending.push(() =>
        this.putOrderRow.run(venue, order.clientOrderId, order.venueOrderId, order.json),
      );
    }
  }

  /** Adds fills; a key that is there already makes `commit` throw. */
  appendFills(venue: VenueId, fills: readonly Fill[]): void {
    for (const fill of fills) {
      const key = fillKey(venue, fill.instrument, fill.tradeId, fill.clientOrderId);
      this.pending.push(() =>
        this.addFillRow.run(venue, key, fill.clientOrderId, fill.venueTimeMs, JSON.stringify(fill)),
      );
    }
  }

  /** Adds funding payments. */
  appendPayments(venue: VenueId, payments: readonly VenuePaymentEntry[]): void {
    for (const payment of payments) {
      this.pending.push(() => this.addPaymentRow.run(venue, payment.paymentId, payment.json));
    }
  }

  /** Writes everything collected in one transaction; when it throws, nothing is written and all stays collected. */
  commit(): void {
    if (this.pending.length === 0) return;
    const work = this.pending;
    withStoreErrors(this.file, () =>
      this.db
        .transaction(() => {
          for (const write of work) write();
        })
        .immediate(),
    );
    this.pending = [];
  }

  state(key: string): string | undefined {
    return this.db.prepare('SELECT body FROM states WHERE key = ?').pluck().get(key) as string | undefined;
  }

  /** Gives the orders of a venue in the order of their first appearance, as texts. */
  orders(venue: VenueId): string[] {
    return this.db
      .prepare('SELECT body FROM venue_orders WHERE venue = ? ORDER BY position')
      .pluck()
      .all(venue) as string[];
  }

  /** Gives the fills of a venue, oldest first. */
  fills(venue: VenueId): Fill[] {
    const texts = this.db
      .prepare('SELECT body FROM venue_fills WHERE venue = ? ORDER BY position')
      .pluck()
      .all(venue) as string[];
    return texts.map((text) => JSON.parse(text) as Fill);
  }

  /** Gives the funding payments of a venue, oldest first, as texts. */
  payments(venue: VenueId): string[] {
    return this.db
      .prepare('SELECT body FROM venue_payments WHERE venue = ? ORDER BY position')
      .pluck()
      .all(venue) as string[];
  }

  /** Gives every fill of every venue, for verification. */
  *allFills(): Iterable<VenueFillRow> {
    yield* this.db
      .prepare(
        `SELECT venue, fill_key AS key, client_order_id AS clientOrderId, time_ms AS timeMs, body AS json
         FROM venue_fills ORDER BY position`,
      )
      .iterate() as Iterable<VenueFillRow>;
  }

  /** Gives every order of every venue, for verification. */
  *allOrders(): Iterable<VenueOrderEntry & { readonly venue: VenueId }> {
    yield* this.db
      .prepare(
        `SELECT venue, client_order_id AS clientOrderId, venue_order_id AS venueOrderId, body AS json
         FROM venue_orders ORDER BY position`,
      )
      .iterate() as Iterable<VenueOrderEntry & { venue: VenueId }>;
  }

  close(): void {
    if (this.db.open) this.db.close();
  }
}
