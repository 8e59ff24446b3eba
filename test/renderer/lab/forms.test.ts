/** The forms of the Lab: texts as typed, specifications, and what is wrong with which field. */
import { describe, expect, it } from 'vitest';
import {
  paramTextProblem,
  searchIndicators,
  timeframesOf,
} from '../../../src/renderer/lab/explore-choices.ts';
import { paramLabels } from '../../../src/renderer/lab/param-labels.ts';
import {
  combinationsOf,
  rangeOf,
  searchable,
  searchOffer,
  spacesOf,
} from '../../../src/renderer/lab/search-ranges.tsx';
import {
  dayMsOf,
  problemOfJob,
  readSpecValues,
  type SpecValues,
  specOfValues,
  specValuesSchema,
  storedKey,
  valuesOfSpec,
} from '../../../src/renderer/lab/spec-values.ts';
import { choiceProblems, firstChoices, specOfChoices } from '../../../src/renderer/lab/study-choices.ts';
import type { FieldView } from '../../../src/shared/api/views.ts';
import { backtestSpec } from '../../../src/shared/lab/spec.ts';

function field(name: string, more: Partial<FieldView> = {}): FieldView {
  return {
    name,
    label: name,
    group: 'Signal',
    help: '',
    unit: '',
    format: 'integer',
    required: true,
    updatable: false,
    advanced: false,
    chartLine: false,
    minimum: null,
    maximum: null,
    options: [],
    space: null,
    showWhen: null,
    ...more,
  };
}

const fields = [
  field('fast', { label: 'Fast period', minimum: '1', maximum: '99', space: { from: 5, to: 20, step: 5 } }),
  field('filter', { label: 'Filter', format: 'percent' }),
  field('direction', { format: 'choice', options: ['long', 'short'] }),
];

const offer = { fields, limits: {} };

const values = (more: Partial<SpecValues> = {}): SpecValues => ({
  ...specValuesSchema.parse({}),
  path: '/data/a.csv',
  ...more,
});

describe('the form of a run', () => {
  it('makes a specification; an empty field is left to its default', () => {
    const made = specOfValues(
      values({ params: { fast: '12', filter: '' }, makerFee: '0.02', from: '2024-02-29', to: '2024-03-02' }),
      fields,
    );
    expect(made).toEqual({
      spec: {
        strategy: 'ma-cross',
        params: { fast: 12 },
        series: [{ source: { kind: 'file', path: '/data/a.csv' }, instrument: 'BTC/USDT' }],
        capital: '10000',
        leverage: 1,
        fill: 'next-open',
        intrabar: 'adverse-first',
        path: 'auto',
        fromMs: 1_709_164_800_000,
        toMs: 1_709_337_600_000,
        makerFee: 0.0002,
        slippage: 0.0005,
      },
    });
  });

  it('names what is wrong by field', () => {
    const found = specOfValues(
      values({
        path: ' ',
        params: { fast: '100' },
        capital: '0',
        takerFee: '51',
        leverage: '1.5',
        from: '2024-02-30',
        to: 'soon',
      }),
      fields,
    );
    expect(Object.keys('problems' in found ? found.problems : {}).sort()).toEqual(
      ['capital', 'from', 'leverage', 'params.fast', 'path', 'takerFee', 'to'].sort(),
    );
    const turned = specOfValues(values({ from: '2024-02-02', to: '2024-02-02' }), fields);
    expect(turned).toEqual({ problems: { to: 'Must be after the start' } });
    expect(specOfValues(values({ source: 'store' }), fields)).toEqual({
      problems: { stored: 'Choose a series' },
    });
  });

  it('single trades are a series of their own', () => {
    const stored = storedKey({ venue: 'own', instrument: 'BTC/USDT', timeframe: '5m', data: 'trades' });
    const typed = values({ path: '', source: 'store', stored });
    const made = specOfValues(typed, fields);
    if (!('spec' in made)) throw new Error(JSON.stringify(made));
    expect(made.spec.series[0]?.source).toEqual({
      kind: 'store',
      venue: 'own',
      instrument: 'BTC/USDT',
      timeframe: '5m',
      data: 'trades',
    });
    expect(valuesOfSpec(backtestSpec.parse(made.spec)).stored).toBe(stored);
  });

  it('a perpetual has mark prices, spot has interest on margin; each comes back as it was', () => {
    const made = (changes: Partial<SpecValues>) => {
      const typed = values({ path: 'c.csv', ...changes });
      const found = specOfValues(typed, fields);
      if (!('spec' in found)) return found.problems;
      const parsed = backtestSpec.parse(found.spec);
      const { borrow, marksPath } = valuesOfSpec(parsed);
      return { borrow, marksPath, series: parsed.series[0] };
    };
    const perpetual = { symbol: 'BTC/USDT:USDT', borrow: '1' };
    expect(made({ ...perpetual, marksPath: ' m.csv ' })).toMatchObject({
      marksPath: 'm.csv',
      borrow: '',
      series: { marks: { kind: 'file', path: 'm.csv' } },
    });
    expect(made({ ...perpetual, marksPath: 'stored' })).toMatchObject({
      marksPath: 'stored',
      series: { marks: { kind: 'store' } },
    });
    expect(made({ borrow: '0.24' })).toMatchObject({
      borrow: '0.24',
      series: { borrow: { baseRatePerDay: 0.0024, quoteRatePerDay: 0.0024 } },
    });
    expect(made({ borrow: '0.24, 0.5', marksPath: 'm.csv' })).toMatchObject({
      borrow: '0.24, 0.5',
      marksPath: '',
      series: { borrow: { baseRatePerDay: 0.0024, quoteRatePerDay: 0.005 } },
    });
    for (const borrow of ['11', 'x', '1,2,3', '-1'])
      expect(made({ borrow })).toEqual({ borrow: 'One or two rates in percent a day, up to 10' });
  });

  it('knows the days of the calendar', () => {
    expect(dayMsOf(' 2024-02-29 ')).toBe(1_709_164_800_000);
    expect(dayMsOf('2023-02-29')).toBeUndefined();
    expect(dayMsOf('2024-2-9')).toBeUndefined();
    expect(dayMsOf('')).toBeUndefined();
  });

  it('comes back from a stored specification as it was', () => {
    const typed = values({
      path: '',
      source: 'store',
      stored: storedKey({ venue: 'own', instrument: 'BTC/USDT:USDT', timeframe: '1h' }),
      symbol: 'BTC/USDT:USDT',
      fundingPath: '/data/f.csv',
      params: { fast: '12' },
      capital: '2500',
      makerFee: '0.02',
      takerFee: '0.055',
      slippage: '0.05',
      leverage: '3',
      fill: 'close',
      intrabar: 'by-direction',
      engine: 'sweep',
      from: '2024-01-01',
    });
    const made = specOfValues(typed, fields);
    if (!('spec' in made)) throw new Error(JSON.stringify(made));
    expect(valuesOfSpec(backtestSpec.parse(made.spec))).toEqual(typed);
  });

  it('takes nothing from a remembered form that does not fit', () => {
    expect(readSpecValues({ strategy: 'grid', source: 'moon' }).strategy).toBe('ma-cross');
    expect(readSpecValues(undefined)).toEqual(specValuesSchema.parse({}));
    expect(readSpecValues({ strategy: 'grid' }).strategy).toBe('grid');
  });
});

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
    expect(problem({ from: '' })).toEqual({ problem: 'Fast period: give from and to' });
    expect(problem({ from: '2' })).toEqual({ problem: 'Fast period: from lies above to' });
    expect(problem({ step: '0' })).toEqual({ problem: 'Fast period: the step must be above zero' });
    expect(problem({ isOn: false })).toEqual({ problem: 'Choose at least one parameter to search' });
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

describe('exploring', () => {
  it('finds indicators by name, other name, title and family, each word somewhere', () => {
    const one = (id: string, more: object) =>
      ({ id, aliases: [], group: 'overlap', title: '', ...more }) as never;
    const list = [
      one('BBANDS', { title: 'Bollinger bands' }),
      one('KC', { aliases: ['KELTNER'], title: 'Keltner channel' }),
      one('RSI', { group: 'momentum', title: 'Relative strength index' }),
    ];
    const ids = (search: string) => searchIndicators(list, search).map(({ id }) => id);
    expect(ids('')).toEqual(['BBANDS', 'KC', 'RSI']);
    expect(ids('bands BOLL')).toEqual(['BBANDS']);
    expect(ids('keltner')).toEqual(['KC']);
    expect(ids('momentum')).toEqual(['RSI']);
    expect(ids('bands strength')).toEqual([]);
  });

  it('says what is wrong with a parameter of an indicator', () => {
    const param = { name: 'timeperiod', defaultValue: 14, minimum: 2, maximum: 100, whole: true };
    expect(['', '14', '2', '100'].map((text) => paramTextProblem(param, text))).toEqual(
      Array(4).fill(undefined),
    );
    expect(['1', '101', '2.5', 'x'].map((text) => paramTextProblem(param, text))).toEqual([
      'From 2 to 100',
      'From 2 to 100',
      'A whole number',
      'A whole number',
    ]);
    expect(paramTextProblem({ ...param, whole: false }, '2.5')).toBeUndefined();
  });

  it('offers the timeframe that most series have', () => {
    const stored = ['1m', '1h', '1h', '1d'].map((timeframe) => ({ timeframe }));
    expect(timeframesOf(stored)).toEqual([
      { timeframe: '1h', count: 2 },
      { timeframe: '1m', count: 1 },
      { timeframe: '1d', count: 1 },
    ]);
  });
});

describe('a run that failed', () => {
  const error = {
    code: 'bad-input',
    field: 'params.longEntry',
    message: 'params.longEntry: needs $fast',
  } as const;
  it('says at the field what the host found wrong with it', () => {
    expect(problemOfJob({ state: 'failed', error })).toEqual({ 'params.longEntry': 'needs $fast' });
    expect(problemOfJob({ state: 'failed', error: { code: 'refused', message: 'no money' } })).toBeNull();
    expect(problemOfJob({ state: 'running', error: null })).toBeNull();
    expect(problemOfJob(null)).toBeNull();
  });
});

describe('funding of a perpetual', () => {
  it.each([
    ['stored', { kind: 'store' }],
    ['0.0001', { kind: 'constant', rate: 0.0001 }],
    ['-0.00005', { kind: 'constant', rate: -0.00005 }],
    ['/data/0.0001', { kind: 'file', path: '/data/0.0001' }],
    ['', undefined],
  ])('typed as "%s" is what a copy of the run shows again', (text, funding) => {
    const typed = { path: '/data/a.csv', symbol: 'BTC/USDT:USDT', fundingPath: text };
    const made = specOfValues(specValuesSchema.parse(typed), []);
    const spec = backtestSpec.parse('spec' in made ? made.spec : {});
    expect(spec.series[0]?.funding).toEqual(funding);
    expect(valuesOfSpec(spec).fundingPath).toBe(text);
  });
});
