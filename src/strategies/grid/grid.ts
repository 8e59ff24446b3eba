/** The grid strategy: buys at each level below, sells one level above, again and again within a price range. */

import { defineStrategy, type PlanMarket } from '../../engine/strategy/api.ts';
import { Decimal, decimalMax } from '../../shared/domain/decimal.ts';
import { type Instrument, lotsForQuote, ticksOf } from '../../shared/domain/instrument.ts';
import { breakEvenRatio } from '../common/fees.ts';
import { meetsMinimum } from '../common/orders.ts';
import { isBelowMinimum, priceNear, roundAmountUp, weeklyMove, withinMoney } from '../common/suggestions.ts';
import { supportsLinear } from '../common/supports.ts';
import { createGrid } from './handlers.ts';
import { type GridParams, gridParams } from './params.ts';
import { planGrid } from './plan.ts';
import { type GridState, initialGridState } from './state.ts';

const intervalsMin = 2;
const intervalsMax = 40;

/** As many intervals as leave each step at least four times the fees and 0.4 % wide, and three ticks. */
function suggestLevels(instrument: Instrument, lower: Decimal, upper: Decimal): number {
  const width = upper.toNumber() / lower.toNumber() - 1;
  const fees = breakEvenRatio(instrument, instrument.makerFeeRate, instrument.makerFeeRate).toNumber() - 1;
  const ticks = ticksOf(instrument, upper) - ticksOf(instrument, lower);
  const fitting = Math.min(Math.floor(width / Math.max(4 * fees, 0.004)), Math.floor(ticks / 3));
  return Math.max(intervalsMin, Math.min(intervalsMax, fitting));
}

function suggest(market: PlanMarket): GridParams {
  const { instrument, referencePrice } = market;
  const move = weeklyMove(market);
  const lower = priceNear(instrument, referencePrice, 1 - move);
  const above = priceNear(instrument, referencePrice, 1 + move);
  const oneAbove = Decimal.parse(lower).plus(instrument.tickSize.timesInteger(6));
  const upper = decimalMax(Decimal.parse(above), oneAbove);
  const levels = suggestLevels(instrument, Decimal.parse(lower), upper);
  const fixed = {
    lower,
    upper: upper.toString(),
    levels,
    spacing: 'geometric' as const,
    mode: 'long' as const,
    sizeMode: 'equal-base' as const,
    maxOpenOrders: 100,
    slippagePercent: '0.5',
    trailingUp: false,
    trailingDown: false,
  };
  // Twice what the venue's minimums ask for, at least 1000, so that orders are not at the edge of a rule.
  let investment = Decimal.fromInteger(1000);
  for (let round = 0; round < 60; round += 1) {
    const text = roundAmountUp(investment);
    const lots = lotsForQuote(
      instrument,
      Decimal.parse(text).dividedBy(Decimal.fromInteger(4 * levels), 12),
      ticksOf(instrument, upper),
    );
    if (meetsMinimum(instrument, lots, ticksOf(instrument, Decimal.parse(lower)))) break;
    investment = Decimal.parse(text).timesInteger(2);
  }
  const suggested = { ...fixed, investment: roundAmountUp(investment) };
  const fitted = withinMoney(suggested, ['investment'], planGrid, market);
  if (fitted === suggested) return fitted;
  // Less money than that: as many intervals as it pays for.
  for (let fewer = levels; fewer > intervalsMin; fewer -= 1) {
    const params = { ...fitted, levels: fewer };
    if (!isBelowMinimum(planGrid(params, market))) return params;
  }
  return { ...fitted, levels: intervalsMin };
}

export const grid = defineStrategy<GridParams, GridState>({
  id: 'grid',
  family: 'grid',
  title: 'Grid',
  summary:
    'Divides a price range into intervals. Each interval buys at its lower price and sells at its upper price, over and over, and keeps the difference.',
  goodFor: 'Markets that move sideways within a range.',
  risk: 'If the price falls below the range, the grid holds everything it bought while its value falls. If it rises above, everything is sold and the grid waits.',
  params: gridParams,
  supports: supportsLinear,
  suggest,
  subscribe: () => ({ timeframesMs: [], warmupBars: 0, quotes: true, trades: true }),
  plan: planGrid,
  initialState: () => initialGridState,
  create: createGrid,
});
