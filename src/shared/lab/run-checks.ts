/** Checks of a run by its own figures. */

import { byLimits, type ConfidenceCheck, check, fewTrades, percent } from './confidence-check.ts';
import type { ConfidenceEvidence } from './evidence-checks.ts';
import type { MetricValues } from './metrics.ts';
import type { BacktestResult } from './result.ts';
import { closedTrades, roundTripsOf } from './round-trips.ts';
import { isOnBook, type LatencySpec, type SeriesSpec } from './spec.ts';

const enoughTrades = 100;
const enoughDays = 365;
const fewDays = 90;
const dayMs = 86_400_000;

/**
 * Round trips of a grid share its range and its position: they win together while the price stays and lose together when it
 * leaves. So they are told, and make a run with few trades weak instead of failed, but never pass in the place of trades.
 */
export function tradesCheck(values: MetricValues, counts: BacktestResult['counts']): ConfidenceCheck {
  const closed = closedTrades(values);
  const roundTrips = roundTripsOf(counts, closed);
  if (roundTrips !== undefined && closed < enoughTrades) {
    const trades = closed === 1 ? '1 trade' : `${closed} trades`;
    return check(
      'trades',
      'Number of trades',
      byLimits(Math.max(closed, roundTrips), fewTrades, Number.POSITIVE_INFINITY),
      `${roundTrips} round trips have closed, and ${trades} from flat to flat: round trips of one grid share its range and ` +
        'win or lose together, so they are less evidence than as many trades.',
      `Test other times, markets and ranges: each is evidence of its own, however many round trips one run has.`,
    );
  }
  return check(
    'trades',
    'Number of trades',
    byLimits(closed, fewTrades, enoughTrades),
    closed === 1 ? '1 trade has ended.' : `${closed} trades have ended.`,
    `Test a longer time, more markets or a shorter timeframe until there are at least ${enoughTrades}.`,
  );
}

export function lengthCheck({ fromMs, toMs }: BacktestResult): ConfidenceCheck {
  const days = Math.max(0, (toMs - fromMs) / dayMs);
  return check(
    'length',
    'Length of the data',
    byLimits(days, fewDays, enoughDays),
    `The data cover ${Math.round(days)} days.`,
    'Take at least a year, with rising, falling and quiet markets in it.',
  );
}

export function gapsCheck({ counts, instruments, equity, fromMs, toMs }: BacktestResult): ConfidenceCheck {
  const timeframeMs = instruments[0]?.timeframeMs ?? 0;
  const expected = timeframeMs > 0 ? Math.round((toMs - fromMs) / timeframeMs) : equity.length;
  // Several series together can have more rows than one of them has candles.
  const filled = counts.filledBars ?? 0;
  const missing = Math.max(0, expected - equity.length) + filled;
  const share = expected > 0 ? missing / expected : 0;
  return check(
    'gaps',
    'Gaps in the data',
    byLimits(1 - share, 0.99, 0.999),
    missing === 0
      ? 'No candle is missing.'
      : `${missing} of ${expected} candles are missing${filled > 0 ? ' or were made up by a repair' : ''} (${percent(share, 2)}).`,
    'See where with "data check" and download the missing candles; trades beside a gap are guesses.',
  );
}

/** Exits that a level inside the candle caused. */
const levelReasons = new Set([2, 3, 4, 5]);

export function pathCheck({ trades, spec }: BacktestResult, evidence: ConfidenceEvidence): ConfidenceCheck {
  const title = 'Order of prices inside candles';
  const advice = 'Add finer candles or trades as detail, so that the order is known instead of assumed.';
  if (spec.series.every(isOnBook)) return bookCheck(spec.latency.kind);
  const isFine = ({ source }: SeriesSpec): boolean => source.kind === 'store' && source.data !== undefined;
  if (spec.series.every((series) => series.detail !== undefined || isFine(series))) {
    return check('path', title, 'passed', 'Finer data say what happened inside each candle.', advice);
  }
  if (evidence.pathDependentShare !== undefined) {
    const share = evidence.pathDependentShare;
    const finding = `In ${percent(share, 1)} of the trades stop and target lay in the same candle; the assumed path (${spec.intrabar}) decided.`;
    return check('path', title, byLimits(1 - share, 0.9, 0.98), finding, advice);
  }
  let closed = 0;
  let within = 0;
  for (let row = 0; row < trades.length; row++) {
    const reason = trades.exitReason[row] as number;
    if (reason === 0) continue;
    closed += 1;
    if (levelReasons.has(reason) && trades.entryBar[row] === trades.exitBar[row]) within += 1;
  }
  const share = closed === 0 ? 0 : within / closed;
  const finding =
    within === 0
      ? 'No trade hit its stop or target in the candle it began in.'
      : `${percent(share, 1)} of the trades began and hit a stop or target in the same candle, where the assumed path (${spec.intrabar}) decides.`;
  return check('path', title, byLimits(1 - share, 0.9, 0.98), finding, advice);
}

/** What is simulated on a recorded order book, and what is not. */
function bookCheck(latency: LatencySpec['kind']): ConfidenceCheck {
  return check(
    'path',
    'Order of prices inside candles',
    latency === 'none' ? 'weak' : 'passed',
    `The recorded order book and its trades decided each fill; the place in the queue is an estimate, and own orders moved nobody. ${
      latency === 'none' ? 'Orders and answers took no time.' : 'Orders and answers took their time.'
    }`,
    'Give a latency: who is at the venue at once stands before everybody in the queue.',
  );
}

/** What a run paid, and whether its profit would bear more. */
export function costsCheck(
  { fees, slippage, trades }: { readonly fees: number; readonly slippage: number; readonly trades: number },
  values: MetricValues,
): ConfidenceCheck {
  const title = 'Sensitivity to costs';
  const costs = fees + slippage;
  const profit = values['netProfit'] ?? 0;
  const advice =
    'Compare with the fills of a paper run; trade less often, or with limit orders, until it survives doubled costs.';
  if (trades > 0 && costs === 0) {
    const finding = 'Neither fees nor slippage were charged.';
    return check(
      'costs',
      title,
      'failed',
      finding,
      'Set the venue’s fees and a slippage of at least 0.0005.',
    );
  }
  if (trades === 0)
    return check('costs', title, 'not-done', 'There was no trade, so nothing was paid.', advice);
  if (profit <= 0) {
    const finding =
      profit + costs > 0
        ? 'It earned before fees and slippage, and lost after them.'
        : 'It lost even before fees and slippage.';
    return check('costs', title, 'failed', finding, advice);
  }
  const bearable = 1 + profit / costs;
  const finding = `The profit is gone when fees and slippage are ${bearable.toFixed(1)} times what was assumed.`;
  if (bearable > 1000) return check('costs', title, 'passed', 'Costs hardly matter to the profit.', advice);
  return check('costs', title, byLimits(bearable, 1.25, 2), finding, advice);
}

export function luckCheck(values: MetricValues): ConfidenceCheck {
  const title = 'More than luck';
  const trials = values['trials'] ?? 1;
  const probability = trials > 1 ? values['deflatedSharpe'] : values['probabilisticSharpe'];
  const advice = 'Test more data, and try fewer variants: each one tried makes a lucky one more likely.';
  if (probability === null || probability === undefined) {
    return check(
      'luck',
      title,
      'weak',
      'There are too few days with movement to tell skill from luck.',
      advice,
    );
  }
  if ((values['netProfit'] ?? 0) <= 0) {
    const skill = percent(values['probabilisticSharpe'] ?? probability);
    const finding = `It made no profit; the true Sharpe ratio is above 0 with a probability of ${skill}.`;
    return check('luck', title, 'failed', finding, advice);
  }
  const against = trials > 1 ? `beats what the best of ${trials} tries reaches by luck` : 'is above 0';
  const finding = `The true Sharpe ratio ${against} with a probability of ${percent(probability)}.`;
  return check('luck', title, byLimits(probability, 0.8, 0.95), finding, advice);
}
