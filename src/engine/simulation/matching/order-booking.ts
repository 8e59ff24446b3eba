/**
 * The books of the order desk: new orders, refusals, fills and closings. Whatever changes here changes account,
 * ledger and answers together, so that money, orders and what the client is told never disagree.
 */

import { ensureDefined } from '../../../shared/domain/assert.ts';
import type { Instrument } from '../../../shared/domain/instrument.ts';
import {
  type ClientOrderId,
  epochMs,
  type InstrumentId,
  priceTicks,
  quantityLots,
  venueOrderId,
} from '../../../shared/domain/nominal.ts';
import type { Fill, Order, OrderRequest, Side } from '../../../shared/domain/order.ts';
import type { PaperAccount } from './account.ts';
import { Funds } from './funds.ts';
import type { InstrumentMarket } from './instrument-market.ts';
import { hasLimit, hasTrigger, type Refusal } from './order-checks.ts';
import type { VenueAnswers } from './venue-answers.ts';
import type { VenueLedger } from './venue-ledger.ts';
import type { PaperOrder } from './venue-state.ts';

/** Sees a fill and the market it happened in, at the moment it is booked. */
export type FillObserver = (fill: Fill, market: InstrumentMarket) => void;

/** What an order changes; all of it belongs to one venue. */
export interface BookingParts {
  readonly markets: ReadonlyMap<InstrumentId, InstrumentMarket>;
  readonly account: PaperAccount;
  readonly ledger: VenueLedger;
  readonly answers: VenueAnswers;
  /** Told of each fill as it is booked, before anybody hears of it. */
  readonly onFill?: FillObserver | undefined;
}

export class OrderBooking {
  /** The venue's time; set by the venue before anything is booked. */
  nowMs = 0;
  readonly funds: Funds;
  private readonly parts: BookingParts;

  constructor(parts: BookingParts) {
    this.parts = parts;
    this.funds = new Funds(parts.account, this.markOf);
  }

  readonly markOf = (instrument: InstrumentId): number => this.parts.markets.get(instrument)?.markTicks ?? 0;

  /** Takes in a request; gives nothing when its id was used before or there is no such instrument, which is answered. */
  arrive(request: Order): { readonly order: PaperOrder; readonly market: InstrumentMarket } | undefined {
    const { ledger, answers, markets } = this.parts;
    const known = ledger.orders.get(request.clientOrderId);
    if (known !== undefined) {
      const message = `order ${request.clientOrderId} was sent before and is ${known.status}`;
      answers.rejected(request.clientOrderId, { code: 'duplicate-client-order-id', message }, this.nowMs);
      return undefined;
    }
    const order = this.newOrder(request.clientOrderId, request);
    const market = markets.get(request.instrument);
    if (market !== undefined) return { order, market };
    this.refuse(order, {
      code: 'unknown-instrument',
      message: `no instrument ${request.instrument} here`,
    });
    return undefined;
  }

  /** Cancels an open order, or says why there is none. */
  cancel(clientOrderId: ClientOrderId): void {
    const { ledger, answers } = this.parts;
    const order = ledger.open.get(clientOrderId);
    if (order !== undefined) {
      this.close(order, 'canceled', 'cancelled on request');
      return;
    }
    const known = ledger.orders.get(clientOrderId);
    const message = known === undefined ? 'unknown order' : `the order is already ${known.status}`;
    answers.cancelRejected(clientOrderId, message, this.nowMs);
  }

  /** Books a fill of an order; closes the order when it is complete. Gives the lots that were really filled. */
  fill(
    market: InstrumentMarket,
    order: PaperOrder,
    ticks: number,
    wantedLots: number,
    liquidity: 'maker' | 'taker',
  ): number {
    const { account, ledger, answers } = this.parts;
    const { instrument } = market;
    const lots = Math.min(wantedLots, order.lots - order.filledLots, this.reducibleLots(instrument, order));
    if (lots <= 0 || order.status !== 'open') return 0;
    const positionBefore = account.positionLots(instrument.id);
    this.funds.release(instrument, order, lots);
    const charge =
      instrument.kind === 'spot'
        ? account.bookSpotFill(instrument, order.side, ticks, lots, liquidity)
        : account.bookPerpetualFill(instrument, order.side, ticks, lots, liquidity);
    order.filledLots += lots;
    const fill: Fill = {
      instrument: order.instrument,
      clientOrderId: order.clientOrderId,
      venueOrderId: order.venueOrderId,
      tradeId: `t${ledger.takeTradeNumber()}`,
      side: order.side,
      priceTicks: priceTicks(ticks),
      lots: quantityLots(lots),
      fee: charge.fee.toString(),
      feeCurrency: charge.currency,
      liquidity,
      venueTimeMs: epochMs(this.nowMs),
      ...(order.stage === 'liquidation' ? { liquidation: true as const } : {}),
    };
    ledger.addFill(fill);
    this.parts.onFill?.(fill, market);
    answers.filled(fill, this.nowMs);
    if (order.filledLots === order.lots) {
      order.status = 'filled';
      market.restingOf(order.side).remove(order);
    }
    ledger.touch(order, this.nowMs);
    const positionAfter = account.positionLots(instrument.id);
    if (Math.sign(positionBefore) !== Math.sign(positionAfter)) this.expireUselessReduceOnly(instrument);
    return lots;
  }

  /** Closes an open order and frees what it bound. */
  close(order: PaperOrder, outcome: 'canceled' | 'expired', message: string): void {
    const market = this.marketOf(order);
    this.funds.release(market.instrument, order, order.boundLots);
    market.restingOf(order.side).remove(order);
    market.stopsOf(order.side).remove(order);
    order.status = outcome;
    order.message = message;
    this.parts.ledger.touch(order, this.nowMs);
    this.parts.answers.closed(order, outcome, this.nowMs);
  }

  /** Makes an order in the venue's own name: a liquidation. It only reduces and is accepted at once. */
  addVenueOrder(clientOrderId: ClientOrderId, instrument: Instrument, side: Side, lots: number): PaperOrder {
    const order = this.newOrder(clientOrderId, {
      instrument: instrument.id,
      side,
      type: 'market',
      lots: quantityLots(lots),
      timeInForce: 'ioc',
      postOnly: false,
      reduceOnly: true,
    });
    order.stage = 'liquidation';
    this.parts.ledger.add(order, this.nowMs);
    this.parts.answers.acceptedByVenue(order, this.nowMs);
    return order;
  }

  /** Gives how much of an order may fill now: for reduce-only ones what is left of the position. */
  reducibleLots(instrument: Instrument, order: PaperOrder): number {
    if (!order.reduceOnly || instrument.kind === 'spot') return order.lots;
    const position = this.parts.account.positionLots(instrument.id);
    return Math.max(0, order.side === 'sell' ? position : -position);
  }

  /** Takes an order into the books and says so. */
  accept(order: PaperOrder): void {
    this.parts.ledger.add(order, this.nowMs);
    this.parts.answers.accepted(order, this.nowMs);
  }

  /** Refuses an order for ever: its id is used up, nothing of it will be executed. */
  refuse(order: PaperOrder, refusal: Refusal): void {
    order.status = 'rejected';
    order.message = refusal.message;
    this.parts.ledger.add(order, this.nowMs);
    this.parts.answers.rejected(order.clientOrderId, refusal, this.nowMs);
  }

  /** Makes the venue's own record of an order that has arrived. */
  newOrder(clientOrderId: ClientOrderId, request: OrderRequest): PaperOrder {
    const number = this.parts.ledger.takeOrderNumber();
    return {
      clientOrderId,
      venueOrderId: venueOrderId(`${this.parts.ledger.venue}-${number}`),
      instrument: request.instrument,
      side: request.side,
      type: request.type,
      // A refused order may carry anything; what is kept must stay plain JSON.
      lots: integerOrZero(request.lots),
      priceTicks: hasLimit(request.type) ? integerOrZero(request.priceTicks) : 0,
      triggerTicks: hasTrigger(request.type) ? integerOrZero(request.triggerTicks) : 0,
      timeInForce: request.timeInForce,
      postOnly: request.postOnly,
      reduceOnly: request.reduceOnly,
      acceptedNumber: number,
      acceptedAtMs: this.nowMs,
      status: 'open',
      filledLots: 0,
      stage: 'new',
      boundLots: 0,
      queueAheadLots: 0,
      message: '',
    };
  }

  /** Gives the market an order is for; it must be known. */
  marketOf(order: PaperOrder): InstrumentMarket {
    return ensureDefined(this.parts.markets.get(order.instrument), `market of ${order.instrument}`);
  }

  private expireUselessReduceOnly(instrument: Instrument): void {
    for (const order of [...this.parts.ledger.open.values()]) {
      if (!order.reduceOnly || order.instrument !== instrument.id || order.status !== 'open') continue;
      if (this.reducibleLots(instrument, order) === 0) {
        this.close(order, 'expired', 'reduce-only: the position it could reduce is gone');
      }
    }
  }
}

function integerOrZero(value: number | undefined): number {
  return value !== undefined && Number.isSafeInteger(value) ? value : 0;
}
