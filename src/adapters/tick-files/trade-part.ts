/** Trades that have arrived but are not yet packed: a line each, behind one another, so that nothing is lost when a program ends. */

import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** One trade as it came. */
export interface PartTrade {
  readonly timeMs: number;
  readonly price: number;
  readonly amount: number;
  readonly side: 'buy' | 'sell' | undefined;
}

type Line = readonly [number, number, number, string];

export class TradePart {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Adds trades behind the others, flushed. */
  append(trades: readonly PartTrade[]): void {
    if (trades.length === 0) return;
    mkdirSync(dirname(this.#path), { recursive: true });
    const lines = trades.map(({ timeMs, price, amount, side }) =>
      JSON.stringify([timeMs, price, amount, side ?? ''] satisfies Line),
    );
    appendFileSync(this.#path, `${lines.join('\n')}\n`, { flush: true });
  }

  /** All of them, oldest first. A last line that was cut when the program ended is left out: it is asked for again. */
  read(): PartTrade[] {
    if (!existsSync(this.#path)) return [];
    const text = readFileSync(this.#path, 'utf8');
    return text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [timeMs, price, amount, side] = JSON.parse(line) as Line;
        return { timeMs, price, amount, side: side === 'buy' || side === 'sell' ? side : undefined };
      });
  }

  /** Forgets them. */
  remove(): void {
    rmSync(this.#path, { force: true });
  }
}
