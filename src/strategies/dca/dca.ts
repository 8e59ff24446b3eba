/** The DCA strategy: a base order, safety orders behind it at growing distance and size, one exit for all. */

import { defineStrategy, type PlanMarket } from '../../engine/strategy/api.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { lotsForQuote, ticksOf } from '../../shared/domain/instrument.ts';
import { meetsMinimum } from '../common/orders.ts';
import { isBelowMinimum, roundAmountUp, weeklyMove, withinMoney } from '../common/suggestions.ts';
import { supportsLinear } from '../common/supports.ts';
import { createDca } from './handlers.ts';
import { type DcaParams, dcaParams } from './params.ts';
import { planDca } from './plan.ts';
import { type DcaState, initialDcaState } from './state.ts';

/** Warm-up of the RSI beyond its period: after this many times the period the seed no longer matters. */
const rsiWarmup = 10;
/** Safety orders behind the base order. */
const safetyOrders = 5;

function suggest(market: PlanMarket): DcaParams {
  const { instrument, referencePrice } = market;
  // Five safety orders with step scale 1.2 reach 7.44 steps: about a typical move of the week.
  const step = Math.max(0.3, Math.min(5, (weeklyMove(market) * 100) / 7.44));
  const ticks = Math.max(1, ticksOf(instrument, referencePrice));
  let order = Decimal.fromInteger(50);
  for (let round = 0; round < 60; round += 1) {
    // Twice the venue's minimum even at half the price, so that no safety order is at the edge of a rule.
    const half = Math.max(1, Math.floor(ticks / 2));
    if (meetsMinimum(instrument, Math.floor(lotsForQuote(instrument, order, ticks) / 2), half)) break;
    order = Decimal.parse(roundAmountUp(order.timesInteger(2)));
  }
  const suggested: DcaParams = {
    direction: 'long',
    baseOrderQuote: roundAmountUp(order),
    entryType: 'market',
    startCondition: 'immediate',
    rsiDirection: 'below',
    rsiThreshold: '30',
    rsiPeriod: 14,
    timeframe: '15m',
    maxSafetyOrders: safetyOrders,
    maxActiveSafetyOrders: 2,
    safetyOrderQuote: roundAmountUp(order),
    deviationPercent: step.toFixed(1),
    stepScale: '1.2',
    sizeScale: '1.3',
    takeProfitPercent: '1.5',
    takeProfitType: 'total',
    trailingPercent: '0',
    stopLossPercent: '0',
    stopLossFrom: 'average',
    cooldownMinutes: 0,
    maxDeals: 0,
  };
  // Less money than all of them need: smaller orders, and where those were too small for the venue, fewer.
  for (let fewer = safetyOrders; fewer > 0; fewer -= 1) {
    const params = { ...suggested, maxSafetyOrders: fewer };
    const fitted = withinMoney(params, ['baseOrderQuote', 'safetyOrderQuote'], planDca, market);
    if (fitted === params || !isBelowMinimum(planDca(fitted, market))) return fitted;
  }
  return withinMoney({ ...suggested, maxSafetyOrders: 0 }, ['baseOrderQuote'], planDca, market);
}

export const dca = defineStrategy<DcaParams, DcaState>({
  id: 'dca',
  family: 'dca',
  title: 'DCA with safety orders',
  summary:
    'Opens a deal with a base order, buys more at growing distance when the price moves against it, and closes the whole deal at a profit computed after all fees.',
  goodFor: 'Markets that swing back after a fall (short: after a rise).',
  risk: 'A long one-way move uses up all safety orders; then the full position loses with every further step. The stop-loss is off unless you set it.',
  params: dcaParams,
  supports: supportsLinear,
  suggest,
  subscribe: (params) => ({
    timeframesMs: params.startCondition === 'rsi' ? [timeframeMs(params.timeframe)] : [],
    warmupBars: params.startCondition === 'rsi' ? params.rsiPeriod * rsiWarmup : 0,
    decisionBars: params.startCondition === 'rsi' ? params.rsiPeriod + 1 : 0,
    quotes: true,
    trades: true,
  }),
  plan: planDca,
  initialState: () => initialDcaState,
  create: createDca,
});
