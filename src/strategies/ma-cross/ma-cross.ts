/** The moving-average crossover: long while the fast average is above the slow one, optionally short below. */

import { defineStrategy, type PlanMarket } from '../../engine/strategy/api.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { lotsForQuote, ticksOf } from '../../shared/domain/instrument.ts';
import { meetsMinimum } from '../common/orders.ts';
import { roundAmountUp, weeklyMove, withinMoney } from '../common/suggestions.ts';
import { supportsLinear } from '../common/supports.ts';
import { createMaCross } from './handlers.ts';
import { type MaCrossParams, maCrossParams } from './params.ts';
import { planMaCross, warmupBars } from './plan.ts';
import { initialMaCrossState, type MaCrossState } from './state.ts';

function suggest(market: PlanMarket): MaCrossParams {
  const { instrument, referencePrice } = market;
  const ticks = Math.max(1, ticksOf(instrument, referencePrice));
  let order = Decimal.fromInteger(500);
  for (let round = 0; round < 60; round += 1) {
    if (meetsMinimum(instrument, Math.floor(lotsForQuote(instrument, order, ticks) / 4), ticks)) break;
    order = Decimal.parse(roundAmountUp(order.timesInteger(2)));
  }
  // Half a typical week's move: beyond the noise, before it hurts.
  const stop = Math.max(1, Math.min(10, (weeklyMove(market) * 100) / 2));
  const suggested: MaCrossParams = {
    average: 'sma',
    fastPeriod: 20,
    slowPeriod: 50,
    timeframe: '15m',
    minDistancePercent: '0',
    direction: 'long',
    sizeType: 'quote',
    orderQuote: roundAmountUp(order),
    orderPercent: '50',
    stopLossPercent: stop.toFixed(1),
    takeProfitPercent: '0',
    trailingStopPercent: '0',
  };
  return withinMoney(suggested, ['orderQuote'], planMaCross, market);
}

export const maCross = defineStrategy<MaCrossParams, MaCrossState>({
  id: 'ma-cross',
  family: 'signal',
  title: 'Moving-average crossover',
  summary:
    'Buys when a fast moving average of closed candles crosses above a slow one and sells when it crosses below; on perpetuals it can go short as well.',
  goodFor: 'Markets with long moves in one direction.',
  risk: 'In a sideways market the averages cross often, and every crossing costs two fees and usually a small loss.',
  params: maCrossParams,
  supports: supportsLinear,
  usesLeverage: false,
  suggest,
  subscribe: (params) => ({
    timeframesMs: [timeframeMs(params.timeframe)],
    warmupBars: warmupBars(params),
    // Both averages of two candles: a crossing is between them.
    decisionBars: params.slowPeriod + 1,
    quotes: true,
    trades: true,
  }),
  plan: planMaCross,
  initialState: () => initialMaCrossState,
  create: createMaCross,
});
