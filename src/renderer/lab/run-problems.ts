/** What the host found wrong with a run, at the fields of the form it was begun from. */

import type { ApiFailure } from '../../shared/api/result.ts';

/** Problems by field; parameters as `params.<name>`, searched ranges as `spaces.<name>`. */
export type RunProblems = Readonly<Record<string, string>>;

/** Where a form calls a field otherwise than the specification does. A field that has several controls names them all. */
const controls: Readonly<Record<string, readonly string[]>> = {
  path: ['engine'],
  fromMs: ['from'],
  toMs: ['to'],
  warmupBars: ['from'],
  objectives: ['objective', 'expression'],
  halfLifeMaximum: ['halfLife'],
  missedShare: ['missed'],
  'series.funding': ['fundingPath'],
  'series.marks': ['marksPath'],
  'series.borrow': ['borrow'],
  'series.instrument': ['symbol', 'stored'],
};
/** All else of a series: the file, or which of those that are stored. */
const ofSeries = ['path', 'stored', 'series'] as const;

/** Gives the controls that a field of a specification is typed in: `spec.study.backtest.fromMs` is typed in `from`. */
export function controlsOf(field: string): readonly string[] {
  const own = field.replace(/^((spec|study|backtest)\.)+/, '').replace(/^series\.\d+/, 'series');
  const [first = '', second] = own.split('.');
  if (first === 'params') return [own];
  if (first === 'series') return controls[`series.${second}`] ?? ofSeries;
  if (first === 'spaces') return [second === undefined ? first : `spaces.${second}`];
  return controls[first] ?? [first];
}

/** Gives what a failure says of the fields of its form; nothing where it speaks of none. */
export function problemsOfFailure(failure: Pick<ApiFailure, 'field' | 'message'> | null): RunProblems {
  if (failure?.field === undefined) return {};
  const { field, message } = failure;
  const prefix = `${field}: `;
  const words = message.startsWith(prefix) ? message.slice(prefix.length) : message;
  return Object.fromEntries(controlsOf(field).map((control) => [control, words]));
}

/** Gives a problem of a field that the form does not have, to be told at the one that stands for it. */
export function problemElsewhere(problems: RunProblems, own: readonly string[]): string | undefined {
  return Object.entries(problems).find(([field]) => !own.includes(field))?.[1];
}
