/**
 * Proves the money: every entry sums to zero, balances are the sums of their legs, and what changed hands with the
 * market and with the fee account is what the fills say.
 */

import type Database from 'better-sqlite3';
import type { BotSnapshot, LedgerBalance } from '../../engine/kernel/snapshot.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, notionalOf, quantityOf } from '../../shared/domain/instrument.ts';
import type { ClientOrderId, InstrumentId } from '../../shared/domain/nominal.ts';
import { sideSign } from '../../shared/domain/order.ts';
import type { AuditBody, AuditRecord, LedgerLeg } from '../../shared/events/audit.ts';
import type { InstrumentStore } from './instrument-store.ts';
import type { SqliteDatabase } from './open-database.ts';
import type { Findings } from './verify-findings.ts';

type BodyOf<Kind extends AuditBody['kind']> = Extract<AuditBody, { kind: Kind }>;

/** Exact sums by a text key. */
class Sums {
  private readonly sums = new Map<string, Decimal>();

  add(key: string, amount: Decimal): void {
    this.sums.set(key, (this.sums.get(key) ?? Decimal.zero).plus(amount));
  }

  get(key: string): Decimal {
    return this.sums.get(key) ?? Decimal.zero;
  }

  keys(): Iterable<string> {
    return this.sums.keys();
  }

  get size(): number {
    return this.sums.size;
  }

  entries(): Iterable<[string, Decimal]> {
    return this.sums.entries();
  }
}

/** True for an account named `name`, alone or with a venue behind a colon. */
function isAccount(account: string, name: string): boolean {
  return account === name || account.startsWith(`${name}:`);
}

export class LedgerVerifier {
  private readonly db: SqliteDatabase;
  private readonly instruments: InstrumentStore;
  private readonly findings: Findings;
  private readonly rulesOfOrder: (id: ClientOrderId) => Instrument | undefined;
  private readonly storedEntry: Database.Statement;
  private readonly storedLegs: Database.Statement;
  private readonly balances = new Sums();
  /** Money that went to the market and to the fee account, by the ledger and by the fills. */
  private readonly marketByLedger = new Sums();
  private readonly marketByFills = new Sums();
  private readonly feesByLedger = new Sums();
  private readonly feesByFills = new Sums();
  /** Signed lots of perpetuals by bot and instrument. */
  private readonly positionLots = new Map<string, number>();
  private readonly bots = new Set<string>();
  private entries = 0;
  private legs = 0;
  private fundingRecords = 0;

  constructor(
    db: SqliteDatabase,
    instruments: InstrumentStore,
    findings: Findings,
    rulesOfOrder: (id: ClientOrderId) => Instrument | undefined,
  ) {
    this.db = db;
    this.instruments = instruments;
    this.findings = findings;
    this.rulesOfOrder = rulesOfOrder;
    this.storedEntry = db.prepare('SELECT cause, reference FROM ledger_entries WHERE sequence = ?');
    this.storedLegs = db.prepare(
      'SELECT account, venue, currency, amount FROM ledger_legs WHERE sequence = ? ORDER BY position',
    );
  }

  /** Takes the next record. */
  onRecord(record: AuditRecord): void {
    const { body } = record;
    if (body.kind === 'ledger') this.onEntry(record, body);
    else if (body.kind === 'fill') this.onFill(body);
    else if (body.kind === 'funding') this.fundingRecords += 1;
    else if (body.kind === 'bot-created') this.bots.add(body.definition.id);
    else if (body.kind === 'bot-removed') this.bots.delete(body.bot);
  }

  private onEntry(record: AuditRecord, body: BodyOf<'ledger'>): void {
    const sums = new Sums();
    for (const leg of body.legs) {
      const amount = Decimal.parse(leg.amount);
      sums.add(leg.currency, amount);
      this.balances.add(`${leg.account}|${leg.venue}|${leg.currency}`, amount);
      const place = `${leg.venue}|${leg.currency}`;
      if (body.cause === 'fill' || body.cause === 'fee' || body.cause === 'realised-pnl') {
        if (isAccount(leg.account, 'market')) this.marketByLedger.add(place, amount);
        if (isAccount(leg.account, 'fees')) this.feesByLedger.add(place, amount);
      }
    }
    for (const [currency, sum] of sums.entries()) {
      this.findings.check(
        sum.isZero,
        () => `record ${record.sequence}: the legs in ${currency} sum to ${sum}, not to zero`,
      );
    }
    this.entries += 1;
    this.legs += body.legs.length;
    this.compareEntry(record, body);
  }

  private onFill({ fill, venue, bot, realised }: BodyOf<'fill'>): void {
    const rules = this.rulesOfOrder(fill.clientOrderId);
    if (rules === undefined) return;
    this.feesByFills.add(`${venue}|${fill.feeCurrency}`, Decimal.parse(fill.fee));
    const sign = sideSign(fill.side);
    if (rules.kind === 'spot') {
      // The market gives what we buy and takes what we pay.
      this.marketByFills.add(`${venue}|${rules.base}`, quantityOf(rules, -sign * fill.lots));
      this.marketByFills.add(`${venue}|${rules.quote}`, notionalOf(rules, fill.priceTicks, sign * fill.lots));
      return;
    }
    this.marketByFills.add(`${venue}|${rules.settle}`, Decimal.parse(realised).negated());
    const key = `${bot}|${fill.instrument}`;
    this.positionLots.set(key, (this.positionLots.get(key) ?? 0) + sign * fill.lots);
  }

  private compareEntry(record: AuditRecord, body: BodyOf<'ledger'>): void {
    const entry = this.storedEntry.get(record.sequence) as { cause: string; reference: string } | undefined;
    const legs = this.storedLegs.all(record.sequence) as LedgerLeg[];
    this.findings.check(
      entry?.cause === body.cause &&
        entry.reference === body.reference &&
        legs.length === body.legs.length &&
        body.legs.every((leg, position) => {
          const stored = legs[position] as LedgerLeg;
          return (
            stored.account === leg.account &&
            stored.venue === leg.venue &&
            stored.currency === leg.currency &&
            stored.amount === Decimal.parse(leg.amount).toString()
          );
        }),
      () => `the stored ledger entry of record ${record.sequence} differs from the record`,
    );
  }

  /** Compares sums with what is stored, after the last record. */
  compare(): void {
    const { findings } = this;
    this.compareBalances();
    this.compareSums('market', this.marketByLedger, this.marketByFills);
    this.compareSums('fees', this.feesByLedger, this.feesByFills);
    const count = (table: string): number =>
      this.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
    for (const [table, expected] of [
      ['ledger_entries', this.entries],
      ['ledger_legs', this.legs],
      ['funding_payments', this.fundingRecords],
    ] as const) {
      const stored = count(table);
      findings.check(
        stored === expected,
        () => `${table} holds ${stored} rows, the records tell of ${expected}`,
      );
    }
    this.compareBots();
  }

  private compareBalances(): void {
    const { findings } = this;
    const rows = this.db.prepare('SELECT * FROM ledger_balances').all() as LedgerBalance[];
    findings.check(
      rows.length === this.balances.size,
      () => `${rows.length} balances are stored, the records tell of ${this.balances.size}`,
    );
    for (const row of rows) {
      const sum = this.balances.get(`${row.account}|${row.venue}|${row.currency}`);
      findings.check(
        sum.toString() === row.amount,
        () =>
          `${row.account} at ${row.venue} is stored with ${row.amount} ${row.currency}, its legs sum to ${sum}`,
      );
    }
  }

  private compareSums(account: string, ledger: Sums, fills: Sums): void {
    for (const place of new Set([...ledger.keys(), ...fills.keys()])) {
      const [venue, currency] = place.split('|');
      this.findings.check(
        ledger.get(place).equals(fills.get(place)),
        () =>
          `the ${account} account of ${venue} received ${ledger.get(place)} ${currency}, the fills say ${fills.get(place)}`,
      );
    }
  }

  private compareBots(): void {
    const { findings } = this;
    const rows = this.db.prepare('SELECT bot, body FROM bots').all() as { bot: string; body: string }[];
    findings.check(
      rows.length === this.bots.size && rows.every(({ bot }) => this.bots.has(bot)),
      () =>
        `bots ${rows.map(({ bot }) => bot).join(', ')} are stored, the records tell of ${[...this.bots].join(', ')}`,
    );
    for (const { bot, body } of rows) {
      const { position } = JSON.parse(body) as BotSnapshot;
      const rules = this.instruments.find(position.instrument as InstrumentId);
      if (rules === undefined) continue;
      const lots = this.lotsOf(bot, rules);
      findings.check(
        lots === position.lots,
        () =>
          `bot ${bot} is stored with ${position.lots} lots of ${position.instrument}, the records tell of ${lots}`,
      );
    }
  }

  /** Spot: what the bot's account holds of the base currency. Perpetual: the sum of its signed fills. */
  private lotsOf(bot: string, rules: Instrument): number {
    if (rules.kind === 'perpetual') return this.positionLots.get(`${bot}|${rules.id}`) ?? 0;
    const held = this.balances.get(`bot:${bot}|${rules.venue}|${rules.base}`);
    return Number(held.dividedBy(rules.lotSize, 0, 'down').coefficient);
  }
}
