/** Orders and fills in words and as the API shows them: ticks and lots become prices and quantities. */

import type { FillView, OrderView } from '../../shared/api/views.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, notionalOf, priceOf, quantityOf } from '../../shared/domain/instrument.ts';
import type { InstrumentId } from '../../shared/domain/nominal.ts';
import type { Fill, Order, OrderRequest } from '../../shared/domain/order.ts';
import type { FillRow } from './rows.ts';

/** Digits after the point of an average price; it is the only price that is rounded. */
const averageScale = 12;

/** Gives the rules an instrument's ticks and lots are read by. */
export type RulesLookup = (instrument: InstrumentId) => Instrument | undefined;

/** Gives the symbol in an instrument id. */
export function symbolOf(instrument: InstrumentId): string {
  return instrument.slice(instrument.indexOf(':') + 1);
}

function priceText(rules: Instrument, ticks: number | undefined): string | null {
  return ticks === undefined ? null : priceOf(rules, ticks).toString();
}

/** Gives the exact average price of what was filled, null before the first fill. */
function averagePriceOf(order: Order, rules: Instrument): string | null {
  if (order.filledLots === 0) return null;
  const filled = quantityOf(rules, order.filledLots);
  return Decimal.parse(order.filledNotional).dividedBy(filled, averageScale).toString();
}

/** Gives an order as the API shows it. */
export function orderViewOf(order: Order, rules: Instrument): OrderView {
  return {
    clientOrderId: order.clientOrderId,
    venueOrderId: order.venueOrderId ?? null,
    bot: order.bot,
    leg: order.leg,
    venue: rules.venue,
    instrument: order.instrument,
    symbol: rules.symbol,
    side: order.side,
    type: order.type,
    timeInForce: order.timeInForce,
    postOnly: order.postOnly,
    reduceOnly: order.reduceOnly,
    price: priceText(rules, order.priceTicks),
    triggerPrice: priceText(rules, order.triggerTicks),
    quantity: quantityOf(rules, order.lots).toString(),
    filled: quantityOf(rules, order.filledLots).toString(),
    averagePrice: averagePriceOf(order, rules),
    state: order.state,
    reason: order.reason ?? '',
    createdAtMs: order.createdAtMs,
    updatedAtMs: order.updatedAtMs,
  };
}

/** Gives a booked fill as the API shows it. */
export function fillViewOf(row: FillRow, rules: Instrument): FillView {
  const fill = JSON.parse(row.body) as Fill;
  return {
    venue: row.venue,
    instrument: fill.instrument,
    symbol: rules.symbol,
    tradeId: fill.tradeId,
    clientOrderId: fill.clientOrderId,
    bot: row.bot ?? '',
    leg: row.leg,
    side: fill.side,
    price: priceOf(rules, fill.priceTicks).toString(),
    quantity: quantityOf(rules, fill.lots).toString(),
    notional: notionalOf(rules, fill.priceTicks, fill.lots).toString(),
    fee: fill.fee,
    feeCurrency: fill.feeCurrency,
    liquidity: fill.liquidity,
    realised: row.realised,
    reconciled: row.reconciled === 1,
    timeMs: fill.venueTimeMs,
  };
}

/** Gives `0.5 BTC`, or the lots where the rules are not known. */
export function quantityWords(lots: number, rules: Instrument | undefined): string {
  return rules === undefined ? `${lots} lots` : `${quantityOf(rules, lots)} ${rules.base}`;
}

/** Gives `61500.5 USDT`, or the ticks where the rules are not known. */
export function priceWords(ticks: number, rules: Instrument | undefined): string {
  return rules === undefined ? `${ticks} ticks` : `${priceOf(rules, ticks)} ${rules.quote}`;
}

/** Gives `limit buy of 0.5 BTC at 61500 USDT, post-only`. */
export function requestWords(request: OrderRequest, rules: Instrument | undefined): string {
  const parts = [`${request.type} ${request.side} of ${quantityWords(request.lots, rules)}`];
  if (request.priceTicks !== undefined) parts.push(`at ${priceWords(request.priceTicks, rules)}`);
  if (request.triggerTicks !== undefined) {
    parts.push(`triggered at ${priceWords(request.triggerTicks, rules)}`);
  }
  const flags = [
    ...(request.timeInForce === 'gtc' ? [] : [request.timeInForce.toUpperCase()]),
    ...(request.postOnly ? ['post-only'] : []),
    ...(request.reduceOnly ? ['reduce-only'] : []),
  ];
  return [parts.join(' '), ...flags].join(', ');
}

/** Gives `bought 0.5 BTC at 61500 USDT, fee 0.03 USDT (maker)`. */
export function fillWords(fill: Fill, rules: Instrument | undefined): string {
  const verb = fill.side === 'buy' ? 'bought' : 'sold';
  const trade = `${verb} ${quantityWords(fill.lots, rules)} at ${priceWords(fill.priceTicks, rules)}`;
  return `${trade}, fee ${fill.fee} ${fill.feeCurrency} (${fill.liquidity})`;
}
