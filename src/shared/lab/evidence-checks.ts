/** Checks of a run by what Monte Carlo, bias checks, studies and walk-forward have found about it. */

import { byLimits, type ConfidenceCheck, check, fewTrades, percent } from './confidence-check.ts';

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

/** What each kind of finding says of the run, in the order of reports. */
export function evidenceChecks(evidence: ConfidenceEvidence): ConfidenceCheck[] {
  return [
    outOfSampleCheck(evidence),
    monteCarloCheck(evidence),
    biasCheck(evidence),
    noiseCheck(evidence),
    randomEntriesCheck(evidence),
    ...findingsCheck(evidence),
  ];
}

/** The check of findings that were lost. */
export const findingsId = 'findings';
/** Checks that cost nothing while they are not done. */
export const voluntary: ReadonlySet<string> = new Set(['noise', 'random-entries', findingsId]);

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
  const outcome = verdict === 'robust' ? 'passed' : 'failed';
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
