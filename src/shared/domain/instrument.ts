/** What can be traded, and the venue's rules for it. */

import { Decimal } from './decimal.ts';
import type { InstrumentId, PriceTicks, QuantityLots, VenueId } from './nominal.ts';

export type InstrumentKind = 'spot' | 'perpetual';

/** In which currency a venue takes its fee on a spot fill. Perpetuals always pay in the settle currency. */
export type FeeCurrencyRule = 'quote' | 'received';

/** A step of a venue's maintenance margin: the rate of positions worth up to `notionalMax`. */
export interface MaintenanceTier {
  readonly notionalMax: number;
  readonly rate: Decimal;
}

/** One symbol of one venue with its filters. Sizes and rates are exact decimals. */
export interface Instrument {
  readonly id: InstrumentId;
  readonly venue: VenueId;
  /** The unified CCXT symbol: `BTC/USDT`, `BTC/USDT:USDT`. */
  readonly symbol: string;
  readonly kind: InstrumentKind;
  readonly base: string;
  readonly quote: string;
  /** The currency profits and margin are counted in; the quote currency of a spot instrument. */
  readonly settle: string;
  /** Price step in quote currency per base unit. */
  readonly tickSize: Decimal;
  /** Quantity step in base currency (a perpetual's contract size is folded in). */
  readonly lotSize: Decimal;
  readonly minimumLots: number;
  readonly maximumLots: number;
  /** Least price times quantity of an order, in quote currency. */
  readonly minimumNotional: Decimal;
  readonly makerFeeRate: Decimal;
  readonly takerFeeRate: Decimal;
  readonly feeCurrencyRule: FeeCurrencyRule;
  /** Highest leverage the venue allows; 1 for spot. */
  readonly leverageMax: number;
  /** Maintenance margin as a fraction of notional; zero for spot. */
  readonly maintenanceMarginRate: Decimal;
  /** Where the rate grows with the position: steps by notional, smallest first. The plain rate is not used then. */
  readonly maintenanceTiers?: readonly MaintenanceTier[] | undefined;
  /** Hours between funding payments of a perpetual; 0 for spot. */
  readonly fundingIntervalHours: number;
}

/** Gives the exact price in quote currency. */
export function priceOf(instrument: Instrument, ticks: number): Decimal {
  return instrument.tickSize.timesInteger(ticks);
}

/** Gives the exact quantity in base currency. */
export function quantityOf(instrument: Instrument, lots: number): Decimal {
  return instrument.lotSize.timesInteger(lots);
}

/** Gives price times quantity, exact, in quote currency. */
export function notionalOf(instrument: Instrument, ticks: number, lots: number): Decimal {
  const unit = instrument.tickSize.times(instrument.lotSize);
  return Decimal.of(unit.coefficient * BigInt(ticks) * BigInt(lots), unit.scale);
}

/** Gives the number of ticks in a price, rounded as asked; exact when the price lies on the grid. */
export function ticksOf(
  instrument: Instrument,
  price: Decimal,
  rounding: 'down' | 'up' | 'half-even' = 'half-even',
): PriceTicks {
  return Number(price.dividedBy(instrument.tickSize, 0, rounding).coefficient) as PriceTicks;
}

/**
 * Gives a function from a price to the whole ticks nearest to it, halves up. A tick of a tenth is no double, its inverse is:
 * dividing by it would put some halves on the wrong side.
 */
export function tickRounder(tickSize: Decimal): (price: number) => number {
  const inverse = 10 ** tickSize.scale / Number(tickSize.coefficient);
  if (Number.isInteger(inverse)) return (price) => Math.round(price * inverse);
  const size = tickSize.toNumber();
  return (price) => Math.round(price / size);
}

/** Gives the number of whole lots in a quantity, rounded as asked (down by default: never more than one has). */
export function lotsOf(
  instrument: Instrument,
  quantity: Decimal,
  rounding: 'down' | 'up' | 'half-even' = 'down',
): QuantityLots {
  return Number(quantity.dividedBy(instrument.lotSize, 0, rounding).coefficient) as QuantityLots;
}

/** Gives the whole lots one can buy for `quoteAmount` at a price. */
export function lotsForQuote(instrument: Instrument, quoteAmount: Decimal, ticks: number): QuantityLots {
  if (ticks <= 0) return 0 as QuantityLots;
  const perLot = notionalOf(instrument, ticks, 1);
  return Number(quoteAmount.dividedBy(perLot, 0, 'down').coefficient) as QuantityLots;
}

/** Gives a price as a double for charts and indicators. */
export function priceNumber(instrument: Instrument, ticks: number): number {
  return priceOf(instrument, ticks).toNumber();
}

/** Gives the maintenance margin rate of a position worth `notional`: that of its tier, the highest above all tiers. */
export function maintenanceRateAt(instrument: Instrument, notional: number): number {
  return tierRate(instrument, notional).toNumber();
}

/** Gives the equity a position of this value must keep. */
export function maintenanceOf(instrument: Instrument, notional: Decimal): Decimal {
  const { maintenanceTiers: tiers } = instrument;
  return notional.times(
    tiers === undefined ? instrument.maintenanceMarginRate : tierRate(instrument, notional.toNumber()),
  );
}

function tierRate(instrument: Instrument, notional: number): Decimal {
  const tiers = instrument.maintenanceTiers ?? [];
  const tier = tiers.find(({ notionalMax }) => notional <= notionalMax) ?? tiers.at(-1);
  return tier?.rate ?? instrument.maintenanceMarginRate;
}
