/** Keeps the simulated venues of the engine in a venue truth file: changes in, whole states out. */

import type { PaperVenueChanges, PaperVenueState } from '../../engine/simulation/matching/venue-state.ts';
import type { VenueId } from '../../shared/domain/nominal.ts';
import type { VenueTruthStore } from './venue-truth.ts';

/** The part of a venue's state that is small and replaced whole. */
type AccountState = Pick<PaperVenueState, 'version' | 'asOfMs' | 'counters' | 'balances' | 'positions'>;

const keyOf = (venue: VenueId): string => `account:${venue}`;

export class PaperVenueStore {
  private readonly truth: VenueTruthStore;
  private readonly accounts = new Map<VenueId, AccountState>();

  constructor(truth: VenueTruthStore) {
    this.truth = truth;
  }

  /** Collects what changed at a venue; the truth file's `commit` makes it durable. */
  put(changes: PaperVenueChanges): void {
    const { venue } = changes;
    const before = this.accounts.get(venue) ?? this.storedAccount(venue);
    const positions = new Map(before?.positions.map((position) => [position.instrument, position]));
    for (const position of changes.positions) {
      if (position.lots === 0) positions.delete(position.instrument);
      else positions.set(position.instrument, position);
    }
    const account: AccountState = {
      version: 1,
      asOfMs: changes.asOfMs,
      counters: changes.counters,
      balances: { ...before?.balances, ...changes.balances },
      positions: [...positions.values()],
    };
    this.accounts.set(venue, account);
    this.truth.putState(keyOf(venue), JSON.stringify(account));
    this.truth.putOrders(
      venue,
      changes.orders.map((order) => ({
        clientOrderId: order.clientOrderId,
        venueOrderId: order.venueOrderId,
        json: JSON.stringify(order),
      })),
    );
    this.truth.appendFills(venue, changes.fills);
    this.truth.appendPayments(
      venue,
      changes.fundingPayments.map((payment) => ({
        paymentId: payment.paymentId,
        json: JSON.stringify(payment),
      })),
    );
  }

  /** Gives the whole state of a venue, or undefined when it was never saved. */
  load(venue: VenueId): PaperVenueState | undefined {
    const account = this.storedAccount(venue);
    if (account === undefined) return undefined;
    return {
      ...account,
      venue,
      orders: this.truth.orders(venue).map((text) => JSON.parse(text) as PaperVenueState['orders'][number]),
      fills: this.truth.fills(venue),
      fundingPayments: this.truth
        .payments(venue)
        .map((text) => JSON.parse(text) as PaperVenueState['fundingPayments'][number]),
    };
  }

  private storedAccount(venue: VenueId): AccountState | undefined {
    const text = this.truth.state(keyOf(venue));
    return text === undefined ? undefined : (JSON.parse(text) as AccountState);
  }
}
