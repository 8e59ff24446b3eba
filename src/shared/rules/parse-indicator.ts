/** Reads the call of an indicator: `rsi(14)`, `sma(high, 20)`, `macd(fastperiod = $fast).macdsignal`. */

import { findRuleIndicator, type RuleIndicator, ruleIndicatorNames, similarNames } from './indicators.ts';
import {
  type IndicatorValue,
  type NumberSource,
  type PriceColumn,
  priceColumns,
  type SeriesSource,
} from './rule-set.ts';
import type { TokenReader } from './token-reader.ts';
import type { Token } from './tokens.ts';

/** Words people use for the parameter that TA-Lib calls `timeperiod`. */
const periodWords = ['period', 'length', 'n'];

const isColumn = (text: string): text is PriceColumn => (priceColumns as readonly string[]).includes(text);

const hint = (names: readonly string[]): string =>
  names.length === 0 ? '' : `; do you mean ${names.map((name) => name.toLowerCase()).join(' or ')}?`;

function knownIndicator(reader: TokenReader, token: Token): RuleIndicator {
  const indicator = findRuleIndicator(token.text);
  if (indicator !== undefined) return indicator;
  const names = [...ruleIndicatorNames(), ...priceColumns.map((column) => column.toUpperCase())];
  return reader.refuse(
    `there is no price or indicator "${token.text}"${hint(similarNames(token.text, names))}`,
    token,
  );
}

interface Arguments {
  readonly inputs: SeriesSource[];
  readonly params: Record<string, NumberSource>;
  positional: number;
}

function paramNamed(reader: TokenReader, indicator: RuleIndicator, token: Token): string {
  const names = indicator.params.map(({ name }) => name);
  const name = periodWords.includes(token.text) && names.includes('timeperiod') ? 'timeperiod' : token.text;
  if (names.includes(name)) return name;
  const all = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  return reader.refuse(`${indicator.id} has no parameter "${token.text}": ${all}`, token);
}

function setParam(
  reader: TokenReader,
  indicator: RuleIndicator,
  args: Arguments,
  name: string,
  token: Token,
): void {
  if (Object.hasOwn(args.params, name)) reader.refuse(`"${name}" is given twice`, token);
  args.params[name] = readNumber(reader, indicator, name);
}

function readNumber(reader: TokenReader, indicator: RuleIndicator, name: string): NumberSource {
  const token = reader.peek();
  if (token.kind === 'parameter') {
    reader.take();
    return { kind: 'parameter', name: token.text };
  }
  const value = reader.expectNumber(`a number for "${name}"`);
  const problem = paramProblem(indicator, name, value);
  if (problem !== null) reader.refuse(problem, token);
  return { kind: 'number', value };
}

/** Gives what is wrong with the value of an indicator's parameter, or null. */
export function paramProblem(indicator: RuleIndicator, name: string, value: number): string | null {
  const param = indicator.params.find((known) => known.name === name);
  if (param === undefined) return `${indicator.id} has no parameter "${name}"`;
  const { minimum, maximum, whole } = param;
  if (value >= minimum && value <= maximum && (!whole || Number.isInteger(value))) return null;
  const kind = whole ? 'a whole number' : 'a number';
  return `"${name}" of ${indicator.id} must be ${kind} from ${minimum} to ${maximum}, not ${value}`;
}

function readArgument(reader: TokenReader, indicator: RuleIndicator, args: Arguments): void {
  const token = reader.peek();
  const next = reader.peek(1);
  if (token.kind === 'word' && next.kind === 'sign' && next.text === '=') {
    reader.take();
    reader.take();
    setParam(reader, indicator, args, paramNamed(reader, indicator, token), token);
    return;
  }
  if (token.kind === 'word') {
    if (args.inputs.length === indicator.inputs.length) {
      reader.refuse(
        `${indicator.id} reads ${indicator.inputs.length === 1 ? 'one series' : `${indicator.inputs.length} series`}, this is one more`,
        token,
      );
    }
    if (Object.keys(args.params).length > 0)
      reader.refuse('the series an indicator reads come before its numbers', token);
    args.inputs.push(readSeries(reader));
    return;
  }
  if (token.kind === 'number' || token.kind === 'parameter' || reader.isSign('-')) {
    const param = indicator.params[args.positional];
    if (param === undefined) {
      const names = indicator.params.map(({ name }) => name);
      reader.refuse(
        names.length === 0
          ? `${indicator.id} takes no numbers`
          : `${indicator.id} takes ${names.length === 1 ? 'one number' : `${names.length} numbers`} (${names.join(', ')}), this is one more`,
        token,
      );
    }
    args.positional += 1;
    setParam(reader, indicator, args, param.name, token);
    return;
  }
  reader.fail(`a series, a number or a parameter of ${indicator.id} is expected`);
}

function readSeries(reader: TokenReader): SeriesSource {
  const token = reader.peek();
  const next = reader.peek(1);
  const isCall = next.kind === 'sign' && next.text === '(';
  if (!isCall && isColumn(token.text)) {
    reader.take();
    return { kind: 'price', column: token.text };
  }
  return parseIndicatorCall(reader);
}

function withDefaults(
  reader: TokenReader,
  indicator: RuleIndicator,
  given: SeriesSource[],
  token: Token,
): SeriesSource[] {
  return indicator.inputs.map((name, index): SeriesSource => {
    const source = given[index];
    if (source !== undefined) return source;
    if (isColumn(name)) return { kind: 'price', column: name };
    return reader.refuse(`${indicator.id} needs its series "${name}" written down`, token);
  });
}

/** Reads an indicator with its brackets and the output that is meant. Throws `RuleSyntaxError`. */
export function parseIndicatorCall(reader: TokenReader): IndicatorValue {
  const token = reader.take();
  const indicator = knownIndicator(reader, token);
  const args: Arguments = { inputs: [], params: {}, positional: 0 };
  reader.expectSign('(', `after "${token.text}": an indicator is written ${token.text}(…)`);
  if (!reader.takeSign(')')) {
    do readArgument(reader, indicator, args);
    while (reader.takeSign(','));
    reader.expectSign(')', `or "," in the brackets of ${indicator.id}`);
  }
  const inputs = withDefaults(reader, indicator, args.inputs, token);
  return {
    kind: 'indicator',
    id: indicator.id,
    inputs,
    params: args.params,
    output: readOutput(reader, indicator),
  };
}

/** `.name` of an output: its whole name, or the end of it (`.signal` of `macdsignal`). */
function readOutput(reader: TokenReader, indicator: RuleIndicator): string {
  if (!reader.takeSign('.')) return indicator.outputs[0] as string;
  const token = reader.peek();
  if (token.kind !== 'word') {
    reader.fail(`the name of an output of ${indicator.id} is expected: ${indicator.outputs.join(', ')}`);
  }
  reader.take();
  const exact = indicator.outputs.find((name) => name === token.text);
  const partial = indicator.outputs.filter(
    (name) => name.endsWith(token.text) || name.startsWith(token.text),
  );
  const found = exact ?? (partial.length === 1 ? partial[0] : undefined);
  if (found !== undefined) return found;
  return reader.refuse(
    `${indicator.id} has no output "${token.text}": it has ${indicator.outputs.join(', ')}`,
    token,
  );
}
