/** What a deal looks like after each of its entries: position, average, exit, stop. The plan is made of these. */

import { Decimal } from '../../shared/domain/decimal.ts';
import {
  type Instrument,
  lotsForQuote,
  notionalOf,
  priceOf,
  quantityOf,
  ticksOf,
} from '../../shared/domain/instrument.ts';
import { type PriceTicks, priceTicks, type QuantityLots } from '../../shared/domain/nominal.ts';
import { quotient } from '../common/decimal-math.ts';
import { buyCostFactor, buyKeepFactor, saleFactor } from '../common/fees.ts';
import { closingPrice, type DealMoney, stopLossTicks, takeProfitPrice, takeProfitTicks } from './exits.ts';
import { safetyOrders } from './ladder.ts';
import type { DcaNumbers, DcaParams } from './params.ts';

/** The deal after the base order (order 0) or a safety order has filled. */
export interface DealStage {
  readonly order: number;
  readonly ticks: PriceTicks;
  readonly lots: QuantityLots;
  /** Deviation of this order from the base order's price. */
  readonly deviation: Decimal;
  readonly money: DealMoney;
  /** Base of all entries so far, before fees. */
  readonly quantity: Decimal;
  /** Value of all entries so far, before fees. */
  readonly notional: Decimal;
  readonly averagePrice: Decimal;
  readonly breakEvenPrice: Decimal;
  readonly targetTicks: PriceTicks;
  readonly stopTicks: PriceTicks | undefined;
  /** Loss when the stop closes the deal at market in this stage; undefined without a stop. */
  readonly stopLoss: Decimal | undefined;
  /** Whether the stop would trigger at or before the next safety order's price, so that order never fills. */
  readonly stopsBeforeNext: boolean;
}

/** Gives the loss (negative: profit) of closing the stage at a price at market. */
export function lossAt(
  instrument: Instrument,
  params: DcaParams,
  stage: Pick<DealStage, 'money'>,
  price: Decimal,
): Decimal {
  const { money } = stage;
  const taker = instrument.takerFeeRate;
  if (params.direction === 'long')
    return money.entered.minus(money.open.times(price).times(saleFactor(taker)));
  const factor = quotient(buyCostFactor(instrument, taker), buyKeepFactor(instrument, taker));
  return money.open.times(price).times(factor).minus(money.entered);
}

/** Gives the stages of a deal whose base order fills at `baseTicks`. */
export function dealStages(
  instrument: Instrument,
  params: DcaParams,
  numbers: DcaNumbers,
  baseTicks: PriceTicks,
): readonly DealStage[] {
  const long = params.direction === 'long';
  const base = priceOf(instrument, baseTicks);
  const ladder = safetyOrders(instrument, params, numbers, base);
  const entries = [
    {
      number: 0,
      deviation: Decimal.zero,
      ticks: baseTicks,
      lots: lotsForQuote(instrument, numbers.baseOrder, baseTicks),
    },
    ...ladder,
  ];
  const baseFee = params.entryType === 'market' ? instrument.takerFeeRate : instrument.makerFeeRate;
  const exitFee = numbers.trailing.isPositive ? instrument.takerFeeRate : instrument.makerFeeRate;
  let money: DealMoney = {
    open: Decimal.zero,
    entered: Decimal.zero,
    exited: Decimal.zero,
    baseMoney: Decimal.zero,
  };
  let quantity = Decimal.zero;
  let notional = Decimal.zero;
  const stages: DealStage[] = [];
  for (const [index, entry] of entries.entries()) {
    const feeRate = index === 0 ? baseFee : instrument.makerFeeRate;
    const added = quantityOf(instrument, entry.lots);
    const value = notionalOf(instrument, entry.ticks, entry.lots);
    const moved = value.times(long ? buyCostFactor(instrument, feeRate) : saleFactor(feeRate));
    quantity = quantity.plus(added);
    notional = notional.plus(value);
    money = {
      open: money.open.plus(long ? added.times(buyKeepFactor(instrument, feeRate)) : added),
      entered: money.entered.plus(moved),
      exited: Decimal.zero,
      baseMoney: index === 0 ? moved : money.baseMoney,
    };
    if (!money.open.isPositive) break;
    const averagePrice = quotient(notional, quantity);
    const stopTicks = stopLossTicks(instrument, params, numbers, averagePrice, base);
    const next = ladder[index];
    const stopsBeforeNext =
      stopTicks !== undefined &&
      next !== undefined &&
      (long ? stopTicks >= next.ticks : stopTicks <= next.ticks);
    stages.push({
      order: entry.number,
      ticks: entry.ticks,
      lots: entry.lots,
      deviation: entry.deviation,
      money,
      quantity,
      notional,
      averagePrice,
      breakEvenPrice: closingPrice(instrument, params, money, Decimal.zero, exitFee),
      targetTicks: takeProfitTicks(
        instrument,
        params,
        takeProfitPrice(instrument, params, numbers, money, exitFee),
      ),
      stopTicks,
      stopLoss:
        stopTicks === undefined
          ? undefined
          : lossAt(instrument, params, { money }, priceOf(instrument, stopTicks)),
      stopsBeforeNext,
    });
  }
  return stages;
}

/** Gives the stages a falling (short: rising) market can reach before the stop ends the deal. */
export function reachableStages(stages: readonly DealStage[]): readonly DealStage[] {
  const end = stages.findIndex((stage) => stage.stopsBeforeNext);
  return end === -1 ? stages : stages.slice(0, end + 1);
}

/** Gives a price as ticks for the plan's first order. */
export function referenceTicks(instrument: Instrument, price: Decimal): PriceTicks {
  return priceTicks(Math.max(1, ticksOf(instrument, price)));
}
