/** The queue model, by hand: who stands where after each print and each change of the level. */

import { describe, expect, it } from 'vitest';
import { VenueTable } from './harness.ts';

function tableWithBuyAt999(lots = 12): VenueTable {
  const table = new VenueTable();
  table.book([999, 40, 998, 100], [1001, 50]);
  table.submit({ id: 'o1', side: 'buy', lots, priceTicks: 999 });
  return table;
}

function queueAhead(table: VenueTable, id: string): number | undefined {
  return table.venue.snapshot().orders.find((order) => order.clientOrderId === id)?.queueAheadLots;
}

describe('queue position', () => {
  it('joins behind the displayed size', () => {
    expect(queueAhead(tableWithBuyAt999(), 'o1')).toBe(40);
  });

  it('a print at the price takes from the front, the rest of it fills us', () => {
    const table = tableWithBuyAt999(12);
    table.trade(999, 30, 'sell');
    expect(queueAhead(table, 'o1')).toBe(10);
    expect(table.story('o1')).toBe('accepted');
    table.trade(999, 15, 'sell');
    expect(table.story('o1')).toBe('accepted, maker 5@999');
    table.trade(999, 100, 'sell');
    expect(table.story('o1')).toBe('accepted, maker 5@999, maker 7@999');
  });

  it('a print by a buyer at our price does not reach our queue', () => {
    const table = tableWithBuyAt999();
    table.trade(999, 500, 'buy');
    expect(table.story('o1')).toBe('accepted');
  });

  it('a level that shrinks without prints shrinks evenly: 40 -> 20 leaves 20 of our 40 ahead', () => {
    const table = tableWithBuyAt999();
    table.delta([999, 20], []);
    expect(queueAhead(table, 'o1')).toBe(20);
  });

  it('does not count a print twice when the level then shows it', () => {
    const table = tableWithBuyAt999();
    table.trade(999, 30, 'sell');
    table.delta([999, 10], []);
    expect(queueAhead(table, 'o1')).toBe(10);
  });

  it('spreads what prints do not explain: 40, 20 traded, 5 left shown: 20 ahead x 5/20 = 5', () => {
    const table = tableWithBuyAt999();
    table.trade(999, 20, 'sell');
    table.delta([999, 5], []);
    expect(queueAhead(table, 'o1')).toBe(5);
  });

  it('a level that grows grows behind us', () => {
    const table = tableWithBuyAt999();
    table.delta([999, 90], []);
    expect(queueAhead(table, 'o1')).toBe(40);
    table.delta([999, 45], []);
    // 45 of 90 are left: 40 x 45/90 = 20.
    expect(queueAhead(table, 'o1')).toBe(20);
  });

  it('nothing is ahead inside the spread', () => {
    const table = new VenueTable();
    table.book([999, 40], [1001, 50]);
    table.submit({ id: 'o1', side: 'buy', lots: 10, priceTicks: 1000 });
    table.trade(1000, 4, 'sell');
    expect(table.story('o1')).toBe('accepted, maker 4@1000');
  });

  it('an order beyond the displayed book waits behind whatever is shown there first', () => {
    const table = new VenueTable();
    table.book([999, 40], [1001, 50]);
    table.submit({ id: 'o1', side: 'buy', lots: 20, priceTicks: 980 });
    expect(queueAhead(table, 'o1')).toBe(-1);
    table.delta([999, 0, 980, 70], []);
    expect(queueAhead(table, 'o1')).toBe(70);
  });

  it('a print through the price fills us, but never more than was traded', () => {
    const table = tableWithBuyAt999(50);
    table.trade(998, 30, 'sell');
    expect(table.story('o1')).toBe('accepted, maker 30@999');
    table.trade(998, 30, 'sell');
    expect(table.story('o1')).toBe('accepted, maker 30@999, maker 20@999');
  });

  it('an ask that comes to our bid fills us at our price, up to its size', () => {
    const table = tableWithBuyAt999(50);
    table.delta([999, 0], [998, 20]);
    expect(table.story('o1')).toBe('accepted, maker 20@999');
    table.delta([], [998, 100]);
    expect(table.story('o1')).toBe('accepted, maker 20@999, maker 30@999');
  });

  it('two of our orders share a print in time priority', () => {
    const table = new VenueTable();
    table.book([999, 10, 998, 100], [1001, 50]);
    table.submit({ id: 'a', side: 'buy', lots: 15, priceTicks: 999 });
    table.submit({ id: 'b', side: 'buy', lots: 15, priceTicks: 999 });
    table.trade(999, 22, 'sell');
    // 10 were ahead of both, 12 reach the first; ahead of the second only the 10 of the market are gone.
    expect(table.story('a')).toBe('accepted, maker 12@999');
    expect(table.story('b')).toBe('accepted');
    table.trade(999, 8, 'sell');
    expect(table.story('a')).toBe('accepted, maker 12@999, maker 3@999');
    expect(table.story('b')).toBe('accepted, maker 5@999');
  });

  it('one print through two price levels fills the better one first', () => {
    const table = new VenueTable();
    table.book([999, 40, 998, 100], [1001, 50]);
    table.submit({ id: 'low', side: 'buy', lots: 15, priceTicks: 998 });
    table.submit({ id: 'high', side: 'buy', lots: 15, priceTicks: 999 });
    table.trade(997, 20, 'sell');
    expect(table.story('high')).toBe('accepted, maker 15@999');
    expect(table.story('low')).toBe('accepted, maker 5@998');
  });

  it('a hole in the sequence makes the book worthless until the next snapshot', () => {
    const table = tableWithBuyAt999();
    const timeMs = table.nowMs as never;
    const base = { instrument: table.instrument.id, venueTimeMs: timeMs, receiveTimeMs: timeMs };
    table.market({
      ...base,
      kind: 'book-delta',
      firstSequence: 99,
      lastSequence: 99,
      bids: [],
      asks: [990, 50],
    });
    expect(table.story('o1')).toBe('accepted');
    table.submit({ id: 'm', side: 'buy', lots: 20 });
    expect(table.story('m')).toBe('rejected no-liquidity');
  });
});
