/** The order book's rows and the ticket's form. */
import { describe, expect, it } from 'vitest';
import { bookRows, ownSizes, spreadOf } from '../../src/renderer/trade/book-rows.ts';
import {
  emptyTicket,
  quantityOfShare,
  requestOf,
  ticketSchema,
} from '../../src/renderer/trade/ticket-form.ts';
import type { BookView, InstrumentView, OrderView } from '../../src/shared/api/views.ts';

const book: BookView = {
  instrument: 'v:A/B',
  valid: true,
  reason: '',
  timeMs: 0,
  bids: [
    ['100', '1'],
    ['99', '3'],
  ],
  asks: [
    ['101', '2'],
    ['102', '6'],
  ],
};

describe('the order book', () => {
  it('bars of both sides share one scale', () => {
    const { bids, asks } = bookRows(book, 10);
    expect(bids.map((row) => [row.total, row.depth])).toEqual([
      [1, 0.125],
      [4, 0.5],
    ]);
    expect(asks.map((row) => row.depth)).toEqual([0.25, 1]);
  });
  it('only the rows asked for count', () => {
    expect(bookRows(book, 1).asks.map((row) => row.depth)).toEqual([1]);
  });
  it('spread in price and as a share of the middle', () => {
    expect(spreadOf(book)).toEqual({ amount: '1', rate: '0.00995025' });
    expect(spreadOf({ ...book, asks: [] })).toBeNull();
  });
  it('own sizes add up what is left of limit orders at a price, however the price is written', () => {
    const order = (price: string, quantity: string, filled: string, more: Partial<OrderView> = {}) =>
      ({ instrument: 'v:A/B', type: 'limit', price, quantity, filled, ...more }) as OrderView;
    const sizes = ownSizes(
      [
        order('100', '1', '0.4'),
        order('100.0', '2', '0'),
        order('101', '1', '0', { type: 'stop' }),
        order('102', '1', '0', { instrument: 'v:C/D' }),
      ],
      'v:A/B',
    );
    expect([...sizes]).toEqual([['100', '2.6']]);
  });
});

describe('the ticket', () => {
  const ticket = { ...emptyTicket, quantity: '0.05', price: '61000.50' };
  it('a limit order carries its price, canonical; a market order carries none', () => {
    expect(requestOf(ticket, 'v:A/B')).toMatchObject({
      type: 'limit',
      price: '61000.5',
      quantity: '0.05',
      postOnly: false,
    });
    expect(requestOf({ ...ticket, type: 'market', price: 'rubbish' }, 'v:A/B')).not.toHaveProperty('price');
  });
  it('post-only is a flag of limit orders', () => {
    expect(requestOf({ ...ticket, postOnly: true }, 'v:A/B')?.postOnly).toBe(true);
    expect(requestOf({ ...ticket, postOnly: true, type: 'market' }, 'v:A/B')?.postOnly).toBe(false);
  });
  it.each([
    ['quantity', { ...ticket, quantity: '1,5' }],
    ['price', { ...ticket, price: '' }],
    ['triggerPrice', { ...ticket, type: 'stop' as const, triggerPrice: '-5' }],
  ])('names %s as the field at fault and makes no request', (field, wrong) => {
    expect(requestOf(wrong, 'v:A/B')).toBeNull();
    expect(ticketSchema.safeParse(wrong).error?.issues.map((issue) => issue.path[0])).toEqual([field]);
  });

  const spot = { kind: 'spot', lotSize: '0.001', takerFeeRate: '0.001' } as InstrumentView;
  it.each([
    // 10,020 / (60,000 × 1.001) = 0.16683…; without the fee it would be 0.167
    ['a buy with everything leaves room for the fee', 100, 'buy', '10020', '0.166'],
    ['half of it', 50, 'buy', '10020', '0.083'],
    ['a sale takes a share of what is held', 25, 'sell', '0.5', '0.125'],
    ['less than a lot is nothing', 25, 'sell', '0.003', null],
  ] as const)('%s', (_name, share, side, available, quantity) => {
    expect(quantityOfShare(share, side, spot, available, '60000')).toBe(quantity);
  });
});
