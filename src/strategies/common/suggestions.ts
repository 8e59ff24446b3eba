/** What the market's own movement suggests for a first set of parameters. */

import { Atr } from '../../engine/indicators/atr.ts';
import type { PlanMarket } from '../../engine/strategy/api.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, ticksOf } from '../../shared/domain/instrument.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { moneyNeeded } from '../../shared/domain/plan-needs.ts';

const atrPeriod = 14;
const weekMs = 7 * 24 * 3_600_000;

/**
 * Gives the typical move of a week as a fraction of the price, between 2 % and 40 %: the average true range of a
 * candle, scaled by the square root of the candles in a week. Without enough candles 10 %.
 */
export function weeklyMove(market: PlanMarket): number {
  const { candles } = market;
  const first = candles[0];
  const second = candles[1];
  const price = market.referencePrice.toNumber();
  if (first === undefined || second === undefined || candles.length <= atrPeriod) return 0.1;
  const atr = new Atr(atrPeriod);
  for (const candle of candles) atr.push(candle);
  const spanMs = second.openTimeMs - first.openTimeMs;
  const range = atr.value;
  if (range === undefined || spanMs <= 0 || price <= 0) return 0.1;
  const move = (range / price) * Math.sqrt(Math.max(1, weekMs / spanMs));
  return Math.min(0.4, Math.max(0.02, move));
}

/** Gives price * factor on the tick grid, at least one tick, as a text. */
export function priceNear(instrument: Instrument, price: Decimal, factor: number): string {
  const ticks = ticksOf(instrument, price.times(Decimal.parse(factor.toFixed(6))));
  return instrument.tickSize.timesInteger(Math.max(1, ticks)).toString();
}

/** Gives an amount rounded up to one or two leading digits (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10 ...). */
export function roundAmountUp(amount: Decimal): string {
  if (!amount.isPositive) return '1';
  let unit = Decimal.one;
  const ten = Decimal.fromInteger(10);
  const tenth = Decimal.parse('0.1');
  while (unit.times(ten).compare(amount) <= 0) unit = unit.times(ten);
  while (unit.compare(amount) > 0) unit = unit.times(tenth);
  for (const step of ['1', '1.5', '2', '2.5', '3', '4', '5', '6', '8', '10']) {
    const candidate = unit.times(Decimal.parse(step));
    if (candidate.compare(amount) >= 0) return candidate.toString();
  }
  return unit.times(ten).toString();
}

/** Gives an amount rounded down to two leading digits; zero where it is not positive. */
export function roundAmountDown(amount: Decimal): Decimal {
  if (!amount.isPositive) return Decimal.zero;
  let scale = 1;
  for (let rest = amount; rest.compare(Decimal.one) < 0; scale += 1) rest = rest.timesInteger(10);
  const ten = Decimal.fromInteger(10);
  let unit = Decimal.one;
  for (let rest = amount; rest.compare(ten) >= 0; rest = rest.dividedBy(ten, rest.scale + 1, 'down'))
    unit = unit.timesInteger(10);
  if (unit.equals(Decimal.one)) return amount.rounded(scale, 'down');
  const step = unit.dividedBy(ten, 0, 'down');
  return amount.dividedBy(step, 0, 'down').times(step);
}

const fitRounds = 20;

/**
 * Makes the sizes of suggested parameters smaller until the plan needs no more than the money the bot has, by the reckoning that
 * live and paper bots are created with. Without a known allocation, or where it suffices, they stay.
 */
export function withinMoney<Params extends object>(
  params: Params,
  sizes: readonly (keyof Params & string)[],
  plan: (params: Params, market: PlanMarket) => Plan,
  market: PlanMarket,
): Params {
  const currency = market.instrument.settle;
  const text = market.allocation?.[currency];
  if (text === undefined) return params;
  const money = Decimal.parse(text);
  let fitted = params;
  for (let round = 0; round < fitRounds; round += 1) {
    const needed = moneyNeeded(plan(fitted, market), currency, market.leverage ?? 1);
    if (needed.compare(money) <= 0) return fitted;
    // Whole lots fall differently at another size: after the first round a little is taken off as well.
    const share = money.dividedBy(needed, 12, 'down').times(Decimal.parse(round === 0 ? '1' : '0.95'));
    const smaller = sizes.map((name) => {
      const size = Decimal.parse(String(fitted[name])).times(share);
      return [name, roundAmountDown(size).toString()] as const;
    });
    fitted = { ...fitted, ...Object.fromEntries(smaller) };
  }
  return fitted;
}

/** Whether a plan asks for an order below what the venue takes. */
export function isBelowMinimum(plan: Plan): boolean {
  return plan.violations.some(({ code }) => code === 'MIN_NOTIONAL');
}
