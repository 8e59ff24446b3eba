/**
 * Double-entry ledger with exact amounts. Every entry's legs sum to zero per currency; accounts are named
 * `bot:<id>`, `main`, `market`, `fees`, `funding`, `external` and `adjust`, each per venue.
 */

import { Decimal } from '../../shared/domain/decimal.ts';
import type { BotId, VenueId } from '../../shared/domain/nominal.ts';
import type { LedgerLeg } from '../../shared/events/audit.ts';
import type { LedgerBalance } from '../kernel/snapshot.ts';

/** Orders sent by hand use the main account of the venue under this bot id. */
export const manualBot = 'manual' as BotId;

/** Gives the account a bot's money is in. */
export function accountOf(bot: BotId): string {
  return bot === manualBot ? 'main' : `bot:${bot}`;
}

/** True for accounts whose money is ours and lies at the venue. */
export function isOwnAccount(account: string): boolean {
  return account === 'main' || account.startsWith('bot:');
}

function keyOf(account: string, venue: string, currency: string): string {
  return `${account}|${venue}|${currency}`;
}

/** Thrown when legs do not sum to zero: a bug, never a reason to go on. */
export class UnbalancedEntryError extends Error {
  override readonly name = 'UnbalancedEntryError';
}

export class Ledger {
  private readonly amounts = new Map<string, Decimal>();
  private readonly owners = new Map<string, { account: string; venue: VenueId; currency: string }>();

  constructor(balances: readonly LedgerBalance[] = []) {
    for (const balance of balances) {
      this.add(balance.account, balance.venue, balance.currency, Decimal.parse(balance.amount));
    }
  }

  /** Books an entry whole. Throws `UnbalancedEntryError` and changes nothing when it does not sum to zero. */
  post(legs: readonly LedgerLeg[]): void {
    const amounts = legs.map((leg) => Decimal.parse(leg.amount));
    for (const [index, { venue, currency }] of legs.entries()) {
      const isSame = (leg: LedgerLeg) => leg.venue === venue && leg.currency === currency;
      // Each venue and currency is summed where it comes first.
      if (legs.findIndex(isSame) < index) continue;
      let sum = Decimal.zero;
      for (const [at, leg] of legs.entries()) if (isSame(leg)) sum = sum.plus(amounts[at] as Decimal);
      if (!sum.isZero)
        throw new UnbalancedEntryError(`ledger entry is off by ${sum} in ${venue}|${currency}`);
    }
    for (const [at, leg] of legs.entries())
      this.add(leg.account, leg.venue, leg.currency, amounts[at] as Decimal);
  }

  balance(account: string, venue: string, currency: string): Decimal {
    return this.amounts.get(keyOf(account, venue, currency)) ?? Decimal.zero;
  }

  /** Gives what is ours at a venue in one currency: main account and all bots. */
  ownTotal(venue: string, currency: string): Decimal {
    let total = Decimal.zero;
    for (const [key, owner] of this.owners) {
      if (owner.venue === venue && owner.currency === currency && isOwnAccount(owner.account)) {
        total = total.plus(this.amounts.get(key) as Decimal);
      }
    }
    return total;
  }

  /** Gives every account with its amount, zeros included once they were used. */
  *entries(): Iterable<{ account: string; venue: VenueId; currency: string; amount: Decimal }> {
    for (const [key, owner] of this.owners) yield { ...owner, amount: this.amounts.get(key) as Decimal };
  }

  private add(account: string, venue: VenueId, currency: string, amount: Decimal): void {
    const key = keyOf(account, venue, currency);
    const before = this.amounts.get(key);
    if (before === undefined) this.owners.set(key, { account, venue, currency });
    this.amounts.set(key, before === undefined ? amount : before.plus(amount));
  }
}
