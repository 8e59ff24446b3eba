/**
 * The order desk of a market known by one price at a time (candles, or trades without a book). A taking order gets the
 * price less slippage and impact, whatever its size. The price is continuous while it walks: an order it passes fills
 * at its own price. Where it jumps (a candle opens away from the last close), orders it jumped over fill at the new
 * price. Between two candles nothing trades: where orders sent there fill is the fill convention.
 */

import type { ClientOrderId } from '../../../shared/domain/nominal.ts';
import type { Order, Side } from '../../../shared/domain/order.ts';
import { takerTicks } from '../../../shared/lab/fill-price.ts';
import { type Funds, TakePlan } from './funds.ts';
import type { InstrumentMarket } from './instrument-market.ts';
import type { DeskParts, MatchingDesk } from './matching-desk.ts';
import type { OrderBooking } from './order-booking.ts';
import { checkFilters, checkReduceOnly, hasTrigger } from './order-checks.ts';
import type { RestingSide } from './resting-orders.ts';
import type { PaperOrder } from './venue-state.ts';

/** How orders meet a single price. */
export interface PriceMatching {
  /** Where orders sent between two candles fill: at the price there is, or at the next one. */
  readonly betweenCandles: 'fill-at-close' | 'wait-for-open';
  /** Fraction a taking order loses. */
  readonly slippage: number;
  /** Ticks the price must go beyond a resting limit order before it fills: 1, or 0 for a touch. */
  readonly throughTicks: 0 | 1;
  /** Further fraction a taking order of this size loses in this market; none when absent. */
  readonly impact?: ((market: InstrumentMarket, lots: number) => number) | undefined;
}

/**
 * How the price comes to a point. `open`: it jumps, and every order it jumped over fills there. `walk`: it passes all
 * prices between. `trade`: it jumps, but a resting limit order gets no better price than its own.
 */
export type PriceMove = 'open' | 'walk' | 'trade';

/** A point of the price. */
export interface PricePoint {
  readonly ticks: number;
  readonly how: PriceMove;
  /** What traded there and all that resting orders can get of it; as much as they want when not given. */
  readonly lots?: number | undefined;
}

export class PriceDesk implements MatchingDesk {
  /** Orders closed or refused because the money did not suffice at the price they met. */
  unfunded = 0;
  private readonly parts: DeskParts;
  private readonly matching: PriceMatching;
  private readonly booking: OrderBooking;
  private readonly funds: Funds;
  private readonly plan = new TakePlan();
  /** Markets whose candle is over while the next one has not begun. */
  private readonly between = new Set<InstrumentMarket>();
  /** Orders that wait for the next price, oldest first. */
  private readonly waiting = new Map<InstrumentMarket, PaperOrder[]>();

  constructor(parts: DeskParts, matching: PriceMatching) {
    this.parts = parts;
    this.matching = matching;
    this.booking = parts.booking;
    this.funds = parts.booking.funds;
  }

  place(request: Order): void {
    const arrived = this.booking.arrive(request);
    if (arrived === undefined) return;
    const { order, market } = arrived;
    const { instrument } = market;
    const refusal =
      checkFilters(instrument, request, market.lastTradeTicks) ??
      checkReduceOnly(instrument, request, this.parts.account.positionLots(instrument.id));
    if (refusal !== undefined) this.booking.refuse(order, refusal);
    else if (order.type === 'market') {
      this.booking.accept(order);
      this.executeOrWait(market, order);
    } else if (hasTrigger(order.type)) this.placeStop(market, order);
    else this.placeLimit(market, order);
  }

  cancel(clientOrderId: ClientOrderId): void {
    this.booking.cancel(clientOrderId);
  }

  onTrade(market: InstrumentMarket, ticks: number): void {
    this.move(market, { ticks, how: 'trade' });
  }

  onDepth(): void {
    // There is no depth: a price is all that is known.
  }

  executeFired(order: PaperOrder): void {
    this.execute(this.booking.marketOf(order), order);
  }

  restoreOpen(order: PaperOrder): void {
    const market = this.booking.marketOf(order);
    this.funds.rebind(market.instrument, order);
    if (order.stage === 'resting') market.restingOf(order.side).add(order);
    else if (order.stage === 'waiting') market.stopsOf(order.side).add(order);
    else this.waitingOf(market).push(order);
  }

  planTake(market: InstrumentMarket, side: Side, lots: number, limitTicks: number): TakePlan {
    const { plan, matching } = this;
    plan.clear();
    if (market.lastTradeTicks <= 0) return plan;
    const impact = matching.impact?.(market, lots) ?? 0;
    let ticks = takerTicks(market.lastTradeTicks, side, matching.slippage + impact);
    // A limit order that takes pays no more than its limit.
    if (limitTicks > 0) ticks = side === 'buy' ? Math.min(ticks, limitTicks) : Math.max(ticks, limitTicks);
    plan.add(0, ticks, lots);
    return plan;
  }

  /** The candle is over: nothing trades until the next price. */
  endCandle(market: InstrumentMarket, closeTicks: number): void {
    market.lastTradeTicks = closeTicks;
    this.between.add(market);
  }

  /** Whether a price between these two could fill, fire or execute anything. */
  isTouched(market: InstrumentMarket, lowTicks: number, highTicks: number): boolean {
    if ((this.waiting.get(market)?.length ?? 0) > 0) return true;
    const { ownBuys, ownSells, buyStops, sellStops } = market;
    const { throughTicks } = this.matching;
    return (
      (!buyStops.isEmpty && buyStops.nextTriggerTicks <= highTicks) ||
      (!sellStops.isEmpty && sellStops.nextTriggerTicks >= lowTicks) ||
      (!ownBuys.isEmpty && ownBuys.bestTicks - throughTicks >= lowTicks) ||
      (!ownSells.isEmpty && ownSells.bestTicks + throughTicks <= highTicks)
    );
  }

  /** Gives the first price on the way to `toTicks` at which an order fills or fires; `toTicks` when there is none. */
  nextHit(market: InstrumentMarket, toTicks: number): number {
    const from = market.lastTradeTicks;
    const { ownBuys, ownSells, buyStops, sellStops } = market;
    const { throughTicks } = this.matching;
    let hit = toTicks;
    if (toTicks > from) {
      if (!ownSells.isEmpty) hit = Math.min(hit, ownSells.bestTicks + throughTicks);
      if (!buyStops.isEmpty) hit = Math.min(hit, buyStops.nextTriggerTicks);
      return Math.max(hit, from);
    }
    if (!ownBuys.isEmpty) hit = Math.max(hit, ownBuys.bestTicks - throughTicks);
    if (!sellStops.isEmpty) hit = Math.max(hit, sellStops.nextTriggerTicks);
    return Math.min(hit, from);
  }

  /**
   * Brings the price to a point; a walk must not pass a point that `nextHit` names. Resting orders get its lots, those with the
   * best price first; whoever takes is filled whatever was traded.
   */
  move(market: InstrumentMarket, { ticks, how, lots = Number.POSITIVE_INFINITY }: PricePoint): void {
    market.lastTradeTicks = ticks;
    this.between.delete(market);
    const met = this.metOrders(market, ticks);
    const waiting = this.waiting.get(market);
    if (waiting !== undefined && waiting.length > 0) met.push(...waiting.splice(0));
    if (met.length > 1) met.sort(restingFirst);
    let left = lots;
    for (const order of met) {
      if (order.status !== 'open') continue;
      if (order.stage === 'resting') {
        const at = how === 'open' ? ticks : order.priceTicks;
        const wanted = Math.min(left, order.lots - order.filledLots);
        if (wanted > 0) left -= this.booking.fill(market, order, at, wanted, 'maker');
      } else this.execute(market, order);
    }
  }

  /** Collects resting limit orders the price has passed and stops it has reached. */
  private metOrders(market: InstrumentMarket, ticks: number): PaperOrder[] {
    const { ownBuys, ownSells, buyStops, sellStops } = market;
    const met: PaperOrder[] = [];
    this.collectPassed(ownBuys, ticks, met);
    this.collectPassed(ownSells, ticks, met);
    for (const stops of [buyStops, sellStops]) {
      if (stops.isEmpty) continue;
      for (let order = stops.takeFired(ticks); order !== undefined; order = stops.takeFired(ticks)) {
        order.stage = 'fired';
        met.push(order);
      }
    }
    return met;
  }

  private collectPassed(side: RestingSide, ticks: number, met: PaperOrder[]): void {
    for (let index = side.levels.length - 1; index >= 0; index -= 1) {
      const level = side.levels[index];
      if (level === undefined || side.sign * (level.ticks - ticks) < this.matching.throughTicks) return;
      met.push(...level.orders);
    }
  }

  private placeStop(market: InstrumentMarket, order: PaperOrder): void {
    const { instrument } = market;
    // Perpetual stops bind margin only once they have fired, as on real venues.
    if (instrument.kind === 'spot') {
      const refusal = this.funds.checkResting(instrument, order);
      if (refusal !== undefined) {
        this.refuseUnfunded(order, refusal);
        return;
      }
      this.funds.bind(instrument, order, order.lots);
    }
    this.booking.accept(order);
    const stops = market.stopsOf(order.side);
    if (market.lastTradeTicks > 0 && stops.fires(order.triggerTicks, market.lastTradeTicks)) {
      order.stage = 'fired';
      this.executeOrWait(market, order);
      return;
    }
    order.stage = 'waiting';
    stops.add(order);
  }

  private placeLimit(market: InstrumentMarket, order: PaperOrder): void {
    const takes = isBeyond(market.lastTradeTicks, order);
    if (order.postOnly && takes) {
      this.booking.refuse(order, {
        code: 'post-only-would-cross',
        message: 'the order would have taken liquidity',
      });
      return;
    }
    const refusal = this.funds.checkResting(market.instrument, order);
    if (refusal !== undefined) {
      this.refuseUnfunded(order, refusal);
      return;
    }
    this.funds.bind(market.instrument, order, order.lots);
    this.booking.accept(order);
    if (takes) this.executeOrWait(market, order);
    else this.restOrExpire(market, order);
  }

  private executeOrWait(market: InstrumentMarket, order: PaperOrder): void {
    const noPrice = market.lastTradeTicks <= 0;
    if (noPrice || (this.matching.betweenCandles === 'wait-for-open' && this.between.has(market))) {
      this.waitingOf(market).push(order);
    } else this.execute(market, order);
  }

  /** Executes a market order, a fired stop or a limit order that takes, at the price of now. */
  private execute(market: InstrumentMarket, order: PaperOrder): void {
    if (order.type === 'stop-limit' && !this.bindFired(market, order)) return;
    if (order.type === 'limit' || order.type === 'stop-limit') {
      if (isBeyond(market.lastTradeTicks, order)) this.take(market, order, order.lots, order.priceTicks);
      else this.restOrExpire(market, order);
      return;
    }
    const { instrument } = market;
    // A market order pays from what is free, which includes what its own stop had bound.
    this.funds.release(instrument, order, order.boundLots);
    const wanted = Math.min(order.lots, this.booking.reducibleLots(instrument, order));
    const plan = this.planTake(market, order.side, wanted, 0);
    const refusal = this.funds.checkTaking(instrument, order, plan);
    if (refusal !== undefined) {
      this.unfunded += 1;
      this.booking.close(order, 'expired', refusal.message);
      return;
    }
    this.take(market, order, wanted, 0);
    if (order.status === 'open') this.booking.close(order, 'expired', 'there was no more to reduce');
  }

  private bindFired(market: InstrumentMarket, order: PaperOrder): boolean {
    if (order.boundLots > 0 || market.instrument.kind === 'spot') return true;
    const refusal = this.funds.checkResting(market.instrument, order);
    if (refusal !== undefined) {
      this.unfunded += 1;
      this.booking.close(order, 'expired', refusal.message);
      return false;
    }
    this.funds.bind(market.instrument, order, order.lots);
    return true;
  }

  private take(market: InstrumentMarket, order: PaperOrder, lots: number, limitTicks: number): void {
    const ticks = this.planTake(market, order.side, lots, limitTicks).ticks[0];
    if (ticks !== undefined) this.booking.fill(market, order, ticks, lots, 'taker');
  }

  private restOrExpire(market: InstrumentMarket, order: PaperOrder): void {
    if (order.timeInForce !== 'gtc') {
      this.booking.close(order, 'expired', 'could not be filled at once');
      return;
    }
    order.stage = 'resting';
    market.restingOf(order.side).add(order);
  }

  private refuseUnfunded(order: PaperOrder, refusal: Parameters<OrderBooking['refuse']>[1]): void {
    this.unfunded += 1;
    this.booking.refuse(order, refusal);
  }

  private waitingOf(market: InstrumentMarket): PaperOrder[] {
    let orders = this.waiting.get(market);
    if (orders === undefined) {
      orders = [];
      this.waiting.set(market, orders);
    }
    return orders;
  }
}

/** Who stands in the book comes before who takes, the best price before others, and then who came first. */
function restingFirst(one: PaperOrder, other: PaperOrder): number {
  const [rests, otherRests] = [one.stage === 'resting', other.stage === 'resting'];
  if (rests !== otherRests) return rests ? -1 : 1;
  if (rests && one.side !== other.side) return one.side === 'buy' ? -1 : 1;
  const dearer = rests ? one.priceTicks - other.priceTicks : 0;
  return (one.side === 'buy' ? -dearer : dearer) || one.acceptedNumber - other.acceptedNumber;
}

/** Whether a limit order at this price would take: the price is better than its limit. */
function isBeyond(ticks: number, order: PaperOrder): boolean {
  if (ticks <= 0) return false;
  return order.side === 'buy' ? ticks < order.priceTicks : ticks > order.priceTicks;
}
