/** Reads parameters from their text form: `fast = 20 from 5 to 50 step 5, slow = 50`. */

import { parameterName, type RuleParameter } from './rule-set.ts';
import { TokenReader } from './token-reader.ts';

/** Reads one parameter. Its name may have the `$` it has in rules. */
export function readParameter(reader: TokenReader): RuleParameter {
  const token = reader.peek();
  if (token.kind !== 'word' && token.kind !== 'parameter') {
    reader.fail('the name of a parameter is expected, such as fast = 20');
  }
  // Words have lost their capitals, parameters have not: the text itself is the name.
  const start = token.kind === 'parameter' ? token.position + 1 : token.position;
  const name = reader.text.slice(start, start + token.text.length);
  reader.take();
  const checked = parameterName.safeParse(name);
  if (!checked.success) reader.refuse(checked.error.issues[0]?.message ?? 'not a name', token);
  reader.expectSign('=', `after the parameter "${name}"`);
  const value = reader.expectNumber(`the value of "${name}"`);
  if (!reader.takeWord('from')) return { name, value };
  const from = reader.expectNumber('the smallest value to search');
  reader.expectWord('to');
  const toToken = reader.peek();
  const to = reader.expectNumber('the largest value to search');
  if (to < from)
    reader.refuse(`the range of "${name}" ends before it begins: from ${from} to ${to}`, toToken);
  if (!reader.takeWord('step')) return { name, value, space: { from, to } };
  const stepToken = reader.peek();
  const step = reader.expectNumber('the step of the search');
  if (step <= 0) reader.refuse(`the step of "${name}" must be greater than zero`, stepToken);
  return { name, value, space: { from, to, step } };
}

/** Reads a list of parameters, between which a comma or a new line stands. Throws `RuleSyntaxError`. */
export function parseParameters(text: string): RuleParameter[] {
  const reader = new TokenReader(text, true);
  const found: RuleParameter[] = [];
  const skip = (): void => {
    while (reader.peek().kind === 'end' || reader.isSign(',')) reader.take();
  };
  for (skip(); reader.peek().kind !== 'eof'; skip()) {
    const token = reader.peek();
    const parameter = readParameter(reader);
    if (found.some(({ name }) => name === parameter.name))
      reader.refuse(`the parameter "${parameter.name}" is there twice`, token);
    found.push(parameter);
    const next = reader.peek();
    if (next.kind !== 'eof' && next.kind !== 'end' && !reader.isSign(','))
      reader.fail('a comma, "from" or the next line is expected');
  }
  return found;
}
