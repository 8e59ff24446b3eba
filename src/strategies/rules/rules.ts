/** The rule strategy: buys and sells when written rules over indicators are met at the close of a candle. */

import { defineStrategy, liveTerms, type PlanMarket } from '../../engine/strategy/api.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { planTicks } from '../common/position-plan.ts';
import { roundAmountUp, weeklyMove, withinMoney } from '../common/suggestions.ts';
import { supportsLinear } from '../common/supports.ts';
import { createRules } from './handlers.ts';
import { type RuleParams, ruleParams } from './params.ts';
import { planRules } from './plan.ts';
import { entryLots } from './sizing.ts';
import { initialRulesState, type RulesState } from './state.ts';
import { decisionBars, warmupBars } from './warmup.ts';

function suggest(market: PlanMarket): RuleParams {
  const { instrument } = market;
  let order = Decimal.fromInteger(500);
  for (let round = 0; round < 60; round += 1) {
    if (entryLots(instrument, liveTerms, order.toNumber() / 4, planTicks(market)) > 0) break;
    order = Decimal.parse(roundAmountUp(order.timesInteger(2)));
  }
  // Half a typical week's move: beyond the noise, before it hurts.
  const stop = Math.max(1, Math.min(10, (weeklyMove(market) * 100) / 2));
  const suggested: RuleParams = {
    longEntry: 'ema(20) crosses above ema(50) and rsi(14) < 70',
    longExit: '',
    shortEntry: '',
    shortExit: '',
    parameters: '',
    timeframe: '15m',
    sizeType: 'quote',
    orderQuote: roundAmountUp(order),
    orderPercent: '50',
    stopPercent: stop.toFixed(1),
    targetPercent: (2 * stop).toFixed(1),
    trailingPercent: '0',
    activationPercent: '0',
    roi: '',
    maxBars: 0,
    cooldownBars: 0,
  };
  return withinMoney(suggested, ['orderQuote'], planRules, market);
}

export const rules = defineStrategy<RuleParams, RulesState>({
  id: 'rules',
  family: 'signal',
  title: 'Your own rules',
  summary:
    'Buys and sells when rules you write over prices and indicators are met at the close of a candle, with stop-loss, take-profit, trailing stop, profit table and time limit.',
  goodFor:
    'An idea that can be written down: try it in a backtest, search its parameters, then let it trade.',
  risk: 'Rules found by trying many on the same past often only describe that past. Test them on data they were not made on.',
  params: ruleParams,
  supports: supportsLinear,
  suggest,
  subscribe: (params) => ({
    timeframesMs: [timeframeMs(params.timeframe)],
    warmupBars: warmupBars(params),
    decisionBars: decisionBars(params),
    quotes: true,
    trades: true,
  }),
  plan: planRules,
  initialState: () => initialRulesState,
  create: createRules,
});
