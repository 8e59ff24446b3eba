/** The venue's filters: what is refused before money is looked at. */

import { type Instrument, notionalOf } from '../../../shared/domain/instrument.ts';
import type { OrderRequest } from '../../../shared/domain/order.ts';
import type { RejectCode } from '../../../shared/events/venue.ts';

/** Why the venue refuses, with the numbers. */
export interface Refusal {
  readonly code: RejectCode;
  readonly message: string;
}

const limitTypes: ReadonlySet<string> = new Set(['limit', 'stop-limit']);
const stopTypes: ReadonlySet<string> = new Set(['stop', 'stop-limit']);

/** Whether an order of this type carries a limit price. */
export function hasLimit(type: string): boolean {
  return limitTypes.has(type);
}

/** Whether an order of this type waits for a trigger. */
export function hasTrigger(type: string): boolean {
  return stopTypes.has(type);
}

function isPrice(ticks: number | undefined): boolean {
  return ticks !== undefined && Number.isSafeInteger(ticks) && ticks > 0;
}

/**
 * Checks size, prices, flags and notional. `referenceTicks` values orders without a limit price (0 when the
 * market is not known yet, which skips the notional check: there will be no liquidity either).
 */
export function checkFilters(
  instrument: Instrument,
  order: OrderRequest,
  referenceTicks: number,
): Refusal | undefined {
  const { lots, type } = order;
  if (!Number.isSafeInteger(lots) || lots < Math.max(1, instrument.minimumLots)) {
    return {
      code: 'minimum-quantity',
      message: `quantity of ${lots} lots is below the minimum of ${Math.max(1, instrument.minimumLots)}`,
    };
  }
  if (lots > instrument.maximumLots) {
    return {
      code: 'maximum-quantity',
      message: `quantity of ${lots} lots is above the maximum of ${instrument.maximumLots}`,
    };
  }
  if (hasLimit(type) && !isPrice(order.priceTicks)) {
    return {
      code: 'price-filter',
      message: `limit price ${order.priceTicks} is not a positive number of ticks`,
    };
  }
  if (hasTrigger(type) && !isPrice(order.triggerTicks)) {
    return {
      code: 'price-filter',
      message: `trigger price ${order.triggerTicks} is not a positive number of ticks`,
    };
  }
  if (order.postOnly && (!hasLimit(type) || order.timeInForce !== 'gtc')) {
    return { code: 'other', message: 'post-only needs a limit order that is good till cancelled' };
  }
  const valueTicks = valuationTicks(order, referenceTicks);
  // A reduce-only order may be small: what is left of a position must always be closable.
  if (valueTicks > 0 && !order.reduceOnly) {
    const notional = notionalOf(instrument, valueTicks, lots);
    if (notional.compare(instrument.minimumNotional) < 0) {
      return {
        code: 'minimum-notional',
        message: `value ${notional} ${instrument.quote} is below the minimum of ${instrument.minimumNotional}`,
      };
    }
  }
  return undefined;
}

/** Refuses a reduce-only order that is larger than what it could reduce; `positionLots` is signed. */
export function checkReduceOnly(
  instrument: Instrument,
  order: OrderRequest,
  positionLots: number,
): Refusal | undefined {
  if (!order.reduceOnly) return undefined;
  const code = 'reduce-only-would-increase';
  if (instrument.kind === 'spot') {
    return order.side === 'sell' ? undefined : { code, message: 'a buy cannot reduce a spot holding' };
  }
  const reducible = order.side === 'sell' ? positionLots : -positionLots;
  if (order.lots <= reducible) return undefined;
  return { code, message: `${order.side} of ${order.lots} lots against a position of ${positionLots} lots` };
}

function valuationTicks(order: OrderRequest, referenceTicks: number): number {
  if (hasLimit(order.type)) return order.priceTicks ?? 0;
  if (hasTrigger(order.type)) return order.triggerTicks ?? 0;
  return referenceTicks;
}
