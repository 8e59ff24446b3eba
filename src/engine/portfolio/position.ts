/**
 * Position and profit of one owner in one instrument, exact.
 * Spot: `held` is base currency net of fees taken in base; `cost` is what was paid for it.
 * Perpetual: `held` is the signed contract quantity in base; `cost` is the signed entry notional.
 * realised + unrealised − fees + funding is the whole profit; fees taken in base count at the fill's price.
 */

import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, notionalOf, priceOf, quantityOf } from '../../shared/domain/instrument.ts';
import type { Fill } from '../../shared/domain/order.ts';
import type { PositionSnapshot } from '../kernel/snapshot.ts';

/** Digits after the point when a cost is split in proportion; the rest stays with what is still held. */
const costScale = 12;

export class Position {
  readonly instrument: Instrument;
  held: Decimal;
  cost: Decimal;
  realised: Decimal;
  fees: Decimal;
  funding: Decimal;

  constructor(instrument: Instrument, held: Decimal, snapshot?: PositionSnapshot) {
    this.instrument = instrument;
    this.held = held;
    this.cost = Decimal.parse(snapshot?.cost ?? '0');
    this.realised = Decimal.parse(snapshot?.realised ?? '0');
    this.fees = Decimal.parse(snapshot?.fees ?? '0');
    this.funding = Decimal.parse(snapshot?.funding ?? '0');
  }

  /** Whole lots held, signed; rounded toward zero, since a part of a lot cannot be sold. */
  get lots(): number {
    return Number(this.held.dividedBy(this.instrument.lotSize, 0, 'down').coefficient);
  }

  /** Exact average entry price, to 18 digits; undefined when flat. */
  get averageEntryPrice(): Decimal | undefined {
    return this.held.isZero ? undefined : this.cost.dividedBy(this.held, costScale).absolute();
  }

  /** Takes over base currency that was moved in, at its value in quote currency. */
  receive(quantity: Decimal, value: Decimal): void {
    this.held = this.held.plus(quantity);
    this.cost = this.cost.plus(value);
  }

  /** Books a fill; gives the profit it realised before fees, in quote or settle currency. */
  book(fill: Fill): Decimal {
    const notional = notionalOf(this.instrument, fill.priceTicks, fill.lots);
    const quantity = quantityOf(this.instrument, fill.lots);
    const fee = Decimal.parse(fill.fee);
    const feeInBase = this.instrument.kind === 'spot' && fill.feeCurrency === this.instrument.base;
    const feeValue = feeInBase ? fee.times(priceOf(this.instrument, fill.priceTicks)) : fee;
    this.fees = this.fees.plus(feeValue);
    const signed = fill.side === 'buy' ? quantity : quantity.negated();
    const signedNotional = fill.side === 'buy' ? notional : notional.negated();
    const realised = this.change(signed, signedNotional);
    if (feeInBase) {
      // The fee left with its own cost: it is counted once, as a fee.
      this.held = this.held.minus(fee);
      this.cost = this.cost.minus(feeValue);
    }
    this.realised = this.realised.plus(realised);
    return realised;
  }

  /** Gives the profit not yet realised at a price in ticks (may end on a half tick). */
  unrealised(markTicks: number): Decimal {
    const mark = this.instrument.tickSize.times(Decimal.of(BigInt(Math.round(markTicks * 2)) * 5n, 1));
    return this.held.times(mark).minus(this.cost);
  }

  snapshot(): PositionSnapshot {
    return {
      instrument: this.instrument.id,
      lots: this.lots,
      held: this.held.toString(),
      cost: this.cost.toString(),
      realised: this.realised.toString(),
      fees: this.fees.toString(),
      funding: this.funding.toString(),
    };
  }

  private change(quantity: Decimal, notional: Decimal): Decimal {
    const sameDirection = this.held.isZero || this.held.isNegative === quantity.isNegative;
    if (sameDirection) {
      this.held = this.held.plus(quantity);
      this.cost = this.cost.plus(notional);
      return Decimal.zero;
    }
    if (quantity.absolute().compare(this.held.absolute()) <= 0) {
      const all = quantity.absolute().equals(this.held.absolute());
      const share = all
        ? this.cost
        : this.cost.times(quantity.absolute()).dividedBy(this.held.absolute(), costScale);
      this.held = this.held.plus(quantity);
      this.cost = this.cost.minus(share);
      return notional.negated().minus(share);
    }
    // Through zero: close all that is held, open the rest at the fill's price.
    const closing = this.held.negated();
    const closingNotional = notional.times(closing).dividedBy(quantity, costScale);
    const realised = closingNotional.negated().minus(this.cost);
    this.held = quantity.minus(closing);
    this.cost = notional.minus(closingNotional);
    return realised;
  }
}
