/** What a study searches for and how: texts as typed on one side, the specification on the other. */

import { multiObjectiveSamplers, type SamplerName, type StudySpecInput } from '../../shared/lab/study.ts';

export interface StudyChoices {
  readonly sampler: SamplerName;
  /** Name of an objective, or `custom` for `expression`. */
  readonly objective: string;
  readonly second: string;
  readonly expression: string;
  readonly trials: string;
  readonly minimumTrades: string;
  /** Percent. */
  readonly outOfSample: string;
  readonly patience: string;
  readonly prunes: boolean;
}

export const firstChoices: StudyChoices = {
  sampler: 'tpe',
  objective: 'sharpe',
  second: '',
  expression: '',
  trials: '200',
  minimumTrades: '10',
  outOfSample: '25',
  patience: '',
  prunes: false,
};

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
