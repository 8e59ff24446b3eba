/**
 * Reads a condition from its text form, for example
 * `sma(close, $fast) crosses above sma(close, $slow) and rsi(14) < 70`.
 */

import { parseIndicatorCall } from './parse-indicator.ts';
import {
  type ArithmeticOperator,
  type ComparisonOperator,
  comparisonOperators,
  type NumberSource,
  type PriceColumn,
  priceColumns,
  type RuleCondition,
  type RuleValue,
} from './rule-set.ts';
import { TokenReader } from './token-reader.ts';
import { type Token, tokenText } from './tokens.ts';

/** How deep a rule may be nested: deeper ones are refused, not run out of stack. */
const depthMax = 60;
/** How far back a rule may look. */
export const barsAgoMax = 500;

/** A part of a rule: what it is shows only once it has been read. */
type Part =
  | { readonly sort: 'value'; readonly value: RuleValue; readonly token: Token }
  | { readonly sort: 'condition'; readonly condition: RuleCondition; readonly token: Token };

const isComparison = (text: string): text is ComparisonOperator =>
  (comparisonOperators as readonly string[]).includes(text);

const words = ['and', 'or', 'not', 'crosses', 'above', 'below'];

export class RuleParser {
  readonly reader: TokenReader;
  private depth = 0;

  constructor(reader: TokenReader) {
    this.reader = reader;
  }

  /** Reads a condition up to what cannot belong to it. */
  condition(): RuleCondition {
    return this.asCondition(this.either());
  }

  private asCondition(part: Part): RuleCondition {
    if (part.sort === 'condition') return part.condition;
    return this.reader.fail(
      `a comparison is expected after the value that begins with ${tokenText(part.token)}, such as "> 70" or "crosses above 70"`,
    );
  }

  private asValue(part: Part): RuleValue {
    if (part.sort === 'value') return part.value;
    return this.reader.refuse(
      'a number is expected, but this is a condition: only and, or and not go together with conditions',
      part.token,
    );
  }

  private nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > depthMax)
      this.reader.refuse(`the rule is nested more than ${depthMax} deep: make it simpler`);
    const result = read();
    this.depth -= 1;
    return result;
  }

  private either(): Part {
    let left = this.both();
    while (this.reader.isWord('or')) {
      this.reader.take();
      const condition: RuleCondition = {
        kind: 'or',
        left: this.asCondition(left),
        right: this.asCondition(this.both()),
      };
      left = { sort: 'condition', condition, token: left.token };
    }
    return left;
  }

  private both(): Part {
    let left = this.negation();
    while (this.reader.isWord('and')) {
      this.reader.take();
      const condition: RuleCondition = {
        kind: 'and',
        left: this.asCondition(left),
        right: this.asCondition(this.negation()),
      };
      left = { sort: 'condition', condition, token: left.token };
    }
    return left;
  }

  private negation(): Part {
    const token = this.reader.peek();
    if (!this.reader.takeWord('not')) return this.comparison();
    const of = this.asCondition(this.nested(() => this.negation()));
    return { sort: 'condition', condition: { kind: 'not', of }, token };
  }

  private comparison(): Part {
    const left = this.sum();
    const token = this.reader.peek();
    let condition: RuleCondition;
    if (token.kind === 'word' && token.text === 'crosses') {
      this.reader.take();
      const direction = this.reader.takeWord('above')
        ? 'above'
        : this.reader.takeWord('below')
          ? 'below'
          : this.reader.fail('"above" or "below" is expected after "crosses"');
      condition = { kind: 'cross', direction, left: this.asValue(left), right: this.asValue(this.sum()) };
    } else if (token.kind === 'sign' && (isComparison(token.text) || token.text === '=')) {
      this.reader.take();
      const operator = token.text === '=' ? '==' : (token.text as ComparisonOperator);
      condition = { kind: 'compare', operator, left: this.asValue(left), right: this.asValue(this.sum()) };
    } else return left;
    const next = this.reader.peek();
    if (next.kind === 'sign' && (isComparison(next.text) || next.text === '=')) {
      this.reader.refuse('a comparison has two sides: write "a < b and b < c" instead of "a < b < c"', next);
    }
    return { sort: 'condition', condition, token: left.token };
  }

  /** Reads a value with its additions and subtractions. */
  private sum(): Part {
    let left = this.product();
    while (this.reader.isSign('+') || this.reader.isSign('-')) {
      left = this.arithmetic(left, () => this.product());
    }
    return left;
  }

  private product(): Part {
    let left = this.signed();
    while (this.reader.isSign('*') || this.reader.isSign('/')) {
      left = this.arithmetic(left, () => this.signed());
    }
    return left;
  }

  private arithmetic(left: Part, right: () => Part): Part {
    const operator = this.reader.take().text as ArithmeticOperator;
    const value: RuleValue = {
      kind: 'arithmetic',
      operator,
      left: this.asValue(left),
      right: this.asValue(right()),
    };
    return { sort: 'value', value, token: left.token };
  }

  private signed(): Part {
    const token = this.reader.peek();
    if (!this.reader.takeSign('-')) return this.ago();
    const of = this.asValue(this.nested(() => this.signed()));
    const value: RuleValue =
      of.kind === 'number' ? { kind: 'number', value: -of.value } : { kind: 'negate', of };
    return { sort: 'value', value, token };
  }

  private ago(): Part {
    const part = this.atom();
    if (!this.reader.takeSign('[')) return part;
    const bars = this.barsAgo();
    this.reader.expectSign(']', 'after the number of candles');
    const value: RuleValue = { kind: 'ago', of: this.asValue(part), bars };
    return { sort: 'value', value, token: part.token };
  }

  private barsAgo(): NumberSource {
    const token = this.reader.peek();
    if (token.kind === 'parameter') {
      this.reader.take();
      return { kind: 'parameter', name: token.text };
    }
    if (token.kind !== 'number') this.reader.fail('a number of candles is expected in [ ], such as [1]');
    if (!Number.isInteger(token.value) || token.value > barsAgoMax) {
      this.reader.refuse(`[${token.text}] must be a whole number of candles from 0 to ${barsAgoMax}`);
    }
    this.reader.take();
    return { kind: 'number', value: token.value };
  }

  private atom(): Part {
    const { reader } = this;
    const token = reader.peek();
    if (token.kind === 'number') {
      reader.take();
      return { sort: 'value', value: { kind: 'number', value: token.value }, token };
    }
    if (token.kind === 'parameter') {
      reader.take();
      return { sort: 'value', value: { kind: 'parameter', name: token.text }, token };
    }
    if (reader.takeSign('(')) {
      const inner = this.nested(() => this.either());
      reader.expectSign(')', `to close the one at character ${token.position + 1}`);
      return { ...inner, token };
    }
    if (token.kind === 'word' && !words.includes(token.text)) {
      const next = reader.peek(1);
      const isCall = next.kind === 'sign' && next.text === '(';
      if (!isCall && (priceColumns as readonly string[]).includes(token.text)) {
        reader.take();
        return { sort: 'value', value: { kind: 'price', column: token.text as PriceColumn }, token };
      }
      return { sort: 'value', value: this.nested(() => parseIndicatorCall(reader)), token };
    }
    return reader.fail(
      'a value is expected: a price (close), a number, a parameter ($fast) or an indicator such as rsi(14)',
    );
  }
}

/** Reads one condition; the whole text must belong to it. Throws `RuleSyntaxError`. */
export function parseCondition(text: string): RuleCondition {
  const reader = new TokenReader(text, false);
  const condition = new RuleParser(reader).condition();
  if (reader.peek().kind !== 'eof') reader.fail('"and", "or" or the end of the rule is expected');
  return condition;
}
