/**
 * Arithmetic over the metrics of a backtest, for objectives: numbers, metric names, + - * / with the usual precedence,
 * parentheses, and min, max, abs, sqrt, log. Example: `totalReturn / max(0.01, abs(maxDrawdown))`.
 */

/** Thrown for a text that is not an expression; `position` counts characters from 1. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  readonly position: number;

  constructor(message: string, position: number) {
    super(`${message} (at character ${position})`);
    this.position = position;
  }
}

/** Metrics by id; null where one is not defined, for example a Sharpe ratio without trades. */
export type MetricValues = Readonly<Record<string, number | null>>;

/** A parsed expression. */
export interface MetricExpression {
  readonly text: string;
  /** Metrics it reads. */
  readonly metrics: readonly string[];
  /** Its value; null when a metric it reads is null or the result is not a finite number. */
  evaluate(values: MetricValues): number | null;
}

type Node = (values: MetricValues) => number;

const textLengthMaximum = 500;
const depthMaximum = 40;

const functions: Readonly<
  Record<string, { readonly arity: 1 | 'many'; readonly of: (args: number[]) => number }>
> = {
  min: { arity: 'many', of: (args) => Math.min(...args) },
  max: { arity: 'many', of: (args) => Math.max(...args) },
  abs: { arity: 1, of: ([value]) => Math.abs(value as number) },
  sqrt: { arity: 1, of: ([value]) => Math.sqrt(value as number) },
  log: { arity: 1, of: ([value]) => Math.log(value as number) },
};

/** Parses an expression over the named metrics. Throws `ExpressionError` with the position of the first mistake. */
export function parseMetricExpression(text: string, metricIds: readonly string[]): MetricExpression {
  const used = new Set<string>();
  const root = new Parser(text, new Set(metricIds), used).parse();
  return {
    text,
    metrics: [...used],
    evaluate(values) {
      const result = root(values);
      return Number.isFinite(result) ? result : null;
    },
  };
}

/** Recursive descent: sum, product, sign, atom. */
class Parser {
  readonly #text: string;
  readonly #known: ReadonlySet<string>;
  readonly #used: Set<string>;
  #at = 0;
  #depth = 0;

  constructor(text: string, known: ReadonlySet<string>, used: Set<string>) {
    if (text.length > textLengthMaximum) {
      throw new ExpressionError(`is longer than ${textLengthMaximum} characters`, textLengthMaximum);
    }
    this.#text = text;
    this.#known = known;
    this.#used = used;
  }

  parse(): Node {
    const node = this.#sum();
    this.#skipBlanks();
    if (this.#at < this.#text.length) this.#fail(`did not expect "${this.#text[this.#at]}"`);
    return node;
  }

  #sum(): Node {
    let left = this.#product();
    for (let sign = this.#take('+', '-'); sign !== undefined; sign = this.#take('+', '-')) {
      const [before, after] = [left, this.#product()];
      left = sign === '+' ? (v) => before(v) + after(v) : (v) => before(v) - after(v);
    }
    return left;
  }

  #product(): Node {
    let left = this.#signed();
    for (let sign = this.#take('*', '/'); sign !== undefined; sign = this.#take('*', '/')) {
      const [before, after] = [left, this.#signed()];
      left = sign === '*' ? (v) => before(v) * after(v) : (v) => before(v) / after(v);
    }
    return left;
  }

  #signed(): Node {
    this.#depth += 1;
    if (this.#depth > depthMaximum) this.#fail('is nested too deeply');
    let node: Node;
    if (this.#take('-') === undefined) node = this.#atom();
    else {
      const inner = this.#signed();
      node = (values) => -inner(values);
    }
    this.#depth -= 1;
    return node;
  }

  #atom(): Node {
    if (this.#take('(') !== undefined) {
      const inner = this.#sum();
      this.#expect(')');
      return inner;
    }
    const number = this.#match(/\d+(\.\d+)?([eE][+-]?\d+)?/y);
    if (number !== undefined) {
      const value = Number(number);
      return () => value;
    }
    const start = this.#at;
    const name = this.#match(/[A-Za-z][A-Za-z0-9]*/y);
    if (name === undefined) return this.#fail('expected a number, a metric or "("');
    if (Object.hasOwn(functions, name)) return this.#call(name);
    if (!this.#known.has(name)) {
      this.#at = start;
      return this.#fail(`there is no metric "${name}"; there are: ${[...this.#known].join(', ')}`);
    }
    this.#used.add(name);
    return (values) => values[name] ?? Number.NaN;
  }

  #call(name: string): Node {
    const { arity, of } = functions[name] as (typeof functions)[string];
    this.#expect('(');
    const args = [this.#sum()];
    while (this.#take(',') !== undefined) args.push(this.#sum());
    if (arity === 1 && args.length !== 1) this.#fail(`${name} takes one value`);
    this.#expect(')');
    return (values) => of(args.map((arg) => arg(values)));
  }

  #expect(symbol: string): void {
    if (this.#take(symbol) === undefined) this.#fail(`expected "${symbol}"`);
  }

  #take(...symbols: readonly string[]): string | undefined {
    this.#skipBlanks();
    const found = this.#text[this.#at];
    if (found === undefined || !symbols.includes(found)) return undefined;
    this.#at += 1;
    return found;
  }

  #match(pattern: RegExp): string | undefined {
    this.#skipBlanks();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #skipBlanks(): void {
    while (this.#text[this.#at] === ' ') this.#at += 1;
  }

  #fail(message: string): never {
    throw new ExpressionError(message, Math.min(this.#at + 1, this.#text.length + 1));
  }
}
