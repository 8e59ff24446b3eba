/**
 * What checks have found about runs of a strategy, kept so that a later report knows it: each finding names the settings it
 * holds for, and a run takes those that are about itself.
 */

import { z } from 'zod';
import type { ConfidenceEvidence } from './evidence-checks.ts';
import { backtestSpec } from './spec.ts';

const common = {
  /** What was run; its parameters are those a person named or a search found. */
  spec: backtestSpec,
  /** All parameters, those suggested for the market among them, where they are known. */
  wholeParams: z.record(z.string(), z.unknown()).optional(),
  madeMs: z.number(),
  /** Version of the program: another one may trade otherwise. */
  program: z.string(),
};
/** The run the finding is about, so that it is told from one over other data. */
const sameRun = { finalEquity: z.number(), trades: z.number().int() };
const share = z.number().min(0).max(1);

export const evidenceRecord = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('monte-carlo'),
    ...common,
    ...sameRun,
    drawdownRank: share,
    drawdownP5: z.number(),
  }),
  z.object({
    kind: z.literal('noise'),
    ...common,
    ...sameRun,
    verdict: z.enum(['fragile', 'robust', 'no-profit']),
    lossShare: share,
    runs: z.number().int(),
  }),
  z.object({
    kind: z.literal('random-entries'),
    ...common,
    ...sameRun,
    pValue: share,
    /** Closed trades that were compared; findings of before it was kept have at most `trades`. */
    compared: z.number().int().optional(),
  }),
  z.object({ kind: z.literal('bias'), ...common, outcome: z.enum(['passed', 'failed']) }),
  z.object({
    kind: z.literal('out-of-sample'),
    ...common,
    /** The study or walk-forward run, `st-3`. */
    source: z.string(),
    /** A walk-forward run speaks of the way settings are chosen: it holds for all settings it may choose. */
    anyParams: z.boolean(),
    share,
    held: z.boolean(),
    /** Whether the money was used up there. */
    ruined: z.boolean().optional(),
    /** Settings tried with a score, and the variance of their daily Sharpe ratios. */
    trials: z.number().int().optional(),
    trialVariance: z.number().optional(),
  }),
]);
export type EvidenceRecord = z.output<typeof evidenceRecord>;
export type EvidenceInput = z.input<typeof evidenceRecord>;

/** What could be read of the findings, and a sentence for each line that could not: what it said is not counted. */
export interface KeptEvidence {
  readonly records: readonly EvidenceRecord[];
  readonly damaged: readonly string[];
}

/** A run that evidence is looked up for. */
export interface EvidenceSubject {
  readonly spec: z.output<typeof backtestSpec>;
  readonly finalEquity: number;
  readonly trades: number;
}

/** What is known of a run, and how many settings were tried before its own was chosen. */
export interface KnownEvidence {
  readonly evidence: ConfidenceEvidence;
  readonly trials: number | undefined;
  readonly trialVariance: number | undefined;
}

/** How many settings were tried before one was chosen, and the variance of their daily Sharpe ratios. */
export type Tried = Pick<KnownEvidence, 'trials' | 'trialVariance'>;

/** The one rule where two sources tell how many settings were tried: the more count, whoever measures the run. */
export function mostTried(one: Tried, other: Tried): Tried {
  const { trials, trialVariance } = (other.trials ?? 1) > (one.trials ?? 1) ? other : one;
  return { trials, trialVariance };
}

/** Money that differs by a smaller share is the same: both paths agree to a billionth. */
const moneyTolerance = 1e-8;

/** Gives what records say of a run; of several of a kind the newest holds. `program` is the version that asks. */
export function evidenceOf(
  subject: EvidenceSubject,
  { damaged, records }: KeptEvidence,
  program: string,
): KnownEvidence {
  const fitting = records.filter((record) => record.program === program && isAbout(record, subject));
  const newest = <Kind extends EvidenceRecord['kind']>(kind: Kind) =>
    fitting.findLast((record): record is Extract<EvidenceRecord, { kind: Kind }> => record.kind === kind);
  const shuffled = newest('monte-carlo');
  const noise = newest('noise');
  const entries = newest('random-entries');
  // A study of these very settings says more than one of the way they were chosen.
  const tested =
    fitting.findLast((record) => record.kind === 'out-of-sample' && !record.anyParams) ??
    newest('out-of-sample');
  const outOfSample = tested?.kind === 'out-of-sample' ? tested : undefined;
  return {
    evidence: {
      bias: newest('bias')?.outcome,
      monteCarlo:
        shuffled === undefined
          ? undefined
          : { drawdownRank: shuffled.drawdownRank, drawdownP5: shuffled.drawdownP5 },
      noise:
        noise === undefined
          ? undefined
          : { verdict: noise.verdict, lossShare: noise.lossShare, runs: noise.runs },
      randomEntries:
        entries === undefined
          ? undefined
          : { pValue: entries.pValue, trades: entries.compared ?? entries.trades },
      outOfSample:
        outOfSample === undefined
          ? undefined
          : {
              share: outOfSample.share,
              held: outOfSample.held,
              ruined: outOfSample.ruined,
              source: outOfSample.source,
            },
      ...(damaged.length === 0 ? {} : { damaged }),
    },
    trials: outOfSample?.trials,
    trialVariance: outOfSample?.trialVariance,
  };
}

function isAbout(record: EvidenceRecord, { finalEquity, spec, trades }: EvidenceSubject): boolean {
  if (record.spec.strategy !== spec.strategy) return false;
  const hasSameData = sameValue(
    record.spec.series.map(({ source }) => source),
    spec.series.map(({ source }) => source),
  );
  switch (record.kind) {
    case 'bias':
      return hasSameParams(record, spec.params);
    case 'out-of-sample':
      return (
        hasSameData &&
        hasSameTerms(record.spec, spec) &&
        overlaps(record.spec, spec) &&
        (record.anyParams || hasSameParams(record, spec.params))
      );
    default:
      return (
        hasSameData &&
        hasSameParams(record, spec.params) &&
        record.trades === trades &&
        Math.abs(record.finalEquity - finalEquity) <= moneyTolerance * Math.abs(finalEquity)
      );
  }
}

/** What a result hangs on beside settings and prices: settings that held without fees need not hold with them. */
const terms = [
  'makerFee',
  'takerFee',
  'slippage',
  'fill',
  'intrabar',
  'limitFill',
  'reserve',
  'leverage',
  'latency',
  'impact',
  'holdings',
] as const satisfies readonly (keyof EvidenceSubject['spec'])[];
const seriesTerms = [
  'rules',
  'detail',
  'funding',
  'borrow',
  'marks',
  'tradable',
] as const satisfies readonly (keyof EvidenceSubject['spec']['series'][number])[];

function hasSameTerms(left: EvidenceSubject['spec'], right: EvidenceSubject['spec']): boolean {
  return (
    terms.every((name) => sameValue(left[name], right[name])) &&
    left.series.every((series, index) =>
      seriesTerms.every((name) => sameValue(series[name], right.series[index]?.[name])),
    )
  );
}

/** Whether two runs have candles in common; what was kept back of one time says nothing of another. */
function overlaps(left: EvidenceSubject['spec'], right: EvidenceSubject['spec']): boolean {
  const beginsBeforeEnd = ({ fromMs = Number.NEGATIVE_INFINITY }, { toMs = Number.POSITIVE_INFINITY }) =>
    fromMs < toMs;
  return beginsBeforeEnd(left, right) && beginsBeforeEnd(right, left);
}

/** Every parameter that one of them names must be the same in the other, where it is known. */
function hasSameParams(
  { spec: { params: named }, wholeParams: whole = named }: EvidenceRecord,
  asked: Readonly<Record<string, unknown>>,
): boolean {
  return (
    Object.entries(named).every(([name, value]) => name in asked && sameValue(asked[name], value)) &&
    Object.entries(asked).every(([name, value]) => name in whole && sameValue(whole[name], value))
  );
}

/** Forms give numbers as text: `5` and `"5"` are the same setting. */
function sameValue(left: unknown, right: unknown): boolean {
  return plain(left) === plain(right);
}

function plain(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(plain).join(',')}]`;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${entries
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, one]) => `${name}:${plain(one)}`)
    .join(',')}}`;
}
