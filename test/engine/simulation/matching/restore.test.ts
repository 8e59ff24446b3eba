/** Going on after a stop: with the whole market view, with a truth newer than it, and with none at all. */

import { describe, expect, it } from 'vitest';
import type { PaperVenueRestore } from '../../../../src/engine/simulation/matching/paper-venue.ts';
import { spot, VenueTable } from './harness.ts';

function saved(table: VenueTable): PaperVenueRestore {
  const state = { account: table.venue.snapshot(), market: table.venue.marketSnapshot() };
  return JSON.parse(JSON.stringify(state)) as PaperVenueRestore;
}

function goOn(from: VenueTable, restore: PaperVenueRestore, afterMs = 1): VenueTable {
  const table = new VenueTable(spot, {}, restore);
  table.nowMs = from.nowMs + afterMs;
  return table;
}

describe('a restored venue', () => {
  it('remembers prints the book has not shown yet, so that they are not counted twice', () => {
    const first = new VenueTable();
    first.book([999, 40], [1001, 50]);
    first.submit({ id: 'o1', side: 'buy', lots: 12, priceTicks: 999 });
    first.trade(999, 30, 'sell');
    const second = goOn(first, saved(first));
    const base = { venueTimeMs: second.nowMs as never, receiveTimeMs: second.nowMs as never };
    const numbers = { firstSequence: 2, lastSequence: 2, bids: [999, 10], asks: [] };
    second.market({ ...base, kind: 'book-delta', instrument: spot.id, ...numbers });
    expect(second.venue.snapshot().orders[0]?.queueAheadLots).toBe(10);
  });

  it('knows every id it ever saw, its stops, its balances and what is bound', () => {
    const first = new VenueTable();
    first.book([999, 40], [1001, 50]);
    first.submit({ id: 'filled', side: 'buy', lots: 12 });
    first.submit({ id: 'open', side: 'buy', lots: 12, priceTicks: 990 });
    first.submit({ id: 'stop', side: 'sell', lots: 12, type: 'stop', triggerTicks: 980 });
    const second = goOn(first, { account: saved(first).account });
    expect(second.balance('USDT')).toBe(first.balance('USDT'));
    expect(second.balance('BTC')).toBe(first.balance('BTC'));
    second.submit({ id: 'filled', side: 'buy', lots: 12 });
    expect(second.story('filled')).toBe('rejected duplicate-client-order-id');
    second.book([980, 40], [1001, 50]);
    second.trade(980, 1, 'sell');
    expect(second.story('stop')).toBe('taker 12@980');
    second.cancel('open');
    expect(second.story('open')).toBe('maker 1@990, canceled');
  });

  it('executes a stop that had fired but was not executed yet', () => {
    const first = new VenueTable(spot, { stopSettleMs: 100 });
    first.book([999, 40], [1001, 50]);
    first.submit({ id: 'stop', side: 'sell', lots: 12, type: 'stop', triggerTicks: 990 });
    first.trade(985, 1, 'sell');
    expect(first.story('stop')).toBe('accepted');
    const second = goOn(first, saved(first));
    second.advance(0);
    expect(second.story('stop')).toBe('taker 12@999');
  });

  it('only looks at a market it had already matched: a truth newer than the saved market', () => {
    const first = new VenueTable();
    first.book([999, 40], [1001, 50]);
    const marketBefore = saved(first).market;
    first.advance(1000);
    first.submit({ id: 'o1', side: 'buy', lots: 30, priceTicks: 1000 });
    first.advance(1000);
    first.trade(1000, 12, 'sell');
    // The program dies; the market generator goes back to its last save and repeats what was already lived.
    const second = goOn(first, { account: saved(first).account, market: marketBefore }, -500);
    second.trade(1000, 12, 'sell');
    expect(second.venue.snapshot().fills).toHaveLength(1);
    second.advance(500);
    second.trade(1000, 12, 'sell');
    expect(second.venue.snapshot().fills).toHaveLength(1);
    second.advance(1);
    second.trade(1000, 12, 'sell');
    expect(second.venue.snapshot().fills.map((fill) => [fill.tradeId, fill.lots])).toEqual([
      ['t1', 12],
      ['t2', 12],
    ]);
  });

  it('refuses the truth of another venue and of unknown instruments', () => {
    const first = new VenueTable();
    first.book([999, 40], [1001, 50]);
    first.submit({ id: 'open', side: 'buy', lots: 12, priceTicks: 990 });
    const { account } = saved(first);
    expect(() => goOn(first, { account: { ...account, venue: 'y' as typeof account.venue } })).toThrow(
      /venue y/,
    );
    const moved = account.orders.map((order) => ({
      ...order,
      instrument: 'x:GONE' as typeof order.instrument,
    }));
    expect(() => goOn(first, { account: { ...account, orders: moved } })).toThrow(/x:GONE/);
  });
});
