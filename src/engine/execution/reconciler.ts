/**
 * Compares the journal's view with the venue's: at start, after every reconnect, every fifteen seconds and whenever
 * an outcome is in doubt. Found fills are booked, closed orders closed; what cannot be explained is drift, shown to
 * a person and never papered over.
 */

import { Decimal } from '../../shared/domain/decimal.ts';
import type { ClientOrderId, EpochMs, VenueId } from '../../shared/domain/nominal.ts';
import type { Order } from '../../shared/domain/order.ts';
import type {
  AccountReportEvent,
  FundingPaidEvent,
  VenueConnectionEvent,
  VenueOrderReport,
} from '../../shared/events/venue.ts';
import type { KernelServices, VenueLink } from '../kernel/services.ts';
import { accountDifferences } from './account-differences.ts';
import type { Executor } from './executor.ts';
import { isTerminal } from './transitions.ts';

/** How often a venue's view is compared while nothing is in doubt. */
const reconcileIntervalMsDefault = 15_000;
/** Looking back further than the newest booked fill, for fills that were reported out of order. */
const overlapMs = 60_000;
/** How long an order must be out before "never seen" proves anything. */
const absenceGraceMs = 10_000;
const staleCancelMs = 5_000;
const doubtDelayMs = 500;
const reportTimeoutMs = 5_000;
const noRequest = -1;

interface ReportState {
  requestId: number;
  requestedAtMs: number;
  answered: boolean;
  /** Open orders the venue did not list: asked for by id next time. */
  readonly suspicious: Set<ClientOrderId>;
  /** When the newest report that was answered was asked for: everything up to then is known. */
  answeredUpToMs: number;
  /** Since when fills are asked for next time, because one of an order is missing; Infinity when none is. */
  missingSinceMs: number;
  /** Differences of the last comparison; the same ones twice in a row are drift. */
  lastDifferences: string;
}

export class Reconciler {
  private readonly services: KernelServices;
  private readonly executor: Executor;
  private readonly reports = new Map<VenueId, ReportState>();
  private readonly onReady: (link: VenueLink) => void;
  private readonly onFunding: (payment: FundingPaidEvent) => void;
  private readonly intervalMs: number;
  nextReportNumber: number;

  constructor(
    services: KernelServices,
    executor: Executor,
    nextReportNumber: number,
    hooks: {
      onReady: (link: VenueLink) => void;
      onFunding: (payment: FundingPaidEvent) => void;
      /** Kernel time between two comparisons; Infinity: only when one is asked for. */
      intervalMs?: number | undefined;
    },
  ) {
    this.services = services;
    this.executor = executor;
    this.nextReportNumber = nextReportNumber;
    this.onReady = hooks.onReady;
    this.onFunding = hooks.onFunding;
    this.intervalMs = hooks.intervalMs ?? reconcileIntervalMsDefault;
    executor.onDoubt = (venue) =>
      this.services.timers.set(`doubt|${venue}`, (services.nowMs + doubtDelayMs) as EpochMs);
  }

  /** The link to a venue changed. */
  onConnection(event: VenueConnectionEvent): void {
    const link = this.linkOf(event.venue);
    if (link.state === event.state && link.message === event.message) return;
    link.state = event.state;
    link.message = event.message;
    link.connected = event.state === 'connected';
    this.services.audit({
      kind: 'venue-connection',
      venue: event.venue,
      state: event.state,
      message: event.message,
    });
    if (link.connected) this.request(event.venue);
    else {
      link.reconciled = false;
      // An answer still under way describes the account as it was before the link was lost.
      const state = this.stateOf(event.venue);
      state.requestId = noRequest;
      state.answered = true;
    }
  }

  /** Tells whether the venue's newest answer did not know this order, so that a person may say what became of it. */
  isUnexplained(order: Order): boolean {
    const venue = this.services.instrument(order.instrument)?.venue;
    return venue === undefined || this.stateOf(venue).suspicious.has(order.clientOrderId);
  }

  /** Handles this part's timers; gives false when the key is not one of them. */
  onTimer(key: string): boolean {
    const [kind, venue] = key.split('|') as [string, VenueId];
    if (kind !== 'reconcile' && kind !== 'doubt') return false;
    if (this.linkOf(venue).connected) this.request(venue);
    return true;
  }

  /** Asks the venue for its view, unless an answer is still under way. */
  request(venue: VenueId): void {
    const { services } = this;
    if (Number.isFinite(this.intervalMs))
      services.timers.set(`reconcile|${venue}`, (services.nowMs + this.intervalMs) as EpochMs);
    const state = this.stateOf(venue);
    if (!state.answered && services.nowMs - state.requestedAtMs < reportTimeoutMs) return;
    const first = !this.linkOf(venue).reconciled;
    const ids: ClientOrderId[] = [];
    for (const order of services.orders.live()) {
      if (services.instrument(order.instrument)?.venue !== venue) continue;
      const settled = order.state === 'OPEN' || order.state === 'PARTIALLY_FILLED';
      if (first || !settled || state.suspicious.has(order.clientOrderId)) ids.push(order.clientOrderId);
    }
    state.requestId = this.nextReportNumber;
    state.requestedAtMs = services.nowMs;
    state.answered = false;
    this.nextReportNumber += 1;
    services.send({
      kind: 'request-account-report',
      venue,
      requestId: state.requestId,
      sinceMs: Math.max(0, this.askFromMs(venue, state) - overlapMs) as EpochMs,
      clientOrderIds: ids,
    });
  }

  /** Fills may have come while older ones were lost with an unanswered request: those are asked for again. */
  private askFromMs(venue: VenueId, state: ReportState): number {
    const newestFillMs = this.executor.lastFillMs.get(venue) ?? 0;
    return Math.min(newestFillMs, state.answeredUpToMs, state.missingSinceMs);
  }

  /** Takes the venue's answer. */
  onReport(event: AccountReportEvent): void {
    const state = this.stateOf(event.venue);
    if (event.requestId !== state.requestId) return;
    state.answered = true;
    state.answeredUpToMs = state.requestedAtMs;
    state.missingSinceMs = Number.POSITIVE_INFINITY;
    const link = this.linkOf(event.venue);
    const fillsFound = this.bookMoney(event);
    const { ordersChecked, ordersClosed } = this.compareOrders(event, state);
    this.openAccount(event);
    const drift = this.compareBalances(event, state);
    const first = !link.reconciled;
    if (first || fillsFound > 0 || ordersClosed > 0 || drift.length > 0) {
      this.services.audit({
        kind: 'reconciled',
        venue: event.venue,
        ordersChecked,
        fillsFound,
        ordersClosed,
        drift,
      });
    }
    if (first && link.connected) {
      link.reconciled = true;
      this.onReady(link);
    }
  }

  /** Books fills and payments in the order of their times: a payment belongs to who held the position then. */
  private bookMoney(event: AccountReportEvent): number {
    const payments = [...event.fundingPayments].sort((left, right) => left.timeMs - right.timeMs);
    let paid = 0;
    let fillsFound = 0;
    for (const fill of event.fills) {
      for (; paid < payments.length; paid += 1) {
        const payment = payments[paid] as FundingPaidEvent;
        if (payment.timeMs >= fill.venueTimeMs) break;
        this.onFunding(payment);
      }
      if (this.executor.book(event.venue, fill, true)) fillsFound += 1;
    }
    for (const payment of payments.slice(paid)) this.onFunding(payment);
    return fillsFound;
  }

  private compareOrders(
    event: AccountReportEvent,
    state: ReportState,
  ): { ordersChecked: number; ordersClosed: number } {
    const { services } = this;
    const listed = new Map<ClientOrderId, VenueOrderReport>();
    for (const report of event.orders) listed.set(report.clientOrderId, report);
    const absent = new Set(event.provenAbsent);
    let ordersChecked = 0;
    let ordersClosed = 0;
    for (const order of [...services.orders.live()]) {
      if (services.instrument(order.instrument)?.venue !== event.venue) continue;
      if (order.createdAtMs >= state.requestedAtMs) continue;
      ordersChecked += 1;
      const report = listed.get(order.clientOrderId);
      if (report !== undefined) {
        state.suspicious.delete(order.clientOrderId);
        this.applyReport(order, report, state);
      } else if (absent.has(order.clientOrderId)) this.applyAbsence(order, state);
      else if (order.updatedAtMs < state.requestedAtMs) state.suspicious.add(order.clientOrderId);
      const after = services.orders.get(order.clientOrderId);
      if (after === undefined || isTerminal(after.state)) ordersClosed += 1;
    }
    if (state.suspicious.size > 0) {
      for (const id of state.suspicious) {
        const order = services.orders.get(id);
        if (order === undefined || isTerminal(order.state)) state.suspicious.delete(id);
      }
      if (state.suspicious.size > 0) this.executor.onDoubt(event.venue);
    }
    return { ordersChecked, ordersClosed };
  }

  private applyReport(order: Order, report: VenueOrderReport, state: ReportState): void {
    if (report.filledLots > order.filledLots) {
      // A fill of it never came. Nothing is closed before it is found: a closed order is asked for no more.
      state.missingSinceMs = Math.min(state.missingSinceMs, order.createdAtMs);
      this.executor.onDoubt(this.services.instrument(order.instrument)?.venue as VenueId);
      if (report.state !== 'open') return;
    }
    switch (report.state) {
      case 'open':
        if (order.state === 'PENDING_CREATE' || order.state === 'UNKNOWN') {
          this.executor.move(
            order,
            order.filledLots > 0 ? 'PARTIALLY_FILLED' : 'OPEN',
            'found at the venue',
            report.venueOrderId,
          );
        } else if (
          order.state === 'PENDING_CANCEL' &&
          this.services.nowMs - order.updatedAtMs > staleCancelMs
        ) {
          this.executor.sendCancel(order);
        }
        return;
      case 'filled':
        // The fills themselves close the order.
        return;
      case 'canceled':
        this.executor.end(order, 'CANCELED', report.message || 'closed at the venue', report.venueOrderId);
        return;
      case 'expired':
        this.executor.end(order, 'EXPIRED', report.message || 'expired at the venue', report.venueOrderId);
        return;
      case 'rejected':
        this.executor.end(
          order,
          order.filledLots > 0 ? 'CANCELED' : 'REJECTED',
          report.message || 'refused by the venue',
        );
        return;
    }
  }

  private applyAbsence(order: Order, state: ReportState): void {
    const venue = this.services.instrument(order.instrument)?.venue as VenueId;
    if (this.services.nowMs - order.createdAtMs < absenceGraceMs) {
      this.services.timers.set(`doubt|${venue}`, (order.createdAtMs + absenceGraceMs + 1) as EpochMs);
      return;
    }
    state.suspicious.delete(order.clientOrderId);
    if (
      order.state === 'PENDING_CREATE' ||
      order.state === 'UNKNOWN' ||
      (order.state === 'PENDING_CANCEL' && order.filledLots === 0)
    ) {
      this.executor.end(
        order,
        'REJECTED',
        'the venue proves that it never had this order',
        undefined,
        'LOST',
      );
    } else if (order.state !== 'PENDING_CANCEL') {
      this.executor.move(order, 'UNKNOWN', 'the venue no longer knows an order it had accepted');
    }
  }

  /** Books the money of a venue that is seen for the first time. */
  private openAccount(event: AccountReportEvent): void {
    const { portfolio } = this.services;
    for (const entry of portfolio.ledger.entries()) if (entry.venue === event.venue) return;
    const balances: Record<string, string> = {};
    for (const balance of event.balances) {
      balances[balance.currency] = Decimal.parse(balance.free).plus(Decimal.parse(balance.locked)).toString();
    }
    portfolio.open(event.venue, balances);
  }

  private compareBalances(event: AccountReportEvent, state: ReportState): string[] {
    const { services } = this;
    const differences = accountDifferences(services, event);
    const quiet = (this.executor.lastFillMs.get(event.venue) ?? 0) < state.requestedAtMs;
    if (!quiet) {
      state.lastDifferences = '';
      return [];
    }
    const text = differences.join('; ');
    const isDrift = text !== '' && text === state.lastDifferences;
    state.lastDifferences = text;
    if (text !== '' && !isDrift) {
      this.executor.onDoubt(event.venue);
      return [];
    }
    services.portfolio.check('venue-balance', !isDrift, () => `${event.venue}: ${text}`);
    if (
      isDrift &&
      services.riskStates.set({ kind: 'venue', venue: event.venue }, 'HALTED', `balances differ: ${text}`)
    ) {
      services.audit({
        kind: 'risk-state',
        scope: { kind: 'venue', venue: event.venue },
        state: 'HALTED',
        reason: `balances differ: ${text}`,
      });
    }
    return isDrift ? differences : [];
  }

  private linkOf(venue: VenueId): VenueLink {
    const known = this.services.venues.get(venue);
    if (known !== undefined) return known;
    const created: VenueLink = {
      venue,
      connected: false,
      reconciled: false,
      state: 'connecting',
      message: '',
    };
    this.services.venues.set(venue, created);
    return created;
  }

  private stateOf(venue: VenueId): ReportState {
    let state = this.reports.get(venue);
    if (state === undefined) {
      state = {
        requestId: noRequest,
        requestedAtMs: 0,
        answered: true,
        suspicious: new Set(),
        answeredUpToMs: Number.POSITIVE_INFINITY,
        missingSinceMs: Number.POSITIVE_INFINITY,
        lastDifferences: '',
      };
      this.reports.set(venue, state);
    }
    return state;
  }
}
