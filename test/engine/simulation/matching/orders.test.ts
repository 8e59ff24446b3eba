/** Every order type against a book on the table: bids 99.9 x 5, 99.8 x 10; asks 100.1 x 5, 100.2 x 10 (lots). */

import { describe, expect, it } from 'vitest';
import { type OrderInput, spot, VenueTable } from './harness.ts';

const bids = [999, 5, 998, 10];
const asks = [1001, 5, 1002, 10];

interface Case {
  readonly name: string;
  readonly order: Omit<OrderInput, 'id'>;
  readonly story: string;
}

const cases: readonly Case[] = [
  {
    name: 'market buy walks the book',
    order: { side: 'buy', lots: 12 },
    story: 'accepted, taker 5@1001, taker 7@1002',
  },
  {
    name: 'market sell walks the book',
    order: { side: 'sell', lots: 12 },
    story: 'accepted, taker 5@999, taker 7@998',
  },
  {
    name: 'market buy larger than the book expires with the rest',
    order: { side: 'buy', lots: 20 },
    story: 'accepted, taker 5@1001, taker 10@1002, expired',
  },
  {
    name: 'limit below the ask rests',
    order: { side: 'buy', lots: 12, priceTicks: 1000 },
    story: 'accepted',
  },
  {
    name: 'limit that crosses takes up to its price and rests',
    order: { side: 'buy', lots: 12, priceTicks: 1001 },
    story: 'accepted, taker 5@1001',
  },
  {
    name: 'limit sell that crosses gets the better price',
    order: { side: 'sell', lots: 12, priceTicks: 998 },
    story: 'accepted, taker 5@999, taker 7@998',
  },
  {
    name: 'immediate or cancel takes what is there',
    order: { side: 'buy', lots: 12, priceTicks: 1001, timeInForce: 'ioc' },
    story: 'accepted, taker 5@1001, expired',
  },
  {
    name: 'immediate or cancel that meets nothing expires',
    order: { side: 'buy', lots: 12, priceTicks: 1000, timeInForce: 'ioc' },
    story: 'accepted, expired',
  },
  {
    name: 'fill or kill too large for its price is killed whole',
    order: { side: 'buy', lots: 16, priceTicks: 1002, timeInForce: 'fok' },
    story: 'accepted, expired',
  },
  {
    name: 'fill or kill that fits is filled whole',
    order: { side: 'buy', lots: 15, priceTicks: 1002, timeInForce: 'fok' },
    story: 'accepted, taker 5@1001, taker 10@1002',
  },
  {
    name: 'post-only that would cross is refused',
    order: { side: 'buy', lots: 12, priceTicks: 1001, postOnly: true },
    story: 'rejected post-only-would-cross',
  },
  {
    name: 'post-only inside the spread rests',
    order: { side: 'buy', lots: 12, priceTicks: 1000, postOnly: true },
    story: 'accepted',
  },
  { name: 'below the minimum quantity', order: { side: 'buy', lots: 1 }, story: 'rejected minimum-quantity' },
  { name: 'a fraction of a lot', order: { side: 'buy', lots: 2.5 }, story: 'rejected minimum-quantity' },
  {
    name: 'not a number of lots',
    order: { side: 'buy', lots: Number.NaN },
    story: 'rejected minimum-quantity',
  },
  { name: 'a negative quantity', order: { side: 'buy', lots: -5 }, story: 'rejected minimum-quantity' },
  {
    name: 'above the maximum quantity',
    order: { side: 'sell', lots: 100_001 },
    story: 'rejected maximum-quantity',
  },
  {
    name: 'a limit price between two ticks',
    order: { side: 'buy', lots: 12, priceTicks: 1000.5 },
    story: 'rejected price-filter',
  },
  {
    name: 'a limit price of zero',
    order: { side: 'buy', lots: 12, priceTicks: 0 },
    story: 'rejected price-filter',
  },
  {
    name: 'a limit without a price',
    order: { side: 'buy', lots: 12, type: 'limit' },
    story: 'rejected price-filter',
  },
  {
    name: 'a stop without a trigger',
    order: { side: 'buy', lots: 12, type: 'stop' },
    story: 'rejected price-filter',
  },
  {
    name: 'limit below the minimum notional: 100.0 x 0.09 = 9 < 10',
    order: { side: 'buy', lots: 9, priceTicks: 1000 },
    story: 'rejected minimum-notional',
  },
  {
    name: 'limit at exactly the minimum notional: 100.0 x 0.10 = 10',
    order: { side: 'buy', lots: 10, priceTicks: 1000 },
    story: 'accepted',
  },
  {
    name: 'market below the minimum notional: 100.1 x 0.09 = 9.009 < 10',
    order: { side: 'buy', lots: 9 },
    story: 'rejected minimum-notional',
  },
  {
    name: 'buy that costs more than is free: 100.0 x 100.00 x 1.002 = 10020 > 10000',
    order: { side: 'buy', lots: 10_000, priceTicks: 1000 },
    story: 'rejected insufficient-funds',
  },
  {
    name: 'buy that costs just what is free: 100.0 x 99.80 x 1.002 = 9999.96 <= 10000',
    order: { side: 'buy', lots: 9980, priceTicks: 1000 },
    story: 'accepted',
  },
  {
    name: 'sell of more than is free: 10.01 > 10',
    order: { side: 'sell', lots: 1001, priceTicks: 1010 },
    story: 'rejected insufficient-funds',
  },
  {
    name: 'reduce-only buy of a spot instrument',
    order: { side: 'buy', lots: 12, priceTicks: 1000, reduceOnly: true },
    story: 'rejected reduce-only-would-increase',
  },
  {
    name: 'an instrument of another venue',
    order: { side: 'buy', lots: 12, priceTicks: 1000, instrument: 'y:ETH/USDT' as typeof spot.id },
    story: 'rejected unknown-instrument',
  },
];

describe('one order against a fixed book', () => {
  it.each(cases)('$name', ({ order, story }) => {
    const table = new VenueTable();
    table.book(bids, asks);
    table.submit({ ...order, id: 'o1' });
    expect(table.story('o1')).toBe(story);
  });

  it('refuses a market order when nothing is displayed', () => {
    const table = new VenueTable();
    table.submit({ id: 'o1', side: 'buy', lots: 12 });
    expect(table.story('o1')).toBe('rejected no-liquidity');
  });

  it('trades against quotes where there is no book', () => {
    const table = new VenueTable();
    table.quote(999, 20, 1001, 20);
    table.submit({ id: 'o1', side: 'buy', lots: 12 });
    expect(table.story('o1')).toBe('accepted, taker 12@1001');
  });
});

describe('liquidity that was taken', () => {
  it('is not taken twice before the level is updated', () => {
    const table = new VenueTable();
    table.book(bids, asks);
    table.submit({ id: 'o1', side: 'buy', lots: 12 });
    table.submit({ id: 'o2', side: 'buy', lots: 12 });
    expect(table.story('o2')).toBe('accepted, taker 3@1002, expired');
    table.delta([], [1002, 30]);
    table.submit({ id: 'o3', side: 'buy', lots: 12 });
    expect(table.story('o3')).toBe('accepted, taker 12@1002');
  });
});

describe('cancelling', () => {
  it('frees what was bound', () => {
    const table = new VenueTable();
    table.book(bids, asks);
    table.submit({ id: 'o1', side: 'buy', lots: 100, priceTicks: 1000 });
    expect(table.balance('USDT')).toBe('9899.8+100.2');
    table.cancel('o1');
    expect(table.story('o1')).toBe('accepted, canceled');
    expect(table.balance('USDT')).toBe('10000+0');
  });

  it.each([
    { name: 'an order nobody knows', id: 'nobody', story: 'cancel-rejected' },
    { name: 'a filled order', id: 'o1', story: 'accepted, taker 5@1001, taker 7@1002, cancel-rejected' },
  ])('refuses to cancel $name', ({ id, story }) => {
    const table = new VenueTable();
    table.book(bids, asks);
    table.submit({ id: 'o1', side: 'buy', lots: 12 });
    table.cancel(id);
    expect(table.story(id)).toBe(story);
  });
});

describe('client order ids', () => {
  it.each([
    { name: 'an open order', first: { side: 'buy', lots: 12, priceTicks: 1000 }, state: 'open' },
    { name: 'a filled order', first: { side: 'buy', lots: 12 }, state: 'filled' },
    { name: 'a rejected order', first: { side: 'buy', lots: 1 }, state: 'rejected' },
  ] as const)('are never used twice: $name', ({ first, state }) => {
    const table = new VenueTable();
    table.book(bids, asks);
    table.submit({ ...first, id: 'o1' });
    const before = table.story('o1');
    table.submit({ id: 'o1', side: 'buy', lots: 15 });
    expect(table.story('o1')).toBe(`${before}, rejected duplicate-client-order-id`);
    expect(table.report(['o1']).orders[0]?.state).toBe(state);
  });
});

describe('stops', () => {
  const cross = { bids, asks };

  it('a sell stop fires on a trade at its trigger and fills at the book as it then is', () => {
    const table = new VenueTable();
    table.book(cross.bids, cross.asks);
    table.submit({ id: 's1', side: 'sell', lots: 12, type: 'stop', triggerTicks: 990 });
    table.trade(991, 5, 'sell');
    expect(table.story('s1')).toBe('accepted');
    // A gap: the book falls to 98.0 and the first print is there.
    table.book([980, 8, 979, 8], [990, 8]);
    table.trade(980, 3, 'sell');
    expect(table.story('s1')).toBe('accepted, taker 8@980, taker 4@979');
  });

  it('waits for the book of the same moment before it fills', () => {
    const table = new VenueTable();
    table.book(cross.bids, cross.asks);
    table.submit({ id: 's1', side: 'sell', lots: 12, type: 'stop', triggerTicks: 990 });
    const timeMs = table.nowMs as never;
    const base = { instrument: spot.id, venueTimeMs: timeMs, receiveTimeMs: timeMs };
    const print = { tradeId: '1', priceTicks: 985 as never, lots: 5 as never, aggressor: 'sell' as const };
    table.venue.onMarket({ ...base, kind: 'trade', ...print }, table.take);
    table.delta([999, 0, 998, 0, 984, 20], []);
    expect(table.story('s1')).toBe('accepted, taker 12@984');
  });

  it('a buy stop fires upward', () => {
    const table = new VenueTable();
    table.book(cross.bids, cross.asks);
    table.submit({ id: 's1', side: 'buy', lots: 12, type: 'stop', triggerTicks: 1002 });
    table.trade(1001, 1, 'buy');
    expect(table.story('s1')).toBe('accepted');
    table.trade(1002, 1, 'buy');
    expect(table.story('s1')).toBe('accepted, taker 5@1001, taker 7@1002');
  });

  it('a stop whose trigger is already passed fires at once', () => {
    const table = new VenueTable();
    table.book(cross.bids, cross.asks);
    table.trade(1000, 1, 'buy');
    table.submit({ id: 's1', side: 'sell', lots: 12, type: 'stop', triggerTicks: 1000 });
    expect(table.story('s1')).toBe('accepted, taker 5@999, taker 7@998');
  });

  it('a stop-limit becomes a limit order and does not sell below it', () => {
    const table = new VenueTable();
    table.book(cross.bids, cross.asks);
    table.submit({
      id: 's1',
      side: 'sell',
      lots: 12,
      type: 'stop-limit',
      triggerTicks: 998,
      priceTicks: 999,
    });
    table.trade(998, 1, 'sell');
    expect(table.story('s1')).toBe('accepted, taker 5@999');
    table.trade(1001, 20, 'buy');
    expect(table.story('s1')).toBe('accepted, taker 5@999, maker 7@999');
  });

  it('fires the nearest trigger first and only what the print reached', () => {
    const table = new VenueTable();
    table.book([999, 50], [1001, 50]);
    for (const [id, triggerTicks] of [
      ['a', 980],
      ['b', 990],
      ['c', 985],
    ] as const) {
      table.submit({ id, side: 'sell', lots: 12, type: 'stop', triggerTicks });
    }
    table.trade(985, 1, 'sell');
    const filled = table.events.flatMap((event) =>
      event.kind === 'order-filled' ? [event.fill.clientOrderId] : [],
    );
    expect(filled).toEqual(['b', 'c']);
  });

  it('a stop buy binds its trigger price and buys no more than the funds pay for after a gap', () => {
    const table = new VenueTable(spot, { balances: { USDT: '1002', BTC: '0' } });
    table.book([999, 50], [1001, 50]);
    // 100.0 x 10.00 = 1000, with 0.2 % fee 1002: all that is there.
    table.submit({ id: 's1', side: 'buy', lots: 1000, type: 'stop', triggerTicks: 1000 });
    expect(table.balance('USDT')).toBe('0+1002');
    // The gap: 110.0 x 0.01 x 1.002 = 1.1022 a lot; 1002 pay for 909 lots (1001.8998).
    table.book([1090, 50], [1100, 5000]);
    table.trade(1100, 1, 'buy');
    expect(table.story('s1')).toBe('accepted, taker 909@1100, expired');
    expect(table.balance('USDT')).toBe('0.1002+0');
  });
});
