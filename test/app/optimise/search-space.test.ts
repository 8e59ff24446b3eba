import { describe, expect, it } from 'vitest';
import { strategySpace, trialParams } from '../../../src/app/optimise/strategy-space.ts';
import {
  dimension,
  dimensionSize,
  samplerNumber,
  searchValue,
} from '../../../src/shared/lab/search-space.ts';
import { maCross } from '../../../src/strategies/ma-cross/ma-cross.ts';
import { rules } from '../../../src/strategies/rules/rules.ts';

const parsed = (value: unknown) => dimension.parse(value);

describe('a dimension', () => {
  it('rounds to its step and stays within its bounds', () => {
    const whole = parsed({ kind: 'integer', name: 'n', from: 5, to: 12, step: 3 });
    expect(dimensionSize(whole)).toBe(3);
    expect([4, 6.4, 6.6, 11, 99].map((raw) => searchValue(whole, raw))).toEqual([5, 5, 8, 11, 11]);
    const decimal = parsed({ kind: 'decimal', name: 'd', from: 0, to: 0.3, step: 0.1 });
    expect(dimensionSize(decimal)).toBe(4);
    expect([-1, 0.29, 0.16].map((raw) => searchValue(decimal, raw))).toEqual([0, 0.3, 0.2]);
  });

  it('knows options by their index, both ways', () => {
    const options = parsed({ kind: 'categorical', name: 'c', options: ['sma', 'ema'] });
    expect(searchValue(options, 1)).toBe('ema');
    expect(samplerNumber(options, 'sma')).toBe(0);
    expect(() => samplerNumber(options, 'wma')).toThrow(/not one of its options/);
    expect(searchValue(parsed({ kind: 'boolean', name: 'b' }), 1)).toBe(true);
  });

  it('refuses NaN and bounds that cannot be', () => {
    expect(() => searchValue(parsed({ kind: 'integer', name: 'n', from: 1, to: 2 }), Number.NaN)).toThrow(
      /NaN/,
    );
    expect(dimension.safeParse({ kind: 'integer', name: 'n', from: 3, to: 2 }).success).toBe(false);
    expect(dimension.safeParse({ kind: 'decimal', name: 'd', from: 0, to: 2, log: true }).success).toBe(
      false,
    );
  });
});

describe('the space of a strategy', () => {
  it('is what its schema offers, less what is fixed', () => {
    const space = strategySpace(maCross, { fastPeriod: 9 });
    expect(space.map(({ name }) => name)).toEqual([
      'slowPeriod',
      'minDistancePercent',
      'stopLossPercent',
      'takeProfitPercent',
      'trailingStopPercent',
    ]);
  });

  it('takes ranges and options, and refuses what the parameter cannot be', () => {
    const space = strategySpace(
      maCross,
      {},
      { fastPeriod: { from: 2, to: 9 }, average: { options: ['ema'] }, slowPeriod: false },
      [],
    );
    expect(space).toEqual([
      { kind: 'categorical', name: 'average', options: ['ema'] },
      { kind: 'integer', name: 'fastPeriod', from: 2, to: 9, step: 1 },
    ]);
    const refused = (changes: Parameters<typeof strategySpace>[2]) => () =>
      strategySpace(maCross, {}, changes);
    expect(refused({ nothing: { from: 1, to: 2 } })).toThrow(/has no parameter "nothing"/);
    expect(refused({ fastPeriod: { from: 0, to: 5 } })).toThrow(/spaces.fastPeriod: from 0 lies below/);
    expect(refused({ average: { options: ['hma'] } })).toThrow(/no option "hma"; it has sma, ema/);
    expect(refused({ average: { from: 1, to: 2 } })).toThrow(/options, not a range/);
    expect(refused({ fastPeriod: { from: 9, to: 5 } })).toThrow(/must not be below 9/);
  });

  it('writes values as the schema wants them', () => {
    const space = strategySpace(maCross, {}, {}, ['fastPeriod', 'stopLossPercent']);
    expect(trialParams(maCross, { average: 'sma' }, space, [7, 0.1 + 0.2])).toEqual({
      average: 'sma',
      fastPeriod: 7,
      stopLossPercent: '0.3',
    });
  });
});

describe('values that rules name', () => {
  const fixed = {
    longEntry: 'sma(close, $quick) crosses above sma(close, $slow) and rsi(14) < $level',
    parameters: 'quick = 12 from 5 to 20 step 5, slow = 50, level = 60.5 from 50 to 80',
  };

  it('are offered with their ranges, whole numbers where all of a range is whole', () => {
    const offered = strategySpace(rules, fixed).filter(({ name }) => name.startsWith('$'));
    expect(offered).toEqual([
      { kind: 'integer', name: '$quick', from: 5, to: 20, step: 5 },
      { kind: 'decimal', name: '$level', from: 50, to: 80, log: false },
    ]);
    const asked = strategySpace(rules, fixed, { $slow: { from: 30, to: 60, step: 10 } }, ['$quick']);
    expect(asked.map(({ name }) => name)).toEqual(['$quick', '$slow']);
    expect(() => strategySpace(rules, fixed, { $fast: { from: 1, to: 2 } })).toThrow(
      /spaces.\$fast: rules has no/,
    );
  });

  it('go back into the text, their ranges beside them', () => {
    const space = strategySpace(
      rules,
      fixed,
      { $slow: { from: 30, to: 60 }, stopPercent: { from: 1, to: 3 } },
      ['$quick'],
    );
    expect(space.map(({ name }) => name)).toEqual(['stopPercent', '$quick', '$slow']);
    expect(trialParams(rules, fixed, space, [2.5, 15, 40])).toEqual({
      longEntry: fixed.longEntry,
      parameters: 'quick = 15 from 5 to 20 step 5, slow = 40, level = 60.5 from 50 to 80',
      stopPercent: '2.5',
    });
  });
});
