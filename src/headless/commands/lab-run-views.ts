/** Results of studies and checks for people. */

import type { SensitivityView } from '../../app/lab/explore-neighbours.ts';
import type { BiasReport } from '../../app/robustness/bias-check.ts';
import type { WalkForwardView } from '../../shared/api/lab-views.ts';
import type { MetricValues } from '../../shared/lab/metrics.ts';
import type { SearchValue } from '../../shared/lab/search-space.ts';
import type { TrialRow } from '../../shared/lab/study.ts';
import { windowFindings, windowOutcome } from '../../shared/lab/walk-forward.ts';
import { renderFacts, renderTable } from '../output/table.ts';
import { countWords, timeWords } from '../output/words.ts';

/** Trials shown; all are in the JSON. */
const shownTrials = 10;

interface StudyFacts {
  readonly study: string;
  readonly trials: number;
  readonly complete: number;
  readonly pruned: number;
  readonly end: string;
  readonly withoutScore: readonly { readonly message: string; readonly trials: number }[];
  readonly best: readonly (Pick<TrialRow, 'number' | 'values' | 'objectives' | 'metrics'> & {
    readonly outOfSample: MetricValues | null;
  })[];
}

function percent(ratio: number | null | undefined): string {
  return ratio === null || ratio === undefined ? '–' : `${(ratio * 100).toFixed(2)} %`;
}

function numberText(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : value.toPrecision(4);
}

function valuesText(values: Readonly<Record<string, SearchValue>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

export function studyText(study: StudyFacts): string {
  const { complete, pruned, trials } = study;
  const facts = renderFacts([
    ['Study', `${study.study} (${study.end})`],
    [
      'Trials',
      `${countWords(trials)}: ${countWords(complete)} with a score, ${countWords(pruned)} ended early`,
    ],
  ]);
  const table = renderTable(
    study.best.slice(0, shownTrials),
    [
      { title: 'Trial', right: true, of: ({ number }) => String(number) },
      { title: 'Score', right: true, of: ({ objectives }) => (objectives ?? []).map(numberText).join(' / ') },
      { title: 'Return', right: true, of: ({ metrics }) => percent(metrics['totalReturn']) },
      { title: 'Drawdown', right: true, of: ({ metrics }) => percent(metrics['maxDrawdown']) },
      { title: 'Trades', right: true, of: ({ metrics }) => String(metrics['trades'] ?? '–') },
      { title: 'On new data', right: true, of: ({ outOfSample }) => percent(outOfSample?.['totalReturn']) },
      { title: 'Parameters', of: ({ values }) => valuesText(values) },
    ],
    'No trial has a score.',
  );
  const reasons = study.withoutScore.map(
    ({ message, trials: count }) => `Without a score: ${countWords(count)} (${message})`,
  );
  return [facts, table, ...reasons].join('\n');
}

const outcomeWords = {
  traded: '–',
  bankrupt: '–',
  'no-setting': 'no setting',
  'no-money': 'no money',
} as const;

export function walkForwardText({ efficiency, id, metrics, windows }: WalkForwardView): string {
  const table = renderTable(
    windows,
    [
      { title: 'Traded from', of: ({ testFromMs }) => timeWords(testFromMs) },
      { title: 'To', of: ({ testToMs }) => timeWords(testToMs) },
      { title: 'Optimised', right: true, of: ({ train }) => percent(train['totalReturn']) },
      {
        title: 'Traded',
        right: true,
        of: (window) =>
          window.test === null ? outcomeWords[windowOutcome(window)] : percent(window.test['totalReturn']),
      },
      { title: 'Parameters', of: ({ values }) => valuesText(values) },
    ],
    '',
  );
  const facts = renderFacts([
    ['Run', id],
    ['Efficiency', percent(efficiency)],
    ['Return', percent(metrics['totalReturn'])],
    ['Drawdown', percent(metrics['maxDrawdown'])],
  ]);
  return [table, facts, ...windowFindings(windows)].join('\n');
}

export function biasText({ cuts, lookahead, recursion, trades, verdict }: BiasReport): string {
  const facts = renderFacts([
    ['Trades', countWords(trades)],
    ['Lookahead', `${lookahead.length} of ${cuts} cuts differ`],
    ...recursion.map(
      ({ changedTrades, warmupBars }) =>
        [`Warm-up of ${countWords(warmupBars)}`, `${changedTrades} trades change`] as const,
    ),
  ]);
  return [facts, ...verdict].join('\n');
}

export function sensitivityText(view: SensitivityView): string {
  const table = renderTable(
    view.lines,
    [
      { title: 'Parameter', of: ({ parameter }) => parameter },
      { title: 'Spread', right: true, of: ({ spread }) => numberText(spread) },
      {
        title: 'Scores',
        of: ({ points }) =>
          points.map(({ value, objective }) => `${value}: ${numberText(objective)}`).join('  '),
      },
    ],
    '',
  );
  const facts = renderFacts([
    ['Trial', `${view.trial}: ${valuesText(view.values)}`],
    ['Score', `${numberText(view.base)} (${view.objective})`],
    ['Neighbours as good', percent(view.plateau)],
  ]);
  return [...view.notes.map((note) => `Warning: ${note}`), facts, table].join('\n');
}

export function studyTable(
  studies: readonly {
    readonly id: string;
    readonly createdMs: number;
    readonly strategy: string;
    readonly sampler: string;
    readonly trials: number;
    readonly of: number;
    readonly end: string | null;
    readonly best: TrialRow | null;
  }[],
): string {
  return renderTable(
    studies,
    [
      { title: 'Study', of: ({ id }) => id },
      { title: 'Begun', of: ({ createdMs }) => timeWords(createdMs) },
      { title: 'Strategy', of: ({ strategy }) => strategy },
      { title: 'Sampler', of: ({ sampler }) => sampler },
      { title: 'Trials', right: true, of: ({ of, trials }) => `${countWords(trials)} of ${countWords(of)}` },
      { title: 'End', of: ({ end }) => end ?? 'can go on' },
      { title: 'Best', of: ({ best }) => (best === null ? '–' : valuesText(best.values)) },
    ],
    'There is no study yet. Begin one: bin/sextant optimise --help',
  );
}
