/** A strategy's form: texts, parameters, what is wrong, what an edit changes. */
import { describe, expect, it } from 'vitest';
import {
  changesBetween,
  fieldGroups,
  fieldProblem,
  firstProblem,
  formSchema,
  paramsOfValues,
  valuesOfParams,
} from '../../src/renderer/bots/form-values.ts';
import {
  callableIndicators,
  findCalls,
  indicatorCall,
  usesText,
} from '../../src/renderer/bots/indicator-calls.ts';
import type { FieldView } from '../../src/shared/api/views.ts';
import { ruleIndicators } from '../../src/shared/rules/indicators.ts';
import { parseCondition } from '../../src/shared/rules/parse-rule.ts';
import { field as plainField } from './form-fixture.ts';

const field = (name: string, more: Partial<FieldView> = {}): FieldView =>
  plainField(name, { group: 'Range', format: 'price', ...more });

const fields = [
  field('lower'),
  field('upper'),
  field('levels', { format: 'integer', minimum: '2', maximum: '40' }),
  field('mode', { format: 'choice', options: ['long', 'neutral'], group: 'Size' }),
  field('trailing', { format: 'switch', group: 'Trailing' }),
  field('limit', { required: false, group: 'Trailing', showWhen: { field: 'trailing', in: [true] } }),
  field('slippage', { format: 'percent', minimum: '0', maximum: '5', required: false, group: 'Range' }),
];
const good = {
  lower: '60000',
  upper: '66000.50',
  levels: '16',
  mode: 'long',
  trailing: false,
  limit: '',
  slippage: '',
};

describe('values and parameters', () => {
  it('a suggestion becomes texts; what it leaves out is empty', () => {
    expect(valuesOfParams(fields, { lower: '60000', upper: '66000.50', levels: 16, mode: 'long' })).toEqual(
      good,
    );
  });
  it('texts become parameters: whole numbers as numbers, decimals as canonical texts, empty and hidden left out', () => {
    expect(paramsOfValues(fields, { ...good, limit: '70000', slippage: ' 0.50 ' })).toEqual({
      lower: '60000',
      upper: '66000.5',
      levels: 16,
      mode: 'long',
      trailing: false,
      slippage: '0.5',
    });
  });
  it('a hidden field comes back with its switch, its text kept', () => {
    expect(paramsOfValues(fields, { ...good, trailing: true, limit: '70000' })).toMatchObject({
      trailing: true,
      limit: '70000',
    });
  });
});

describe('problems', () => {
  it.each([
    ['lower', '1,5', /point for decimals/],
    ['lower', '0', /greater than zero/],
    ['lower', '', /Needed/],
    ['levels', '1', /At least 2/],
    ['levels', '16.5', /whole number/],
    ['mode', 'sideways', /one of the list/],
    ['slippage', '5.01', /At most 5/],
    ['slippage', '-1', /negative/],
  ])('%s = "%s"', (name, value, reason) => {
    const one = fields.find((known) => known.name === name) as FieldView;
    expect(fieldProblem(one, value)).toMatch(reason);
  });
  it('an empty optional field is no problem', () => {
    expect(fieldProblem(fields[6] as FieldView, '')).toBeNull();
  });
  it('a hidden field is never the problem, a shown one is', () => {
    const wrong = { ...good, limit: 'abc' };
    expect(firstProblem(fields, wrong)).toBeNull();
    expect(firstProblem(fields, { ...wrong, trailing: true })?.name).toBe('limit');
  });
  it('the schema names each field at fault', () => {
    const result = formSchema(fields).safeParse({ ...good, lower: 'x', levels: '99' });
    expect(result.error?.issues.map((issue) => issue.path[0])).toEqual(['lower', 'levels']);
    expect(formSchema(fields).safeParse(good).success).toBe(true);
  });
});

describe('changes of an edit', () => {
  it('lists what differs, old and new; the same number written otherwise is no change', () => {
    const after = { ...good, lower: '60000.0', upper: '67000', trailing: true, limit: '70000' };
    expect(
      changesBetween(fields, good, after).map(({ field: { name }, before, after: now }) => [
        name,
        before,
        now,
      ]),
    ).toEqual([
      ['upper', '66000.50', '67000'],
      ['trailing', 'off', 'on'],
      ['limit', 'none', '70000'],
    ]);
  });
});

it('groups keep the order in which they first appear', () => {
  expect(fieldGroups(fields).map(({ group, fields: list }) => [group, list.map((one) => one.name)])).toEqual([
    ['Range', ['lower', 'upper', 'levels', 'slippage']],
    ['Size', ['mode']],
    ['Trailing', ['trailing', 'limit']],
  ]);
});

describe('rules', () => {
  it('say what is wrong with them before the host is asked; other texts are the host\u2019s', () => {
    const rule = field('longEntry', { format: 'text', required: false, textKind: 'rule' });
    expect(fieldProblem(rule, 'rsi(14) < 30')).toBeNull();
    expect(fieldProblem(rule, '')).toBeNull();
    expect(fieldProblem(rule, 'rsi(14) <')).toMatch(/^character \d+: /);
    const named = field('parameters', { format: 'text', required: false, namesValues: true });
    expect(fieldProblem(named, 'fast = 20 from 5 to 50')).toBeNull();
    expect(fieldProblem(named, 'fast = 20 from 50 to 5')).toMatch(/ends before it begins/);
    expect(fieldProblem(field('roi', { format: 'text' }), 'anything')).toBeNull();
  });

  it('take every indicator as the list of them writes it', () => {
    const unnamed = ruleIndicators.filter((indicator) => !callableIndicators.includes(indicator));
    expect(unnamed.map(({ id }) => id)).toEqual(['MAVP', 'VWAPSESSION', 'VWAPANCHORED', 'PIVOTS']);
    const wrong = callableIndicators.filter((indicator) => {
      try {
        parseCondition(`${indicatorCall(indicator)} > 0`);
        return false;
      } catch {
        return true;
      }
    });
    expect(wrong.map(({ id }) => id)).toEqual([]);
    const of = (id: string) => ruleIndicators.filter((indicator) => indicator.id === id).map(indicatorCall);
    expect([of('RSI'), of('BBANDS')]).toEqual([['rsi(14)'], ['bbands(20, 2, 2, 0).upperband']]);
    const [bands] = ruleIndicators.filter(({ id }) => id === 'KC');
    expect(bands === undefined ? '' : usesText(bands)).toBe(
      '(timeperiod, atrperiod, nbdev) · reads high, low, close · gives upperband, middleband, lowerband · also keltner',
    );
    const found = findCalls(ruleIndicators, 'rsi').map(({ id }) => id);
    expect(found[0]).toBe('RSI');
    expect(found).toContain('STOCHRSI');
    expect(findCalls(ruleIndicators, 'keltner').map(({ id }) => id)).toEqual(['KC']);
  });
});
