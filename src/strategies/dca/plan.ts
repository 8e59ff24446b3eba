/** The plan of a DCA bot: the first deal, order by order, as if its base order filled at the price of now. */

import type { PlanMarket } from '../../engine/strategy/api.ts';
import { Decimal, decimalMax } from '../../shared/domain/decimal.ts';
import { notionalOf, priceOf, quantityOf } from '../../shared/domain/instrument.ts';
import type { Plan, PlanAmount, PlanFigure, PlanLevel, PlanLine } from '../../shared/domain/plan.ts';
import { quotient } from '../common/decimal-math.ts';
import { buyCostFactor } from '../common/fees.ts';
import { amountText, figure, neededText, percentText, priceText, violation } from '../common/texts.ts';
import { baseLeg, dealValue, entrySide, safetyLeg, safetyValues, takeProfitLeg } from './ladder.ts';
import {
  buyBackFunds,
  fundsNeeded,
  liquidationOf,
  type PlanFacts,
  sellsBase,
  worstLossOf,
} from './losses.ts';
import { type DcaParams, dcaNumbers } from './params.ts';
import { type DealStage, dealStages, reachableStages, referenceTicks } from './stages.ts';
import { dcaViolations } from './violations.ts';

function levelsOf(facts: PlanFacts): PlanLevel[] {
  const { instrument, params, numbers, stages } = facts;
  const side = entrySide(params);
  const inBase = sellsBase(facts);
  const factor = buyCostFactor(instrument, decimalMax(instrument.makerFeeRate, instrument.takerFeeRate));
  const levels: PlanLevel[] = stages.map((stage): PlanLevel => {
    const notional = notionalOf(instrument, stage.ticks, stage.lots);
    const quantity = quantityOf(instrument, stage.lots);
    const first = stage.order === 0;
    return {
      key: first ? baseLeg(1, 1) : safetyLeg(1, stage.order),
      side,
      type: first ? params.entryType : 'limit',
      role: first ? 'Base order' : `Safety order ${stage.order}, ${percentText(stage.deviation, 2)} % away`,
      price: priceText(instrument, stage.ticks),
      quantity: quantity.toString(),
      notional: notional.toString(),
      funds: inBase ? quantity.toString() : neededText(notional.times(factor)),
      fundsCurrency: inBase ? instrument.base : instrument.settle,
      restsNow: params.startCondition === 'immediate' && stage.order <= params.maxActiveSafetyOrders,
    };
  });
  const first = stages[0] as DealStage;
  const exitQuantity = quantityOf(instrument, first.lots);
  levels.push({
    key: takeProfitLeg(1),
    side: side === 'buy' ? 'sell' : 'buy',
    type: numbers.trailing.isPositive ? 'market' : 'limit',
    role: numbers.trailing.isPositive
      ? 'Take-profit after the base order, trails from here'
      : 'Take-profit after the base order',
    price: priceText(instrument, first.targetTicks),
    quantity: exitQuantity.toString(),
    notional: notionalOf(instrument, first.targetTicks, first.lots).toString(),
    funds: params.direction === 'long' && instrument.kind === 'spot' ? exitQuantity.toString() : '0',
    fundsCurrency:
      params.direction === 'long' && instrument.kind === 'spot' ? instrument.base : instrument.settle,
    netProfitRate: numbers.takeProfit.toString(),
    restsNow: params.startCondition === 'immediate' && !numbers.trailing.isPositive,
  });
  return levels;
}

function figuresOf(facts: PlanFacts, funds: Decimal): PlanFigure[] {
  const { instrument, params, numbers, stages, last } = facts;
  const { quote, base } = instrument;
  const target = priceOf(instrument, last.targetTicks);
  const move = (from: Decimal, to: Decimal) => percentText(quotient(to, from).minus(Decimal.one), 2);
  const active = safetyValues(
    numbers.safetyOrder,
    numbers.sizeScale,
    Math.min(params.maxSafetyOrders, params.maxActiveSafetyOrders),
  );
  const lockedNow = Decimal.sum([numbers.baseOrder, ...active]);
  const scale = instrument.tickSize.scale;
  const figures = [
    figure(
      'dealValue',
      'All orders of a deal',
      amountText(dealValue(params, numbers), 2),
      quote,
      'Base order plus all safety orders.',
    ),
    figure(
      'lockedNow',
      'Bound at the start',
      amountText(lockedNow, 2),
      quote,
      'Base order plus the safety orders that rest at once; the others bind nothing at the venue until it is their turn.',
    ),
    figure(
      'lastDeviation',
      'Last safety order',
      percentText(last.deviation, 2),
      '%',
      'How far the price may move against the deal before its money is used up.',
    ),
    figure(
      'averageAll',
      'Average with all filled',
      last.averagePrice.toFixed(scale),
      quote,
      'Value of all entries divided by their quantity, without fees.',
    ),
    figure(
      'targetAll',
      'Take-profit with all filled',
      target.toString(),
      quote,
      'Exit price that makes the take-profit after all fees.',
    ),
    figure(
      'targetFromAverage',
      'Take-profit above average',
      move(last.averagePrice, target),
      '%',
      'Distance of that exit from the average; more than the take-profit by the fees (short: negative).',
    ),
    figure(
      'rebound',
      'Rebound needed',
      move(priceOf(instrument, last.ticks), target),
      '%',
      "Move from the last safety order's price to that exit.",
    ),
    figure(
      'positionAll',
      'Position with all filled',
      amountText(last.quantity),
      base,
      'Quantity of all entries.',
    ),
    ...(funds.isPositive && instrument.kind === 'perpetual'
      ? [
          figure(
            'margin',
            'Margin for the whole deal',
            neededText(funds, 2),
            quote,
            'All orders with fees at leverage 1, and the open loss when the last safety order is placed.',
          ),
        ]
      : []),
  ];
  for (const stage of stages) {
    const name = stage.order === 0 ? 'base order' : `safety order ${stage.order}`;
    const exit = priceOf(instrument, stage.targetTicks);
    figures.push(
      figure(
        `after-${String(stage.order).padStart(2, '0')}`,
        `After ${name}`,
        `average ${stage.averagePrice.toFixed(scale)}, take-profit ${exit.toString()}, needs ${move(priceOf(instrument, stage.ticks), exit)} %, used ${amountText(stage.notional, 2)}`,
        quote,
        'Average entry price, exit price, the move from this order to the exit, and the money used so far.',
      ),
    );
  }
  return figures;
}

/** Gives the plan of the first deal at the market's price. */
export function planDca(params: DcaParams, market: PlanMarket): Plan {
  const { instrument } = market;
  const numbers = dcaNumbers(params);
  const baseTicks = referenceTicks(instrument, market.referencePrice);
  const stages = dealStages(instrument, params, numbers, baseTicks);
  const summary = `${params.direction} deals: base order ${params.baseOrderQuote}, ${params.maxSafetyOrders} safety orders from ${params.safetyOrderQuote} ${instrument.quote}, take-profit ${params.takeProfitPercent} %`;
  const last = stages[stages.length - 1];
  if (last === undefined) {
    return {
      summary,
      referencePrice: market.referencePrice.toString(),
      levels: [],
      funds: [],
      worstLoss: null,
      breakEven: null,
      liquidationPrice: null,
      lines: [],
      figures: [],
      violations: [
        violation(
          'MIN_NOTIONAL',
          'baseOrderQuote',
          `the base order does not pay for one lot (${instrument.lotSize.toString()} ${instrument.base}): make it larger`,
        ),
      ],
    };
  }
  const facts: PlanFacts = { instrument, params, numbers, stages, reachable: reachableStages(stages), last };
  const funds = fundsNeeded(facts);
  const loss = worstLossOf(facts, funds);
  const liquidation = liquidationOf(facts, funds);
  const scale = instrument.tickSize.scale;
  const up = params.direction === 'long' ? ('up' as const) : ('down' as const);
  const breakEven = last.breakEvenPrice.rounded(scale, up).toString();
  const currency = sellsBase(facts) ? instrument.base : instrument.settle;
  const amounts: PlanAmount[] = [{ currency, amount: neededText(funds) }];
  const buyBack = buyBackFunds(facts);
  if (buyBack.isPositive) amounts.push({ currency: instrument.settle, amount: neededText(buyBack) });
  const stop = (stages[0] as DealStage).stopTicks;
  const deepStop = facts.reachable[facts.reachable.length - 1]?.stopTicks;
  const lines: PlanLine[] = [
    {
      price: last.averagePrice.rounded(scale, 'half-even').toString(),
      label: 'Average, all filled',
      role: 'average',
    },
    { price: breakEven, label: 'Break-even, all filled', role: 'break-even' },
    {
      price: priceOf(instrument, last.targetTicks).toString(),
      label: 'Take-profit, all filled',
      role: 'take-profit',
    },
  ];
  if (stop !== undefined)
    lines.push({ price: priceText(instrument, stop), label: 'Stop-loss, base order only', role: 'stop' });
  if (deepStop !== undefined && deepStop !== stop)
    lines.push({ price: priceText(instrument, deepStop), label: 'Stop-loss, all filled', role: 'stop' });
  if (liquidation !== undefined)
    lines.push({
      price: liquidation.rounded(scale, 'half-even').toString(),
      label: 'Liquidation, all filled',
      role: 'liquidation',
    });
  return {
    summary,
    referencePrice: market.referencePrice.toString(),
    levels: levelsOf(facts),
    funds: amounts,
    worstLoss: { amount: neededText(loss.amount, 2), currency: instrument.quote, scenario: loss.scenario },
    breakEven,
    liquidationPrice: liquidation === undefined ? null : liquidation.rounded(scale, 'half-even').toString(),
    lines,
    figures: figuresOf(facts, funds),
    violations: dcaViolations(facts),
  };
}
