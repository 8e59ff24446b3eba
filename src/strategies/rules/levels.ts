/** The levels of an open position of the rule strategy, on the tick grid. The sweep path computes the same. */

import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, priceOf } from '../../shared/domain/instrument.ts';
import type { PriceTicks } from '../../shared/domain/nominal.ts';
import { parseRoi } from '../../shared/rules/parse-roi.ts';
import type { RoiStep } from '../../shared/rules/rule-set.ts';
import { fractionOfPercent } from '../common/decimal-math.ts';
import {
  type PositionLevels,
  type PositionSide,
  stopTicksOf,
  targetTicksOf,
} from '../common/position-levels.ts';
import type { RuleParams } from './params.ts';

/** Digits after the point to which ratios are used. */
const ratioScale = 9;

const ratioOf = (percent: string): Decimal => fractionOfPercent(percent).rounded(ratioScale, 'half-even');

/** The exact numbers of parameters that have passed the schema; zero is off. */
export interface RuleNumbers extends PositionLevels {
  readonly activation: Decimal;
  readonly roi: readonly RoiStep[];
}

export function ruleNumbers(params: RuleParams): RuleNumbers {
  return {
    stopLoss: ratioOf(params.stopPercent),
    takeProfit: ratioOf(params.targetPercent),
    trailingStop: ratioOf(params.trailingPercent),
    activation: ratioOf(params.activationPercent),
    roi: parseRoi(params.roi),
  };
}

export interface StopLevel {
  readonly ticks: PriceTicks;
  readonly trails: boolean;
}

/**
 * Gives the stop of a position whose best price is `best`: the nearer of stop-loss and trailing stop, which waits until the
 * best price has reached its activation. It never goes back behind `before`.
 */
export function stopLevel(
  instrument: Instrument,
  numbers: RuleNumbers,
  side: PositionSide,
  entry: Decimal,
  best: Decimal,
  before: StopLevel | undefined,
): StopLevel | undefined {
  const sign = side === 'long' ? 1 : -1;
  const off = Decimal.zero;
  const fixed = stopTicksOf(instrument, { ...numbers, trailingStop: off }, side, entry, entry);
  let found: StopLevel | undefined =
    before ?? (fixed === undefined ? undefined : { ticks: fixed, trails: false });
  if (!isActive(instrument, numbers, side, entry, best)) return found;
  const trailing = stopTicksOf(instrument, { ...numbers, stopLoss: off }, side, entry, best);
  if (trailing !== undefined && (found === undefined || sign * trailing > sign * found.ticks))
    found = { ticks: trailing, trails: true };
  return found;
}

function isActive(
  instrument: Instrument,
  numbers: RuleNumbers,
  side: PositionSide,
  entry: Decimal,
  best: Decimal,
): boolean {
  if (numbers.activation.isZero) return true;
  const level = targetTicksOf(instrument, { ...numbers, takeProfit: numbers.activation }, side, entry);
  if (level === undefined) return false;
  return (side === 'long' ? 1 : -1) * best.compare(priceOf(instrument, level)) >= 0;
}

export interface WatchLevel {
  readonly ticks: PriceTicks;
  readonly reason: 'target' | 'roi';
}

/** Gives the nearer of the target and the profit that suffices after `barsHeld` candles; undefined when there is neither. */
export function watchLevel(
  instrument: Instrument,
  numbers: RuleNumbers,
  side: PositionSide,
  entry: Decimal,
  barsHeld: number,
): WatchLevel | undefined {
  const sign = side === 'long' ? 1 : -1;
  const target = targetTicksOf(instrument, numbers, side, entry);
  const found: WatchLevel | undefined =
    target === undefined ? undefined : { ticks: target, reason: 'target' };
  const step = numbers.roi.filter(({ afterBars }) => afterBars <= barsHeld).at(-1);
  if (step === undefined) return found;
  const ratio = Decimal.fromNumber(step.ratio).rounded(ratioScale, 'half-even');
  const ticks = ratio.isZero
    ? entryTicks(instrument, side, entry)
    : targetTicksOf(instrument, { ...numbers, takeProfit: ratio }, side, entry);
  if (ticks === undefined) return found;
  return found === undefined || sign * ticks < sign * found.ticks ? { ticks, reason: 'roi' } : found;
}

/** The entry price on the tick grid, rounded to the winning side. */
function entryTicks(instrument: Instrument, side: PositionSide, entry: Decimal): PriceTicks {
  const quotient = entry.dividedBy(instrument.tickSize, 0, side === 'long' ? 'up' : 'down');
  return Number(quotient.coefficient) as PriceTicks;
}
