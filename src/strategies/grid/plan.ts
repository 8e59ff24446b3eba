/** The plan of a grid: every first order, the money it binds, what a cycle earns and what can be lost. */

import type { PlanMarket } from '../../engine/strategy/api.ts';
import { Decimal, decimalMax } from '../../shared/domain/decimal.ts';
import { type Instrument, notionalOf, priceOf, quantityOf, ticksOf } from '../../shared/domain/instrument.ts';
import type { Plan, PlanAmount, PlanFigure, PlanLevel, PlanLine } from '../../shared/domain/plan.ts';
import { quotient } from '../common/decimal-math.ts';
import { breakEvenRatio, buyCostFactor, roundTripRate, saleFactor } from '../common/fees.ts';
import { amountText, figure, neededText, percentText, priceText } from '../common/texts.ts';
import { type GridLayout, gridLeg, initialLeg, layOutGrid, type PlannedInterval } from './layout.ts';
import { arithmeticStep, geometricRatio } from './levels.ts';
import { fullLong, type GridLosses, gridLosses, shortLiquidation } from './losses.ts';
import { type GridNumbers, type GridParams, gridNumbers } from './params.ts';
import { nearest } from './selection.ts';
import { gridViolations } from './violations.ts';

/** Gives the net profit of one cycle of an interval as a fraction of the money it uses, both maker fees paid. */
export function intervalRate(instrument: Instrument, interval: PlannedInterval): Decimal {
  const { makerFeeRate: maker } = instrument;
  const buy = priceOf(instrument, interval.buyTicks);
  return buy.isPositive
    ? roundTripRate(instrument, buy, priceOf(instrument, interval.sellTicks), maker, maker)
    : Decimal.zero;
}

function levelOf(
  instrument: Instrument,
  params: GridParams,
  interval: PlannedInterval,
  restsNow: boolean,
): PlanLevel {
  const buys = interval.starts === 'buy';
  const ticks = buys ? interval.buyTicks : interval.sellTicks;
  const lots = buys ? interval.buyLots : interval.sellLots;
  const notional = notionalOf(instrument, ticks, lots);
  const quantity = quantityOf(instrument, lots);
  const inBase = !buys && instrument.kind === 'spot';
  const opens = interval.starts === interval.opens;
  const margin = notional.times(
    buyCostFactor(instrument, decimalMax(instrument.makerFeeRate, instrument.takerFeeRate)),
  );
  const exitOfPosition = !buys && instrument.kind === 'perpetual' && !opens;
  return {
    key: gridLeg(interval.index, interval.starts, 1),
    side: interval.starts,
    type: 'limit',
    role: buys ? 'Grid buy' : opens ? 'Grid sell, opens a short' : 'Grid sell',
    price: priceText(instrument, ticks),
    quantity: quantity.toString(),
    notional: notional.toString(),
    funds: inBase ? quantity.toString() : exitOfPosition ? '0' : neededText(margin),
    fundsCurrency: inBase ? instrument.base : instrument.settle,
    netProfitRate: amountText(intervalRate(instrument, interval), 8),
    restsNow: restsNow && params.triggerPrice === undefined,
  };
}

function figuresOf(
  instrument: Instrument,
  params: GridParams,
  numbers: GridNumbers,
  layout: GridLayout,
  losses: GridLosses,
  used: Decimal,
): PlanFigure[] {
  const { quote, base, makerFeeRate: maker } = instrument;
  const rates = layout.intervals.map((interval) => intervalRate(instrument, interval));
  const best = rates.reduce((left, right) => (left.compare(right) >= 0 ? left : right));
  const worst = rates.reduce((left, right) => (left.compare(right) <= 0 ? left : right));
  const shape = { ...numbers, levels: params.levels, spacing: params.spacing };
  const buys = layout.intervals.filter((interval) => interval.starts === 'buy').length;
  const long = fullLong(instrument, layout);
  const lots = layout.intervals.map((interval) => interval.sellLots);
  const least = quantityOf(instrument, Math.min(...lots)).toString();
  const most = quantityOf(instrument, Math.max(...lots)).toString();
  return [
    params.spacing === 'arithmetic'
      ? figure(
          'step',
          'Step',
          amountText(arithmeticStep(shape)),
          quote,
          'Distance of neighbouring levels: (upper - lower) / intervals.',
        )
      : figure(
          'step',
          'Step',
          percentText(geometricRatio(shape).minus(Decimal.one)),
          '%',
          'Distance of neighbouring levels: (upper / lower) to the power 1 / intervals, less 1.',
        ),
    figure(
      'profitBest',
      'Profit per grid, best',
      percentText(best),
      '%',
      'One buy and one sell of the best interval, maker fees paid, of the money it uses. Levels are rounded to ticks.',
    ),
    figure(
      'profitWorst',
      'Profit per grid, worst',
      percentText(worst),
      '%',
      'The same for the worst interval. With geometric spacing best and worst differ only by tick rounding.',
    ),
    figure(
      'breakEvenStep',
      'Break-even step',
      percentText(breakEvenRatio(instrument, maker, maker).minus(Decimal.one)),
      '%',
      'A step must be wider than this to pay its two maker fees.',
    ),
    figure(
      'buys',
      'Buy orders at start',
      String(buys),
      'levels',
      'Intervals whose middle is not above the start price begin with a buy.',
    ),
    figure(
      'sells',
      'Sell orders at start',
      String(layout.intervals.length - buys),
      'levels',
      'Intervals whose middle lies above the start price begin with a sell.',
    ),
    figure(
      'quantity',
      'Quantity per sell order',
      least === most ? least : `${least} – ${most}`,
      base,
      'What an interval trades per cycle, rounded down to whole lots.',
    ),
    ...(layout.initialLots > 0
      ? [
          figure(
            'initialBase',
            'Initial purchase',
            quantityOf(instrument, layout.initialLots).toString(),
            base,
            'Bought at market at the start, for the sell orders above the price.',
          ),
          figure(
            'initialCost',
            'Initial purchase, at most',
            neededText(layout.initialReserve, 2),
            quote,
            'Start price plus the reserve and the taker fee.',
          ),
        ]
      : []),
    ...(instrument.kind === 'perpetual'
      ? [
          figure(
            'drawdownReserve',
            'Kept for losses within the range',
            neededText(
              Decimal.sum(layout.intervals.map((interval) => interval.budget.minus(interval.entryCost))),
              2,
            ),
            quote,
            'An open loss binds margin; with this reserve every order of the range can still be placed. Leverage is 1.',
          ),
        ]
      : []),
    figure(
      'unused',
      'Left over by rounding',
      amountText(Decimal.parse(params.investment).minus(used), 2),
      quote,
      'Whole lots never use the investment to the last cent.',
    ),
    figure(
      'fullBase',
      'Position with every buy filled',
      amountText(long.base),
      base,
      'The most base the grid holds within its range.',
    ),
    figure(
      'lossAtLower',
      'Loss at the lower price',
      amountText(losses.atLower, 2),
      quote,
      'Every buy filled and everything sold at the lower price at market, grid profit not counted.',
    ),
  ];
}

/** Gives the plan of a grid that would start at the market's price (or at its trigger price). */
export function planGrid(params: GridParams, market: PlanMarket): Plan {
  const { instrument } = market;
  const numbers = gridNumbers(params);
  const startTicks = ticksOf(instrument, numbers.trigger ?? market.referencePrice, 'down');
  const layout = layOutGrid(instrument, params, startTicks);
  const near = new Set(
    nearest(
      layout.intervals,
      (interval) => ({
        side: interval.starts,
        ticks: interval.starts === 'buy' ? interval.buyTicks : interval.sellTicks,
      }),
      startTicks,
      params.maxOpenOrders,
    ),
  );
  const levels: PlanLevel[] = layout.intervals.map((interval) =>
    levelOf(instrument, params, interval, layout.initialLots === 0 && near.has(interval)),
  );
  if (layout.initialLots > 0) {
    const notional = notionalOf(instrument, startTicks, layout.initialLots);
    levels.unshift({
      key: initialLeg(1),
      side: 'buy',
      type: 'market',
      role: 'Initial purchase',
      price: priceText(instrument, startTicks),
      quantity: quantityOf(instrument, layout.initialLots).toString(),
      notional: notional.toString(),
      funds: neededText(layout.initialReserve),
      fundsCurrency: instrument.settle,
      restsNow: params.triggerPrice === undefined,
    });
    for (const [position, level] of levels.entries()) {
      // Buys and sells are placed as soon as the purchase has filled: moments later, so they count as resting.
      if (position > 0)
        levels[position] = {
          ...level,
          restsNow:
            params.triggerPrice === undefined && near.has(layout.intervals[position - 1] as PlannedInterval),
        };
    }
  }
  const broughtValue = layout.baseNeeded.times(priceOf(instrument, startTicks));
  const used = Decimal.sum(layout.intervals.map((interval) => interval.budget));
  // The whole investment, not only what these sizes use: at another start price the rounding falls differently.
  const investment = Decimal.parse(params.investment);
  const funds: PlanAmount[] = [
    { currency: instrument.settle, amount: neededText(investment.minus(broughtValue)) },
  ];
  if (layout.baseNeeded.isPositive)
    funds.push({ currency: instrument.base, amount: layout.baseNeeded.toString() });
  const losses = gridLosses(instrument, params, numbers, layout);
  const long = fullLong(instrument, layout);
  const breakEven = long.base.isPositive
    ? quotient(long.cost, long.base.times(saleFactor(instrument.takerFeeRate)))
    : undefined;
  const liquidation =
    instrument.kind === 'perpetual' ? shortLiquidation(instrument, layout, investment) : undefined;
  const line = (price: Decimal | undefined, label: string, role: PlanLine['role']): PlanLine[] =>
    price === undefined ? [] : [{ price: price.toString(), label, role }];
  const rounded = (price: Decimal) => price.rounded(instrument.tickSize.scale, 'up');
  return {
    summary: `${params.levels} ${params.spacing} intervals from ${params.lower} to ${params.upper} ${instrument.quote}, ${params.mode}, ${params.investment} ${instrument.quote}`,
    referencePrice: market.referencePrice.toString(),
    levels,
    funds,
    worstLoss: { amount: neededText(losses.worst, 2), currency: instrument.quote, scenario: losses.scenario },
    breakEven: breakEven === undefined ? null : rounded(breakEven).toString(),
    liquidationPrice: liquidation === undefined ? null : rounded(liquidation).toString(),
    lines: [
      ...line(numbers.lower, 'Lower', 'range'),
      ...line(numbers.upper, 'Upper', 'range'),
      ...line(numbers.trigger, 'Trigger', 'trigger'),
      ...line(numbers.stopLoss, 'Stop-loss', 'stop'),
      ...line(numbers.takeProfit, 'Take-profit', 'take-profit'),
      ...line(numbers.trailingUpLimit, 'Trailing-up limit', 'range'),
      ...line(numbers.trailingDownLimit, 'Trailing-down limit', 'range'),
      ...line(
        breakEven === undefined ? undefined : rounded(breakEven),
        'Break-even, all buys filled',
        'break-even',
      ),
      ...line(
        liquidation === undefined ? undefined : rounded(liquidation),
        'Liquidation of the full short',
        'liquidation',
      ),
    ],
    figures: figuresOf(instrument, params, numbers, layout, losses, used),
    violations: gridViolations(instrument, params, numbers, layout, market.referencePrice),
  };
}
