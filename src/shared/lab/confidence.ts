/**
 * How far the figures of a backtest can be believed: a grade from A to E, with every reason and what to do about it. It does
 * not say whether the strategy is good: a loss shown by 500 trades over three years is a figure to believe.
 *
 * Each check has points: 0 passed, 1 weak or not done, 3 failed. The sum decides: up to 1 A, 3 B, 5 C, 8 D, more E. A failed
 * bias check is an E whatever else holds, and fewer than 30 trades are a D at best. The last two checks, candle noise and
 * random entries, cost nothing while they are not done.
 */

import type { MetricValues } from './metrics.ts';
import type { BacktestResult } from './result.ts';
import { isOnBook, type LatencySpec, type SeriesSpec } from './spec.ts';

export type ConfidenceGrade = 'A' | 'B' | 'C' | 'D' | 'E';
export type CheckOutcome = 'passed' | 'weak' | 'failed' | 'not-done';

export interface ConfidenceCheck {
  readonly id: string;
  readonly title: string;
  readonly outcome: CheckOutcome;
  /** What was found, one sentence. */
  readonly finding: string;
  /** What to do about it; nothing where the check passed. */
  readonly advice?: string | undefined;
}

export interface Confidence {
  readonly grade: ConfidenceGrade;
  readonly points: number;
  /** One sentence for the grade. */
  readonly summary: string;
  readonly checks: readonly ConfidenceCheck[];
}

/** What is known beyond the run itself; what is left out counts as not done. */
export interface ConfidenceEvidence {
  /** Share of closed trades whose candle held both stop and target, where the run counted them. */
  readonly pathDependentShare?: number | undefined;
  /** Share of the candles kept back from choosing parameters, and whether the result held there. */
  readonly outOfSample?:
    | {
        readonly share: number;
        readonly held: boolean;
        /** Whether the money was used up there. */
        readonly ruined?: boolean | undefined;
        readonly source?: string | undefined;
      }
    | undefined;
  /** Share of Monte Carlo runs whose drawdown was deeper than the original's, and the 5th percentile of the drawdown. */
  readonly monteCarlo?: { readonly drawdownRank: number; readonly drawdownP5: number } | undefined;
  readonly bias?: 'passed' | 'failed' | undefined;
  /** What runs on candles with noise said, and the share of them that lost. */
  readonly noise?:
    | {
        readonly verdict: 'fragile' | 'robust' | 'no-profit';
        readonly lossShare: number;
        readonly runs: number;
      }
    | undefined;
  /** Share of random entries that did at least as well, and how many trades were compared with them. */
  readonly randomEntries?: { readonly pValue: number; readonly trades: number } | undefined;
  /** Sentences on findings of earlier checks that can no longer be read. */
  readonly damaged?: readonly string[] | undefined;
}

const points: Readonly<Record<CheckOutcome, number>> = { passed: 0, weak: 1, 'not-done': 1, failed: 3 };
const gradeSteps: readonly (readonly [pointsMaximum: number, grade: ConfidenceGrade])[] = [
  [1, 'A'],
  [3, 'B'],
  [5, 'C'],
  [8, 'D'],
];
const summaries: Readonly<Record<ConfidenceGrade, string>> = {
  A: 'Well supported: the figures rest on enough trades and every check was done.',
  B: 'Well supported, with checks still to do.',
  C: 'Some support: look at the reasons before you act on it.',
  D: 'Weak: the figures may well be chance or depend on an assumption.',
  E: 'Not to be believed as it stands.',
};

const enoughTrades = 100;
/**
 * Closed trades below which nothing is said of skill or luck. An advantage of half the standard deviation of a trade, which
 * is a large one, is found at 5 % by six of seven tests over 30 trades (normal quantile 0.5 √30 − 1.645 = 1.09), over 10 by
 * less than half of them; and one or two trades decide what so few show.
 */
export const fewTrades = 30;
const enoughDays = 365;
const fewDays = 90;
const dayMs = 86_400_000;

/** Grades a run by its figures and what else is known. */
export function gradeConfidence(
  result: BacktestResult,
  values: MetricValues,
  evidence: ConfidenceEvidence = {},
): Confidence {
  const checks = [
    tradesCheck(values),
    lengthCheck(result),
    gapsCheck(result),
    pathCheck(result, evidence),
    costsCheck(result, values),
    luckCheck(values),
    ...evidenceChecks(evidence),
  ];
  return graded(checks, values, evidence);
}

/** Grades a run again by what is known now; the checks of the run itself stay as they were. */
export function regradeConfidence(
  before: Confidence,
  values: MetricValues,
  evidence: ConfidenceEvidence,
): Confidence {
  const fresh = evidenceChecks(evidence);
  const ids = new Set([...fresh.map(({ id }) => id), findingsId]);
  return graded([...before.checks.filter(({ id }) => !ids.has(id)), ...fresh], values, evidence);
}

function evidenceChecks(evidence: ConfidenceEvidence): ConfidenceCheck[] {
  return [
    outOfSampleCheck(evidence),
    monteCarloCheck(evidence),
    biasCheck(evidence),
    noiseCheck(evidence),
    randomEntriesCheck(evidence),
    ...findingsCheck(evidence),
  ];
}

const findingsId = 'findings';
/** Checks that cost nothing while they are not done. */
const voluntary: ReadonlySet<string> = new Set(['noise', 'random-entries', findingsId]);

function graded(
  checks: readonly ConfidenceCheck[],
  values: MetricValues,
  evidence: ConfidenceEvidence,
): Confidence {
  const pointsOf = ({ id, outcome }: ConfidenceCheck): number =>
    outcome === 'not-done' && voluntary.has(id) ? 0 : points[outcome];
  const total = checks.reduce((sum, check) => sum + pointsOf(check), 0);
  let grade = gradeSteps.find(([maximum]) => total <= maximum)?.[1] ?? 'E';
  if (closedTrades(values) < fewTrades && grade < 'D') grade = 'D';
  if (evidence.bias === 'failed') grade = 'E';
  return { grade, points: total, summary: summaries[grade], checks };
}

function check(
  id: string,
  title: string,
  outcome: CheckOutcome,
  finding: string,
  advice: string,
): ConfidenceCheck {
  return { id, title, outcome, finding, ...(outcome === 'passed' ? {} : { advice }) };
}

/** Below the first limit failed, below the second weak. */
function byLimits(value: number, failedBelow: number, weakBelow: number): CheckOutcome {
  if (value < failedBelow) return 'failed';
  return value < weakBelow ? 'weak' : 'passed';
}

const closedTrades = (values: MetricValues): number => (values['trades'] ?? 0) - (values['openTrades'] ?? 0);
const percent = (ratio: number, digits = 0): string => `${(ratio * 100).toFixed(digits)} %`;

function tradesCheck(values: MetricValues): ConfidenceCheck {
  const closed = closedTrades(values);
  return check(
    'trades',
    'Number of trades',
    byLimits(closed, fewTrades, enoughTrades),
    closed === 1 ? '1 trade has ended.' : `${closed} trades have ended.`,
    `Test a longer time, more markets or a shorter timeframe until there are at least ${enoughTrades}.`,
  );
}

function lengthCheck({ fromMs, toMs }: BacktestResult): ConfidenceCheck {
  const days = Math.max(0, (toMs - fromMs) / dayMs);
  return check(
    'length',
    'Length of the data',
    byLimits(days, fewDays, enoughDays),
    `The data cover ${Math.round(days)} days.`,
    'Take at least a year, with rising, falling and quiet markets in it.',
  );
}

function gapsCheck({ counts, instruments, equity, fromMs, toMs }: BacktestResult): ConfidenceCheck {
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

function pathCheck({ trades, spec }: BacktestResult, evidence: ConfidenceEvidence): ConfidenceCheck {
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

function costsCheck(result: BacktestResult, values: MetricValues): ConfidenceCheck {
  const title = 'Sensitivity to costs';
  const costs = result.fees + result.slippage;
  const profit = values['netProfit'] ?? 0;
  const advice =
    'Compare with the fills of a paper run; trade less often, or with limit orders, until it survives doubled costs.';
  if (result.trades.length > 0 && costs === 0) {
    const finding = 'Neither fees nor slippage were charged.';
    return check(
      'costs',
      title,
      'failed',
      finding,
      'Set the venue’s fees and a slippage of at least 0.0005.',
    );
  }
  if (result.trades.length === 0)
    return check('costs', title, 'not-done', 'There was no trade, so nothing was paid.', advice);
  if (profit <= 0)
    return check('costs', title, 'passed', 'The run lost money; costs do not hide it.', advice);
  const bearable = costs === 0 ? Number.POSITIVE_INFINITY : 1 + profit / costs;
  const finding = `The profit is gone when fees and slippage are ${bearable.toFixed(1)} times what was assumed.`;
  if (bearable > 1000) return check('costs', title, 'passed', 'Costs hardly matter to the profit.', advice);
  return check('costs', title, byLimits(bearable, 1.25, 2), finding, advice);
}

function luckCheck(values: MetricValues): ConfidenceCheck {
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
  const against = trials > 1 ? `beats what the best of ${trials} tries reaches by luck` : 'is above 0';
  // A run that lost money beyond doubt is as believable as one that won.
  const lost = (values['sharpe'] ?? 0) < 0;
  const certainty = lost ? 1 - (values['probabilisticSharpe'] ?? 0.5) : probability;
  const finding = lost
    ? `It lost; the true Sharpe ratio is below 0 with a probability of ${percent(certainty)}.`
    : `The true Sharpe ratio ${against} with a probability of ${percent(probability)}.`;
  return check('luck', title, byLimits(certainty, 0.8, 0.95), finding, advice);
}

function outOfSampleCheck({ outOfSample }: ConfidenceEvidence): ConfidenceCheck {
  const title = 'Out of sample';
  const advice = 'Choose parameters on the first part of the data and test on the rest: "walkforward".';
  if (outOfSample === undefined) {
    return check(
      'out-of-sample',
      title,
      'not-done',
      'No data were kept back from choosing parameters.',
      advice,
    );
  }
  const { share, held, ruined, source } = outOfSample;
  const where = source === undefined ? '' : ` (${source})`;
  const end =
    ruined === true ? 'the money was used up' : held ? 'the result held' : 'the result did not hold';
  const finding = `${percent(share)} of the data were kept back${where}; ${end} there.`;
  const outcome = held ? byLimits(share, 0, 0.2) : 'failed';
  return check('out-of-sample', title, outcome, finding, advice);
}

function monteCarloCheck({ monteCarlo }: ConfidenceEvidence): ConfidenceCheck {
  const title = 'Luck of the order';
  if (monteCarlo === undefined) {
    const advice = 'Run "montecarlo" on the trades: it shows the drawdown to expect in another order.';
    return check('monte-carlo', title, 'not-done', 'The trades were not shuffled.', advice);
  }
  const { drawdownRank, drawdownP5 } = monteCarlo;
  return check(
    'monte-carlo',
    title,
    drawdownRank > 0.95 ? 'failed' : byLimits(1 - drawdownRank, 0, 0.2),
    `In ${percent(drawdownRank)} of the shuffled orders the drawdown was deeper; one in twenty reached ${percent(drawdownP5)}.`,
    'Plan for the drawdown of the shuffled runs, not for the one that happened.',
  );
}

function biasCheck({ bias }: ConfidenceEvidence): ConfidenceCheck {
  const title = 'Look-ahead and recursive bias';
  const advice = 'Run "bias": it repeats the run on cut-off data and compares every decision.';
  if (bias === undefined) return check('bias', title, 'not-done', 'It was not checked.', advice);
  const finding =
    bias === 'passed'
      ? 'Decisions are the same on cut-off data.'
      : 'Decisions change when later data are cut off: the strategy sees the future.';
  return check('bias', title, bias, finding, 'Mend the strategy; no figure of it means anything before.');
}

function noiseCheck({ noise }: ConfidenceEvidence): ConfidenceCheck {
  const title = 'Noise in the candles';
  const advice = 'Run "montecarlo --method noise": it repeats the run on prices that could have been.';
  if (noise === undefined)
    return check('noise', title, 'not-done', 'It was not run on candles with noise.', advice);
  const { lossShare, runs, verdict } = noise;
  const finding = {
    robust: `The result held on ${runs} histories with noise, ${percent(lossShare)} of which lost.`,
    fragile: `The result hangs on the exact prices: ${percent(lossShare)} of ${runs} histories with noise lost.`,
    'no-profit': `The run made no profit, with noise or without; ${percent(lossShare)} of ${runs} histories lost.`,
  }[verdict];
  const outcome = verdict === 'fragile' ? 'failed' : 'passed';
  return check('noise', title, outcome, finding, 'Prefer settings whose neighbours do as well.');
}

/** Findings that were lost: the checks they came from are to be run again. There is no such check while none was lost. */
function findingsCheck({ damaged = [] }: ConfidenceEvidence): ConfidenceCheck[] {
  const [first] = damaged;
  if (first === undefined) return [];
  const more = damaged.length > 1 ? ` ${damaged.length - 1} more lines cannot be read either.` : '';
  const advice = 'Remove the line, and run again the checks that now stand here as not done.';
  return [check(findingsId, 'Findings of earlier checks', 'not-done', `${first}.${more}`, advice)];
}

/** Chance does as well as the entries in at most so many sets: sure knowledge, and possible one. */
const surePValue = 0.05;
const possiblePValue = 0.2;

function randomEntriesCheck({ randomEntries }: ConfidenceEvidence): ConfidenceCheck {
  const title = 'Better than random entries';
  if (randomEntries === undefined) {
    const advice = 'Run "montecarlo --method random-entries": as many entries at random, held as long.';
    return check('random-entries', title, 'not-done', 'It was not compared with random entries.', advice);
  }
  const { pValue, trades } = randomEntries;
  if (trades < fewTrades) {
    const finding = `It was compared with random entries, but ${trades} closed trades are too few to tell.`;
    return check('random-entries', title, 'not-done', finding, `Compare again with at least ${fewTrades}.`);
  }
  const outcome = pValue <= surePValue ? 'passed' : pValue <= possiblePValue ? 'weak' : 'failed';
  const finding = `Entries at random did at least as well in ${percent(pValue, 1)} of the sets.`;
  const advice = 'What it earned may come from the market alone: compare with holding, and with its exits.';
  return check('random-entries', title, outcome, finding, advice);
}
