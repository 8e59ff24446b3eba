/** Goes through the tokens of a rule text, with the messages all its parsers share. */

import { RuleSyntaxError } from './rule-error.ts';
import { type Token, tokensOf, tokenText } from './tokens.ts';

export class TokenReader {
  readonly text: string;
  private readonly tokens: readonly Token[];
  private at = 0;

  /** `lines`: whether the end of a line means something, or is as good as a blank. */
  constructor(text: string, lines: boolean) {
    this.text = text;
    const tokens = tokensOf(text);
    this.tokens = lines ? tokens : tokens.filter(({ kind }) => kind !== 'end');
  }

  /** The next token, `ahead` further on. */
  peek(ahead = 0): Token {
    return (this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)] ?? this.tokens.at(-1)) as Token;
  }

  take(): Token {
    const token = this.peek();
    this.at += 1;
    return token;
  }

  isSign(text: string): boolean {
    const token = this.peek();
    return token.kind === 'sign' && token.text === text;
  }

  isWord(text: string): boolean {
    const token = this.peek();
    return token.kind === 'word' && token.text === text;
  }

  takeSign(text: string): boolean {
    const found = this.isSign(text);
    if (found) this.at += 1;
    return found;
  }

  takeWord(text: string): boolean {
    const found = this.isWord(text);
    if (found) this.at += 1;
    return found;
  }

  expectSign(text: string, after: string): void {
    if (!this.takeSign(text)) this.fail(`"${text}" is expected ${after}`);
  }

  expectWord(text: string): void {
    if (!this.takeWord(text)) this.fail(`"${text}" is expected`);
  }

  /** A number that may have a minus sign before it. */
  expectNumber(what: string): number {
    const negative = this.takeSign('-');
    const token = this.peek();
    if (token.kind !== 'number') this.fail(`${what} is expected`);
    this.at += 1;
    return negative ? -token.value : token.value;
  }

  /** Throws: `problem` says what is expected here; what stands here is added. */
  fail(problem: string, token: Token = this.peek()): never {
    throw new RuleSyntaxError(this.text, token.position, `${problem}, found ${tokenText(token)}`);
  }

  /** Throws with a problem that needs no "found". */
  refuse(problem: string, token: Token = this.peek()): never {
    throw new RuleSyntaxError(this.text, token.position, problem);
  }
}
