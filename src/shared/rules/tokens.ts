/** Cuts a rule text into words, numbers and signs. */

import { RuleSyntaxError } from './rule-error.ts';

/** `word` is lower case except for parameters, which keep their letters. `end` closes a line, `eof` the text. */
export interface Token {
  readonly kind: 'word' | 'number' | 'parameter' | 'sign' | 'end' | 'eof';
  readonly text: string;
  readonly value: number;
  readonly position: number;
}

const signs = ['<=', '>=', '==', '!=', '<', '>', '=', '+', '-', '*', '/', '(', ')', '[', ']', '.', ',', '%'];
const number = /(\d+(\.\d+)?|\.\d+)([eE][+-]?\d+)?/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;

function matchAt(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}

/** Gives the tokens of a text. Comments run from `#` to the end of the line. Throws `RuleSyntaxError`. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const add = (kind: Token['kind'], part: string, position: number, value = Number.NaN): void => {
    tokens.push({ kind, text: part, value, position });
  };
  let at = 0;
  while (at < text.length) {
    const character = text[at] as string;
    if (character === '\n' || character === ';') {
      add('end', character, at);
      at += 1;
    } else if (/\s/.test(character)) at += 1;
    else if (character === '#') {
      const lineEnd = text.indexOf('\n', at);
      at = lineEnd < 0 ? text.length : lineEnd;
    } else if (character === '$') {
      const name = matchAt(word, text, at + 1);
      if (name === undefined) {
        throw new RuleSyntaxError(text, at, 'after "$" the name of a parameter is expected, such as $fast');
      }
      add('parameter', name, at);
      at += 1 + name.length;
    } else {
      const digits = matchAt(number, text, at);
      const letters = matchAt(word, text, at);
      const sign = signs.find((known) => text.startsWith(known, at));
      if (digits !== undefined) {
        const value = Number(digits);
        if (!Number.isFinite(value)) throw new RuleSyntaxError(text, at, `the number ${digits} is too large`);
        add('number', digits, at, value);
        at += digits.length;
      } else if (letters !== undefined) {
        add('word', letters.toLowerCase(), at);
        at += letters.length;
      } else if (sign !== undefined) {
        add('sign', sign, at);
        at += sign.length;
      } else {
        throw new RuleSyntaxError(text, at, `"${character}" has no meaning in a rule`);
      }
    }
  }
  add('eof', '', text.length);
  return tokens;
}

/** Gives a token in words, for messages. */
export function tokenText(token: Token): string {
  if (token.kind === 'eof') return 'the end of the rule';
  if (token.kind === 'end') return 'the end of the line';
  return token.kind === 'parameter' ? `"$${token.text}"` : `"${token.text}"`;
}
