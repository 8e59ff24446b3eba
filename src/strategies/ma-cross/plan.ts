/** The plan of a crossover bot: one entry at the price of now, its stop and what it costs to be wrong. */

import type { PlanMarket } from '../../engine/strategy/api.ts';
import { Decimal, decimalMax } from '../../shared/domain/decimal.ts';
import { type Instrument, notionalOf, priceOf, quantityOf, ticksOf } from '../../shared/domain/instrument.ts';
import { type PriceTicks, priceTicks } from '../../shared/domain/nominal.ts';
import type { Plan, PlanFigure, PlanLevel, PlanLine, PlanViolation } from '../../shared/domain/plan.ts';
import { quotient } from '../common/decimal-math.ts';
import { breakEvenRatio, buyCostFactor, buyKeepFactor, saleFactor } from '../common/fees.ts';
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
import { entryLegOf, exitLegOf, stopLegOf } from './legs.ts';
import { type MaCrossNumbers, type MaCrossParams, maCrossNumbers } from './params.ts';
import { entryFunds, entryLots, entryValue, stopTicksOf, targetTicksOf } from './sizing.ts';
import type { PositionSide } from './state.ts';

/** Closed candles needed before the first signal; an EMA gets more, so that its seed no longer matters. */
export function warmupBars(params: MaCrossParams): number {
  return params.average === 'sma' ? params.slowPeriod + 1 : params.slowPeriod * 5;
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
  numbers: MaCrossNumbers,
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
  instrument: Instrument,
  ticks: PriceTicks,
  lots: number,
  funds: Decimal,
  long: Side,
): PlanLevel[] {
  const quantity = quantityOf(instrument, lots).toString();
  const spot = instrument.kind === 'spot';
  const exit = {
    side: 'sell' as const,
    quantity,
    funds: spot ? quantity : '0',
    fundsCurrency: spot ? instrument.base : instrument.settle,
    restsNow: false,
  };
  const levels: PlanLevel[] = [
    {
      key: entryLegOf(1),
      side: 'buy',
      type: 'market',
      role: 'Entry at the crossing, shown at the price of now',
      price: priceText(instrument, ticks),
      quantity,
      notional: notionalOf(instrument, ticks, lots).toString(),
      funds: neededText(funds),
      fundsCurrency: instrument.settle,
      restsNow: false,
    },
  ];
  if (long.stopTicks !== undefined) {
    levels.push({
      ...exit,
      key: stopLegOf(1),
      type: 'stop',
      role: 'Stop order after the entry',
      price: priceText(instrument, long.stopTicks),
      notional: notionalOf(instrument, long.stopTicks, lots).toString(),
    });
  }
  if (long.targetTicks !== undefined) {
    levels.push({
      ...exit,
      key: exitLegOf(1, 1),
      type: 'market',
      role: 'Take-profit, closed at market',
      price: priceText(instrument, long.targetTicks),
      notional: notionalOf(instrument, long.targetTicks, lots).toString(),
    });
  }
  return levels;
}

function violationsOf(
  instrument: Instrument,
  params: MaCrossParams,
  numbers: MaCrossNumbers,
): PlanViolation[] {
  const found: PlanViolation[] = [];
  if (params.direction === 'long-short' && instrument.kind !== 'perpetual') {
    found.push(
      violation(
        'SHORT_NEEDS_PERPETUAL',
        'direction',
        `${instrument.symbol} is a spot market and cannot be sold short: choose "long" or a perpetual`,
      ),
    );
  }
  const needed = breakEvenRatio(instrument, instrument.takerFeeRate, instrument.takerFeeRate).minus(
    Decimal.one,
  );
  if (numbers.takeProfit.isPositive && numbers.takeProfit.compare(needed) <= 0) {
    found.push(
      caution(
        'TAKE_PROFIT_BELOW_FEES',
        'takeProfitPercent',
        `a take-profit of ${params.takeProfitPercent} % does not pay the two taker fees (${percentText(needed)} %): such trades lose`,
      ),
    );
  }
  if (params.direction === 'long-short' && numbers.stopLoss.isZero && numbers.trailingStop.isZero) {
    found.push(
      caution(
        'NO_STOP_SHORT',
        'stopLossPercent',
        'a short position has no largest loss until the next crossing: set a stop-loss',
      ),
    );
  }
  return found;
}

/** Gives the plan of a trade entered at the market's price. Percent sizes need the bot's allocation to be known. */
export function planMaCross(params: MaCrossParams, market: PlanMarket): Plan {
  const { instrument } = market;
  const numbers = maCrossNumbers(params);
  const ticks = priceTicks(Math.max(1, ticksOf(instrument, market.referencePrice)));
  const allocated = market.allocation?.[instrument.settle];
  const value = entryValue(
    instrument,
    params,
    numbers,
    allocated === undefined ? undefined : Decimal.parse(allocated),
  );
  const { takerFeeRate: taker } = instrument;
  const ratio = breakEvenRatio(instrument, taker, taker);
  const size =
    params.sizeType === 'quote'
      ? `${params.orderQuote} ${instrument.quote}`
      : `${params.orderPercent} % of its money`;
  const violations = violationsOf(instrument, params, numbers);
  const common: PlanFigure[] = [
    figure(
      'warmup',
      'Candles before the first signal',
      String(params.slowPeriod),
      'bars',
      `The slow average needs them; ${warmupBars(params)} are loaded where the venue has them.`,
    ),
    figure(
      'roundTrip',
      'Fees of a round trip',
      percentText(ratio.minus(Decimal.one)),
      '%',
      'Entry and exit at market: the price must move this far to break even.',
    ),
  ];
  const base = {
    summary: `${params.average.toUpperCase()} ${params.fastPeriod}/${params.slowPeriod} on ${params.timeframe} candles, ${params.direction}, ${size} a trade`,
    referencePrice: market.referencePrice.toString(),
  };
  if (value === undefined) {
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
          'orderPercent',
          'the size is a part of the money given to the bot, which is not known here: amounts cannot be shown',
        ),
      ],
    };
  }
  const lots = entryLots(instrument, value, ticks);
  const sizeField = params.sizeType === 'quote' ? 'orderQuote' : 'orderPercent';
  const minimum = `${instrument.minimumNotional.toString()} ${instrument.quote} and ${quantityOf(instrument, instrument.minimumLots).toString()} ${instrument.base}`;
  const left = Math.floor(lots * buyKeepFactor(instrument, taker).toNumber());
  if (
    !meetsMinimum(instrument, lots, ticks) ||
    (instrument.kind === 'spot' && !meetsMinimum(instrument, left, ticks))
  ) {
    violations.push(
      violation(
        'MIN_NOTIONAL',
        sizeField,
        `an entry would be ${quantityOf(instrument, lots).toString()} ${instrument.base}, after its fee below the venue's minimum of ${minimum}: make it larger`,
      ),
    );
  }
  if (lots > instrument.maximumLots) {
    violations.push(
      violation(
        'MAX_QUANTITY',
        sizeField,
        `an entry of ${quantityOf(instrument, lots).toString()} ${instrument.base} is above the venue's maximum of ${quantityOf(instrument, instrument.maximumLots).toString()}`,
      ),
    );
  }
  const long = assess(instrument, numbers, 'long', ticks, lots);
  const short =
    params.direction === 'long-short' ? assess(instrument, numbers, 'short', ticks, lots) : undefined;
  const funds = entryFunds(instrument, value);
  const notional = notionalOf(instrument, ticks, lots);
  const unlimited = short !== undefined && short.loss === undefined;
  const shortLoss = short?.loss ?? Decimal.zero;
  const worst = unlimited ? funds : decimalMax(long.loss as Decimal, shortLoss);
  const worstIsShort = short !== undefined && shortLoss.compare(long.loss as Decimal) > 0;
  const stopOf = worstIsShort ? short?.stopTicks : long.stopTicks;
  const scenario = unlimited
    ? 'a short position and a price that rises without limit until it is liquidated: there is no stop'
    : stopOf === undefined
      ? 'the price falls to zero before the averages cross: there is no stop. One trade'
      : `the stop at ${priceText(instrument, stopOf)} closes a ${worstIsShort ? 'short' : 'long'} entered at ${priceText(instrument, ticks)}, both fees paid; a price that jumps over the stop loses more. One trade; each further trade can lose as much`;
  // At leverage 1 only a short can be liquidated: entry value plus margin, less maintenance, reached from below.
  const liquidation =
    short === undefined || lots === 0
      ? undefined
      : quotient(
          notional.times(saleFactor(taker)).plus(funds),
          quantityOf(instrument, lots).times(Decimal.one.plus(instrument.maintenanceMarginRate)),
        );
  const scale = instrument.tickSize.scale;
  const lines: PlanLine[] = [
    { price: long.breakEven.rounded(scale, 'up').toString(), label: 'Break-even, long', role: 'break-even' },
  ];
  const add = (level: PriceTicks | undefined, label: string, role: PlanLine['role']) => {
    if (level !== undefined) lines.push({ price: priceText(instrument, level), label, role });
  };
  add(long.stopTicks, 'Stop, long', 'stop');
  add(long.targetTicks, 'Take-profit, long', 'take-profit');
  add(short?.stopTicks, 'Stop, short', 'stop');
  add(short?.targetTicks, 'Take-profit, short', 'take-profit');
  if (liquidation !== undefined)
    lines.push({
      price: liquidation.rounded(scale, 'half-even').toString(),
      label: 'Liquidation, short',
      role: 'liquidation',
    });
  return {
    ...base,
    levels: levelsOf(instrument, ticks, lots, funds, long),
    funds: [{ currency: instrument.settle, amount: neededText(funds) }],
    worstLoss: {
      amount: neededText(decimalMax(worst, Decimal.zero), 2),
      currency: instrument.quote,
      scenario,
    },
    breakEven: long.breakEven.rounded(scale, 'up').toString(),
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
