import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillLegs } from '../../../src/engine/portfolio/booking.ts';
import { Ledger, UnbalancedEntryError } from '../../../src/engine/portfolio/ledger.ts';
import { Position } from '../../../src/engine/portfolio/position.ts';
import { Decimal } from '../../../src/shared/domain/decimal.ts';
import {
  botId,
  clientOrderId,
  epochMs,
  priceTicks,
  quantityLots,
  venueId,
  venueOrderId,
} from '../../../src/shared/domain/nominal.ts';
import type { Fill } from '../../../src/shared/domain/order.ts';
import { perpetualInstrument, spotInstrument } from '../instruments.ts';
import { Stage } from '../kernel/stage.ts';

let trade = 0;
function fill(side: 'buy' | 'sell', ticks: number, lots: number, fee: string, feeCurrency: string): Fill {
  trade += 1;
  return {
    instrument: spotInstrument().id,
    clientOrderId: clientOrderId('x-1'),
    venueOrderId: venueOrderId('v1'),
    tradeId: `t${trade}`,
    side,
    priceTicks: priceTicks(ticks),
    lots: quantityLots(lots),
    fee,
    feeCurrency,
    liquidity: 'maker',
    venueTimeMs: epochMs(1),
  };
}

describe('Position, spot', () => {
  it('takes a fee in base out of what is held and counts it once', () => {
    const position = new Position(spotInstrument(), Decimal.zero);
    // 1 BTC at 100.0, fee 0.001 BTC: 0.999 held at a cost of 99.9, fee worth 0.1.
    expect(position.book(fill('buy', 1000, 1000, '0.001', 'BTC')).toString()).toBe('0');
    expect(position.held.toString()).toBe('0.999');
    expect(position.cost.toString()).toBe('99.9');
    expect(position.fees.toString()).toBe('0.1');
    expect(position.unrealised(1000).toString()).toBe('0');
    // Only 0.999 can be sold: 999 lots.
    expect(position.lots).toBe(999);
    // Sold at 110.0 for 109.89, fee 0.10989: profit 109.89 − 99.9 = 9.99 before fees.
    expect(position.book(fill('sell', 1100, 999, '0.10989', 'USDT')).toString()).toBe('9.99');
    expect(position.held.isZero).toBe(true);
    expect(position.averageEntryPrice).toBeUndefined();
  });

  it('averages entries: 1 at 100 and 3 at 80 is 85', () => {
    const position = new Position(spotInstrument(), Decimal.zero);
    position.book(fill('buy', 1000, 1000, '0', 'USDT'));
    position.book(fill('buy', 800, 3000, '0', 'USDT'));
    expect(position.averageEntryPrice?.toString()).toBe('85');
    expect(position.unrealised(900).toString()).toBe('20');
    // A mark on a half tick (the mid of 90.0 and 90.1) is exact: 4 × 90.05 − 340.
    expect(position.unrealised(900.5).toString()).toBe('20.2');
  });
});

describe('Position, perpetual', () => {
  it('turns through zero: closes at the fill price, opens the rest there', () => {
    const position = new Position(perpetualInstrument(), Decimal.zero);
    position.book(fill('buy', 1000, 2000, '0', 'USDT'));
    // Sell 5 at 110: 2 closed for +20, 3 short from 110.
    expect(position.book(fill('sell', 1100, 5000, '0', 'USDT')).toString()).toBe('20');
    expect(position.held.toString()).toBe('-3');
    expect(position.averageEntryPrice?.toString()).toBe('110');
    expect(position.unrealised(1000).toString()).toBe('30');
  });
});

describe('Ledger', () => {
  it('refuses an entry that does not sum to zero and changes nothing', () => {
    const ledger = new Ledger();
    const leg = { account: 'main', venue: venueId('test'), currency: 'USDT', amount: '1' };
    expect(() => ledger.post([leg, { ...leg, account: 'market', amount: '-0.9999' }])).toThrow(
      UnbalancedEntryError,
    );
    expect(ledger.balance('main', 'test', 'USDT').isZero).toBe(true);
  });

  it('money made equals realised minus fees, exactly, for any sequence of fills', () => {
    const instrument = spotInstrument();
    const step = fc.record({
      side: fc.constantFrom('buy' as const, 'sell' as const),
      ticks: fc.integer({ min: 1, max: 2_000_000 }),
      lots: fc.integer({ min: 1, max: 50_000 }),
      feeInBase: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const ledger = new Ledger();
        const position = new Position(instrument, Decimal.zero);
        for (const { side, ticks, lots, feeInBase } of steps) {
          const size = side === 'sell' ? Math.min(lots, position.lots) : lots;
          if (size <= 0) continue;
          const quantity = instrument.lotSize.timesInteger(size);
          const notional = quantity.times(instrument.tickSize.timesInteger(ticks));
          const inBase = feeInBase && side === 'buy';
          const fee = (inBase ? quantity : notional).times(instrument.makerFeeRate);
          const one = fill(side, ticks, size, fee.toString(), inBase ? 'BTC' : 'USDT');
          const realised = position.book(one);
          ledger.post(fillLegs('bot:b1', instrument, one, realised));
          const money = ledger.balance('bot:b1', 'test', 'USDT');
          expect(money.plus(position.cost).equals(position.realised.minus(position.fees))).toBe(true);
          expect(ledger.balance('bot:b1', 'test', 'BTC').equals(position.held)).toBe(true);
        }
        const totals = new Map<string, Decimal>();
        for (const entry of ledger.entries()) {
          totals.set(entry.currency, (totals.get(entry.currency) ?? Decimal.zero).plus(entry.amount));
        }
        for (const total of totals.values()) expect(total.isZero).toBe(true);
      }),
    );
  });
});

describe('goods deposited at a spot venue', () => {
  it('make neither profit nor a short position when they are sold by hand', () => {
    const stage = new Stage();
    stage.connect({ USDT: '1000', BTC: '2' });
    stage.quote(999, 1001);
    const trade = (side: 'buy' | 'sell', lots: number, ticks: number) => {
      const request = {
        instrument: stage.instrument.id,
        side,
        type: 'market',
        timeInForce: 'ioc',
        postOnly: false,
        reduceOnly: false,
      } as const;
      stage.control({
        kind: 'place-order',
        bot: botId('manual'),
        request: { ...request, lots: quantityLots(lots) },
      });
      stage.fill(stage.last.clientOrderId, lots, { priceTicks: priceTicks(ticks) });
    };
    const position = () => stage.kernel.services.portfolio.position(botId('manual'), stage.instrument.id);
    trade('sell', 500, 1000);
    expect([position()?.held.toString(), position()?.realised.toString()]).toEqual(['0', '0']);
    // Bought at 100 and sold at 110: that half was no deposit. 0.5 BTC make 5; the other 0.2 nothing.
    trade('buy', 500, 1000);
    trade('sell', 700, 1100);
    expect([
      position()?.held.toString(),
      position()?.cost.toString(),
      position()?.realised.toString(),
    ]).toEqual(['0', '0', '5']);
  });
});
