/** Fees, positions, margin, funding and liquidation, with the numbers worked out in the comments. */

import { describe, expect, it } from 'vitest';
import { Decimal } from '../../../../src/shared/domain/decimal.ts';
import { perpetual, spot, VenueTable } from './harness.ts';

const hour = 3_600_000;

function perpetualTable(usdt = '10000', leverage = 1): VenueTable {
  const table = new VenueTable(perpetual, { balances: { USDT: usdt }, leverage });
  table.book([999, 10_000], [1000, 10_000]);
  return table;
}

/** Lets the account buy or sell at a price that the book is set to for it. */
function dealAt(table: VenueTable, id: string, side: 'buy' | 'sell', ticks: number, lots: number): void {
  if (side === 'buy') table.book([ticks - 1, 10_000], [ticks, 10_000]);
  else table.book([ticks, 10_000], [ticks + 1, 10_000]);
  table.submit({ id, side, lots });
}

describe('fees of a spot fill of 1.00 BTC at 100.0 (maker 0.1 %, taker 0.2 %)', () => {
  it.each([
    // Buy: 10000 - 100 - 0.2 = 9899.8; 10 + 1.
    { rule: 'quote', side: 'buy', liquidity: 'taker', usdt: '9899.8', btc: '11', fee: '0.2 USDT' },
    // Received: 10000 - 100; 10 + 1 - 0.002.
    { rule: 'received', side: 'buy', liquidity: 'taker', usdt: '9900', btc: '10.998', fee: '0.002 BTC' },
    { rule: 'received', side: 'buy', liquidity: 'maker', usdt: '9900', btc: '10.999', fee: '0.001 BTC' },
    { rule: 'quote', side: 'buy', liquidity: 'maker', usdt: '9899.9', btc: '11', fee: '0.1 USDT' },
    // Sell: both rules take the fee from the quote currency that is received.
    { rule: 'quote', side: 'sell', liquidity: 'taker', usdt: '10099.8', btc: '9', fee: '0.2 USDT' },
    { rule: 'received', side: 'sell', liquidity: 'maker', usdt: '10099.9', btc: '9', fee: '0.1 USDT' },
  ] as const)('$rule, $side, $liquidity', ({ rule, side, liquidity, usdt, btc, fee }) => {
    const table = new VenueTable({ ...spot, feeCurrencyRule: rule });
    if (liquidity === 'taker') {
      table.book([1000, 100], [1000 + 1, 100]);
      if (side === 'buy') table.book([999, 100], [1000, 100]);
      table.submit({ id: 'o1', side, lots: 100 });
    } else {
      table.book([998, 100], [1002, 100]);
      table.submit({ id: 'o1', side, lots: 100, priceTicks: 1000 });
      table.trade(1000, 100, side === 'buy' ? 'sell' : 'buy');
    }
    const filled = table.events.find((event) => event.kind === 'order-filled');
    expect(filled && `${filled.fill.fee} ${filled.fill.feeCurrency}`).toBe(fee);
    expect(filled?.fill.liquidity).toBe(liquidity);
    expect(table.balance('USDT')).toBe(`${usdt}+0`);
    expect(table.balance('BTC')).toBe(`${btc}+0`);
  });
});

describe('position of a perpetual', () => {
  it('opens, reduces with profit, flips with loss', () => {
    const table = perpetualTable();
    dealAt(table, 'o1', 'buy', 1000, 100);
    // Entry 100, fee 0.2.
    expect(table.balance('USDT')).toBe('9899.8+100');
    dealAt(table, 'o2', 'sell', 1100, 40);
    // + 0.4 x 10 - 0.4 x 110 x 0.002 = + 4 - 0.088; entry left: 60.
    expect(table.balance('USDT')).toBe('9943.712+60');
    dealAt(table, 'o3', 'sell', 900, 100);
    // 0.6 closed: - 6, fee 1 x 90 x 0.002 = 0.18; 0.4 short from 90: 36.
    expect(table.balance('USDT')).toBe('9961.532+36');
    expect(table.report().positions).toEqual([{ instrument: perpetual.id, lots: -40, entryCost: '-36' }]);
  });

  it('splits an entry cost that does not divide evenly without losing any of it', () => {
    const table = perpetualTable();
    dealAt(table, 'o1', 'buy', 1000, 100);
    dealAt(table, 'o2', 'buy', 1001, 200);
    // Cost 100 + 200.2 = 300.2 for 3; fees 0.2 + 0.4004.
    for (const id of ['o3', 'o4', 'o5']) dealAt(table, id, 'sell', 1000, 100);
    // Sold for 300: - 0.2; fees 3 x 0.2.
    const expected = Decimal.parse('10000').minus(Decimal.parse('0.6004')).minus(Decimal.parse('0.8'));
    expect(table.balance('USDT')).toBe(`${expected}+0`);
    expect(table.report().positions).toEqual([]);
  });

  it('needs margin for the larger direction only', () => {
    const table = perpetualTable();
    table.submit({ id: 'b', side: 'buy', lots: 9000, priceTicks: 990 });
    expect(table.balance('USDT')).toBe('1090+8910');
    // Sells of 9900 against buys of 8910: 990 more, plus 19.8 for the fee, fit into 1090.
    table.submit({ id: 's', side: 'sell', lots: 9000, priceTicks: 1100 });
    expect(table.story('s')).toBe('accepted');
    expect(table.balance('USDT')).toBe('100+9900');
    table.submit({ id: 's2', side: 'sell', lots: 100, priceTicks: 1100 });
    expect(table.story('s2')).toBe('rejected insufficient-funds');
    table.cancel('s');
    table.cancel('b');
    expect(table.balance('USDT')).toBe('10000+0');
  });

  it('divides margin by the leverage, at most by that of the instrument', () => {
    const table = perpetualTable('10000', 5);
    table.submit({ id: 'b', side: 'buy', lots: 1000, priceTicks: 990 });
    expect(table.balance('USDT')).toBe('9802+198');
    const greedy = perpetualTable('10000', 100);
    greedy.submit({ id: 'b', side: 'buy', lots: 1000, priceTicks: 990 });
    // 990 / 20.
    expect(greedy.balance('USDT')).toBe('9950.5+49.5');
  });

  it('counts unrealised losses against new orders', () => {
    const table = perpetualTable('150');
    dealAt(table, 'o1', 'buy', 1000, 100);
    // 149.8 - 100 = 49.8 free; at a mark of 60.0 the loss of 40 leaves 9.8.
    table.mark(600);
    table.submit({ id: 'o2', side: 'buy', lots: 20, priceTicks: 600 });
    expect(table.story('o2')).toBe('rejected insufficient-funds');
  });
});

describe('reduce-only', () => {
  it.each([
    {
      name: 'without a position',
      position: 0,
      side: 'sell',
      lots: 100,
      story: 'rejected reduce-only-would-increase',
    },
    {
      name: 'in the direction of the position',
      position: 100,
      side: 'buy',
      lots: 50,
      story: 'rejected reduce-only-would-increase',
    },
    {
      name: 'for more than the position',
      position: 100,
      side: 'sell',
      lots: 101,
      story: 'rejected reduce-only-would-increase',
    },
    { name: 'for the whole position', position: 100, side: 'sell', lots: 100, story: 'accepted' },
  ] as const)('$name', ({ position, side, lots, story }) => {
    const table = perpetualTable();
    if (position > 0) dealAt(table, 'open', 'buy', 1000, position);
    table.submit({ id: 'o1', side, lots, priceTicks: side === 'sell' ? 1100 : 900, reduceOnly: true });
    expect(table.story('o1')).toBe(story);
  });

  it('never turns the position: take-profit and stop for the same position', () => {
    const table = perpetualTable();
    dealAt(table, 'open', 'buy', 1000, 100);
    table.submit({ id: 'tp', side: 'sell', lots: 100, priceTicks: 1100, reduceOnly: true });
    table.submit({ id: 'sl', side: 'sell', lots: 100, type: 'stop', triggerTicks: 900, reduceOnly: true });
    table.trade(1101, 60, 'buy');
    expect(table.story('tp')).toBe('accepted, maker 60@1100');
    table.book([900, 500], [901, 500]);
    table.trade(900, 5, 'sell');
    expect(table.story('sl')).toBe('accepted, taker 40@900, expired');
    expect(table.story('tp')).toBe('accepted, maker 60@1100, expired');
    expect(table.report().positions).toEqual([]);
  });
});

describe('funding', () => {
  it('pays position x mark x rate at the announced time, once, and tells it', () => {
    const table = perpetualTable();
    dealAt(table, 'open', 'sell', 1000, 40);
    table.mark(1000, '0.001', table.nowMs + 8 * hour);
    table.advance(8 * hour - 1);
    expect(table.events.some((event) => event.kind === 'funding-paid')).toBe(false);
    table.advance(1);
    const paid = table.events.filter((event) => event.kind === 'funding-paid');
    // A short of 0.4 x 100.0 x 0.001 receives 0.04; the fee of the sale was 0.08.
    expect(paid.map((event) => [event.amount, event.positionLots])).toEqual([['0.04', -40]]);
    expect(table.balance('USDT')).toBe('9959.96+40');
    table.advance(8 * hour);
    expect(table.report().fundingPayments.map((payment) => payment.amount)).toEqual(['0.04', '0.04']);
    expect(new Set(table.report().fundingPayments.map((payment) => payment.paymentId)).size).toBe(2);
  });

  it('pays at the rate announced for it when the next announcement comes in the same moment', () => {
    const table = perpetualTable();
    dealAt(table, 'open', 'buy', 1000, 100);
    const due = table.nowMs + hour;
    table.mark(1000, '0.001', due);
    table.nowMs = due;
    table.mark(1000, '-0.5', due + 8 * hour);
    expect(table.report().fundingPayments.map((payment) => payment.amount)).toEqual(['-0.1']);
  });

  it('does not pay for a time at which there was no position', () => {
    const table = perpetualTable();
    table.mark(1000, '0.001', table.nowMs + hour);
    table.advance(2 * hour);
    dealAt(table, 'open', 'buy', 1000, 100);
    table.advance(hour);
    expect(table.report().fundingPayments).toEqual([]);
  });
});

describe('liquidation: 20 USDT, leverage 10, long 1.00 from 100.0, maintenance 5 %', () => {
  function longTable(): VenueTable {
    const table = perpetualTable('20', 10);
    dealAt(table, 'open', 'buy', 1000, 100);
    table.submit({ id: 'rest', side: 'buy', lots: 50, priceTicks: 700 });
    return table;
  }

  it('leaves the position alone while equity covers maintenance: 19.8 - 15.5 = 4.3 >= 4.225', () => {
    const table = longTable();
    table.mark(845);
    expect(table.report().positions).toHaveLength(1);
  });

  it('cancels orders and closes at the book below it: 19.8 - 15.6 = 4.2 < 4.22', () => {
    const table = longTable();
    table.book([843, 60, 840, 20], [850, 100]);
    table.mark(844);
    expect(table.story('rest')).toBe('accepted, canceled');
    expect(table.story('liq-x-1')).toBe('accepted, taker 60@843, taker 20@840, taker 20@840');
    // 19.8 + (0.6 x 84.3 + 0.4 x 84 - 100) - 84.18 x 0.002 = 19.8 - 15.82 - 0.16836.
    expect(table.balance('USDT')).toBe('3.81164+0');
    expect(table.report(['liq-x-1']).orders[0]?.state).toBe('filled');
  });

  it('never takes more than there is: the rest is the venue’s loss', () => {
    const table = longTable();
    table.book([600, 500], [850, 100]);
    table.mark(600);
    // Bankruptcy: (100 - 19.8) / 0.998 = 80.36..., the next tick up is 80.4.
    expect(table.story('liq-x-1')).toBe('accepted, taker 100@804');
    expect(table.balance('USDT')).toBe('0.0392+0');
  });

  it('closes a short as well', () => {
    const table = perpetualTable('20', 10);
    dealAt(table, 'open', 'sell', 1000, 100);
    table.book([1100, 100], [1150, 100]);
    // Equity 19.8 - 14.1 = 5.7 < 0.05 x 114.1 = 5.705.
    table.mark(1140);
    expect(table.report().positions).toHaveLength(1);
    table.mark(1141);
    expect(table.story('liq-x-1')).toBe('accepted, taker 100@1150');
    // 19.8 - 15 - 0.23.
    expect(table.balance('USDT')).toBe('4.57+0');
  });
});
