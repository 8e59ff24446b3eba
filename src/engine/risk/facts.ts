/** Gathers what the risk checks need to know about an order. */

import { Decimal, decimalMax } from '../../shared/domain/decimal.ts';
import { type Instrument, notionalOf, quantityOf } from '../../shared/domain/instrument.ts';
import type { BotId, ClientOrderId } from '../../shared/domain/nominal.ts';
import type { Order, OrderOrigin, OrderRequest } from '../../shared/domain/order.ts';
import { remainingLots } from '../execution/order-store.ts';
import type { KernelServices } from '../kernel/services.ts';
import { accountOf, manualBot } from '../portfolio/ledger.ts';
import type { ExposureFacts, RiskFacts } from './checks.ts';

/** Digits after the point of a margin that does not divide evenly. */
const marginScale = 12;

/** Gives the money of a bot in one currency that its live orders do not bind. */
export function availableFunds(
  services: KernelServices,
  bot: BotId,
  venue: Instrument['venue'],
  currency: string,
): Decimal {
  let free = services.portfolio.ledger.balance(accountOf(bot), venue, currency);
  for (const order of services.orders.liveOf(bot)) {
    const instrument = services.instrument(order.instrument);
    if (instrument === undefined || instrument.venue !== venue) continue;
    const bound = knownBoundBy(services, order, instrument);
    if (bound.currency === currency) free = free.minus(bound.amount);
  }
  for (const { bot: owner, position } of services.portfolio.allPositions()) {
    const { instrument } = position;
    if (
      owner !== bot ||
      instrument.kind !== 'perpetual' ||
      instrument.venue !== venue ||
      instrument.settle !== currency
    )
      continue;
    // Cross margin: what the position gained or lost moves with the money.
    const mark = services.markets.get(instrument.id)?.markTicks();
    free = free.minus(marginOf(services, instrument, position.cost.absolute()));
    if (mark !== undefined) free = free.plus(position.unrealised(mark));
  }
  return free;
}

/** Leverage a perpetual is traded with: the account's, or the venue's highest where that is less. */
function leverageOf(services: KernelServices, instrument: Instrument): number {
  return Math.min(services.terms.leverage, instrument.leverageMax);
}

/** Gives the margin a notional value needs, rounded up. */
function marginOf(services: KernelServices, instrument: Instrument, notional: Decimal): Decimal {
  const leverage = leverageOf(services, instrument);
  return leverage <= 1 ? notional : notional.dividedBy(Decimal.fromInteger(leverage), marginScale, 'up');
}

/** What orders with a price of their own bind: they are never changed, only replaced. */
const boundOrders = new WeakMap<Order, Bound>();

interface Bound {
  readonly currency: string;
  readonly amount: Decimal;
}

function knownBoundBy(services: KernelServices, order: Order, instrument: Instrument): Bound {
  const known = boundOrders.get(order);
  if (known !== undefined) return known;
  const bound = boundBy(services, order, instrument);
  if (order.priceTicks !== undefined || order.triggerTicks !== undefined) boundOrders.set(order, bound);
  return bound;
}

/** Gives what a live order binds: quote (with the fee where it is taken in quote) or base. */
function boundBy(services: KernelServices, order: Order, instrument: Instrument): Bound {
  const lots = remainingLots(order);
  if (instrument.kind === 'perpetual') {
    if (order.reduceOnly) return { currency: instrument.settle, amount: Decimal.zero };
    return {
      currency: instrument.settle,
      amount: perpetualBinding(services, order, instrument, orderValue(services, order, instrument, lots)),
    };
  }
  if (order.side === 'sell') return { currency: instrument.base, amount: quantityOf(instrument, lots) };
  const value = orderValue(services, order, instrument, lots);
  const amount = instrument.feeCurrencyRule === 'quote' ? value.times(feeFactor(order, instrument)) : value;
  return { currency: instrument.quote, amount };
}

/** Gives margin and fee of an order that raises a perpetual position. */
function perpetualBinding(
  services: KernelServices,
  order: OrderRequest,
  instrument: Instrument,
  value: Decimal,
): Decimal {
  const rate = order.postOnly ? instrument.makerFeeRate : instrument.takerFeeRate;
  return marginOf(services, instrument, value).plus(value.times(rate));
}

function feeFactor(order: OrderRequest, instrument: Instrument): Decimal {
  return Decimal.one.plus(order.postOnly ? instrument.makerFeeRate : instrument.takerFeeRate);
}

function orderValue(
  services: KernelServices,
  order: OrderRequest,
  instrument: Instrument,
  lots: number,
): Decimal {
  const ticks =
    order.priceTicks ?? order.triggerTicks ?? services.markets.get(instrument.id)?.markTicks() ?? 0;
  return notionalOf(instrument, Math.ceil(ticks), lots);
}

/** Lots a bot's live orders could still trade, by side, in one instrument. */
export function openLots(
  services: KernelServices,
  bot: BotId,
  instrument: Instrument,
): { buy: number; sell: number; reduceBuy: number; reduceSell: number } {
  const sums = { buy: 0, sell: 0, reduceBuy: 0, reduceSell: 0 };
  for (const order of services.orders.liveOf(bot)) {
    if (order.instrument !== instrument.id) continue;
    const lots = remainingLots(order);
    if (order.reduceOnly) sums[order.side === 'buy' ? 'reduceBuy' : 'reduceSell'] += lots;
    else sums[order.side] += lots;
  }
  return sums;
}

/** Gives the worst-case exposure of one owner in one instrument, in quote currency at the mark. */
export function worstExposure(
  services: KernelServices,
  bot: BotId,
  instrument: Instrument,
  positionLots: number,
): Decimal {
  const open = openLots(services, bot, instrument);
  const lots = Math.max(Math.abs(positionLots + open.buy), Math.abs(positionLots - open.sell));
  if (lots === 0) return Decimal.zero;
  const mark = services.markets.get(instrument.id)?.markTicks();
  if (mark !== undefined) return notionalOf(instrument, Math.ceil(mark), lots);
  return exposureWithoutPrice(services, bot, instrument);
}

/** While no price is known (right after a start) what is held counts at its cost, and orders at their own prices. */
function exposureWithoutPrice(services: KernelServices, bot: BotId, instrument: Instrument): Decimal {
  const sums = { buy: Decimal.zero, sell: Decimal.zero };
  for (const order of services.orders.liveOf(bot)) {
    if (order.instrument !== instrument.id || order.reduceOnly) continue;
    const value = orderValue(services, order, instrument, remainingLots(order));
    sums[order.side] = sums[order.side].plus(value);
  }
  const cost = services.portfolio.position(bot, instrument.id)?.cost ?? Decimal.zero;
  return decimalMax(cost.plus(sums.buy).absolute(), cost.minus(sums.sell).absolute());
}

/** Gives the worst-case exposure of everybody in a quote currency, one owner and instrument left out if asked. */
export function totalExposure(
  services: KernelServices,
  quote: string,
  except?: { bot: BotId; instrument: Instrument },
): Decimal {
  let total = Decimal.zero;
  for (const { bot, position } of services.portfolio.allPositions()) {
    if (position.instrument.quote !== quote) continue;
    if (except !== undefined && except.bot === bot && except.instrument.id === position.instrument.id)
      continue;
    total = total.plus(worstExposure(services, bot, position.instrument, position.lots));
  }
  for (const { bot, instrument } of ordersWithoutPosition(services)) {
    if (instrument.quote !== quote) continue;
    if (except !== undefined && except.bot === bot && except.instrument.id === instrument.id) continue;
    total = total.plus(worstExposure(services, bot, instrument, 0));
  }
  return total;
}

/** Orders by hand exist before there is any position of theirs. Gives each owner and instrument once. */
function ordersWithoutPosition(services: KernelServices): Iterable<{ bot: BotId; instrument: Instrument }> {
  const found = new Map<string, { bot: BotId; instrument: Instrument }>();
  for (const order of services.orders.liveOf(manualBot)) {
    const instrument = services.instrument(order.instrument);
    if (instrument === undefined || services.portfolio.position(manualBot, instrument.id) !== undefined)
      continue;
    found.set(instrument.id, { bot: manualBot, instrument });
  }
  return found.values();
}

/** Gives what the worst case of a bot in an instrument is made of, for orders that are not reduce-only. */
export function exposureFacts(services: KernelServices, bot: BotId, instrument: Instrument): ExposureFacts {
  const { buy, sell } = openLots(services, bot, instrument);
  const positionLots = services.portfolio.position(bot, instrument.id)?.lots ?? 0;
  return { positionLots, openBuyLots: buy, openSellLots: sell, reducibleLots: 0 };
}

/** Gathers the facts for one order. */
export function gatherFacts(
  services: KernelServices,
  bot: BotId,
  request: OrderRequest,
  origin: OrderOrigin,
  instrument: Instrument,
  more: { botMayTrade: boolean; ordersInTenSeconds: number; byHand: boolean },
): RiskFacts {
  const market = services.markets.get(instrument.id);
  const link = services.venues.get(instrument.venue);
  const positionLots = services.portfolio.position(bot, instrument.id)?.lots ?? 0;
  const open = openLots(services, bot, instrument);
  const reducible = request.side === 'sell' ? positionLots - open.reduceSell : -positionLots - open.reduceBuy;
  return {
    nowMs: services.nowMs,
    limits: services.riskLimits,
    instrument,
    marginOf: (notional) => marginOf(services, instrument, notional),
    origin,
    byHand: more.byHand,
    restriction: services.riskStates.effective(bot, instrument.venue, instrument.id),
    botMayTrade: more.botMayTrade,
    venueConnected: link?.connected ?? false,
    venueReconciled: link?.reconciled ?? false,
    dataAgeMs:
      market === undefined || market.updatedAtMs === 0
        ? Number.POSITIVE_INFINITY
        : services.nowMs - market.updatedAtMs,
    bookReason: market?.hasBook === true && market.book.status !== 'valid' ? market.book.reason : undefined,
    twiceMidTicks: market?.twiceMidTicks(),
    positionLots,
    openBuyLots: open.buy,
    openSellLots: open.sell,
    openOrdersOfBot: services.orders.liveCountOf(bot),
    openOrdersTotal: services.orders.liveCount,
    ordersInTenSeconds: more.ordersInTenSeconds,
    get otherExposure() {
      return totalExposure(services, instrument.quote, { bot, instrument });
    },
    available: (currency) => availableFunds(services, bot, instrument.venue, currency),
    reducibleLots: Math.max(0, reducible),
    ownCrossing: crossingOrder(services, request, instrument),
  };
}

function crossingOrder(
  services: KernelServices,
  request: OrderRequest,
  instrument: Instrument,
): ClientOrderId | undefined {
  if (request.type !== 'limit' || request.priceTicks === undefined) return undefined;
  for (const order of services.orders.live()) {
    if (order.instrument !== instrument.id || order.side === request.side || order.type !== 'limit') continue;
    if (order.priceTicks === undefined || order.state === 'PENDING_CANCEL') continue;
    const crosses =
      request.side === 'buy'
        ? request.priceTicks >= order.priceTicks
        : request.priceTicks <= order.priceTicks;
    if (crosses) return order.clientOrderId;
  }
  return undefined;
}
