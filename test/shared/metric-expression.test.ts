import { describe, expect, it } from 'vitest';
import { ExpressionError, parseMetricExpression } from '../../src/shared/lab/metric-expression.ts';

const ids = ['totalReturn', 'maxDrawdown', 'sharpe'];
const value = (text: string, values: Record<string, number | null> = {}) =>
  parseMetricExpression(text, ids).evaluate(values);

describe('a metric expression', () => {
  it('follows the usual precedence', () => {
    expect(value('1 + 2 * 3 - 4 / 2')).toBe(5);
    expect(value('-(1 + 2) * -2')).toBe(6);
    expect(value('2 - 3 - 4')).toBe(-5);
    expect(value('max(1, 2, 3) + min(4, 5) + abs(-1) + sqrt(9) + log(1)')).toBe(11);
  });

  it('reads metrics, and is null where one is not defined or the result is not finite', () => {
    const values = { totalReturn: 0.5, maxDrawdown: -0.25, sharpe: null };
    expect(value('totalReturn / abs(maxDrawdown)', values)).toBe(2);
    expect(value('totalReturn + sharpe', values)).toBeNull();
    expect(value('1 / (totalReturn - 0.5)', values)).toBeNull();
    expect(parseMetricExpression('sharpe * sharpe', ids).metrics).toEqual(['sharpe']);
  });

  it.each([
    ['1 +', 4, 'expected a number'],
    ['sharp', 1, 'there is no metric "sharp"'],
    ['(1', 3, 'expected ")"'],
    ['1 2', 3, 'did not expect "2"'],
    ['abs(1, 2)', 9, 'abs takes one value'],
    [`${'('.repeat(60)}1`, 41, 'nested too deeply'],
  ])('names the place of the mistake in %s', (text, position, message) => {
    try {
      value(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ExpressionError);
      expect((error as ExpressionError).message).toContain(message);
      expect((error as ExpressionError).position).toBe(position);
    }
  });
});
