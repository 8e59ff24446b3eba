/** What a grid can lose: the full position, the stop, the liquidation of its shorts. */

import { Decimal, decimalMax } from '../../shared/domain/decimal.ts';
import { type Instrument, notionalOf, priceOf, quantityOf, ticksOf } from '../../shared/domain/instrument.ts';
import { quotient } from '../common/decimal-math.ts';
import { buyCostFactor, buyKeepFactor, saleFactor } from '../common/fees.ts';
import { amountText } from '../common/texts.ts';
import type { GridLayout } from './layout.ts';
import { levelPrices } from './levels.ts';
import type { GridNumbers, GridParams } from './params.ts';

/** Base and its cost once every interval that buys has bought: the longest the grid can be in its range. */
export interface FullPosition {
  readonly base: Decimal;
  readonly cost: Decimal;
}

/** Gives the position with every interval that buys filled. */
export function fullLong(instrument: Instrument, layout: GridLayout): FullPosition {
  let base = Decimal.zero;
  let cost = Decimal.zero;
  for (const interval of layout.intervals) {
    if (interval.opens === 'sell') continue;
    base = base.plus(quantityOf(instrument, interval.sellLots));
    cost = cost.plus(interval.entryCost);
  }
  return { base, cost };
}

function fullShort(instrument: Instrument, layout: GridLayout): FullPosition {
  let base = Decimal.zero;
  let received = Decimal.zero;
  for (const interval of layout.intervals) {
    if (interval.opens !== 'sell') continue;
    const notional = notionalOf(instrument, interval.sellTicks, interval.sellLots);
    base = base.plus(quantityOf(instrument, interval.sellLots));
    received = received.plus(notional.times(saleFactor(instrument.makerFeeRate)));
  }
  return { base, cost: received };
}

/**
 * The base the whole investment buys when trailing up has moved every interval to the top: less base for the same
 * money, so a fall from there loses more.
 */
function highestBase(
  instrument: Instrument,
  params: GridParams,
  numbers: GridNumbers,
  layout: GridLayout,
): Decimal | undefined {
  if (numbers.trailingUpLimit === undefined) return undefined;
  const price = levelPrices(instrument, { ...numbers, levels: params.levels, spacing: params.spacing });
  const limitTicks = ticksOf(instrument, numbers.trailingUpLimit, 'down');
  let shift = 0;
  while (
    price(params.levels + shift + 1) <= limitTicks &&
    price(params.levels + shift + 1) > price(params.levels + shift)
  )
    shift += 1;
  if (shift === 0) return undefined;
  const factor = buyCostFactor(instrument, decimalMax(instrument.makerFeeRate, instrument.takerFeeRate));
  const keep = buyKeepFactor(instrument, instrument.makerFeeRate);
  return Decimal.sum(
    layout.intervals
      .filter((interval) => interval.opens === 'buy')
      .map((interval) => {
        const dearest = priceOf(instrument, price(interval.index + shift)).times(factor);
        return quotient(interval.entryCost, decimalMax(dearest, instrument.tickSize)).times(keep);
      }),
  );
}

/** What a grid can lose. */
export interface GridLosses {
  readonly worst: Decimal;
  readonly scenario: string;
  readonly atLower: Decimal;
}

/** Gives the worst loss with the situation in words, and the loss at the lower price. */
export function gridLosses(
  instrument: Instrument,
  params: GridParams,
  numbers: GridNumbers,
  layout: GridLayout,
): GridLosses {
  const long = fullLong(instrument, layout);
  const short = fullShort(instrument, layout);
  const takerSale = saleFactor(instrument.takerFeeRate);
  const lossAt = (exit: Decimal, base = long.base) =>
    decimalMax(long.cost.minus(base.times(exit).times(takerSale)), Decimal.zero);
  const shown = (amount: Decimal) => amount.toFixed(instrument.tickSize.scale);
  const atLower = lossAt(numbers.lower);
  const investment = Decimal.parse(params.investment);
  let worst: Decimal;
  let scenario: string;
  if (numbers.stopLoss === undefined) {
    worst = long.base.isPositive ? long.cost : Decimal.zero;
    scenario = `every buy fills and the price falls to zero: there is no stop-loss (at the lower price ${shown(numbers.lower)} it would be ${amountText(atLower, 2)} ${instrument.quote})`;
  } else {
    const trailed = highestBase(instrument, params, numbers, layout);
    const plain = lossAt(numbers.stopLoss);
    const shifted = trailed === undefined ? plain : lossAt(numbers.stopLoss, trailed);
    worst = decimalMax(plain, shifted);
    const where =
      trailed === undefined
        ? 'every buy fills'
        : 'trailing up has moved the whole range to its limit, every buy fills there';
    scenario = `${where}, the price falls to the stop-loss ${shown(numbers.stopLoss)} and everything is sold there at market; a price that jumps over the stop loses more`;
  }
  if (short.base.isPositive) {
    if (numbers.takeProfit === undefined) {
      if (investment.compare(worst) > 0) {
        worst = investment;
        scenario =
          'the price rises without limit until the short position is liquidated: there is no upper stop (take-profit price)';
      }
    } else {
      const above = short.base
        .times(numbers.takeProfit)
        .times(Decimal.one.plus(instrument.takerFeeRate))
        .minus(short.cost);
      if (above.compare(worst) > 0) {
        worst = above;
        scenario = `every sell fills, the price rises to the upper stop ${shown(numbers.takeProfit)} and the short position is bought back there at market`;
      }
    }
  }
  return { worst, scenario, atLower };
}

/** Gives the price at which the full short position would be liquidated, or undefined without shorts. */
export function shortLiquidation(
  instrument: Instrument,
  layout: GridLayout,
  investment: Decimal,
): Decimal | undefined {
  const short = fullShort(instrument, layout);
  if (!short.base.isPositive) return undefined;
  // Equity = investment + received - base * P meets the maintenance margin mmr * base * P.
  return quotient(
    investment.plus(short.cost),
    short.base.times(Decimal.one.plus(instrument.maintenanceMarginRate)),
  );
}
