/** The rule language: what is read, what is written back, and what a wrong text is told. */

import { describe, expect, it } from 'vitest';
import { ruleIndicators } from '../../src/shared/rules/indicators.ts';
import { parseParameters } from '../../src/shared/rules/parse-parameters.ts';
import { parseRoi } from '../../src/shared/rules/parse-roi.ts';
import { parseCondition } from '../../src/shared/rules/parse-rule.ts';
import { conditionText, parameterText } from '../../src/shared/rules/print-rule.ts';
import { RuleSyntaxError } from '../../src/shared/rules/rule-error.ts';
import { ruleCondition } from '../../src/shared/rules/rule-set.ts';
import { indicatorsOf, parametersOf, withValues } from '../../src/shared/rules/walk-rule.ts';
import { randomCase } from '../parity/random-rules.ts';

function problemOf(parse: () => unknown): { position: number; problem: string } {
  try {
    parse();
  } catch (error) {
    if (error instanceof RuleSyntaxError) return { position: error.position, problem: error.problem };
    throw error;
  }
  throw new Error('was accepted');
}

describe('a rule text', () => {
  it('becomes the tree it stands for', () => {
    expect(parseCondition('sma(close, 50) crosses above sma(close, $slow) and rsi(14) < 70')).toEqual({
      kind: 'and',
      left: {
        kind: 'cross',
        direction: 'above',
        left: {
          kind: 'indicator',
          id: 'SMA',
          inputs: [{ kind: 'price', column: 'close' }],
          params: { timeperiod: { kind: 'number', value: 50 } },
          output: 'real',
        },
        right: {
          kind: 'indicator',
          id: 'SMA',
          inputs: [{ kind: 'price', column: 'close' }],
          params: { timeperiod: { kind: 'parameter', name: 'slow' } },
          output: 'real',
        },
      },
      right: {
        kind: 'compare',
        operator: '<',
        left: {
          kind: 'indicator',
          id: 'RSI',
          inputs: [{ kind: 'price', column: 'close' }],
          params: { timeperiod: { kind: 'number', value: 14 } },
          output: 'real',
        },
        right: { kind: 'number', value: 70 },
      },
    });
  });

  it.each([
    // As written, as it is written back.
    ['close > 1 or open > 2 and low > 3', 'close > 1 or open > 2 and low > 3'],
    ['(close > 1 or open > 2) and low > 3', '(close > 1 or open > 2) and low > 3'],
    ['not (close > 1 or open > 2)', 'not (close > 1 or open > 2)'],
    ['1 - (2 - 3) * 4 > -(close - 5)', '1 - (2 - 3) * 4 > -(close - 5)'],
    ['1 - 2 - 3 > 0', '1 - 2 - 3 > 0'],
    ['(close - open)[2] = 0', '(close - open)[2] == 0'],
    [
      'MACD(12, 26).Signal < macd(signalperiod = 5).hist',
      'macd(12, 26).macdsignal < macd(signalperiod = 5).macdhist',
    ],
    ['sma(rsi(period = $n), 5) crosses below 50', 'sma(rsi($n), 5) crosses below 50'],
    ['close # the last price\n > 1', 'close > 1'],
  ])('%s', (text, written) => {
    expect(conditionText(parseCondition(text))).toBe(written);
    expect(parseCondition(written)).toEqual(parseCondition(text));
  });

  it.each(Array.from({ length: 60 }, (_, index) => index + 1))(
    'drawn rules come back the same (%i)',
    (seed) => {
      for (const text of randomCase(seed).texts) {
        if (text === '') continue;
        const tree = parseCondition(text);
        expect(parseCondition(conditionText(tree))).toEqual(tree);
        expect(ruleCondition.parse(JSON.parse(JSON.stringify(tree)))).toEqual(tree);
      }
    },
  );

  it.each([
    ['atrr(14) < 3', 0, 'there is no price or indicator "atrr"; do you mean atr?'],
    ['rsi(14)', 7, 'a comparison is expected after the value that begins with "rsi"'],
    ['close > > 3', 8, 'a value is expected'],
    ['(close > 3', 10, '")" is expected to close the one at character 1'],
    ['rsi(0) < 3', 4, '"timeperiod" of RSI must be a whole number from 1 to 100000, not 0'],
    ['1 < close < 4', 10, 'a comparison has two sides'],
    ['close > 1 or', 12, 'a value is expected'],
    ['macd().foo > 1', 7, 'MACD has no output "foo": it has macd, macdsignal, macdhist'],
    ['1 + (close > 2) > 3', 4, 'a number is expected, but this is a condition'],
    ['rsi(14, 3) > 2', 8, 'RSI takes one number (timeperiod), this is one more'],
    ['sma(50, close) > 1', 8, 'the series an indicator reads come before its numbers'],
    ['rsi(fast = 3) > 2', 4, 'RSI has no parameter "fast": it has timeperiod'],
    ['close[1.5] > 2', 6, '[1.5] must be a whole number of candles from 0 to 500'],
    ['close > 3 4', 10, '"and", "or" or the end of the rule is expected, found "4"'],
    ['close § 3', 6, '"§" has no meaning in a rule'],
    ['close crosses 3', 14, '"above" or "below" is expected after "crosses"'],
    [`${'('.repeat(80)}close > 1${')'.repeat(80)}`, 61, 'the rule is nested more than 60 deep'],
  ])('%s is told what is wrong, and where', (text, position, problem) => {
    const found = problemOf(() => parseCondition(text));
    expect(found.problem).toContain(problem);
    expect(found.position).toBe(position);
  });

  it('names the line of a longer text', () => {
    expect(() => parseCondition('close > 1\nand clse < 2')).toThrow(/^line 2, column 5: /);
  });

  it('gives its parameters and indicators, and takes values in', () => {
    const rule = parseCondition('sma(rsi($n), $m)[$n] > $m');
    expect(parametersOf(rule).sort()).toEqual(['m', 'n']);
    expect(indicatorsOf(rule).map(({ id }) => id)).toEqual(['SMA', 'RSI']);
    expect(conditionText(withValues(rule, { n: 3, m: 9 }))).toBe('sma(rsi(3), 9)[3] > 9');
    expect(() => withValues(rule, { n: 3 })).toThrow('the parameter "$m" has no value');
  });
});

describe('parameters', () => {
  it('are read and written back', () => {
    const text = 'fast = 20 from 5 to 50 step 5, slowLine = -1.5\n$x = 3 from 1 to 9';
    const found = parseParameters(text);
    expect(found).toEqual([
      { name: 'fast', value: 20, space: { from: 5, to: 50, step: 5 } },
      { name: 'slowLine', value: -1.5 },
      { name: 'x', value: 3, space: { from: 1, to: 9 } },
    ]);
    expect(parseParameters(found.map(parameterText).join(', '))).toEqual(found);
    expect(parseParameters('')).toEqual([]);
  });

  it.each([
    ['fast 20', '"=" is expected after the parameter "fast"'],
    ['fast = 5 from 9 to 3', 'the range of "fast" ends before it begins'],
    ['a = 1, a = 2', 'the parameter "a" is there twice'],
    ['Fast = 1', 'a parameter name begins with a small letter'],
    ['a = 1 b = 2', 'a comma, "from" or the next line is expected'],
    ['a = 1 from 1 to 2 step 0', 'the step of "a" must be greater than zero'],
  ])('%s is refused', (text, problem) => {
    expect(problemOf(() => parseParameters(text)).problem).toContain(problem);
  });
});

describe('the profit table', () => {
  it('is read by rising bars', () => {
    expect(parseRoi('2 % after 10 bars, 4% after 0, 0 after 40 bars')).toEqual([
      { afterBars: 0, ratio: 0.04 },
      { afterBars: 10, ratio: 0.02 },
      { afterBars: 40, ratio: 0 },
    ]);
  });

  it.each([
    ['4 % before 3', '"after" is expected'],
    ['4 % after 1.5 bars', 'the bars must be a whole number'],
    ['4 after 3, 2 after 3', 'there are two profits after 3 bars'],
    ['-1 after 3', 'a profit that suffices lies between 0 and 100000 %'],
  ])('%s is refused', (text, problem) => {
    expect(problemOf(() => parseRoi(text)).problem).toContain(problem);
  });
});

it('knows many indicators with inputs, bounds and outputs', () => {
  expect(ruleIndicators.length).toBeGreaterThan(190);
  const macd = ruleIndicators.find(({ id }) => id === 'MACD');
  expect(macd?.outputs).toEqual(['macd', 'macdsignal', 'macdhist']);
  expect(macd?.params[0]).toEqual({
    name: 'fastperiod',
    defaultValue: 12,
    minimum: 1,
    maximum: 100_000,
    whole: true,
  });
});
