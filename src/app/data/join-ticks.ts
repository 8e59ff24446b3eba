/** Puts imported trades or recordings to those that are stored: behind, before, or where both have the same rows. */

import {
  allocateTicks,
  concatTicks,
  inCommonSteps,
  packTick,
  sliceTicks,
  type TickColumns,
  wholeMsAt,
} from '../../adapters/tick-files/tick-columns.ts';
import { ApiError } from '../../shared/api/result.ts';
import { tickKinds } from '../../shared/domain/tick-kinds.ts';

/** What became of both. */
export interface JoinedTicks {
  readonly columns: TickColumns;
  /** Rows that were stored already. */
  readonly duplicates: number;
}

/** Which rows stand where both have some, and they differ. */
export type OverlapChoice = 'refuse' | 'keep-first' | 'keep-last';

/**
 * Joins. Where the times overlap and the rows are the same they are kept once; else trades are refused, or those of one
 * side are kept; recordings are refused, as a book cannot change in its middle. Throws `ApiError` `bad-input`.
 */
export function joinTicks(
  kind: 'trades' | 'l2',
  stored: TickColumns,
  fresh: TickColumns,
  choice: OverlapChoice,
): JoinedTicks {
  const [old, added] = inOneStep(stored, fresh);
  const [oldFirst, oldLast] = spanOf(old);
  const [addedFirst, addedLast] = spanOf(added);
  if (addedFirst > oldLast) return { columns: behind(kind, old, added), duplicates: 0 };
  if (addedLast < oldFirst) return { columns: behind(kind, added, old), duplicates: 0 };
  // Where both have rows: from the later begin to the earlier end, both included.
  const from = oldFirst > addedFirst ? oldFirst : addedFirst;
  const to = oldLast < addedLast ? oldLast : addedLast;
  const ours = rowsBetween(old, from, to);
  const theirs = rowsBetween(added, from, to);
  const different = firstDifference(sliceTicks(old, ...ours), sliceTicks(added, ...theirs));
  const keepsOld = different === undefined || choice === 'keep-first';
  if (different !== undefined && (choice === 'refuse' || kind === 'l2')) {
    throw new ApiError(
      'bad-input',
      `file: it overlaps what is stored from ${isoTime(from)} to ${isoTime(to)}, with other rows from row ${theirs[0] + different + 1} on`,
      {
        field: 'file',
        hint:
          kind === 'trades'
            ? 'Choose which ones stand with --duplicates keep-first or keep-last.'
            : 'Remove the stored series first, or import it under another venue.',
      },
    );
  }
  const [kept, other, otherRows] = keepsOld
    ? [old, added, rowsBetween(added, oldFirst, oldLast)]
    : [added, old, rowsBetween(old, addedFirst, addedLast)];
  const columns = concatTicks(
    sliceTicks(other, 0, otherRows[0]),
    kept,
    sliceTicks(other, otherRows[1], other.packed.length),
  );
  return { columns, duplicates: different === undefined ? theirs[1] - theirs[0] : 0 };
}

/** Puts later trades behind earlier ones; they may begin in the moment in which the others end. Throws `ApiError`. */
export function behindTrades(earlier: TickColumns, later: TickColumns): TickColumns {
  return concatTicks(...inOneStep(earlier, later));
}

/** A book begins anew where one recording follows another. */
function behind(kind: 'trades' | 'l2', first: TickColumns, second: TickColumns): TickColumns {
  if (kind === 'trades') return concatTicks(first, second);
  const clear = allocateTicks(1, second.tick, second.lot);
  clear.exchangeNs[0] = second.exchangeNs[0] as bigint;
  clear.receiveNs[0] = second.receiveNs[0] as bigint;
  clear.packed[0] = packTick(tickKinds.clearAll, 0n);
  return concatTicks(first, clear, second);
}

function inOneStep(stored: TickColumns, fresh: TickColumns): readonly [TickColumns, TickColumns] {
  const both = inCommonSteps(stored, fresh);
  if (both !== undefined) return both;
  throw new ApiError(
    'bad-input',
    'file: its prices and the stored ones span too many digits for one series',
    {
      field: 'file',
      hint: 'Look for an outlier, or import it under another venue.',
    },
  );
}

function spanOf({ receiveNs }: TickColumns): [bigint, bigint] {
  return [receiveNs[0] as bigint, receiveNs[receiveNs.length - 1] as bigint];
}

/** Rows received from `from` to `to`, both included: the first, and the one behind the last. */
function rowsBetween({ receiveNs }: TickColumns, from: bigint, to: bigint): [number, number] {
  return [lowerBound(receiveNs, from), lowerBound(receiveNs, to + 1n)];
}

/** Gives the first row received at a time or later. */
function lowerBound(times: BigInt64Array, timeNs: bigint): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as bigint) < timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstDifference(left: TickColumns, right: TickColumns): number | undefined {
  const rows = Math.max(left.packed.length, right.packed.length);
  for (let row = 0; row < rows; row += 1) {
    const isSame =
      left.packed[row] === right.packed[row] &&
      left.priceTicks[row] === right.priceTicks[row] &&
      left.receiveNs[row] === right.receiveNs[row] &&
      left.exchangeNs[row] === right.exchangeNs[row];
    if (!isSame) return row;
  }
  return undefined;
}

function isoTime(timeNs: bigint): string {
  return new Date(wholeMsAt(BigInt64Array.of(timeNs), 0)).toISOString();
}
