/** Evaluates rules one candle at a time by walking them anew: the third opinion's half of the reading. */

import type { CandleColumns } from '../../src/adapters/compute/candle-columns.ts';
import type { RuleCondition, RuleValue } from '../../src/shared/rules/rule-set.ts';

/** Gives the values of an indicator for all candles. */
export type IndicatorColumns = (
  id: string,
  params: Record<string, number>,
  inputs: Float64Array[],
) => Record<string, Float64Array>;

/** Whether a condition is met on a row: undefined when any of its values is not known there. */
export type Evaluate = (condition: RuleCondition, row: number) => boolean | undefined;

/** Makes the evaluation over these columns. */
export function evaluator(
  columns: CandleColumns,
  values: Record<string, number>,
  indicators: IndicatorColumns,
): Evaluate {
  const cache = new Map<string, Record<string, Float64Array>>();
  const num = (source: RuleValue): number =>
    source.kind === 'number'
      ? source.value
      : source.kind === 'parameter'
        ? (values[source.name] as number)
        : Number.NaN;
  const column = (value: RuleValue): Float64Array => {
    if (value.kind === 'price') return columns[value.column];
    if (value.kind !== 'indicator') throw new Error('not a series');
    const params = Object.fromEntries(
      Object.entries(value.params).map(([name, param]) => [name, num(param)]),
    );
    const key = JSON.stringify([value.id, params, value.inputs]);
    const known = cache.get(key) ?? indicators(value.id, params, value.inputs.map(column));
    cache.set(key, known);
    return known[value.output] as Float64Array;
  };
  const at = (value: RuleValue, row: number): number => {
    switch (value.kind) {
      case 'number':
      case 'parameter':
        return num(value);
      case 'price':
      case 'indicator':
        return row < 0 ? Number.NaN : (column(value)[row] as number);
      case 'ago': {
        const back = num(value.bars);
        return row - back < 0 && value.of.kind !== 'number' && value.of.kind !== 'parameter'
          ? Number.NaN
          : at(value.of, row - back);
      }
      case 'negate':
        return -at(value.of, row);
      case 'arithmetic': {
        const [a, b] = [at(value.left, row), at(value.right, row)];
        return value.operator === '+'
          ? a + b
          : value.operator === '-'
            ? a - b
            : value.operator === '*'
              ? a * b
              : a / b;
      }
    }
  };
  const evaluate: Evaluate = (condition, row) => {
    if (condition.kind === 'not') {
      const inner = evaluate(condition.of, row);
      return inner === undefined ? undefined : !inner;
    }
    if (condition.kind === 'and' || condition.kind === 'or') {
      const [a, b] = [evaluate(condition.left, row), evaluate(condition.right, row)];
      if (a === undefined || b === undefined) return undefined;
      return condition.kind === 'and' ? a && b : a || b;
    }
    const [a, b] = [at(condition.left, row), at(condition.right, row)];
    if (!Number.isFinite(a) || !Number.isFinite(b)) return undefined;
    if (condition.kind === 'compare') {
      const { operator } = condition;
      if (operator === '<') return a < b;
      if (operator === '<=') return a <= b;
      if (operator === '>') return a > b;
      if (operator === '>=') return a >= b;
      return operator === '==' ? a === b : a !== b;
    }
    const wanted = condition.direction === 'above' ? 1 : -1;
    if (Math.sign(a - b) !== wanted) return false;
    for (let back = row - 1; back >= 0; back -= 1) {
      const [x, y] = [at(condition.left, back), at(condition.right, back)];
      if (!Number.isFinite(x) || !Number.isFinite(y)) return false;
      if (x !== y) return Math.sign(x - y) === -wanted;
    }
    return false;
  };
  return evaluate;
}
