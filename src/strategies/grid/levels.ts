/** Prices of a grid's levels. Level 0 is the lower price, level n the upper; trailing uses levels beyond both. */

import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, ticksOf } from '../../shared/domain/instrument.ts';
import type { PriceTicks } from '../../shared/domain/nominal.ts';
import { decimalPower, nthRoot, quotient } from '../common/decimal-math.ts';

export interface GridRange {
  readonly lower: Decimal;
  readonly upper: Decimal;
  readonly levels: number;
  readonly spacing: 'arithmetic' | 'geometric';
}

/** Gives the ratio of neighbouring levels of a geometric grid: (U / L)^(1/n). */
export function geometricRatio(range: GridRange): Decimal {
  return nthRoot(quotient(range.upper, range.lower), range.levels);
}

/** Gives the distance of neighbouring levels of an arithmetic grid: (U - L) / n. */
export function arithmeticStep(range: GridRange): Decimal {
  return range.upper.minus(range.lower).dividedBy(Decimal.fromInteger(range.levels), 30);
}

/**
 * Gives a function from level number to price in ticks (nearest tick): `L + i * step` or `L * ratio^i`.
 * Results are remembered.
 */
export function levelPrices(instrument: Instrument, range: GridRange): (level: number) => PriceTicks {
  const known = new Map<number, PriceTicks>();
  const ratio = range.spacing === 'geometric' ? geometricRatio(range) : undefined;
  const compute = (level: number): PriceTicks => {
    const price =
      ratio === undefined
        ? range.lower.plus(
            range.upper
              .minus(range.lower)
              .timesInteger(level)
              .dividedBy(Decimal.fromInteger(range.levels), 30),
          )
        : range.lower.times(decimalPower(ratio, level));
    return ticksOf(instrument, price);
  };
  return (level) => {
    let price = known.get(level);
    if (price === undefined) {
      price = compute(level);
      known.set(level, price);
    }
    return price;
  };
}
