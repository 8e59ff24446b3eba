/** Words the venue sends back: builds each event with the time it reaches the client and hands it to the link. */

import { type ClientOrderId, epochMs, type VenueId } from '../../../shared/domain/nominal.ts';
import type { Fill } from '../../../shared/domain/order.ts';
import type { AccountReportEvent, FundingPaidEvent } from '../../../shared/events/venue.ts';
import type { Refusal } from './order-checks.ts';
import type { VenueLink } from './venue-link.ts';
import type { PaperOrder } from './venue-state.ts';

export class VenueAnswers {
  private readonly venue: VenueId;
  private readonly link: VenueLink;

  constructor(venue: VenueId, link: VenueLink) {
    this.venue = venue;
    this.link = link;
  }

  accepted(order: PaperOrder, nowMs: number): void {
    if (this.loses(order.clientOrderId, nowMs)) return;
    const { clientOrderId, venueOrderId } = order;
    const timeMs = this.arrival(nowMs);
    this.link.answer({ kind: 'order-accepted', venue: this.venue, clientOrderId, venueOrderId, timeMs });
  }

  /** Tells of an order the venue made itself: it comes over the account stream, not as an answer. */
  acceptedByVenue(order: PaperOrder, nowMs: number): void {
    const { clientOrderId, venueOrderId } = order;
    const timeMs = this.arrival(nowMs);
    const { venue } = this;
    this.link.answer({
      kind: 'order-accepted',
      venue,
      clientOrderId,
      venueOrderId,
      liquidation: true,
      timeMs,
    });
  }

  rejected(clientOrderId: ClientOrderId, refusal: Refusal, nowMs: number): void {
    if (this.loses(clientOrderId, nowMs)) return;
    const timeMs = this.arrival(nowMs);
    const { code, message } = refusal;
    this.link.answer({ kind: 'order-rejected', venue: this.venue, clientOrderId, code, message, timeMs });
  }

  filled(fill: Fill, nowMs: number): void {
    this.link.answer({ kind: 'order-filled', venue: this.venue, fill, timeMs: this.arrival(nowMs) });
  }

  closed(order: PaperOrder, outcome: 'canceled' | 'expired', nowMs: number): void {
    const { clientOrderId, message } = order;
    const timeMs = this.arrival(nowMs);
    this.link.answer({ kind: 'order-closed', venue: this.venue, clientOrderId, outcome, message, timeMs });
  }

  cancelRejected(clientOrderId: ClientOrderId, message: string, nowMs: number): void {
    const timeMs = this.arrival(nowMs);
    this.link.answer({ kind: 'cancel-rejected', venue: this.venue, clientOrderId, message, timeMs });
  }

  fundingPaid(payment: FundingPaidEvent, nowMs: number): void {
    this.link.answer({ ...payment, timeMs: this.arrival(nowMs) });
  }

  report(report: Omit<AccountReportEvent, 'timeMs'>, nowMs: number): void {
    this.link.answer({ ...report, timeMs: this.arrival(nowMs) });
  }

  private arrival(nowMs: number) {
    return epochMs(this.link.deliveryTime(nowMs));
  }

  private loses(clientOrderId: ClientOrderId, nowMs: number): boolean {
    if (!this.link.losesAnswer()) return false;
    this.link.timeout({
      kind: 'order-outcome-unknown',
      venue: this.venue,
      clientOrderId,
      message: 'no answer within the time-out; the order may or may not be at the venue',
      timeMs: epochMs(this.link.timeoutTime(nowMs)),
    });
    return true;
  }
}
