/** The forms of the Lab: texts as typed, specifications, and what is wrong with which field. */
import { describe, expect, it } from 'vitest';
import {
  paramTextProblem,
  searchIndicators,
  timeframesOf,
} from '../../../src/renderer/lab/explore-choices.ts';
import {
  dayMsOf,
  readSpecValues,
  type SpecValues,
  specOfValues,
  specValuesSchema,
  storedKey,
  valuesOfSpec,
} from '../../../src/renderer/lab/spec-values.ts';
import { backtestSpec } from '../../../src/shared/lab/spec.ts';
import { fields, values } from '../form-fixture.ts';

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
