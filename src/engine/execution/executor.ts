/**
 * Turns wishes into orders and answers into states: risk, intent, send, cancel, fills. Every change is recorded.
 * Outcomes that are not proven leave an order UNKNOWN; nothing that could add exposure is ever sent twice.
 */

import { ensureDefined } from '../../shared/domain/assert.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { BotId, ClientOrderId, VenueId } from '../../shared/domain/nominal.ts';
import {
  type Fill,
  liveOrderStates,
  type Order,
  type OrderOrigin,
  type OrderPurpose,
  type OrderRequest,
  type OrderState,
} from '../../shared/domain/order.ts';
import type { RiskVerdict } from '../../shared/domain/risk.ts';
import type { VenueEvent } from '../../shared/events/venue.ts';
import type { KernelServices } from '../kernel/services.ts';
import { fillKey } from '../kernel/snapshot.ts';
import { judge } from '../risk/checks.ts';
import { gatherFacts } from '../risk/facts.ts';
import type { SendResult } from '../strategy/api.ts';
import { liquidationParts, partId } from './liquidation-fills.ts';
import { isTerminal } from './transitions.ts';

/** Fill keys kept in memory; reconciling never asks further back than these reach. */
const fillKeysKeptMax = 200_000;

/** Who is told about orders and fills. */
export interface OrderListener {
  onOrder(order: Order): void;
  onFill(fill: Fill, order: Order): void;
  /**
   * A venue refused an order, or ended one that nobody asked it to cancel. Heard before the new state, so that whoever
   * hears of that does not send the order again at once.
   */
  onEndedByVenue(order: Order, code: string, message: string): void;
}

export interface PlacingOwner {
  readonly bot: BotId;
  readonly mayTrade: boolean;
  readonly ordersInTenSeconds: number;
  /** True when a person asked for what this order does: it may close a position even while trading is halted. */
  readonly byHand?: boolean | undefined;
}

export class Executor {
  private readonly services: KernelServices;
  private readonly listener: OrderListener;
  private readonly orderPrefix: string;
  private readonly fillKeys: Set<string>;
  nextOrderNumber: number;
  /** Kernel time of the newest booked fill of each venue. */
  readonly lastFillMs: Map<VenueId, number>;
  /** Asked when an outcome is not known: the venue's own view is wanted soon. */
  onDoubt: (venue: VenueId) => void = () => undefined;

  constructor(
    services: KernelServices,
    listener: OrderListener,
    options: {
      orderPrefix: string;
      nextOrderNumber: number;
      fillKeys: readonly string[];
      lastFillMs: Readonly<Record<string, number>>;
    },
  ) {
    this.services = services;
    this.listener = listener;
    this.orderPrefix = options.orderPrefix;
    this.nextOrderNumber = options.nextOrderNumber;
    this.fillKeys = new Set(options.fillKeys);
    this.lastFillMs = new Map(Object.entries(options.lastFillMs) as [VenueId, number][]);
  }

  /** Judges a request and, when it may pass, records the intent and sends it. */
  place(
    owner: PlacingOwner,
    leg: string,
    origin: OrderOrigin,
    request: OrderRequest,
    purpose?: OrderPurpose | undefined,
  ): SendResult {
    const verdict = this.judge(owner, origin, request);
    if (verdict.outcome === 'denied') {
      const { code, message, need, crossing } = verdict;
      return { ok: false, code, message, need, crossing };
    }
    const { services } = this;
    const instrument = ensureDefined(services.instrument(request.instrument), request.instrument);
    const lots = verdict.outcome === 'reduced' ? (verdict.lots as OrderRequest['lots']) : request.lots;
    const order: Order = {
      ...request,
      lots,
      clientOrderId: `${this.orderPrefix}-${this.nextOrderNumber}` as ClientOrderId,
      bot: owner.bot,
      leg,
      ...(purpose === undefined ? {} : { purpose }),
      origin,
      state: 'PENDING_CREATE',
      filledLots: 0 as Order['filledLots'],
      filledNotional: '0',
      createdAtMs: services.nowMs,
      updatedAtMs: services.nowMs,
    };
    this.nextOrderNumber += 1;
    services.orders.add(order);
    services.audit({ kind: 'order-intent', order });
    services.send({ kind: 'submit-order', venue: instrument.venue, order: this.asSent(order) });
    return { ok: true, clientOrderId: order.clientOrderId };
  }

  /**
   * A venue nets the positions of all bots, so its reduce-only flag means the net one. It is only sent while nobody else
   * holds a position there; for the bot itself risk has enforced it already.
   */
  private asSent(order: Order): Order {
    if (!order.reduceOnly) return order;
    for (const { bot, position } of this.services.portfolio.allPositions()) {
      if (bot !== order.bot && position.instrument.id === order.instrument && !position.held.isZero) {
        return { ...order, reduceOnly: false };
      }
    }
    return order;
  }

  /** Judges a request without sending it. */
  judge(owner: PlacingOwner, origin: OrderOrigin, request: OrderRequest): RiskVerdict {
    const instrument = this.services.instrument(request.instrument);
    if (instrument === undefined) {
      return {
        outcome: 'denied',
        code: 'BOOK_INVALID',
        message: `no such instrument: ${request.instrument}`,
      };
    }
    return judge(
      request,
      gatherFacts(this.services, owner.bot, request, origin, instrument, {
        botMayTrade: owner.mayTrade,
        ordersInTenSeconds: owner.ordersInTenSeconds,
        byHand: owner.byHand ?? false,
      }),
    );
  }

  /** Asks the venue to cancel a live order. Gives false when there is nothing to cancel. */
  cancel(id: ClientOrderId, reason: string): boolean {
    const order = this.services.orders.get(id);
    if (order === undefined || isTerminal(order.state) || order.state === 'PENDING_CANCEL') return false;
    // A venue or symbol that is not configured any more cannot be asked.
    if (this.services.instrument(order.instrument) === undefined) return false;
    this.services.audit({ kind: 'cancel-requested', clientOrderId: id, bot: order.bot, reason });
    this.move(order, 'PENDING_CANCEL', reason);
    this.sendCancel(order);
    return true;
  }

  /** Sends a cancel again; safe, since cancelling twice changes nothing. */
  sendCancel(order: Order): void {
    const instrument = ensureDefined(this.services.instrument(order.instrument), order.instrument);
    this.services.send({
      kind: 'cancel-order',
      venue: instrument.venue,
      instrument: order.instrument,
      clientOrderId: order.clientOrderId,
      venueOrderId: order.venueOrderId,
    });
  }

  /** Applies what the venue says about one order. */
  onVenueEvent(event: VenueEvent): void {
    switch (event.kind) {
      case 'order-accepted': {
        // The venue's own order is taken over with its fills, which say whose positions it closed.
        if (event.liquidation === true) return;
        const order = this.known(event.clientOrderId, event.venue);
        if (order === undefined) return;
        if (order.state === 'PENDING_CREATE' || order.state === 'UNKNOWN') {
          this.move(
            order,
            order.filledLots > 0 ? 'PARTIALLY_FILLED' : 'OPEN',
            'accepted by the venue',
            event.venueOrderId,
          );
        } else if (order.venueOrderId === undefined) {
          this.services.orders.setVenueOrderId(order.clientOrderId, event.venueOrderId);
        }
        return;
      }
      case 'order-rejected': {
        const order = this.known(event.clientOrderId, event.venue);
        if (order === undefined || isTerminal(order.state)) return;
        this.listener.onEndedByVenue(order, event.code, event.message);
        // What has filled was not refused: only the rest is.
        this.move(order, order.filledLots > 0 ? 'CANCELED' : 'REJECTED', `${event.code}: ${event.message}`);
        return;
      }
      case 'order-outcome-unknown': {
        const order = this.known(event.clientOrderId, event.venue);
        if (order === undefined || isTerminal(order.state)) return;
        if (order.state === 'PENDING_CREATE') this.move(order, 'UNKNOWN', event.message);
        this.onDoubt(event.venue);
        return;
      }
      case 'order-filled':
        this.book(event.venue, event.fill, false);
        return;
      case 'order-closed': {
        const order = this.known(event.clientOrderId, event.venue);
        if (order === undefined || isTerminal(order.state)) return;
        this.end(order, event.outcome === 'canceled' ? 'CANCELED' : 'EXPIRED', event.message);
        return;
      }
      case 'cancel-rejected': {
        // Usually the order is closed already and the message is on its way; the venue's list decides.
        if (this.known(event.clientOrderId, event.venue) !== undefined) this.onDoubt(event.venue);
        return;
      }
      default:
        return;
    }
  }

  /** Books a fill once. Gives true when it was new. */
  book(venue: VenueId, fill: Fill, reconciled: boolean): boolean {
    const { services } = this;
    const key = fillKey(venue, fill.instrument, fill.tradeId, fill.clientOrderId);
    if (this.fillKeys.has(key)) return false;
    this.remember(key);
    this.lastFillMs.set(venue, Math.max(this.lastFillMs.get(venue) ?? 0, fill.venueTimeMs));
    if (fill.liquidation === true) {
      if (this.isLiquidationBooked(venue, fill)) return false;
      if (this.bookLiquidation(venue, fill, reconciled)) return true;
    }
    const order = services.orders.get(fill.clientOrderId);
    const instrument = services.instrument(fill.instrument);
    if (order === undefined || instrument === undefined) {
      services.audit({ kind: 'external-fill', venue, fill });
      return true;
    }
    const owner = services.portfolio.ownerOf(order.bot, instrument.id);
    const realised = services.portfolio.bookFill(owner, instrument, fill);
    const after = services.orders.addFill(order.clientOrderId, fill, instrument, services.nowMs);
    services.audit({
      kind: 'fill',
      venue,
      bot: order.bot,
      fill,
      leg: order.leg,
      filledLots: after.filledLots,
      filledNotional: after.filledNotional,
      realised: realised.toString(),
      reconciled,
    });
    services.portfolio.check(
      'order-filled',
      after.filledLots <= after.lots && !Decimal.parse(after.filledNotional).isNegative,
      () => `${after.clientOrderId}: filled ${after.filledLots} of ${after.lots} lots`,
    );
    if (after.filledLots >= after.lots) {
      if (liveOrderStates.has(after.state)) this.move(after, 'FILLED', 'filled', undefined, false);
    } else if (after.state === 'OPEN' || after.state === 'PENDING_CREATE' || after.state === 'UNKNOWN') {
      this.move(after, 'PARTIALLY_FILLED', 'partly filled', undefined, false);
    }
    this.listener.onFill(fill, ensureDefined(services.orders.get(order.clientOrderId), 'filled order'));
    return true;
  }

  /** After a restart only the keys of the parts are known, and the first owner may have had none in this fill. */
  private isLiquidationBooked(venue: VenueId, fill: Fill): boolean {
    const owners = [...this.services.portfolio.allPositions()].length;
    for (let number = 2; number <= owners; number += 1) {
      if (this.fillKeys.has(fillKey(venue, fill.instrument, fill.tradeId, partId(fill, number)))) return true;
    }
    return false;
  }

  /** Books a liquidation to those whose positions it closed; gives false when nobody held one. */
  private bookLiquidation(venue: VenueId, fill: Fill, reconciled: boolean): boolean {
    const parts = liquidationParts(this.services, fill);
    for (const { order, fill: part } of parts) {
      const { liquidation: _liquidation, ...own } = part;
      if (this.services.orders.get(order.clientOrderId) === undefined) {
        this.services.orders.add(order);
        this.services.audit({ kind: 'order-intent', order });
      }
      // The key of the first part is the whole fill's own, which is taken already.
      this.fillKeys.delete(fillKey(venue, own.instrument, own.tradeId, own.clientOrderId));
      this.book(venue, own, reconciled);
    }
    return parts.length > 0;
  }

  /** Closes an order on its venue's word. What nobody asked to cancel was ended by the venue, which its owner is told. */
  end(
    order: Order,
    to: 'CANCELED' | 'EXPIRED' | 'REJECTED',
    reason: string,
    venueOrderId?: Order['venueOrderId'],
    code: 'CANCELED' | 'EXPIRED' | 'REJECTED' | 'LOST' = to,
  ): void {
    if (order.state !== 'PENDING_CANCEL') this.listener.onEndedByVenue(order, code, reason);
    this.move(order, to, reason, venueOrderId);
  }

  /** Moves an order, records it and tells its owner. */
  move(
    order: Order,
    to: OrderState,
    reason: string,
    venueOrderId?: Order['venueOrderId'],
    tell = true,
  ): Order {
    const { services } = this;
    const after = services.orders.move(order.clientOrderId, to, services.nowMs, {
      reason,
      ...(venueOrderId === undefined ? {} : { venueOrderId }),
    });
    services.audit({
      kind: 'order-state',
      clientOrderId: order.clientOrderId,
      bot: order.bot,
      from: order.state,
      to,
      reason,
      venueOrderId: after.venueOrderId,
    });
    if (tell && to !== 'PENDING_CANCEL') this.listener.onOrder(after);
    return after;
  }

  private known(id: ClientOrderId, venue: VenueId): Order | undefined {
    const order = this.services.orders.get(id);
    if (order === undefined) {
      this.services.audit({
        kind: 'fault',
        where: `venue ${venue}`,
        message: `an answer names order ${id}, which is not ours`,
      });
    }
    return order;
  }

  private remember(key: string): void {
    this.fillKeys.add(key);
    if (this.fillKeys.size <= fillKeysKeptMax) return;
    const oldest = this.fillKeys.values().next().value;
    if (oldest !== undefined) this.fillKeys.delete(oldest);
  }
}
