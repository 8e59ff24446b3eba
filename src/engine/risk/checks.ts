/**
 * Pre-trade checks: a fixed list of pure functions over one order and the facts around it. Each says nothing (fine),
 * denies with a code and numbers, or reduces the size of a closing order. Cancels never come here.
 */

import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, notionalOf, priceOf, quantityOf } from '../../shared/domain/instrument.ts';
import type { ClientOrderId } from '../../shared/domain/nominal.ts';
import type { OrderOrigin, OrderRequest } from '../../shared/domain/order.ts';
import type { NeededMoney, RiskCode, RiskLimits, RiskVerdict } from '../../shared/domain/risk.ts';
import type { RiskStateEntry } from '../kernel/snapshot.ts';

/** The facts an order is judged by; gathered once per order. */
export interface RiskFacts {
  readonly nowMs: number;
  readonly limits: RiskLimits;
  readonly instrument: Instrument;
  readonly origin: OrderOrigin;
  /** A person asked for what the order does. */
  readonly byHand: boolean;
  /** Strictest risk state over the order, undefined when ACTIVE. */
  readonly restriction: RiskStateEntry | undefined;
  readonly botMayTrade: boolean;
  readonly venueConnected: boolean;
  readonly venueReconciled: boolean;
  /** Age of the newest market event; Infinity when there was none. */
  readonly dataAgeMs: number;
  readonly bookReason: string | undefined;
  /** Twice the mid price in ticks, undefined when nothing may be priced. */
  readonly twiceMidTicks: number | undefined;
  /** Signed lots held, and live orders' remaining lots by side (UNKNOWN at full size). */
  readonly positionLots: number;
  readonly openBuyLots: number;
  readonly openSellLots: number;
  readonly openOrdersOfBot: number;
  readonly openOrdersTotal: number;
  readonly ordersInTenSeconds: number;
  /** Worst-case exposure of all other bots in this quote currency. */
  readonly otherExposure: Decimal;
  /** Margin a notional value of a perpetual needs at the account's leverage. */
  marginOf(notional: Decimal): Decimal;
  /** Money of the bot not bound by its live orders. */
  available(currency: string): Decimal;
  /** Most lots by which the position may still be reduced from this side. */
  readonly reducibleLots: number;
  /** A live order of ours on the other side that this one would trade with. */
  readonly ownCrossing: ClientOrderId | undefined;
}

type Check = (request: OrderRequest, facts: RiskFacts) => RiskVerdict | undefined;

function deny(code: RiskCode, message: string): RiskVerdict {
  return { outcome: 'denied', code, message };
}

/** Gives the price an order is valued at: its own limit, else its trigger, else the mid. Undefined when unknown. */
function valuationTicks(request: OrderRequest, facts: RiskFacts): number | undefined {
  if (request.priceTicks !== undefined) return request.priceTicks;
  if (request.triggerTicks !== undefined) return request.triggerTicks;
  return facts.twiceMidTicks === undefined ? undefined : Math.ceil(facts.twiceMidTicks / 2);
}

function worstLots(facts: ExposureFacts, extraBuy: number, extraSell: number): number {
  return Math.max(
    Math.abs(facts.positionLots + facts.openBuyLots + extraBuy),
    Math.abs(facts.positionLots - facts.openSellLots - extraSell),
  );
}

/** What the worst case of a bot in an instrument is made of. */
export type ExposureFacts = Pick<
  RiskFacts,
  'positionLots' | 'openBuyLots' | 'openSellLots' | 'reducibleLots'
>;

/** True when the order makes the worst case bigger. */
export function raisesExposure(
  request: Pick<OrderRequest, 'side' | 'reduceOnly'> & { readonly lots: number },
  facts: ExposureFacts,
): boolean {
  // It was cut to what can be closed before: whatever else rests, it opens nothing.
  if (request.reduceOnly && request.lots <= facts.reducibleLots) return false;
  const buy = request.side === 'buy' ? request.lots : 0;
  const sell = request.side === 'sell' ? request.lots : 0;
  return worstLots(facts, buy, sell) > worstLots(facts, 0, 0);
}

/** True when the order closes a part of what is held, or all of it, and so opens nothing whatever else rests. */
function closesOnly({ side, lots }: OrderRequest, { positionLots }: RiskFacts): boolean {
  return lots <= (side === 'sell' ? positionLots : -positionLots);
}

const wellFormed: Check = (request, { instrument }) => {
  if (!Number.isSafeInteger(request.lots) || request.lots <= 0) {
    return deny('QUANTITY_INVALID', `quantity of ${request.lots} lots is not a positive whole number`);
  }
  const needsPrice = request.type === 'limit' || request.type === 'stop-limit';
  const needsTrigger = request.type === 'stop' || request.type === 'stop-limit';
  for (const [needed, ticks, name] of [
    [needsPrice, request.priceTicks, 'limit price'],
    [needsTrigger, request.triggerTicks, 'trigger price'],
  ] as const) {
    if (needed && (ticks === undefined || !Number.isSafeInteger(ticks) || ticks <= 0)) {
      return deny(
        'PRICE_INVALID',
        `${request.type} order on ${instrument.symbol} needs a ${name} above zero`,
      );
    }
  }
  return undefined;
};

const riskState: Check = (request, facts) => {
  const entry = facts.restriction;
  if (entry === undefined) return undefined;
  if (facts.origin === 'close' && (facts.byHand || entry.state === 'REDUCING')) return undefined;
  if (entry.state === 'HALTED')
    return deny('HALTED', `trading is halted (${entry.scope.kind}): ${entry.reason}`);
  if (raisesExposure(request, facts)) {
    return deny(
      'REDUCING',
      `only orders that reduce exposure may be sent (${entry.scope.kind}): ${entry.reason}`,
    );
  }
  return undefined;
};

const botRunning: Check = (_request, facts) =>
  facts.botMayTrade ? undefined : deny('BOT_NOT_RUNNING', 'the bot is not running');

const connection: Check = (_request, facts) => {
  const { venue } = facts.instrument;
  if (!facts.venueConnected) return deny('VENUE_DISCONNECTED', `${venue} is not connected`);
  if (!facts.venueReconciled)
    return deny('VENUE_RECONCILING', `orders and balances at ${venue} are being compared first`);
  return undefined;
};

const freshData: Check = (request, facts) => {
  if (facts.bookReason !== undefined)
    return deny('BOOK_INVALID', `the order book is not valid: ${facts.bookReason}`);
  if (facts.dataAgeMs > facts.limits.dataAgeMsMax && raisesExposure(request, facts)) {
    const age = Number.isFinite(facts.dataAgeMs) ? `${Math.round(facts.dataAgeMs)} ms old` : 'not there yet';
    return deny('DATA_STALE', `market data is ${age}, the limit is ${facts.limits.dataAgeMsMax} ms`);
  }
  return undefined;
};

const venueFilters: Check = (request, facts) => {
  const { instrument } = facts;
  if (request.lots < instrument.minimumLots) {
    return deny(
      'MIN_QUANTITY',
      `quantity ${quantityOf(instrument, request.lots)} is below the venue's minimum of ${quantityOf(instrument, instrument.minimumLots)} ${instrument.base}`,
    );
  }
  if (request.lots > instrument.maximumLots) {
    return deny(
      'MAX_QUANTITY',
      `quantity ${quantityOf(instrument, request.lots)} is above the venue's maximum of ${quantityOf(instrument, instrument.maximumLots)} ${instrument.base}`,
    );
  }
  const ticks = valuationTicks(request, facts);
  if (ticks === undefined) return deny('BOOK_INVALID', 'no price is known to value the order by');
  const notional = notionalOf(instrument, ticks, request.lots);
  if (!request.reduceOnly && notional.compare(instrument.minimumNotional) < 0) {
    return deny(
      'MIN_NOTIONAL',
      `order value ${notional} is below the venue's minimum of ${instrument.minimumNotional} ${instrument.quote}`,
    );
  }
  return undefined;
};

const priceBand: Check = (request, facts) => {
  const ticks = request.priceTicks;
  if (ticks === undefined || facts.twiceMidTicks === undefined || request.type === 'stop-limit')
    return undefined;
  const mid = Decimal.fromInteger(facts.twiceMidTicks).times(Decimal.of(5n, 1));
  const reach = mid.times(Decimal.parse(facts.limits.priceBand));
  const price = Decimal.fromInteger(ticks);
  const tooFar =
    request.side === 'buy' ? price.compare(mid.plus(reach)) > 0 : price.compare(mid.minus(reach)) < 0;
  if (!tooFar) return undefined;
  const { instrument } = facts;
  return deny(
    'PRICE_BAND',
    `${request.side} price ${priceOf(instrument, ticks)} is further than ${Decimal.parse(facts.limits.priceBand).times(Decimal.fromInteger(100))} % through the market at ${instrument.tickSize.times(mid)}`,
  );
};

const orderSize: Check = (request, facts) => {
  // What was bought in several orders leaves in one: no exit or stop of a bot is too large for the limit.
  if (facts.origin === 'close' || (facts.origin !== 'manual' && closesOnly(request, facts))) return undefined;
  const notional = notionalOf(facts.instrument, valuationTicks(request, facts) as number, request.lots);
  if (notional.compare(Decimal.parse(facts.limits.orderNotionalMax)) <= 0) return undefined;
  return deny(
    'ORDER_NOTIONAL_MAX',
    `order value ${notional} is above the limit of ${facts.limits.orderNotionalMax} ${facts.instrument.quote} an order`,
  );
};

const orderCounts: Check = (request, facts) => {
  if (facts.origin === 'close') return undefined;
  const { limits } = facts;
  // An exit at market does not rest, and orders of other bots must not keep it in.
  const rests = request.type !== 'market' || !closesOnly(request, facts);
  if (rests && facts.openOrdersOfBot >= limits.openOrdersPerBotMax) {
    return deny(
      'OPEN_ORDERS_MAX',
      `the bot has ${facts.openOrdersOfBot} open orders, the limit is ${limits.openOrdersPerBotMax}`,
    );
  }
  if (rests && facts.openOrdersTotal >= limits.openOrdersTotalMax) {
    return deny(
      'OPEN_ORDERS_MAX',
      `${facts.openOrdersTotal} orders are open in all, the limit is ${limits.openOrdersTotalMax}`,
    );
  }
  if (facts.ordersInTenSeconds >= limits.ordersPerTenSecondsMax) {
    return deny(
      'ORDER_RATE_MAX',
      `the bot sent ${facts.ordersInTenSeconds} orders in ten seconds, the limit is ${limits.ordersPerTenSecondsMax}`,
    );
  }
  return undefined;
};

const exposure: Check = (request, facts) => {
  if (!raisesExposure(request, facts)) return undefined;
  const { instrument, limits } = facts;
  const buy = request.side === 'buy' ? request.lots : 0;
  const sell = request.side === 'sell' ? request.lots : 0;
  const ticks = valuationTicks(request, facts) as number;
  const own = notionalOf(instrument, ticks, worstLots(facts, buy, sell));
  if (own.compare(Decimal.parse(limits.botExposureMax)) > 0) {
    return deny(
      'BOT_EXPOSURE_MAX',
      `worst-case exposure of the bot would be ${own}, the limit is ${limits.botExposureMax} ${instrument.quote}`,
    );
  }
  const total = own.plus(facts.otherExposure);
  if (total.compare(Decimal.parse(limits.totalExposureMax)) > 0) {
    return deny(
      'TOTAL_EXPOSURE_MAX',
      `worst-case exposure of all bots would be ${total}, the limit is ${limits.totalExposureMax} ${instrument.quote}`,
    );
  }
  return undefined;
};

const reduceOnly: Check = (request, facts) => {
  if (!request.reduceOnly || request.lots <= facts.reducibleLots) return undefined;
  if (facts.reducibleLots <= 0) {
    return deny('REDUCE_ONLY_WOULD_INCREASE', 'there is no position left for this order to reduce');
  }
  return {
    outcome: 'reduced',
    lots: facts.reducibleLots,
    code: 'REDUCE_ONLY_WOULD_INCREASE',
    message: `reduced to the ${quantityOf(facts.instrument, facts.reducibleLots)} ${facts.instrument.base} that can be closed`,
  };
};

const funds: Check = (request, facts) => {
  const { instrument } = facts;
  const ticks = valuationTicks(request, facts) as number;
  if (instrument.kind === 'perpetual') {
    if (request.reduceOnly || !raisesExposure(request, facts)) return undefined;
    const value = notionalOf(instrument, ticks, request.lots);
    const need = facts.marginOf(value).plus(value.times(instrument.takerFeeRate));
    const have = facts.available(instrument.settle);
    return have.compare(need) >= 0 ? undefined : short(need, have, instrument.settle);
  }
  if (request.side === 'sell') {
    const need = quantityOf(instrument, request.lots);
    const have = facts.available(instrument.base);
    return have.compare(need) >= 0 ? undefined : short(need, have, instrument.base);
  }
  const notional = notionalOf(instrument, ticks, request.lots);
  const rate =
    request.type === 'limit' && request.postOnly ? instrument.makerFeeRate : instrument.takerFeeRate;
  const need = instrument.feeCurrencyRule === 'quote' ? notional.times(Decimal.one.plus(rate)) : notional;
  const have = facts.available(instrument.quote);
  return have.compare(need) >= 0 ? undefined : short(need, have, instrument.quote);
};

/** What an order without money says of what it needs and what there is. */
export function unfundedMessage({ currency, amount }: NeededMoney, free: Decimal): string {
  return `the order needs ${amount} ${currency}, ${free} ${currency} are free`;
}

function short(need: Decimal, have: Decimal, currency: string): RiskVerdict {
  return {
    outcome: 'denied',
    code: 'INSUFFICIENT_FUNDS',
    message: unfundedMessage({ currency, amount: need }, have),
    need: { currency, amount: need },
  };
}

const selfTrade: Check = (_request, facts) =>
  facts.ownCrossing === undefined
    ? undefined
    : {
        outcome: 'denied',
        code: 'SELF_TRADE',
        message: `it would trade with our own order ${facts.ownCrossing}`,
        crossing: facts.ownCrossing,
      };

/** All checks, in the order they are asked; the first that speaks decides. */
const checks: readonly Check[] = [
  wellFormed,
  riskState,
  botRunning,
  connection,
  freshData,
  reduceOnly,
  venueFilters,
  priceBand,
  orderSize,
  orderCounts,
  exposure,
  selfTrade,
  funds,
];

const approved: RiskVerdict = { outcome: 'approved' };

/** Judges one order. A reduced order is judged again by the checks after the one that reduced it. */
export function judge(request: OrderRequest, facts: RiskFacts): RiskVerdict {
  let current = request;
  let reduced: RiskVerdict | undefined;
  for (const check of checks) {
    const verdict = check(current, facts);
    if (verdict === undefined || verdict.outcome === 'approved') continue;
    if (verdict.outcome === 'denied') return verdict;
    reduced = verdict;
    current = { ...current, lots: verdict.lots as OrderRequest['lots'] };
  }
  return reduced ?? approved;
}
