/** Packs trades as they come out of a file or from a venue. */

import { tickKinds } from '../../shared/domain/tick-kinds.ts';
import { DataFileError } from '../candle-files/data-file-error.ts';
import { type TradeRow, TradeRowCheck } from '../data-formats/trade-rows.ts';
import { inferStep, stepText } from './decimal-step.ts';
import { allocateTicks, packTick, type TickColumns } from './tick-columns.ts';

/** Trades of a whole file. */
export interface PackedTrades {
  readonly columns: TickColumns;
  readonly duplicates: number;
  /** Trades of which the file does not say who took: the side is that of the last change of price. */
  readonly guessedSides: number;
}

const ticksMaximum = 0x7fff_ffff;
const lotsMaximum = 2 ** 53;

/** Takes trades in the order of their file. */
export class TradeBuilder {
  readonly #path: string;
  readonly #sort: boolean;
  readonly #check: TradeRowCheck;
  readonly #timesMs: number[] = [];
  readonly #prices: number[] = [];
  readonly #amounts: number[] = [];
  /** 1: bought, -1: sold, 0: not said. */
  readonly #sides: number[] = [];

  /** `sort` takes rows in any order. */
  constructor(path: string, sort: boolean) {
    this.#path = path;
    this.#sort = sort;
    this.#check = new TradeRowCheck(path, 'above-zero');
  }

  /** Adds a trade. Throws `DataFileError`. */
  add(trade: TradeRow): void {
    if (!this.#check.take(trade)) return;
    const lastMs = this.#timesMs.at(-1) ?? 0;
    if (trade.timeMs < lastMs && !this.#sort) {
      throw new DataFileError({
        code: 'out-of-order',
        path: this.#path,
        line: trade.line,
        column: 'timestamp',
        reason: `${trade.timeMs} comes after ${lastMs}: time runs back`,
        hint: 'Sort the file by time, oldest first, or import it with --sort.',
      });
    }
    this.#timesMs.push(trade.timeMs);
    this.#prices.push(trade.price);
    this.#amounts.push(trade.amount);
    this.#sides.push(trade.side === undefined ? 0 : trade.side === 'buy' ? 1 : -1);
  }

  /** Gives the columns, oldest first; trades of one moment keep their order. Throws `DataFileError`. */
  finish(): PackedTrades {
    const rows = this.#timesMs.length;
    if (rows === 0) {
      throw new DataFileError({
        code: 'empty',
        path: this.#path,
        reason: 'there is no trade in it',
        hint: 'Check the file.',
      });
    }
    const price = this.#stepped('price', this.#prices, ticksMaximum);
    const lots = this.#stepped('amount', this.#amounts, lotsMaximum);
    const order = Uint32Array.from({ length: rows }, (_, row) => row);
    const timesMs = this.#timesMs;
    if (this.#sort)
      order.sort((left, right) => (timesMs[left] as number) - (timesMs[right] as number) || left - right);
    const columns = allocateTicks(rows, price.step, lots.step);
    let side: number = tickKinds.buyTrade;
    let guessedSides = 0;
    order.forEach((from, row) => {
      const timeNs = BigInt(timesMs[from] as number) * 1_000_000n;
      const ticks = price.units[from] as number;
      const said = this.#sides[from] as number;
      const before = row === 0 ? ticks : (columns.priceTicks[row - 1] as number);
      if (said !== 0) side = said > 0 ? tickKinds.buyTrade : tickKinds.sellTrade;
      else {
        guessedSides += 1;
        if (ticks !== before) side = ticks > before ? tickKinds.buyTrade : tickKinds.sellTrade;
      }
      columns.exchangeNs[row] = timeNs;
      columns.receiveNs[row] = timeNs;
      columns.priceTicks[row] = ticks;
      columns.packed[row] = packTick(side, BigInt(lots.units[from] as number));
    });
    return { columns, duplicates: this.#check.duplicates, guessedSides };
  }

  #stepped(column: string, values: readonly number[], maximum: number) {
    const found = inferStep(values);
    if (found?.units.every((units) => units <= maximum) === true) return found;
    const step = found === undefined ? 'any step' : `steps of ${stepText(found.step)}`;
    throw new DataFileError({
      code: 'bad-value',
      path: this.#path,
      column,
      reason: `its values span too many digits for ${step}`,
      hint: 'Look for an outlier in the file, or for averaged prices.',
    });
  }
}
