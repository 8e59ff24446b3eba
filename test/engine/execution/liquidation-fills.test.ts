/** A venue's liquidation, shared out to the bots it hit. */

import { describe, expect, it } from 'vitest';
import { liquidationParts } from '../../../src/engine/execution/liquidation-fills.ts';
import type { KernelServices } from '../../../src/engine/kernel/services.ts';
import {
  clientOrderId,
  epochMs,
  priceTicks,
  quantityLots,
  venueOrderId,
} from '../../../src/shared/domain/nominal.ts';
import type { Fill } from '../../../src/shared/domain/order.ts';
import { makePerpetual } from '../../strategies/fake-context.ts';

const instrument = makePerpetual();
const fill: Fill = {
  instrument: instrument.id,
  clientOrderId: clientOrderId('liq-sim-a-1'),
  venueOrderId: venueOrderId('sim-a-9'),
  tradeId: 't4',
  side: 'sell',
  priceTicks: priceTicks(5_000_000),
  lots: quantityLots(50),
  fee: '0.5',
  feeCurrency: 'USDT',
  liquidation: true,
  liquidity: 'taker',
  venueTimeMs: epochMs(1),
};

function servicesWith(holders: Readonly<Record<string, number>>): KernelServices {
  const positions = Object.entries(holders).map(([bot, lots]) => ({ bot, position: { instrument, lots } }));
  return {
    nowMs: epochMs(7),
    orders: { get: () => undefined },
    portfolio: {
      allPositions: () => positions,
      position: (bot: string) => positions.find((entry) => entry.bot === bot)?.position,
    },
  } as unknown as KernelServices;
}

describe('liquidation parts', () => {
  it('one holder gets the whole fill, under an order for all it holds', () => {
    const [part, ...others] = liquidationParts(servicesWith({ b1: 80 }), fill);
    expect(others).toEqual([]);
    expect(part?.fill).toEqual(fill);
    expect(part?.order).toMatchObject({ bot: 'b1', lots: 80, side: 'sell', clientOrderId: 'liq-sim-a-1' });
  });

  it('several share it in order, those on the other side are left alone', () => {
    const parts = liquidationParts(servicesWith({ b1: 30, b2: -40, b3: 60 }), fill);
    expect(
      parts.map(({ order, fill: part }) => [order.bot, order.clientOrderId, part.lots, part.fee]),
    ).toEqual([
      ['b1', 'liq-sim-a-1', 30, '0.3'],
      ['b3', 'liq-sim-a-1+2', 20, '0.2'],
    ]);
  });

  it('a further fill belongs to who still holds, not to the order of who is closed already', () => {
    const closed = liquidationParts(servicesWith({ b1: 50, b2: 60 }), fill)[0]?.order;
    const services = servicesWith({ b1: 0, b2: 60 });
    services.orders.get = (id) => (id === closed?.clientOrderId ? closed : undefined);
    const parts = liquidationParts(services, { ...fill, tradeId: 't5' });
    expect(parts.map(({ order, fill: part }) => [order.bot, order.clientOrderId, part.lots])).toEqual([
      ['b2', 'liq-sim-a-1+2', 50],
    ]);
  });

  it('nobody holds anything: no part', () => {
    expect(liquidationParts(servicesWith({ b2: -40 }), fill)).toEqual([]);
  });
});
