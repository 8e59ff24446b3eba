/** The plan of a DCA bot: the first deal, order by order, as if its base order filled at the price of now. */

import type { PlanMarket } from '../../engine/strategy/api.ts';
import { Decimal, decimalMax } from '../../shared/domain/decimal.ts';
import { type Instrument, notionalOf, priceOf, quantityOf } from '../../shared/domain/instrument.ts';
import type {
  Plan,
  PlanAmount,
  PlanFigure,
  PlanLevel,
  PlanLine,
  PlanViolation,
} from '../../shared/domain/plan.ts';
import { quotient } from '../common/decimal-math.ts';
import { buyCostFactor } from '../common/fees.ts';
import { meetsMinimum } from '../common/orders.ts';
import {
  amountText,
  caution,
  figure,
  neededText,
  percentText,
  priceText,
  violation,
} from '../common/texts.ts';
import {
  baseLeg,
  dealValue,
  entrySide,
  marketReserve,
  safetyLeg,
  safetyValues,
  takeProfitLeg,
} from './ladder.ts';
import { type DcaNumbers, type DcaParams, dcaNumbers } from './params.ts';
import { type DealStage, dealStages, lossAt, reachableStages, referenceTicks } from './stages.ts';

interface PlanFacts {
  readonly instrument: Instrument;
  readonly params: DcaParams;
  readonly numbers: DcaNumbers;
  readonly stages: readonly DealStage[];
  /** Stages before the stop ends the deal. */
  readonly reachable: readonly DealStage[];
  readonly last: DealStage;
}

const sellsBase = ({ instrument, params }: PlanFacts) =>
  params.direction === 'short' && instrument.kind === 'spot';

function fundsNeeded(facts: PlanFacts): Decimal {
  const { instrument, params, numbers, stages, last } = facts;
  // Sizes in base follow the price of the moment; the reserve covers a start a little lower.
  if (sellsBase(facts)) return last.quantity.times(Decimal.one.plus(marketReserve));
  const feeRate = decimalMax(instrument.makerFeeRate, instrument.takerFeeRate);
  const reserve = params.entryType === 'market' ? numbers.baseOrder.times(marketReserve) : Decimal.zero;
  const orders = dealValue(params, numbers).plus(reserve).times(buyCostFactor(instrument, feeRate));
  if (instrument.kind === 'spot') return orders;
  // An open loss binds margin, and the last safety order must still be placed when all others have filled.
  const before = stages[stages.length - 2];
  return before === undefined
    ? orders
    : orders.plus(
        decimalMax(lossAt(instrument, params, before, priceOf(instrument, last.ticks)), Decimal.zero),
      );
}

/** Money a short deal on spot needs beyond what its sales brought, to buy everything back at its stop. */
function buyBackFunds(facts: PlanFacts): Decimal {
  if (!sellsBase(facts)) return Decimal.zero;
  let most = Decimal.zero;
  for (const stage of facts.reachable) {
    if (stage.stopLoss === undefined) continue;
    const reserve = stage.notional.times(marketReserve);
    most = decimalMax(most, stage.stopLoss.plus(reserve));
  }
  return most;
}

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

function worstLossOf(
  facts: PlanFacts,
  funds: Decimal,
): { readonly amount: Decimal; readonly scenario: string } {
  const { instrument, params, numbers, reachable, last } = facts;
  if (!numbers.stopLoss.isZero) {
    let worst = reachable[0] as DealStage;
    for (const stage of reachable)
      if ((stage.stopLoss as Decimal).compare(worst.stopLoss as Decimal) > 0) worst = stage;
    const filled = worst.order === 0 ? 'the base order' : `the base order and ${worst.order} safety orders`;
    const never =
      reachable.length < facts.stages.length
        ? '; the remaining safety orders lie behind the stop and never fill'
        : '';
    return {
      amount: decimalMax(worst.stopLoss as Decimal, Decimal.zero),
      scenario: `${filled} have filled and the stop-loss closes the deal at market at ${priceText(instrument, worst.stopTicks as number)}${never}; a price that jumps over the stop loses more. One deal; each further deal can lose as much`,
    };
  }
  if (params.direction === 'long') {
    const atLast = amountText(lossAt(instrument, params, last, priceOf(instrument, last.ticks)), 2);
    return {
      amount: last.money.entered,
      scenario: `every safety order has filled and the price falls to zero: there is no stop-loss (at the last safety order's price ${priceText(instrument, last.ticks)} it would be ${atLast} ${instrument.quote})`,
    };
  }
  if (instrument.kind === 'perpetual') {
    return {
      amount: funds,
      scenario:
        'every safety order has filled and the price rises until the short position is liquidated: there is no stop-loss',
    };
  }
  const doubled = priceOf(instrument, (facts.stages[0] as DealStage).ticks).timesInteger(2);
  return {
    amount: decimalMax(lossAt(instrument, params, last, doubled), Decimal.zero),
    scenario: `every safety order has filled and the base is bought back at ${doubled.toString()}, twice today's price: without a stop-loss a short deal has no largest loss`,
  };
}

function liquidationOf(facts: PlanFacts, funds: Decimal): Decimal | undefined {
  const { instrument, params, last } = facts;
  if (instrument.kind !== 'perpetual') return undefined;
  const { open, entered } = last.money;
  const mmr = instrument.maintenanceMarginRate;
  const price =
    params.direction === 'long'
      ? quotient(entered.minus(funds), open.times(Decimal.one.minus(mmr)))
      : quotient(entered.plus(funds), open.times(Decimal.one.plus(mmr)));
  return price.isPositive ? price : undefined;
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

function violationsOf(facts: PlanFacts): PlanViolation[] {
  const { instrument, params, numbers, stages, reachable } = facts;
  const found: PlanViolation[] = [];
  const minimum = `${instrument.minimumNotional.toString()} ${instrument.quote} and ${quantityOf(instrument, instrument.minimumLots).toString()} ${instrument.base}`;
  const small = stages.find((stage) => !meetsMinimum(instrument, stage.lots, stage.ticks));
  if (small !== undefined) {
    const base = small.order === 0;
    const name = base ? 'the base order' : `safety order ${small.order}`;
    found.push(
      violation(
        'MIN_NOTIONAL',
        base ? 'baseOrderQuote' : 'safetyOrderQuote',
        `${name} would be ${quantityOf(instrument, small.lots).toString()} ${instrument.base} at ${priceText(instrument, small.ticks)}, below the venue's minimum of ${minimum}: make it larger`,
      ),
    );
  }
  const first = stages[0];
  const exitQuantity =
    first === undefined ? 0 : Number(first.money.open.dividedBy(instrument.lotSize, 0, 'down').coefficient);
  if (
    first !== undefined &&
    small?.order !== 0 &&
    instrument.kind === 'spot' &&
    !meetsMinimum(instrument, exitQuantity, Math.min(first.ticks, first.targetTicks))
  ) {
    found.push(
      violation(
        'EXIT_BELOW_MINIMUM',
        'baseOrderQuote',
        `after its fee the base order leaves too little to sell: the venue's minimum is ${minimum}; make it larger`,
      ),
    );
  }
  const large = stages.find((stage) => stage.lots > instrument.maximumLots);
  if (large !== undefined) {
    found.push(
      violation(
        'MAX_QUANTITY',
        large.order === 0 ? 'baseOrderQuote' : 'safetyOrderQuote',
        `an order of ${quantityOf(instrument, large.lots).toString()} ${instrument.base} is above the venue's maximum of ${quantityOf(instrument, instrument.maximumLots).toString()}`,
      ),
    );
  }
  if (reachable.length < stages.length) {
    const last = reachable[reachable.length - 1] as DealStage;
    found.push(
      caution(
        'STOP_BEFORE_SAFETY_ORDER',
        'stopLossPercent',
        `the stop-loss at ${priceText(instrument, last.stopTicks as number)} comes before safety order ${last.order + 1}: it and the following never fill`,
      ),
    );
  }
  if (params.direction === 'short' && numbers.stopLoss.isZero) {
    found.push(
      caution('NO_STOP_SHORT', 'stopLossPercent', 'a short deal has no largest loss: set a stop-loss'),
    );
  }
  const worst = stages[stages.length - 1];
  if (numbers.trailing.isPositive && params.takeProfitType === 'base' && worst !== undefined) {
    const best = priceOf(instrument, worst.targetTicks);
    const turned = best.times(
      params.direction === 'long' ? Decimal.one.minus(numbers.trailing) : Decimal.one.plus(numbers.trailing),
    );
    if (lossAt(instrument, params, worst, turned).isPositive) {
      found.push(
        caution(
          'TRAILING_CAN_LOSE',
          'trailingPercent',
          'with all safety orders filled the exit is nearer to break-even than the trailing deviation: such a deal can close at a loss',
        ),
      );
    }
  }
  return found;
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
    violations: violationsOf(facts),
  };
}
