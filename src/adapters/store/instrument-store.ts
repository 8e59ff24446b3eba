/**
 * The venue's rules for each instrument, kept with their history: an order's ticks and lots mean what the rules said
 * when the order was made.
 */

import type Database from 'better-sqlite3';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { InstrumentId } from '../../shared/domain/nominal.ts';
import type { SqliteDatabase } from './open-database.ts';

/** The fields of an instrument that are decimals, kept as text. */
const decimalFields = [
  'tickSize',
  'lotSize',
  'minimumNotional',
  'makerFeeRate',
  'takerFeeRate',
  'maintenanceMarginRate',
] as const;

/** Gives an instrument from its stored text. */
export function parseInstrument(text: string): Instrument {
  const stored = JSON.parse(text) as Record<string, unknown>;
  for (const field of decimalFields) stored[field] = Decimal.parse(stored[field] as string);
  return stored as unknown as Instrument;
}

export class InstrumentStore {
  private readonly db: SqliteDatabase;
  private readonly selectAll: Database.Statement;
  private readonly rules = new Map<number, Instrument>();
  private readonly newest = new Map<InstrumentId, { rulesId: number; body: string }>();

  constructor(db: SqliteDatabase) {
    this.db = db;
    this.selectAll = db.prepare(
      'SELECT rules_id AS rulesId, body FROM instrument_rules WHERE rules_id > ? ORDER BY rules_id',
    );
    this.refresh();
  }

  /** Stores the rules of instruments; those already stored as they are cost nothing. */
  save(instruments: readonly Instrument[]): void {
    const changed = instruments.filter(
      (instrument) => this.newest.get(instrument.id)?.body !== JSON.stringify(instrument),
    );
    if (changed.length === 0) return;
    const insert = this.db.prepare('INSERT INTO instrument_rules (instrument, body) VALUES (?, ?)');
    this.db
      .transaction(() => {
        for (const instrument of changed) insert.run(instrument.id, JSON.stringify(instrument));
      })
      .immediate();
    this.refresh();
  }

  /** Gives the number of the newest rules of an instrument. */
  rulesIdOf(instrument: InstrumentId): number | undefined {
    return this.newest.get(instrument)?.rulesId;
  }

  /** Gives rules by their number; reads what another connection has added meanwhile. */
  rulesById(rulesId: number): Instrument | undefined {
    if (!this.rules.has(rulesId)) this.refresh();
    return this.rules.get(rulesId);
  }

  /** Gives the newest rules of an instrument. */
  find(instrument: InstrumentId): Instrument | undefined {
    const newest = this.newest.get(instrument);
    return newest === undefined ? undefined : this.rules.get(newest.rulesId);
  }

  /** Gives the newest rules of all instruments that were ever stored. */
  list(): Instrument[] {
    return [...this.newest.keys()].map((id) => this.find(id) as Instrument);
  }

  private refresh(): void {
    const known = Math.max(0, ...this.rules.keys());
    for (const { rulesId, body } of this.selectAll.all(known) as { rulesId: number; body: string }[]) {
      const instrument = parseInstrument(body);
      this.rules.set(rulesId, instrument);
      this.newest.set(instrument.id, { rulesId, body });
    }
  }
}
