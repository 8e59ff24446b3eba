/**
 * The plan of a strategy that holds one position at a time: an entry at market at the price of now, its stop and target, and
 * what it costs to be wrong.
 */

import type { PlanMarket } from '../../engine/strategy/api.ts';
import { Decimal, decimalMax } from '../../shared/domain/decimal.ts';
import { type Instrument, notionalOf, priceOf, quantityOf, ticksOf } from '../../shared/domain/instrument.ts';
import { type PriceTicks, priceTicks } from '../../shared/domain/nominal.ts';
import type { Plan, PlanFigure, PlanLevel, PlanLine, PlanViolation } from '../../shared/domain/plan.ts';
import { quotient } from './decimal-math.ts';
import { breakEvenRatio, buyCostFactor, buyKeepFactor, saleFactor } from './fees.ts';
import { meetsMinimum } from './orders.ts';
import { type PositionLevels, type PositionSide, stopTicksOf, targetTicksOf } from './position-levels.ts';
import { amountText, caution, figure, neededText, percentText, priceText, violation } from './texts.ts';

/** What is planned, and the words of the strategy it is for. */
export interface PositionPlan {
  readonly market: PlanMarket;
  readonly summary: string;
  /** Sides it can enter; the first one's levels are shown. */
  readonly sides: readonly [PositionSide, ...PositionSide[]];
  readonly levels: PositionLevels;
  /** Lots of an entry and the money it needs; undefined when the bot's money is needed for it and not known. */
  readonly entry: { readonly lots: number; readonly funds: Decimal } | undefined;
  /** Names of the parameters to blame. */
  readonly fields: {
    readonly size: string;
    readonly stop: string;
    readonly target: string;
    readonly short: string;
  };
  /** What to do instead of going short on spot. */
  readonly insteadOfShort: string;
  /** What an entry waits for: `crossing`. */
  readonly trigger: string;
  /** What closes a position that has no stop: `the averages cross`. */
  readonly exit: string;
  readonly legs: { readonly entry: string; readonly stop: string; readonly exit: string };
  /** Further figures, shown last. */
  readonly figures: readonly PlanFigure[];
  readonly violations: readonly PlanViolation[];
}

/** The price a plan starts from, in whole ticks. */
export function planTicks(market: PlanMarket): PriceTicks {
  return priceTicks(Math.max(1, ticksOf(market.instrument, market.referencePrice)));
}

/** What an entry on one side risks. */
interface Side {
  readonly side: PositionSide;
  readonly stopTicks: PriceTicks | undefined;
  readonly targetTicks: PriceTicks | undefined;
  readonly breakEven: Decimal;
  /** Undefined: without limit. */
  readonly loss: Decimal | undefined;
}

function assess(
  instrument: Instrument,
  numbers: PositionLevels,
  side: PositionSide,
  ticks: PriceTicks,
  lots: number,
): Side {
  const entry = priceOf(instrument, ticks);
  const taker = instrument.takerFeeRate;
  const notional = notionalOf(instrument, ticks, lots);
  const quantity = quantityOf(instrument, lots);
  const stopTicks = stopTicksOf(instrument, numbers, side, entry, entry);
  const targetTicks = targetTicksOf(instrument, numbers, side, entry);
  const ratio = breakEvenRatio(instrument, taker, taker);
  if (side === 'long') {
    const cost = notional.times(buyCostFactor(instrument, taker));
    const held = quantity.times(buyKeepFactor(instrument, taker));
    const loss =
      stopTicks === undefined
        ? cost
        : cost.minus(held.times(priceOf(instrument, stopTicks)).times(saleFactor(taker)));
    return { side, stopTicks, targetTicks, breakEven: entry.times(ratio), loss };
  }
  const received = notional.times(saleFactor(taker));
  const loss =
    stopTicks === undefined
      ? undefined
      : quantity.times(priceOf(instrument, stopTicks)).times(Decimal.one.plus(taker)).minus(received);
  return { side, stopTicks, targetTicks, breakEven: quotient(entry, ratio), loss };
}

function levelsOf(
  plan: PositionPlan,
  ticks: PriceTicks,
  lots: number,
  funds: Decimal,
  first: Side,
): PlanLevel[] {
  const { instrument } = plan.market;
  const buys = first.side === 'long';
  const quantity = quantityOf(instrument, lots).toString();
  const spot = instrument.kind === 'spot';
  const exit = {
    side: buys ? ('sell' as const) : ('buy' as const),
    quantity,
    funds: spot ? quantity : '0',
    fundsCurrency: spot ? instrument.base : instrument.settle,
    restsNow: false,
  };
  const levels: PlanLevel[] = [
    {
      key: plan.legs.entry,
      side: buys ? 'buy' : 'sell',
      type: 'market',
      role: `Entry at the ${plan.trigger}, shown at the price of now`,
      price: priceText(instrument, ticks),
      quantity,
      notional: notionalOf(instrument, ticks, lots).toString(),
      funds: neededText(funds),
      fundsCurrency: instrument.settle,
      restsNow: false,
    },
  ];
  if (first.stopTicks !== undefined) {
    levels.push({
      ...exit,
      key: plan.legs.stop,
      type: 'stop',
      role: 'Stop order after the entry',
      price: priceText(instrument, first.stopTicks),
      notional: notionalOf(instrument, first.stopTicks, lots).toString(),
    });
  }
  if (first.targetTicks !== undefined) {
    levels.push({
      ...exit,
      key: plan.legs.exit,
      type: 'market',
      role: 'Take-profit, closed at market',
      price: priceText(instrument, first.targetTicks),
      notional: notionalOf(instrument, first.targetTicks, lots).toString(),
    });
  }
  return levels;
}

function violationsOf(plan: PositionPlan): PlanViolation[] {
  const { instrument } = plan.market;
  const { fields, levels } = plan;
  const shorts = plan.sides.includes('short');
  const found: PlanViolation[] = [];
  if (shorts && instrument.kind !== 'perpetual') {
    found.push(
      violation(
        'SHORT_NEEDS_PERPETUAL',
        fields.short,
        `${instrument.symbol} is a spot market and cannot be sold short: ${plan.insteadOfShort}`,
      ),
    );
  }
  const needed = breakEvenRatio(instrument, instrument.takerFeeRate, instrument.takerFeeRate).minus(
    Decimal.one,
  );
  if (levels.takeProfit.isPositive && levels.takeProfit.compare(needed) <= 0) {
    found.push(
      caution(
        'TAKE_PROFIT_BELOW_FEES',
        fields.target,
        `a take-profit of ${percentText(levels.takeProfit)} % does not pay the two taker fees (${percentText(needed)} %): such trades lose`,
      ),
    );
  }
  if (shorts && levels.stopLoss.isZero && levels.trailingStop.isZero) {
    found.push(
      caution(
        'NO_STOP_SHORT',
        fields.stop,
        `a short position has no largest loss until ${plan.exit}: set a stop-loss`,
      ),
    );
  }
  return found;
}

/** What the venue's filters say of the size of an entry. */
function sizeViolations(plan: PositionPlan, ticks: PriceTicks, lots: number): PlanViolation[] {
  const { instrument } = plan.market;
  const found: PlanViolation[] = [];
  const minimum = `${instrument.minimumNotional.toString()} ${instrument.quote} and ${quantityOf(instrument, instrument.minimumLots).toString()} ${instrument.base}`;
  const left = Math.floor(lots * buyKeepFactor(instrument, instrument.takerFeeRate).toNumber());
  if (
    !meetsMinimum(instrument, lots, ticks) ||
    (instrument.kind === 'spot' && !meetsMinimum(instrument, left, ticks))
  ) {
    found.push(
      violation(
        'MIN_NOTIONAL',
        plan.fields.size,
        `an entry would be ${quantityOf(instrument, lots).toString()} ${instrument.base}, after its fee below the venue's minimum of ${minimum}: make it larger`,
      ),
    );
  }
  if (lots > instrument.maximumLots) {
    found.push(
      violation(
        'MAX_QUANTITY',
        plan.fields.size,
        `an entry of ${quantityOf(instrument, lots).toString()} ${instrument.base} is above the venue's maximum of ${quantityOf(instrument, instrument.maximumLots).toString()}`,
      ),
    );
  }
  return found;
}

/** Gives the plan of one trade entered at the market's price. */
export function planPosition(plan: PositionPlan): Plan {
  const { entry, market } = plan;
  const { instrument } = market;
  const ticks = planTicks(market);
  const { takerFeeRate: taker } = instrument;
  const ratio = breakEvenRatio(instrument, taker, taker);
  const violations = [...violationsOf(plan), ...plan.violations];
  const common: PlanFigure[] = [
    ...plan.figures,
    figure(
      'roundTrip',
      'Fees of a round trip',
      percentText(ratio.minus(Decimal.one)),
      '%',
      'Entry and exit at market: the price must move this far to break even.',
    ),
  ];
  const base = { summary: plan.summary, referencePrice: market.referencePrice.toString() };
  if (entry === undefined) {
    return {
      ...base,
      levels: [],
      funds: [],
      worstLoss: null,
      breakEven: null,
      liquidationPrice: null,
      lines: [],
      figures: common,
      violations: [
        ...violations,
        caution(
          'ALLOCATION_UNKNOWN',
          plan.fields.size,
          'the size is a part of the money given to the bot, which is not known here: amounts cannot be shown',
        ),
      ],
    };
  }
  const { lots, funds } = entry;
  violations.push(...sizeViolations(plan, ticks, lots));
  const sides = plan.sides.map((side) => assess(instrument, plan.levels, side, ticks, lots));
  const first = sides[0] as Side;
  const short = sides.find(({ side }) => side === 'short');
  const notional = notionalOf(instrument, ticks, lots);
  const worst = sides.reduce((left, right) =>
    left.loss !== undefined && (right.loss === undefined || right.loss.compare(left.loss) > 0) ? right : left,
  );
  const scenario =
    worst.loss === undefined
      ? 'a short position and a price that rises without limit until it is liquidated: there is no stop'
      : worst.stopTicks === undefined
        ? `the price falls to zero before ${plan.exit}: there is no stop. One trade`
        : `the stop at ${priceText(instrument, worst.stopTicks)} closes a ${worst.side} entered at ${priceText(instrument, ticks)}, both fees paid; a price that jumps over the stop loses more. One trade; each further trade can lose as much`;
  // At leverage 1 only a short can be liquidated: entry value plus margin, less maintenance, reached from below.
  const liquidation =
    short === undefined || lots === 0
      ? undefined
      : quotient(
          notional.times(saleFactor(taker)).plus(funds),
          quantityOf(instrument, lots).times(Decimal.one.plus(instrument.maintenanceMarginRate)),
        );
  const scale = instrument.tickSize.scale;
  const breakEven = first.breakEven.rounded(scale, first.side === 'long' ? 'up' : 'down').toString();
  const lines: PlanLine[] = [{ price: breakEven, label: `Break-even, ${first.side}`, role: 'break-even' }];
  const add = (level: PriceTicks | undefined, label: string, role: PlanLine['role']) => {
    if (level !== undefined) lines.push({ price: priceText(instrument, level), label, role });
  };
  for (const { side, stopTicks, targetTicks } of sides) {
    add(stopTicks, `Stop, ${side}`, 'stop');
    add(targetTicks, `Take-profit, ${side}`, 'take-profit');
  }
  if (liquidation !== undefined)
    lines.push({
      price: liquidation.rounded(scale, 'half-even').toString(),
      label: 'Liquidation, short',
      role: 'liquidation',
    });
  return {
    ...base,
    levels: levelsOf(plan, ticks, lots, funds, first),
    funds: [{ currency: instrument.settle, amount: neededText(funds) }],
    worstLoss: {
      amount: neededText(decimalMax(worst.loss ?? funds, Decimal.zero), 2),
      currency: instrument.quote,
      scenario,
    },
    breakEven,
    liquidationPrice: liquidation === undefined ? null : liquidation.rounded(scale, 'half-even').toString(),
    lines,
    figures: [
      figure(
        'entrySize',
        'Entry size',
        quantityOf(instrument, lots).toString(),
        instrument.base,
        'Rounded down to whole lots.',
      ),
      figure(
        'entryValue',
        'Entry value',
        amountText(notional, 2),
        instrument.quote,
        'Quantity times the price of now.',
      ),
      figure(
        'roundTripCost',
        'Fees of a round trip',
        amountText(notional.times(ratio.minus(Decimal.one)), 4),
        instrument.quote,
        'Both taker fees at the price of now.',
      ),
      ...common,
    ],
    violations,
  };
}
