/** Trades and changes of an order book as packed columns, 28 bytes an event: the rows of `native/crates/core/src/l2/events.rs`. */

import { tickKinds } from '../../shared/domain/tick-kinds.ts';
import { commonStep, type Step } from './decimal-step.ts';

/** Events in the order in which they were received, in columns of equal length. */
export interface TickColumns {
  readonly tick: Step;
  readonly lot: Step;
  /** When it happened at the exchange, epoch nanoseconds UTC. */
  readonly exchangeNs: BigInt64Array;
  /** When the recorder received it, never falling; the exchange's time for trades that were not recorded by us. */
  readonly receiveNs: BigInt64Array;
  readonly priceTicks: Int32Array;
  /** Size in lots, with the kind in the highest byte. */
  readonly packed: BigUint64Array;
}

const kindShift = 56n;
const lotsMask = (1n << kindShift) - 1n;
const nsPerMs = 1_000_000n;

/** Puts kind and size into one number. */
export function packTick(kind: number, lots: bigint): bigint {
  return (BigInt(kind) << kindShift) | lots;
}

/** Gives what the event of a row says, see `tickKinds`. */
export function kindAt({ packed }: TickColumns, row: number): number {
  return Number((packed[row] as bigint) >> kindShift);
}

/** Gives the size of a row in lots. */
export function lotsAt({ packed }: TickColumns, row: number): number {
  return Number((packed[row] as bigint) & lotsMask);
}

/** Gives a time of a column in milliseconds, with a fraction: exact where it is a whole one. */
export function msAt(times: BigInt64Array, row: number): number {
  const ns = times[row] as bigint;
  return Number(ns / nsPerMs) + Number(ns % nsPerMs) / 1e6;
}

/** Gives the whole millisecond that a time of a column lies in. */
export function wholeMsAt(times: BigInt64Array, row: number): number {
  return Number((times[row] as bigint) / nsPerMs);
}

/** Gives columns for so many rows. */
export function allocateTicks(rows: number, tick: Step, lot: Step): TickColumns {
  return {
    tick,
    lot,
    exchangeNs: new BigInt64Array(rows),
    receiveNs: new BigInt64Array(rows),
    priceTicks: new Int32Array(rows),
    packed: new BigUint64Array(rows),
  };
}

/** Gives a view of the rows from `from` up to but without `to`. */
export function sliceTicks(columns: TickColumns, from: number, to: number): TickColumns {
  return {
    ...columns,
    exchangeNs: columns.exchangeNs.subarray(from, to),
    receiveNs: columns.receiveNs.subarray(from, to),
    priceTicks: columns.priceTicks.subarray(from, to),
    packed: columns.packed.subarray(from, to),
  };
}

/** Gives the trades alone. */
export function tradesOnly(columns: TickColumns): TickColumns {
  const rows: number[] = [];
  for (let row = 0; row < columns.packed.length; row += 1) {
    const kind = kindAt(columns, row);
    if (kind === tickKinds.buyTrade || kind === tickKinds.sellTrade) rows.push(row);
  }
  const kept = allocateTicks(rows.length, columns.tick, columns.lot);
  for (const name of ['exchangeNs', 'receiveNs', 'packed'] as const) {
    const [from, to] = [columns[name], kept[name]];
    rows.forEach((row, index) => {
      to[index] = from[row] as bigint;
    });
  }
  rows.forEach((row, index) => {
    kept.priceTicks[index] = columns.priceTicks[row] as number;
  });
  return kept;
}

/** Gives both in the steps that fit both; undefined where prices would need more ticks than 32 bits count. */
export function inCommonSteps(
  left: TickColumns,
  right: TickColumns,
): readonly [TickColumns, TickColumns] | undefined {
  const tick = commonStep(left.tick, right.tick);
  const lot = commonStep(left.lot, right.lot);
  const first = rescaled(left, tick.step, lot.step, tick.factors[0], lot.factors[0]);
  const second = rescaled(right, tick.step, lot.step, tick.factors[1], lot.factors[1]);
  return first === undefined || second === undefined ? undefined : [first, second];
}

function rescaled(
  columns: TickColumns,
  tick: Step,
  lot: Step,
  tickFactor: number,
  lotFactor: number,
): TickColumns | undefined {
  const { packed, priceTicks } = columns;
  if (tickFactor === 1 && lotFactor === 1) return { ...columns, tick, lot };
  const scaled = { ...columns, tick, lot, priceTicks: priceTicks.slice(), packed: packed.slice() };
  for (let row = 0; row < packed.length; row += 1) {
    const ticks = (priceTicks[row] as number) * tickFactor;
    const lots = ((packed[row] as bigint) & lotsMask) * BigInt(lotFactor);
    if (ticks > 0x7fff_ffff || lots > lotsMask) return undefined;
    scaled.priceTicks[row] = ticks;
    scaled.packed[row] = packTick(kindAt(columns, row), lots);
  }
  return scaled;
}

/** Gives one behind the other; both must have the same steps. */
export function concatTicks(...parts: readonly TickColumns[]): TickColumns {
  const [first] = parts as readonly [TickColumns, ...TickColumns[]];
  const rows = parts.reduce((sum, { packed }) => sum + packed.length, 0);
  const all = allocateTicks(rows, first.tick, first.lot);
  let at = 0;
  for (const part of parts) {
    all.exchangeNs.set(part.exchangeNs, at);
    all.receiveNs.set(part.receiveNs, at);
    all.priceTicks.set(part.priceTicks, at);
    all.packed.set(part.packed, at);
    at += part.packed.length;
  }
  return all;
}
