/** What a study searches for and how: texts as typed on one side, the specification on the other. */

import { z } from 'zod';
import { multiObjectiveSamplers, type StudySpecInput, samplerNames } from '../../shared/lab/study.ts';

const studyChoices = z.object({
  sampler: z.enum(samplerNames).default('tpe'),
  /** Name of an objective, or `custom` for `expression`. */
  objective: z.string().default('sharpe'),
  second: z.string().default(''),
  expression: z.string().default(''),
  trials: z.string().default('200'),
  minimumTrades: z.string().default('10'),
  /** Percent. */
  outOfSample: z.string().default('25'),
  patience: z.string().default(''),
  prunes: z.boolean().default(false),
});
export type StudyChoices = Readonly<z.output<typeof studyChoices>>;

export const firstChoices: StudyChoices = studyChoices.parse({});

const studyDraft = z.object({
  strategy: z.string().default(''),
  choices: studyChoices.prefault({}),
  ranges: z
    .record(z.string(), z.object({ isOn: z.boolean(), from: z.string(), to: z.string(), step: z.string() }))
    .default({}),
});
/** The form of a study as it was left: what is searched belongs to one strategy. */
export type StudyDraft = z.output<typeof studyDraft>;

/** Gives the draft that was remembered; anything that does not fit is the default. */
export function readStudyDraft(remembered: unknown): StudyDraft {
  const parsed = studyDraft.safeParse(remembered ?? {});
  return parsed.success ? parsed.data : studyDraft.parse({});
}

/** Gives a draft for a strategy: ranges of another one are not its own. */
export function draftFor(draft: StudyDraft, strategy: string): StudyDraft {
  return draft.strategy === strategy ? draft : { ...draft, strategy, ranges: {} };
}

/** Gives the number that was typed; not a number where nothing was. */
function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** Says what is wrong with a whole number in bounds; undefined when nothing is. */
export function wholeNumberProblem(text: string, least: number, most: number): string | undefined {
  const value = numberOf(text);
  if (Number.isInteger(value) && value >= least && value <= most) return undefined;
  return `A whole number from ${least} to ${most}`;
}

/** What is wrong, by field. */
export function choiceProblems(choices: StudyChoices): Partial<Record<keyof StudyChoices, string>> {
  const part = numberOf(choices.outOfSample);
  const found: Partial<Record<keyof StudyChoices, string | undefined>> = {
    trials: wholeNumberProblem(choices.trials, 1, 1_000_000),
    minimumTrades: wholeNumberProblem(choices.minimumTrades, 0, 1_000_000),
    outOfSample: part >= 0 && part <= 60 ? undefined : 'From 0 to 60 %',
    patience: choices.patience.trim() === '' ? undefined : wholeNumberProblem(choices.patience, 1, 1_000_000),
    expression:
      choices.objective === 'custom' && choices.expression.trim() === ''
        ? 'The formula is missing'
        : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== undefined));
}

/** Gives the part of the specification that these choices make. */
export function specOfChoices(choices: StudyChoices): Omit<StudySpecInput, 'backtest' | 'spaces'> {
  const first =
    choices.objective === 'custom'
      ? { expression: choices.expression.trim(), goal: 'maximise' as const }
      : choices.objective;
  const hasSecond = choices.second !== '' && multiObjectiveSamplers.has(choices.sampler);
  return {
    sampler: choices.sampler,
    objectives: hasSecond ? [first, choices.second] : [first],
    trials: Number(choices.trials),
    minimumTrades: Number(choices.minimumTrades),
    outOfSample: Number(choices.outOfSample) / 100,
    pruner: choices.prunes ? 'median' : 'none',
    ...(choices.patience.trim() === '' ? {} : { patience: Number(choices.patience) }),
  };
}
