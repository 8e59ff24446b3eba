/**
 * Compares the journal with what the simulated venues themselves remember: no fill lost, none invented, no order the
 * venue has without an intent of ours.
 */

import { partMark } from '../../engine/execution/liquidation-fills.ts';
import type { ClientOrderId, VenueId } from '../../shared/domain/nominal.ts';
import type { AuditRecord } from '../../shared/events/audit.ts';
import type { VenueOrderEntry } from './venue-truth.ts';
import type { Findings } from './verify-findings.ts';
import type { OrderVerifier } from './verify-orders.ts';

/** The kernel asks for fills from this long before the newest one it has booked; what is older is never asked again. */
const reconcileOverlapMs = 60_000;

/** Rows between two chances for the host to do other work. */
const sliceRows = 1000;

interface TruthFill {
  readonly venue: VenueId;
  readonly clientOrderId: ClientOrderId;
  readonly timeMs: number;
}

/** The venues' books; they are read before the journal's snapshot is taken. */
export interface VenueTruth {
  allFills(): Iterable<{ venue: VenueId; key: string; clientOrderId: string; timeMs: number }>;
  allOrders(): Iterable<Omit<VenueOrderEntry, 'json'> & { readonly venue: VenueId }>;
}

/** Gives the part of a client order id that names the installation: `sx-a1-17` gives `sx-a1`. */
function prefixOf(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf('-')));
}

export class VenueVerifier {
  /** Fills the venue has and the next reconciliation will bring: not lost. */
  pendingFills = 0;
  private readonly findings: Findings;
  private readonly fills = new Map<string, TruthFill>();
  private readonly orders: (Omit<VenueOrderEntry, 'json'> & { readonly venue: VenueId })[] = [];
  private readonly venues = new Set<VenueId>();
  private readonly reconciledMs = new Map<VenueId, { last: number; before: number }>();
  private readonly lastBookedMs = new Map<VenueId, number>();
  private readonly booked = new Map<string, { venue: VenueId; timeMs: number }>();

  constructor(findings: Findings) {
    this.findings = findings;
  }

  /** Copies the venues' books, in slices. */
  *read(truth: VenueTruth): Generator<void> {
    let rows = 0;
    for (const { key, ...fill } of truth.allFills()) {
      this.fills.set(key, { ...fill, clientOrderId: fill.clientOrderId as ClientOrderId });
      this.venues.add(fill.venue);
      rows += 1;
      if (rows % sliceRows === 0) yield;
    }
    for (const { venue, clientOrderId, venueOrderId } of truth.allOrders()) {
      this.orders.push({ venue, clientOrderId, venueOrderId });
      this.venues.add(venue);
      rows += 1;
      if (rows % sliceRows === 0) yield;
    }
  }

  /** Takes the next record. */
  onRecord({ body, timeMs }: AuditRecord): void {
    if (body.kind === 'reconciled') {
      const before = this.reconciledMs.get(body.venue)?.last ?? -1;
      this.reconciledMs.set(body.venue, { last: timeMs, before });
    } else if (body.kind === 'fill') {
      const { venue, fill } = body;
      // A liquidation that closed several bots' positions is one order at the venue.
      const [orderId] = fill.clientOrderId.split(partMark);
      const key = `${venue}|${fill.instrument}|${fill.tradeId}|${orderId}`;
      this.booked.set(key, { venue, timeMs: fill.venueTimeMs });
      this.lastBookedMs.set(venue, Math.max(this.lastBookedMs.get(venue) ?? -1, fill.venueTimeMs));
    }
  }

  /**
   * Everything up to this time must be in both books: a reconciliation was asked for after it, or the kernel has
   * booked so much newer fills that it will never ask so far back again.
   */
  private settledMs(venue: VenueId): number {
    const lastBooked = this.lastBookedMs.get(venue);
    const outOfReach = lastBooked === undefined ? -1 : lastBooked - reconcileOverlapMs - 1;
    return Math.max(this.reconciledMs.get(venue)?.before ?? -1, outOfReach);
  }

  /** Compares both books, after the last record. */
  *compare(orders: OrderVerifier): Generator<void> {
    const { findings } = this;
    for (const [key, fill] of this.fills) {
      if (!orders.orders.has(fill.clientOrderId)) continue;
      if (orders.fillKeys.has(key)) findings.checked += 1;
      else if (orders.externalFillKeys.has(key)) continue;
      else if (fill.timeMs <= this.settledMs(fill.venue))
        findings.lostFill(`fill ${key} of the venue was never booked`);
      else this.pendingFills += 1;
    }
    yield;
    for (const [key, { venue, timeMs }] of this.booked) {
      if (!this.venues.has(venue) || timeMs > this.settledMs(venue)) continue;
      findings.check(this.fills.has(key), () => `fill ${key} was booked, but the venue has no such fill`);
    }
    yield;
    this.compareOrders(orders);
  }

  private compareOrders(orders: OrderVerifier): void {
    const { findings } = this;
    const prefixes = new Set([...orders.orders.keys()].map(prefixOf));
    const owners = new Map<string, string>();
    for (const { venue, clientOrderId, venueOrderId } of this.orders) {
      const ours = orders.orders.get(clientOrderId as ClientOrderId);
      if (ours === undefined) {
        findings.check(
          !prefixes.has(prefixOf(clientOrderId)),
          () => `${venue} has order ${clientOrderId}, which bears our prefix but has no intent`,
        );
        continue;
      }
      const known = ours.venueOrderId;
      findings.check(
        known === undefined || known === venueOrderId,
        () => `order ${clientOrderId} is ${venueOrderId} at ${venue}, but ${known} in the journal`,
      );
      const place = `${venue}|${venueOrderId}`;
      const owner = owners.get(place);
      if (owner !== undefined)
        findings.duplicate(`${venue} has order ${venueOrderId} for ${owner} and for ${clientOrderId}`);
      owners.set(place, clientOrderId);
    }
  }
}
