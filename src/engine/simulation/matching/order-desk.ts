/** Where orders are checked, executed against the book, rested and fired. One desk serves one venue. */

import type { ClientOrderId } from '../../../shared/domain/nominal.ts';
import type { Order, Side } from '../../../shared/domain/order.ts';
import { type Funds, TakePlan } from './funds.ts';
import type { InstrumentMarket } from './instrument-market.ts';
import type { DeskParts, MatchingDesk } from './matching-desk.ts';
import type { OrderBooking } from './order-booking.ts';
import { checkFilters, checkReduceOnly, hasTrigger } from './order-checks.ts';
import { FillBatch } from './resting-orders.ts';
import type { PaperOrder } from './venue-state.ts';

export class OrderDesk implements MatchingDesk {
  private readonly parts: DeskParts;
  private readonly booking: OrderBooking;
  private readonly funds: Funds;
  private readonly plan = new TakePlan();
  private readonly batch = new FillBatch();

  constructor(parts: DeskParts) {
    this.parts = parts;
    this.booking = parts.booking;
    this.funds = parts.booking.funds;
  }

  place(request: Order): void {
    const arrived = this.booking.arrive(request);
    if (arrived === undefined) return;
    const { order, market } = arrived;
    const refusal =
      checkFilters(market.instrument, request, referenceTicks(market, request.side)) ??
      checkReduceOnly(market.instrument, request, this.parts.account.positionLots(market.instrument.id));
    if (refusal !== undefined) this.booking.refuse(order, refusal);
    else if (hasTrigger(order.type)) this.placeStop(market, order);
    else if (order.type === 'market') this.placeMarket(market, order);
    else this.placeLimit(market, order);
  }

  cancel(clientOrderId: ClientOrderId): void {
    this.booking.cancel(clientOrderId);
  }

  onTrade(market: InstrumentMarket, ticks: number, lots: number, aggressor: Side): void {
    const { ownBuys, ownSells, buyStops, sellStops } = market;
    if (!ownBuys.isEmpty && ownBuys.bestTicks >= ticks) {
      ownBuys.onTrade(ticks, lots, aggressor === 'sell', market.bids.lotsAtPrice(ticks), this.batch);
      this.applyBatch(market);
    }
    if (!ownSells.isEmpty && ownSells.bestTicks <= ticks) {
      ownSells.onTrade(ticks, lots, aggressor === 'buy', market.asks.lotsAtPrice(ticks), this.batch);
      this.applyBatch(market);
    }
    if (buyStops.isEmpty && sellStops.isEmpty) return;
    for (const stops of [buyStops, sellStops]) {
      for (let order = stops.takeFired(ticks); order !== undefined; order = stops.takeFired(ticks)) {
        this.fire(order);
      }
    }
  }

  onDepth(market: InstrumentMarket): void {
    const { ownBuys, ownSells, bids, asks } = market;
    if (!ownBuys.isEmpty && asks.count > 0 && asks.ticksAt(0) <= ownBuys.bestTicks) {
      this.fillCrossed(market, 'buy');
    }
    if (!ownSells.isEmpty && bids.count > 0 && bids.ticksAt(0) >= ownSells.bestTicks) {
      this.fillCrossed(market, 'sell');
    }
  }

  executeFired(order: PaperOrder): void {
    const market = this.booking.marketOf(order);
    if (order.status !== 'open') return;
    if (order.type === 'stop') this.executeStopMarket(market, order);
    else this.executeStopLimit(market, order);
  }

  restoreOpen(order: PaperOrder): void {
    const market = this.booking.marketOf(order);
    this.funds.rebind(market.instrument, order);
    if (order.stage === 'resting') market.restingOf(order.side).add(order);
    else if (order.stage === 'waiting') market.stopsOf(order.side).add(order);
    else this.parts.onFired(order);
  }

  planTake(market: InstrumentMarket, side: Side, lots: number, limitTicks: number): TakePlan {
    const depth = market.depthAgainst(side);
    const plan = this.plan;
    plan.clear();
    for (let rank = 0; rank < depth.count && plan.totalLots < lots; rank += 1) {
      const ticks = depth.ticksAt(rank);
      if (limitTicks > 0 && (side === 'buy' ? ticks > limitTicks : ticks < limitTicks)) break;
      const available = Math.min(depth.availableAt(rank), lots - plan.totalLots);
      if (available > 0) plan.add(rank, ticks, available);
    }
    return plan;
  }

  private placeStop(market: InstrumentMarket, order: PaperOrder): void {
    const { instrument } = market;
    // Perpetual stops bind margin only once they have fired, as on real venues.
    if (instrument.kind === 'spot') {
      const refusal = this.funds.checkResting(instrument, order);
      if (refusal !== undefined) {
        this.booking.refuse(order, refusal);
        return;
      }
      this.funds.bind(instrument, order, order.lots);
    }
    this.booking.accept(order);
    const stops = market.stopsOf(order.side);
    // A trigger that the market has passed already would protect nothing by waiting: it fires at once.
    if (market.lastTradeTicks > 0 && stops.fires(order.triggerTicks, market.lastTradeTicks)) {
      this.fire(order);
    } else {
      order.stage = 'waiting';
      stops.add(order);
    }
  }

  private placeMarket(market: InstrumentMarket, order: PaperOrder): void {
    const plan = this.planTake(market, order.side, order.lots, 0);
    if (plan.totalLots === 0) {
      this.booking.refuse(order, {
        code: 'no-liquidity',
        message: 'nothing is offered on the other side of the book',
      });
      return;
    }
    const refusal = this.funds.checkTaking(market.instrument, order, plan);
    if (refusal !== undefined) {
      this.booking.refuse(order, refusal);
      return;
    }
    this.booking.accept(order);
    if (order.timeInForce === 'fok' && plan.totalLots < order.lots) {
      this.booking.close(order, 'expired', 'could not be filled at once and in full');
      return;
    }
    this.take(market, order, plan);
    if (order.status === 'open') this.booking.close(order, 'expired', 'the book held no more');
  }

  private placeLimit(market: InstrumentMarket, order: PaperOrder): void {
    if (order.postOnly && crosses(market, order)) {
      this.booking.refuse(order, {
        code: 'post-only-would-cross',
        message: 'the order would have taken liquidity',
      });
      return;
    }
    const refusal = this.funds.checkResting(market.instrument, order);
    if (refusal !== undefined) {
      this.booking.refuse(order, refusal);
      return;
    }
    this.funds.bind(market.instrument, order, order.lots);
    this.booking.accept(order);
    this.executeLimit(market, order);
  }

  private executeLimit(market: InstrumentMarket, order: PaperOrder): void {
    const plan = this.planTake(market, order.side, order.lots, order.priceTicks);
    if (order.timeInForce === 'fok' && plan.totalLots < order.lots) {
      this.booking.close(order, 'expired', 'could not be filled at once and in full');
      return;
    }
    this.take(market, order, plan);
    if (order.status !== 'open') return;
    if (order.timeInForce === 'gtc') this.rest(market, order);
    else this.booking.close(order, 'expired', 'the rest could not be filled at once');
  }

  private executeStopMarket(market: InstrumentMarket, order: PaperOrder): void {
    const { instrument } = market;
    // A market order binds nothing: it pays from what is free, which now includes what the stop had bound.
    this.funds.release(instrument, order, order.boundLots);
    const wanted = Math.min(order.lots, this.booking.reducibleLots(instrument, order));
    const plan = this.planTake(market, order.side, wanted, 0);
    if (plan.totalLots === 0) {
      this.booking.close(order, 'expired', 'the stop fired but the book held nothing to fill it');
      return;
    }
    if (instrument.kind === 'spot' && order.side === 'buy') this.funds.trimToFree(instrument, plan);
    else if (this.funds.checkTaking(instrument, order, plan) !== undefined) plan.clear();
    if (plan.totalLots === 0) {
      this.booking.close(order, 'expired', 'the stop fired but there were not enough funds');
      return;
    }
    this.take(market, order, plan);
    if (order.status === 'open')
      this.booking.close(order, 'expired', 'the rest of the fired stop could not be filled');
  }

  private executeStopLimit(market: InstrumentMarket, order: PaperOrder): void {
    const { instrument } = market;
    if (order.postOnly && crosses(market, order)) {
      this.booking.close(order, 'expired', 'post-only would have taken liquidity when the stop fired');
      return;
    }
    if (instrument.kind === 'perpetual') {
      const refusal = this.funds.checkResting(instrument, order);
      if (refusal !== undefined) {
        this.booking.close(order, 'expired', refusal.message);
        return;
      }
      this.funds.bind(instrument, order, order.lots);
    }
    this.executeLimit(market, order);
  }

  private take(market: InstrumentMarket, order: PaperOrder, plan: TakePlan): void {
    const depth = market.depthAgainst(order.side);
    for (let at = 0; at < plan.lots.length; at += 1) {
      const ticks = plan.ticks[at] as number;
      const filled = this.booking.fill(market, order, ticks, plan.lots[at] as number, 'taker');
      if (filled > 0) depth.take(plan.ranks[at] as number, filled);
    }
  }

  private rest(market: InstrumentMarket, order: PaperOrder): void {
    const depth = market.depthOf(order.side);
    const hidden = depth.isBeyondView(order.priceTicks);
    order.queueAheadLots = hidden ? -1 : depth.lotsAtPrice(order.priceTicks);
    order.stage = 'resting';
    market.restingOf(order.side).add(order);
    this.parts.ledger.touch(order, this.booking.nowMs);
  }

  private fire(order: PaperOrder): void {
    order.stage = 'fired';
    this.parts.ledger.touch(order, this.booking.nowMs);
    this.parts.onFired(order);
  }

  private fillCrossed(market: InstrumentMarket, side: Side): void {
    const own = market.restingOf(side);
    const depth = market.depthAgainst(side);
    let rank = 0;
    for (let index = own.levels.length - 1; index >= 0; index -= 1) {
      const level = own.levels[index];
      if (level === undefined || own.sign * depth.ticksAt(rank) > own.sign * level.ticks) break;
      for (const order of level.orders) {
        let left = order.lots - order.filledLots;
        while (left > 0 && rank < depth.count && own.sign * depth.ticksAt(rank) <= own.sign * level.ticks) {
          const lots = Math.min(left, depth.availableAt(rank));
          if (lots > 0) {
            depth.take(rank, lots);
            this.batch.add(order, lots);
            left -= lots;
          }
          if (left > 0) rank += 1;
        }
        order.queueAheadLots = 0;
      }
      if (rank >= depth.count) break;
    }
    this.applyBatch(market);
  }

  private applyBatch(market: InstrumentMarket): void {
    const { orders, lots } = this.batch;
    for (let at = 0; at < orders.length; at += 1) {
      const order = orders[at] as PaperOrder;
      this.booking.fill(market, order, order.priceTicks, lots[at] as number, 'maker');
    }
    this.batch.clear();
  }
}

function crosses(market: InstrumentMarket, order: PaperOrder): boolean {
  const depth = market.depthAgainst(order.side);
  if (depth.count === 0) return false;
  const best = depth.ticksAt(0);
  return order.side === 'buy' ? best <= order.priceTicks : best >= order.priceTicks;
}

function referenceTicks(market: InstrumentMarket, side: Side): number {
  const depth = market.depthAgainst(side);
  return depth.count > 0 ? depth.ticksAt(0) : market.lastTradeTicks;
}
