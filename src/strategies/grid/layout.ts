/**
 * Sizes of a grid at a start price: which intervals begin with a buy and which with a sell, how many lots each
 * trades, and how the investment is split. Plan and running bot both use this, so they cannot disagree.
 */

import { Decimal, decimalMax } from '../../shared/domain/decimal.ts';
import { type Instrument, lotsOf, priceOf, quantityOf } from '../../shared/domain/instrument.ts';
import type { PriceTicks, QuantityLots } from '../../shared/domain/nominal.ts';
import { quantityLots } from '../../shared/domain/nominal.ts';
import type { Side } from '../../shared/domain/order.ts';
import { quotient, workingScale } from '../common/decimal-math.ts';
import { buyCostFactor, buyKeepFactor } from '../common/fees.ts';
import { levelPrices } from './levels.ts';
import { type GridParams, gridNumbers } from './params.ts';

/** One interval before it has traded. */
export interface PlannedInterval {
  /** 0 is the lowest interval of the range. */
  readonly index: number;
  readonly buyTicks: PriceTicks;
  readonly sellTicks: PriceTicks;
  /** The side that opens a cycle: `sell` only in neutral mode on a perpetual, above the start price. */
  readonly opens: Side;
  /** The side of its first grid order. */
  readonly starts: Side;
  /** Lots of a sell order: what the interval trades per cycle. */
  readonly sellLots: QuantityLots;
  /** Lots of a buy order: more than `sellLots` where the fee is taken in base. */
  readonly buyLots: QuantityLots;
  /** Most money the interval spends to hold its size (or receives less fees, for a short), in quote currency. */
  readonly entryCost: Decimal;
  /**
   * Money set aside for the interval: its entry cost, on a perpetual also what its position can lose within the
   * range, because that loss binds margin that later orders need.
   */
  readonly budget: Decimal;
}

export interface GridLayout {
  readonly startTicks: PriceTicks;
  readonly intervals: readonly PlannedInterval[];
  /** Lots of the initial market purchase; 0 when there is none. */
  readonly initialLots: QuantityLots;
  /** Money set aside for the initial purchase, slippage reserve and fee included. */
  readonly initialReserve: Decimal;
  /** Base that has to be in the allocation: neutral mode on spot, else zero. */
  readonly baseNeeded: Decimal;
  /** Investment per unit of weight and base: multiply by lots to see what a larger order would need. */
  readonly unitCost: Decimal;
  /** Weight of each interval: 1 (equal base) or one over its buying price (equal quote). */
  readonly weights: readonly Decimal[];
}

/**
 * True when an interval begins with its sell order: the start price lies below its middle. So the interval that
 * contains the price begins with the order that is farther away, and the level nearest to the price stays empty.
 */
export function startsWithSell(buyTicks: number, sellTicks: number, startTicks: number): boolean {
  return 2 * startTicks < buyTicks + sellTicks;
}

interface Shape {
  readonly index: number;
  readonly buyTicks: PriceTicks;
  readonly sellTicks: PriceTicks;
  readonly starts: Side;
  readonly opens: Side;
  /** Money one unit of base costs in this interval. */
  readonly entryPerUnit: Decimal;
  /** Money one unit of base binds in this interval. */
  readonly costPerUnit: Decimal;
  /** Part of the first bought unit that is left after a fee in base. */
  readonly keep: Decimal;
  readonly weight: Decimal;
}

function shapeOf(instrument: Instrument, params: GridParams, startTicks: PriceTicks): readonly Shape[] {
  const numbers = gridNumbers(params);
  const price = levelPrices(instrument, { ...numbers, levels: params.levels, spacing: params.spacing });
  const { makerFeeRate: maker, takerFeeRate: taker } = instrument;
  // Orders may meet a waiting order when they arrive, so money is set aside for the dearer of the two fees.
  const reserveRate = decimalMax(maker, taker);
  const startPrice = priceOf(instrument, startTicks);
  const perpetual = instrument.kind === 'perpetual';
  const buyFactor = buyCostFactor(instrument, reserveRate);
  return Array.from({ length: params.levels }, (_, index): Shape => {
    const buyTicks = price(index);
    const sellTicks = price(index + 1);
    const sellFirst = startsWithSell(buyTicks, sellTicks, startTicks);
    const buyPrice = priceOf(instrument, buyTicks);
    const weight =
      params.sizeMode === 'equal-base' || !buyPrice.isPositive
        ? Decimal.one
        : quotient(Decimal.one, buyPrice);
    const common = {
      index,
      buyTicks,
      sellTicks,
      weight,
      starts: sellFirst ? ('sell' as const) : ('buy' as const),
    };
    const long = (entry: Decimal, feeRate: Decimal): Shape => {
      const entryPerUnit = entry.times(buyFactor);
      const drawdown = perpetual ? decimalMax(entry.minus(numbers.lower), Decimal.zero) : Decimal.zero;
      const keep = buyKeepFactor(instrument, feeRate);
      return { ...common, opens: 'buy', entryPerUnit, costPerUnit: entryPerUnit.plus(drawdown), keep };
    };
    if (!sellFirst) return long(buyPrice, maker);
    if (params.mode === 'long') return long(startPrice.times(Decimal.one.plus(numbers.slippage)), taker);
    if (perpetual) {
      const entryPerUnit = priceOf(instrument, sellTicks).times(Decimal.one.plus(reserveRate));
      const drawdown = decimalMax(numbers.upper.minus(priceOf(instrument, sellTicks)), Decimal.zero);
      return {
        ...common,
        opens: 'sell',
        entryPerUnit,
        costPerUnit: entryPerUnit.plus(drawdown),
        keep: Decimal.one,
      };
    }
    return { ...common, opens: 'buy', entryPerUnit: startPrice, costPerUnit: startPrice, keep: Decimal.one };
  });
}

/** Gives the sizes of a grid that starts at `startTicks`. Pure: the same input gives the same layout. */
export function layOutGrid(instrument: Instrument, params: GridParams, startTicks: PriceTicks): GridLayout {
  const shapes = shapeOf(instrument, params, startTicks);
  const investment = Decimal.parse(params.investment);
  const unitCost = Decimal.sum(shapes.map((shape) => shape.weight.times(shape.costPerUnit)));
  const scale = unitCost.isPositive ? investment.dividedBy(unitCost, workingScale, 'down') : Decimal.zero;
  let initialSellLots = 0;
  let initialReserve = Decimal.zero;
  let baseNeeded = Decimal.zero;
  const intervals = shapes.map((shape): PlannedInterval => {
    const grossLots = lotsOf(instrument, scale.times(shape.weight));
    const sellLots = lotsOf(instrument, quantityOf(instrument, grossLots).times(shape.keep));
    const budget = quantityOf(instrument, grossLots).times(shape.costPerUnit);
    const entryCost = quantityOf(instrument, grossLots).times(shape.entryPerUnit);
    if (shape.starts === 'sell' && params.mode === 'long') {
      initialSellLots += sellLots;
      initialReserve = initialReserve.plus(entryCost);
    }
    if (shape.starts === 'sell' && params.mode === 'neutral' && instrument.kind === 'spot') {
      baseNeeded = baseNeeded.plus(quantityOf(instrument, sellLots));
    }
    return {
      index: shape.index,
      buyTicks: shape.buyTicks,
      sellTicks: shape.sellTicks,
      opens: shape.opens,
      starts: shape.starts,
      sellLots,
      buyLots: grossLots,
      entryCost,
      budget,
    };
  });
  const takerKeep = buyKeepFactor(instrument, instrument.takerFeeRate);
  const initialLots = lotsOf(instrument, quotient(quantityOf(instrument, initialSellLots), takerKeep), 'up');
  return {
    startTicks,
    intervals,
    initialLots: quantityLots(initialLots),
    initialReserve,
    baseNeeded,
    unitCost,
    weights: shapes.map((shape) => shape.weight),
  };
}

/** Gives the leg of an interval's order: `L07-buy-3` is the buy of the third cycle of the seventh interval. */
export function gridLeg(index: number, side: Side, cycle: number): string {
  const name = index >= 0 ? `L${String(index + 1).padStart(2, '0')}` : `D${String(-index).padStart(2, '0')}`;
  return `${name}-${side}-${cycle}`;
}

/** Gives the leg of an attempt at the initial purchase; the first is the one the plan shows. */
export function initialLeg(attempt: number): string {
  return attempt === 1 ? 'initial-buy' : `initial-buy-${attempt}`;
}

/** True for the legs of the initial purchase. */
export function isPurchaseLeg(leg: string): boolean {
  return leg === 'initial-buy' || leg.startsWith('initial-buy-');
}

const legPattern = /^([LD])(\d+)-(buy|sell)-(\d+)$/;

/** Gives the interval a leg belongs to, or undefined for a leg that is not a grid order. */
export function intervalOfLeg(leg: string): number | undefined {
  const match = legPattern.exec(leg);
  if (match === null) return undefined;
  return match[1] === 'L' ? Number(match[2]) - 1 : -Number(match[2]);
}
