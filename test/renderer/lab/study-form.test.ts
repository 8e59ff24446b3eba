/** The form of a study: its ranges, its choices, and what a failed run says at which field. */
import { describe, expect, it } from 'vitest';
import { paramLabels } from '../../../src/renderer/lab/param-labels.ts';
import { controlsOf, problemElsewhere, problemsOfFailure } from '../../../src/renderer/lab/run-problems.ts';
import {
  combinationsOf,
  rangeOf,
  searchable,
  searchOffer,
  spacesOf,
} from '../../../src/renderer/lab/search-ranges.tsx';
import {
  choiceProblems,
  draftFor,
  firstChoices,
  readStudyDraft,
  specOfChoices,
} from '../../../src/renderer/lab/study-choices.ts';
import type { FieldView } from '../../../src/shared/api/views.ts';

import { field, fields, offer, values } from '../form-fixture.ts';

describe('the ranges of a study', () => {
  const range = { isOn: true, from: '0', to: '1', step: '0.25' };

  it('searches numbers only, and what the strategy suggests to begin with', () => {
    expect(searchable(fields).map(({ name }) => name)).toEqual(['fast', 'filter']);
    expect(rangeOf(fields[0] as FieldView, {})).toEqual({ isOn: true, from: '5', to: '20', step: '5' });
    expect(rangeOf(fields[1] as FieldView, {})).toEqual({ isOn: false, from: '', to: '', step: '' });
  });

  it('gives spaces and leaves fixed what is off', () => {
    expect(spacesOf(offer, {})).toEqual({ spaces: { fast: { from: 5, to: 20, step: 5 }, filter: false } });
    expect(spacesOf(offer, { filter: { ...range, step: ' ' } })).toEqual({
      spaces: { fast: { from: 5, to: 20, step: 5 }, filter: { from: 0, to: 1 } },
    });
  });

  it('says what is wrong with a range', () => {
    const problem = (changes: Partial<typeof range>) => spacesOf(offer, { fast: { ...range, ...changes } });
    expect(problem({ from: '' })).toEqual({ problems: { 'spaces.fast': 'Give from and to' } });
    expect(problem({ from: '2' })).toEqual({ problems: { 'spaces.fast': 'From lies above to' } });
    expect(problem({ step: '0' })).toEqual({ problems: { 'spaces.fast': 'The step must be above zero' } });
    expect(problem({ isOn: false })).toEqual({
      problems: { spaces: 'Choose at least one parameter to search' },
    });
  });

  it('counts combinations', () => {
    // 5, 10, 15, 20 by 0, 0.25, 0.5, 0.75, 1
    expect(combinationsOf(offer, { filter: range })).toBe(20);
    expect(combinationsOf(offer, { fast: { ...range, from: '1', to: '9', step: '' } })).toBe(9);
    expect(combinationsOf(offer, { filter: { ...range, step: '' } })).toBeNull();
  });

  it('names parameters as the strategy does', () => {
    expect(['fast', 'unheard'].map(paramLabels(fields))).toEqual(['Fast period', 'unheard']);
  });
});

describe('the choices of a study', () => {
  it('are remembered, with ranges that belong to their strategy', () => {
    const range = { isOn: true, from: '1', to: '2', step: '' };
    const draft = readStudyDraft({
      strategy: 'grid',
      choices: { trials: '7' },
      ranges: { levels: range },
    });
    expect(draft).toEqual({
      strategy: 'grid',
      choices: { ...firstChoices, trials: '7' },
      ranges: { levels: range },
    });
    expect(draftFor(draft, 'grid').ranges).toEqual({ levels: range });
    expect(draftFor(draft, 'dca')).toEqual({ ...draft, strategy: 'dca', ranges: {} });
    expect(readStudyDraft({ choices: 3 }).choices).toEqual(firstChoices);
  });

  it('names what is wrong by field', () => {
    expect(choiceProblems(firstChoices)).toEqual({});
    const wrong = { ...firstChoices, trials: '', minimumTrades: '1.5', outOfSample: '61', patience: '0' };
    expect(Object.keys(choiceProblems(wrong)).sort()).toEqual([
      'minimumTrades',
      'outOfSample',
      'patience',
      'trials',
    ]);
    expect(choiceProblems({ ...firstChoices, objective: 'custom', expression: ' ' })).toEqual({
      expression: 'The formula is missing',
    });
    expect(choiceProblems({ ...firstChoices, outOfSample: '' })).toEqual({ outOfSample: 'From 0 to 60 %' });
  });

  it('makes the specification; a second objective only where the sampler takes one', () => {
    expect(specOfChoices({ ...firstChoices, second: 'profit', patience: '30' })).toEqual({
      sampler: 'tpe',
      objectives: ['sharpe'],
      trials: 200,
      minimumTrades: 10,
      outOfSample: 0.25,
      pruner: 'none',
      patience: 30,
    });
    expect(specOfChoices({ ...firstChoices, sampler: 'nsga-ii', second: 'profit' }).objectives).toEqual([
      'sharpe',
      'profit',
    ]);
    expect(
      specOfChoices({ ...firstChoices, objective: 'custom', expression: ' sharpe * 2 ' }).objectives,
    ).toEqual([{ expression: 'sharpe * 2', goal: 'maximise' }]);
  });
});

describe('what a study is offered', () => {
  const rules = [field('parameters', { format: 'text', label: 'Parameters', namesValues: true }), ...fields];
  const params = {
    parameters: 'quick = 12 from 5 to 20 step 5, level = 0.5 from 0 to 1 step 0.25, plain = 7',
  };

  it('has the values that the rules name, with their ranges', () => {
    const found = searchOffer(rules, values({ strategy: 'rules', params }));
    expect(searchable(found.fields).map(({ name, format }) => [name, format])).toEqual([
      ['$quick', 'integer'],
      ['$level', 'factor'],
      ['$plain', 'integer'],
      ['fast', 'integer'],
      ['filter', 'percent'],
    ]);
    expect(spacesOf(found, {})).toEqual({
      spaces: {
        $quick: { from: 5, to: 20, step: 5 },
        $level: { from: 0, to: 1, step: 0.25 },
        $plain: false,
        fast: { from: 5, to: 20, step: 5 },
        filter: false,
      },
    });
    // 4 × 5 named ones × 4 of the field that has a range of its own.
    expect(combinationsOf(found, {})).toBe(80);
    expect(searchOffer(rules, values({ params: { parameters: 'quick = = 3' } })).fields).toEqual(rules);
  });

  it('leaves out what the path cannot search, and says why', () => {
    const cross = [
      field('fastPeriod', { space: { from: 1, to: 3, step: 1 } }),
      field('minDistancePercent', { format: 'percent', space: { from: 0, to: 1, step: 0.5 } }),
    ];
    const swept = searchOffer(cross, values({ engine: 'sweep' }));
    expect(swept.limits['minDistancePercent']).toMatch(/whipsaw/);
    expect(spacesOf(swept, {})).toEqual({
      spaces: { fastPeriod: { from: 1, to: 3, step: 1 }, minDistancePercent: false },
    });
    expect(combinationsOf(swept, {})).toBe(3);
    expect(combinationsOf(searchOffer(cross, values({ engine: 'event' })), {})).toBe(9);
  });
});

describe('a run that failed', () => {
  const error = {
    code: 'bad-input',
    field: 'params.longEntry',
    message: 'params.longEntry: needs $fast',
  } as const;
  it('says at the field what the host found wrong with it', () => {
    expect(problemsOfFailure(error)).toEqual({ 'params.longEntry': 'needs $fast' });
    expect(problemsOfFailure({ message: 'no money' })).toEqual({});
    expect(problemsOfFailure(null)).toEqual({});
  });

  it('finds the control that a field of the specification is typed in', () => {
    const controls = {
      'spec.study.backtest.params.fast': ['params.fast'],
      'spec.capital': ['capital'],
      path: ['engine'],
      fromMs: ['from'],
      'series.0.source': ['path', 'stored', 'series'],
      'backtest.series.0.funding': ['fundingPath'],
      'study.objectives': ['objective', 'expression'],
      'spaces.fastPeriod': ['spaces.fastPeriod'],
      'spaces.fastPeriod.from': ['spaces.fastPeriod'],
      windows: ['windows'],
      study: ['study'],
    };
    for (const [field, found] of Object.entries(controls)) expect(controlsOf(field)).toEqual(found);
  });

  it('tells at another field what is wrong with one the form does not have', () => {
    expect(problemElsewhere({ runs: 'too many', trades: 'too few' }, ['runs'])).toBe('too few');
    expect(problemElsewhere({ runs: 'too many' }, ['runs'])).toBeUndefined();
  });
});
