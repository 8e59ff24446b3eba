/** Refusals: a value or frame from outside that is not believed. Others are not affected by it. */

/** What is wrong with it; stable, for tests and metrics. */
export type RefusalCode =
  | 'not-json'
  | 'too-large'
  | 'too-deep'
  | 'forbidden-key'
  | 'missing-field'
  | 'bad-number'
  | 'not-positive'
  | 'off-grid'
  | 'too-large-number'
  | 'bad-time'
  | 'unknown-symbol'
  | 'not-a-market-trade'
  | 'unsupported';

/** Thrown by parsers for input that must not be used. `field` names the part that is wrong. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly field: string;
  constructor(code: RefusalCode, field: string, message: string) {
    super(message);
    this.code = code;
    this.field = field;
  }
}

/** Counts refusals and keeps the first few texts, so that a broken stream cannot fill the memory. */
export class RefusalLog {
  readonly #examplesMaximum: number;
  readonly #counts = new Map<RefusalCode, number>();
  readonly examples: string[] = [];

  constructor(examplesMaximum = 20) {
    this.#examplesMaximum = examplesMaximum;
  }

  /** Notes a refusal; anything else is thrown on, because it is a bug and not bad input. */
  note(error: unknown, where: string): void {
    if (!(error instanceof Refusal)) throw error;
    this.#counts.set(error.code, (this.#counts.get(error.code) ?? 0) + 1);
    if (this.examples.length < this.#examplesMaximum) this.examples.push(`${where}: ${error.message}`);
  }

  get total(): number {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return total;
  }

  /** Gives the count of each code that occurred. */
  counts(): Readonly<Partial<Record<RefusalCode, number>>> {
    return Object.fromEntries(this.#counts);
  }
}
