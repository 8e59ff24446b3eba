// length: one table with rows for every code, which a test counts
/** Goal: every risk code is provoked by numbers just past its limit, and is silent just inside it. */

import { describe, expect, it } from 'vitest';
import { judge, type RiskFacts } from '../../../src/engine/risk/checks.ts';
import { Decimal } from '../../../src/shared/domain/decimal.ts';
import { clientOrderId } from '../../../src/shared/domain/nominal.ts';
import type { OrderRequest } from '../../../src/shared/domain/order.ts';
import { defaultRiskLimits, type RiskCode, riskCodes } from '../../../src/shared/domain/risk.ts';
import { perpetualInstrument, spotInstrument } from '../instruments.ts';

/** 1 BTC at 100.0: ticks of 0.1, lots of 0.001, so 1000 lots at 1000 ticks are 100 USDT. */
const buy = (change: Partial<OrderRequest> = {}): OrderRequest =>
  ({
    instrument: 'test:BTC/USDT',
    side: 'buy',
    type: 'limit',
    lots: 1000,
    priceTicks: 1000,
    timeInForce: 'gtc',
    postOnly: false,
    reduceOnly: false,
    ...change,
  }) as OrderRequest;
const sell = (change: Partial<OrderRequest> = {}) => buy({ side: 'sell', ...change });
const market = (change: Partial<OrderRequest> = {}) =>
  buy({ type: 'market', priceTicks: undefined, timeInForce: 'ioc', ...change });

function facts(change: Partial<RiskFacts> & { usdt?: string; btc?: string } = {}): RiskFacts {
  const { usdt = '1000000', btc = '1000', ...rest } = change;
  return {
    nowMs: 0,
    limits: defaultRiskLimits,
    instrument: spotInstrument({ maximumLots: 10_000_000 }),
    origin: 'keep',
    byHand: false,
    restriction: undefined,
    botMayTrade: true,
    venueConnected: true,
    venueReconciled: true,
    dataAgeMs: 0,
    bookReason: undefined,
    twiceMidTicks: 2000,
    positionLots: 0,
    openBuyLots: 0,
    openSellLots: 0,
    openOrdersOfBot: 0,
    openOrdersTotal: 0,
    ordersInTenSeconds: 0,
    otherExposure: Decimal.zero,
    marginOf: (notional) => notional,
    available: (currency) => Decimal.parse(currency === 'USDT' ? usdt : btc),
    reducibleLots: 0,
    ownCrossing: undefined,
    ...rest,
  };
}

const perpetual = { instrument: perpetualInstrument() };
const halted = { scope: { kind: 'all' }, state: 'HALTED', reason: 'test' } as const;
const reducing = { scope: { kind: 'all' }, state: 'REDUCING', reason: 'test' } as const;
const limits = (change: Partial<RiskFacts['limits']>) => ({ limits: { ...defaultRiskLimits, ...change } });

/** What is denied, and the nearest thing that is not. */
const table: [RiskCode, string, OrderRequest, RiskFacts, OrderRequest, RiskFacts][] = [
  ['HALTED', 'any order', sell(), facts({ restriction: halted }), sell(), facts()],
  [
    'HALTED',
    'a close nobody asked for by hand',
    sell(),
    facts({ restriction: halted, origin: 'close' }),
    sell(),
    facts({ restriction: halted, origin: 'close', byHand: true }),
  ],
  [
    'HALTED',
    'an order by hand that closes nothing',
    buy(),
    facts({ restriction: halted, origin: 'manual', byHand: true }),
    buy(),
    facts({ origin: 'manual', byHand: true }),
  ],
  [
    'REDUCING',
    'one lot more than is held',
    sell({ lots: 2001 as never }),
    facts({ ...perpetual, restriction: reducing, positionLots: 1000 }),
    sell({ lots: 2000 as never }),
    facts({ ...perpetual, restriction: reducing, positionLots: 1000 }),
  ],
  ['BOT_NOT_RUNNING', 'a bot that does not run', buy(), facts({ botMayTrade: false }), buy(), facts()],
  ['QUANTITY_INVALID', 'no lots', buy({ lots: 0 as never }), facts(), buy({ lots: 50 as never }), facts()],
  [
    'QUANTITY_INVALID',
    'part of a lot',
    buy({ lots: 50.5 as never }),
    facts(),
    buy({ lots: 51 as never }),
    facts(),
  ],
  ['QUANTITY_INVALID', 'not a number', buy({ lots: Number.NaN as never }), facts(), buy(), facts()],
  ['PRICE_INVALID', 'a limit order without a price', buy({ priceTicks: undefined }), facts(), buy(), facts()],
  [
    'PRICE_INVALID',
    'a price of zero',
    buy({ priceTicks: 0 as never }),
    facts(),
    buy({ priceTicks: 1 as never, lots: 50_000 as never }),
    facts(),
  ],
  [
    'PRICE_INVALID',
    'a stop without a trigger',
    buy({ type: 'stop', priceTicks: undefined }),
    facts(),
    buy({ type: 'stop', priceTicks: undefined, triggerTicks: 1100 as never }),
    facts(),
  ],
  [
    'MIN_QUANTITY',
    'one lot below the minimum',
    buy({ lots: 99 as never }),
    facts({ instrument: spotInstrument({ minimumLots: 100 }) }),
    buy({ lots: 100 as never }),
    facts({ instrument: spotInstrument({ minimumLots: 100 }) }),
  ],
  [
    'MAX_QUANTITY',
    'one lot above the maximum',
    buy({ lots: 1001 as never }),
    facts({ instrument: spotInstrument({ maximumLots: 1000 }) }),
    buy(),
    facts({ instrument: spotInstrument({ maximumLots: 1000 }) }),
  ],
  // 50 lots at 99.9 are 4.995 USDT; the venue's minimum is 5.
  [
    'MIN_NOTIONAL',
    'half a cent below the minimum',
    buy({ lots: 50 as never, priceTicks: 999 as never }),
    facts(),
    buy({ lots: 50 as never }),
    facts(),
  ],
  // 500,000 lots at 100.0 are the limit of 50,000 exactly.
  [
    'ORDER_NOTIONAL_MAX',
    'one lot above the limit',
    buy({ lots: 500_001 as never }),
    facts(),
    buy({ lots: 500_000 as never }),
    facts(),
  ],
  // 50,000 is the limit, but what is held may leave in one order of its bot.
  [
    'ORDER_NOTIONAL_MAX',
    'one lot more than is held',
    sell({ lots: 600_001 as never }),
    facts({ positionLots: 600_000 }),
    sell({ lots: 600_000 as never }),
    facts({ positionLots: 600_000 }),
  ],
  [
    'ORDER_NOTIONAL_MAX',
    'one lot more than the short that is held',
    buy({ lots: 600_001 as never }),
    facts({ ...perpetual, positionLots: -600_000 }),
    buy({ lots: 600_000 as never }),
    facts({ ...perpetual, positionLots: -600_000 }),
  ],
  [
    'ORDER_NOTIONAL_MAX',
    'an order by hand, whatever is held',
    sell({ lots: 500_001 as never }),
    facts({ positionLots: 600_000, origin: 'manual' }),
    sell({ lots: 500_000 as never }),
    facts({ positionLots: 600_000, origin: 'manual' }),
  ],
  [
    'OPEN_ORDERS_MAX',
    'an exit that rests, not one at market',
    sell(),
    facts({ positionLots: 1000, openOrdersTotal: 1000 }),
    market({ side: 'sell' }),
    facts({ positionLots: 1000, openOrdersTotal: 1000, openOrdersOfBot: 200 }),
  ],
  [
    'OPEN_ORDERS_MAX',
    'an entry at market',
    market(),
    facts({ openOrdersTotal: 1000 }),
    market(),
    facts({ openOrdersTotal: 999 }),
  ],
  [
    'OPEN_ORDERS_MAX',
    'the bot has its 200',
    buy(),
    facts({ openOrdersOfBot: 200 }),
    buy(),
    facts({ openOrdersOfBot: 199 }),
  ],
  [
    'OPEN_ORDERS_MAX',
    'all have their 1000',
    buy(),
    facts({ openOrdersTotal: 1000 }),
    buy(),
    facts({ openOrdersTotal: 999 }),
  ],
  [
    'ORDER_RATE_MAX',
    '300 in ten seconds',
    buy(),
    facts({ ordersInTenSeconds: 300 }),
    buy(),
    facts({ ordersInTenSeconds: 299 }),
  ],
  // Mid 100.0, band 10 %: a buy up to 110.0, a sell down to 90.0.
  [
    'PRICE_BAND',
    'a buy a tick too high',
    buy({ priceTicks: 1101 as never }),
    facts(),
    buy({ priceTicks: 1100 as never }),
    facts(),
  ],
  [
    'PRICE_BAND',
    'a sell a tick too low',
    sell({ priceTicks: 899 as never }),
    facts(),
    sell({ priceTicks: 900 as never }),
    facts(),
  ],
  [
    'PRICE_BAND',
    'half a tick of mid counts',
    buy({ priceTicks: 1100 as never }),
    facts({ twiceMidTicks: 1999 }),
    buy({ priceTicks: 1099 as never }),
    facts({ twiceMidTicks: 1999 }),
  ],
  [
    'DATA_STALE',
    'older than five seconds',
    buy(),
    facts({ dataAgeMs: 5001 }),
    buy(),
    facts({ dataAgeMs: 5000 }),
  ],
  [
    'DATA_STALE',
    'no market event yet',
    buy(),
    facts({ dataAgeMs: Number.POSITIVE_INFINITY }),
    buy(),
    facts(),
  ],
  ['BOOK_INVALID', 'a hole in the book', buy(), facts({ bookReason: 'updates are missing' }), buy(), facts()],
  [
    'BOOK_INVALID',
    'a market order without any price',
    market(),
    facts({ twiceMidTicks: undefined }),
    market(),
    facts(),
  ],
  [
    'VENUE_DISCONNECTED',
    'the link is down',
    sell(),
    facts({ venueConnected: false, venueReconciled: false }),
    sell(),
    facts(),
  ],
  ['VENUE_RECONCILING', 'not compared yet', sell(), facts({ venueReconciled: false }), sell(), facts()],
  // 100 USDT and the taker fee of 0.2 %.
  [
    'INSUFFICIENT_FUNDS',
    'the fee is missing',
    buy(),
    facts({ usdt: '100.19' }),
    buy(),
    facts({ usdt: '100.2' }),
  ],
  [
    'INSUFFICIENT_FUNDS',
    'the maker fee is missing',
    buy({ postOnly: true }),
    facts({ usdt: '100.09' }),
    buy({ postOnly: true }),
    facts({ usdt: '100.1' }),
  ],
  [
    'INSUFFICIENT_FUNDS',
    'the fee comes off what is received',
    buy(),
    facts({ instrument: spotInstrument({ feeCurrencyRule: 'received' }), usdt: '99.99' }),
    buy(),
    facts({ instrument: spotInstrument({ feeCurrencyRule: 'received' }), usdt: '100' }),
  ],
  ['INSUFFICIENT_FUNDS', 'goods are missing', sell(), facts({ btc: '0.999' }), sell(), facts({ btc: '1' })],
  [
    'INSUFFICIENT_FUNDS',
    'margin of a perpetual',
    sell(),
    facts({ ...perpetual, usdt: '100.19' }),
    sell(),
    facts({ ...perpetual, usdt: '100.2' }),
  ],
  [
    'INSUFFICIENT_FUNDS',
    'opening while a close needs none',
    sell({ lots: 2001 as never }),
    facts({ ...perpetual, usdt: '0', positionLots: 1000 }),
    sell(),
    facts({ ...perpetual, usdt: '0', positionLots: 1000 }),
  ],
  [
    'REDUCE_ONLY_WOULD_INCREASE',
    'nothing to reduce',
    sell({ reduceOnly: true }),
    facts(perpetual),
    sell({ reduceOnly: true }),
    facts({ ...perpetual, positionLots: 1000, reducibleLots: 1000 }),
  ],
  [
    'SELF_TRADE',
    'own order on the other side',
    buy(),
    facts({ ownCrossing: clientOrderId('sx-1') }),
    buy(),
    facts(),
  ],
  // Held 900,000 lots (90,000 USDT) and 99,000 resting: one lot more than the limit of 100,000.
  [
    'BOT_EXPOSURE_MAX',
    'position, open orders and this one',
    buy({ lots: 1001 as never }),
    facts({ positionLots: 900_000, openBuyLots: 99_000 }),
    buy({ lots: 1000 as never }),
    facts({ positionLots: 900_000, openBuyLots: 99_000 }),
  ],
  [
    'BOT_EXPOSURE_MAX',
    'short and open sells of a perpetual',
    sell({ lots: 1001 as never }),
    facts({ ...perpetual, positionLots: -900_000, openSellLots: 99_000 }),
    sell({ lots: 1000 as never }),
    facts({ ...perpetual, positionLots: -900_000, openSellLots: 99_000 }),
  ],
  [
    'TOTAL_EXPOSURE_MAX',
    'with what all others have',
    buy(),
    facts({ otherExposure: Decimal.parse('499900.1') }),
    buy(),
    facts({ otherExposure: Decimal.parse('499900') }),
  ],
];

describe('risk', () => {
  it.each(table)('%s: %s', (code, _name, denied, deniedFacts, allowed, allowedFacts) => {
    expect(judge(denied, deniedFacts)).toMatchObject({ outcome: 'denied', code });
    expect(judge(allowed, allowedFacts)).toEqual({ outcome: 'approved' });
  });

  it('has a row for every code', () => {
    expect([...new Set(table.map(([code]) => code))].sort()).toEqual([...riskCodes].sort());
  });

  it('cuts a reduce-only order to what can be closed and judges the rest of it', () => {
    const held = facts({ ...perpetual, positionLots: 600, reducibleLots: 600 });
    expect(judge(sell({ reduceOnly: true }), held)).toMatchObject({ outcome: 'reduced', lots: 600 });
    // What is left of a position may always be closed, however small.
    expect(
      judge(sell({ reduceOnly: true }), facts({ ...perpetual, positionLots: 1, reducibleLots: 1 })),
    ).toMatchObject({ outcome: 'reduced', lots: 1 });
  });

  it('lets orders that make exposure smaller pass where data is old and limits are exceeded', () => {
    const over = facts({ positionLots: 5_000_000, dataAgeMs: 60_000, ...limits({ botExposureMax: '1' }) });
    expect(judge(sell({ lots: 400_000 as never }), over)).toEqual({ outcome: 'approved' });
    expect(judge(buy(), over)).toMatchObject({ code: 'DATA_STALE' });
  });

  it('lets a reduce-only order pass while REDUCING whatever else rests on its side', () => {
    const held = facts({
      ...perpetual,
      restriction: reducing,
      positionLots: 1000,
      openSellLots: 1500,
      reducibleLots: 1000,
    });
    expect(judge(sell({ reduceOnly: true }), held)).toEqual({ outcome: 'approved' });
    expect(judge(sell(), held)).toMatchObject({ code: 'REDUCING' });
  });

  it('closes past limits of size, number and rate, but never without a price', () => {
    const closing = facts({
      origin: 'close',
      positionLots: 900_000,
      openOrdersOfBot: 999,
      ordersInTenSeconds: 999,
    });
    expect(judge(market({ side: 'sell', lots: 900_000 as never }), closing)).toEqual({ outcome: 'approved' });
    expect(judge(market({ side: 'sell' }), { ...closing, twiceMidTicks: undefined })).toMatchObject({
      code: 'BOOK_INVALID',
    });
  });

  it('does not call a grid far from the market out of band', () => {
    for (const ticks of [1, 500, 999]) {
      expect(judge(buy({ priceTicks: ticks as never, lots: 100_000 as never }), facts())).toEqual({
        outcome: 'approved',
      });
    }
    for (const ticks of [1001, 2000]) {
      expect(
        judge(sell({ priceTicks: ticks as never, lots: 1000 as never }), facts({ positionLots: 1000 })),
      ).toEqual({ outcome: 'approved' });
    }
  });
});
