/**
 * What a group of fills holds and what it cost: a signed inventory with an exact cost basis. Every change of money
 * is either realised profit or cost of what is still held, so the two always add up to the sum of the fills.
 */

import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, notionalOf, quantityOf } from '../../shared/domain/instrument.ts';
import type { Fill } from '../../shared/domain/order.ts';

const costScale = 24;

/** Base held (negative: short) and the money paid for it (negative: received for the short), as decimal texts. */
export interface Inventory {
  readonly held: string;
  readonly cost: string;
}

export const emptyInventory: Inventory = { held: '0', cost: '0' };

/** How one fill changes an account, fees included. */
export interface FillEffect {
  /** Change of base held: quantity, less a fee taken in base. */
  readonly base: Decimal;
  /** Change of money: negative for a buy; less a fee taken in the quote or settle currency. */
  readonly money: Decimal;
  /** The fee's value in quote currency; zero when it was paid in a third currency. */
  readonly feeValue: Decimal;
}

/** Gives what a fill changed. A fee in a third currency changes neither base nor quote. */
export function fillEffect(instrument: Instrument, fill: Fill): FillEffect {
  const quantity = quantityOf(instrument, fill.lots);
  const notional = notionalOf(instrument, fill.priceTicks, fill.lots);
  const fee = Decimal.parse(fill.fee);
  const feeInBase = fill.feeCurrency === instrument.base && instrument.kind === 'spot';
  const feeInMoney = fill.feeCurrency === instrument.quote || fill.feeCurrency === instrument.settle;
  const price = instrument.tickSize.timesInteger(fill.priceTicks);
  const signedQuantity = fill.side === 'buy' ? quantity : quantity.negated();
  const signedMoney = fill.side === 'buy' ? notional.negated() : notional;
  return {
    base: feeInBase ? signedQuantity.minus(fee) : signedQuantity,
    money: feeInMoney && !feeInBase ? signedMoney.minus(fee) : signedMoney,
    feeValue: feeInBase ? fee.times(price) : feeInMoney ? fee : Decimal.zero,
  };
}

/** Gives the inventory after a change, and the profit that the change realised. */
export function applyChange(
  inventory: Inventory,
  change: { readonly base: Decimal; readonly money: Decimal },
): { readonly inventory: Inventory; readonly realised: Decimal } {
  const held = Decimal.parse(inventory.held);
  const cost = Decimal.parse(inventory.cost);
  const after = held.plus(change.base);
  const opens = held.isZero || change.base.isZero || held.isNegative === change.base.isNegative;
  if (opens) {
    return {
      inventory: { held: after.toString(), cost: cost.minus(change.money).toString() },
      realised: Decimal.zero,
    };
  }
  const closesAll = after.isZero || after.isNegative !== held.isNegative;
  if (!closesAll) {
    const released = cost.times(change.base.absolute()).dividedBy(held.absolute(), costScale);
    return {
      inventory: { held: after.toString(), cost: cost.minus(released).toString() },
      realised: change.money.minus(released),
    };
  }
  // The part of the money that belongs to what closes; the rest opens the other side.
  const closing = after.isZero
    ? change.money
    : change.money.times(held.absolute()).dividedBy(change.base.absolute(), costScale);
  return {
    inventory: { held: after.toString(), cost: closing.minus(change.money).toString() },
    realised: closing.minus(cost),
  };
}

/** Gives the average price paid (or received) per unit held; undefined when nothing is held. */
export function averagePrice(inventory: Inventory): Decimal | undefined {
  const held = Decimal.parse(inventory.held);
  return held.isZero ? undefined : Decimal.parse(inventory.cost).dividedBy(held, costScale);
}
