/** Trades of a file as its reader hands them out, and what holds for every one of them. */

import { DataFileError } from '../candle-files/data-file-error.ts';

/** One trade of a file. */
export interface TradeRow {
  readonly line: number;
  readonly timeMs: number;
  readonly price: number;
  readonly amount: number;
  /** The venue's id, where the file has one: two trades of one id in a row are one trade. */
  readonly id?: string | undefined;
  /** Who took, where the file says. */
  readonly side?: 'buy' | 'sell' | undefined;
}

/** Checks trades in the order of their file. */
export class TradeRowCheck {
  /** Trades left out because the one before has the same id. */
  duplicates = 0;
  readonly #path: string;
  readonly #amountMinimum: 'zero' | 'above-zero';
  #lastId: string | undefined;

  constructor(path: string, amountMinimum: 'zero' | 'above-zero') {
    this.#path = path;
    this.#amountMinimum = amountMinimum;
  }

  /** Whether to take a trade: false for a repeated one. Throws `DataFileError` naming line and column. */
  take({ line, timeMs, price, amount, id }: TradeRow): boolean {
    if (!Number.isSafeInteger(timeMs) || timeMs <= 0)
      throw this.bad(line, 'timestamp', `${timeMs} is not a time`);
    if (!(price > 0 && Number.isFinite(price)))
      throw this.bad(line, 'price', `${price} is not a price above zero`);
    const isQuantity =
      Number.isFinite(amount) && (amount > 0 || (amount === 0 && this.#amountMinimum === 'zero'));
    if (!isQuantity) throw this.bad(line, 'amount', `${amount} is not a quantity`);
    if (id !== undefined && id === this.#lastId) {
      this.duplicates += 1;
      return false;
    }
    this.#lastId = id;
    return true;
  }

  bad(line: number, column: string, reason: string): DataFileError {
    const hint = 'Repair or remove the row.';
    return new DataFileError({ code: 'bad-value', path: this.#path, line, column, reason, hint });
  }
}
