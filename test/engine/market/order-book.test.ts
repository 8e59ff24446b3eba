import { describe, expect, it } from 'vitest';
import { OrderBook } from '../../../src/engine/market/order-book.ts';
import { epochMs, instrumentId } from '../../../src/shared/domain/nominal.ts';

const base = {
  instrument: instrumentId('test', 'BTC/USDT'),
  venueTimeMs: epochMs(1),
  receiveTimeMs: epochMs(1),
};
const snapshot = (sequence: number, bids: number[], asks: number[]) =>
  ({ kind: 'book-snapshot', sequence, bids, asks, ...base }) as const;
const delta = (firstSequence: number, lastSequence: number, bids: number[], asks: number[]) =>
  ({ kind: 'book-delta', firstSequence, lastSequence, bids, asks, ...base }) as const;

describe('OrderBook', () => {
  it('sorts, replaces and removes levels', () => {
    const book = new OrderBook();
    book.applySnapshot(snapshot(10, [100, 1, 98, 3, 99, 2], [102, 5, 101, 4]));
    book.applyDelta(delta(11, 12, [99, 0, 97, 7], [101, 9]));
    expect(book.status).toBe('valid');
    expect(book.levels('bid', 10)).toEqual([
      [100, 1],
      [98, 3],
      [97, 7],
    ]);
    expect(book.levels('ask', 1)).toEqual([[101, 9]]);
  });

  it('holds deltas back until the snapshot they follow', () => {
    const book = new OrderBook();
    book.applyDelta(delta(5, 8, [100, 0], []));
    book.applyDelta(delta(9, 14, [], [101, 6]));
    expect(book.status).toBe('waiting');
    book.applySnapshot(snapshot(10, [100, 1], [101, 4]));
    expect(book.status).toBe('valid');
    // The first delta is older than the snapshot: its removal of 100 must not come through.
    expect(book.bestBidTicks).toBe(100);
    expect(book.bestAskLots).toBe(6);
    expect(book.sequence).toBe(14);
  });

  it('notices a missing update, prices nothing, and recovers with a snapshot', () => {
    const book = new OrderBook();
    book.applySnapshot(snapshot(10, [100, 1], [101, 4]));
    book.applyDelta(delta(13, 14, [100, 9], []));
    expect(book.status).toBe('gap');
    expect(book.reason).toBe('updates 11 to 12 are missing');
    book.applySnapshot(snapshot(13, [99, 2], [101, 4]));
    expect(book.status).toBe('valid');
    expect(book.counters).toMatchObject({ gaps: 1, resyncs: 1, snapshots: 2 });
    expect(book.bestBidLots).toBe(9);
  });

  it('ignores a delta that is already contained', () => {
    const book = new OrderBook();
    book.applySnapshot(snapshot(10, [100, 1], [101, 4]));
    book.applyDelta(delta(8, 10, [100, 7], []));
    expect(book.bestBidLots).toBe(1);
  });

  it.each([
    ['crossed', [102, 1], [101, 4]],
    ['locked', [101, 1], [101, 4]],
    ['without asks', [100, 1], []],
  ])('is not valid when %s', (_name, bids, asks) => {
    const book = new OrderBook();
    book.applySnapshot(snapshot(1, bids, asks));
    expect(book.status).toBe('crossed');
  });
});
