import { describe, expect, it } from 'vitest';
import type { BotRun, RunOrder } from '../../../src/app/shadow/read-run.ts';
import { tripsOf } from '../../../src/app/shadow/run-trips.ts';
import { Decimal } from '../../../src/shared/domain/decimal.ts';
import type { Instrument } from '../../../src/shared/domain/instrument.ts';
import type { Fill, Order } from '../../../src/shared/domain/order.ts';

// Ticks of 0.5 USDT, lots of 0.1 X.
const market = (kind: 'spot' | 'perpetual') =>
  ({
    id: 'v:X/USDT',
    base: 'X',
    quote: 'USDT',
    kind,
    tickSize: Decimal.parse('0.5'),
    lotSize: Decimal.parse('0.1'),
  }) as unknown as Instrument;

function fill(
  side: 'buy' | 'sell',
  lots: number,
  priceTicks: number,
  timeMs: number,
  more: Partial<Fill> & { order?: Partial<Order>; sentMs?: number } = {},
): BotRun['fills'][number] {
  const { order, sentMs = timeMs, ...rest } = more;
  const found = {
    order: { origin: 'send', type: 'market', ...order },
    timeMs: sentMs,
    state: 'FILLED',
    reason: '',
    filled: true,
  };
  return {
    fill: {
      side,
      lots,
      priceTicks,
      venueTimeMs: timeMs,
      fee: '0.2',
      feeCurrency: 'USDT',
      liquidity: 'taker',
      clientOrderId: 'o',
      ...rest,
    } as unknown as Fill,
    order: found as unknown as RunOrder,
    reconciled: false,
  };
}

const options = (kind: 'spot' | 'perpetual') => ({
  instrument: market(kind),
  toMs: 10_000,
  lastClose: 120,
  held: undefined,
  closeBefore: () => 99,
});

describe('round trips of a run', () => {
  it('average their fills; slippage is against the close before the order, a stop’s against its trigger', () => {
    const fills = [
      fill('buy', 10, 200, 1_000),
      fill('buy', 10, 204, 2_000),
      fill('sell', 20, 210, 3_000, { order: { type: 'stop', triggerTicks: 212 as never } }),
    ];
    const [trip, ...rest] = tripsOf({ fills, funding: [{ timeMs: 2_500, amount: -0.3 }] }, options('spot'));
    expect(rest).toEqual([]);
    // One X at 100 and one at 102; two sold at 105 (trigger 106).
    expect(trip).toMatchObject({
      side: 1,
      entryTimeMs: 1_000,
      exitTimeMs: 3_000,
      quantity: 2,
      entryPrice: 101,
      exitPrice: 105,
      funding: -0.3,
      isOpen: false,
      exitReason: 'stop',
    });
    expect(trip?.fees).toBeCloseTo(0.6, 12);
    // (100 - 99) x 1 + (102 - 99) x 1 + (106 - 105) x 2.
    expect(trip?.slippage).toBeCloseTo(6, 12);
    // 2 x 4 - 0.6 - 0.3.
    expect(trip?.profit).toBeCloseTo(7.1, 12);
  });

  it('count a fee taken in base currency at the fill’s price and end with what can be sold', () => {
    // 2 X bought at 100, 0.05 X taken as fee: 1.95 held, 1.9 can be sold.
    const fills = [
      fill('buy', 20, 200, 1_000, { fee: '0.05', feeCurrency: 'X' }),
      fill('sell', 19, 220, 2_000, { fee: '0' }),
      fill('sell', 1, 220, 3_000, { fee: '0' }),
    ];
    const trips = tripsOf({ fills, funding: [] }, options('spot'));
    expect(trips).toHaveLength(1);
    expect(trips[0]?.quantity).toBeCloseTo(1.95, 12);
    // 1.95 x 10 - 0.05 x 100.
    expect(trips[0]?.profit).toBeCloseTo(14.5, 12);
  });

  it('a limit order that took is counted from its limit or the close before it, whichever is better', () => {
    // 99 was the close. A limit of 110 asked for no more than what there was; one of 98 asked for less.
    const took = (priceTicks: number, paid: number) =>
      tripsOf(
        {
          fills: [
            fill('buy', 10, paid, 1_000, { order: { type: 'limit', priceTicks: priceTicks as never } }),
          ],
          funding: [],
        },
        options('spot'),
      )[0]?.slippage;
    expect(took(220, 200)).toBeCloseTo(1, 12);
    expect(took(196, 196)).toBeCloseTo(0, 12);
    // A sale at 105 or better that got 106, with a close of 99 before it, gained one.
    const sold = fill('sell', 10, 212, 2_000, { order: { type: 'limit', priceTicks: 210 as never } });
    const trips = tripsOf({ fills: [fill('buy', 10, 198, 1_000), sold], funding: [] }, options('spot'));
    expect(trips[0]?.slippage).toBeCloseTo(-1, 12);
  });

  it('put a fill that was found late where it happened', () => {
    // The journal has the sale at 3 s before the purchase at 2 s that reconciling found.
    const fills = [
      fill('buy', 10, 200, 1_000),
      fill('sell', 20, 220, 3_000),
      { ...fill('buy', 10, 210, 2_000), reconciled: true },
    ];
    const trips = tripsOf({ fills, funding: [] }, options('spot'));
    expect(trips).toHaveLength(1);
    // One X at 100 and one at 105, both sold at 110.
    expect(trips[0]).toMatchObject({ quantity: 2, entryPrice: 102.5, exitPrice: 110, isReconciled: true });
    // One that happened behind the compared time hides none before it.
    const [inTime] = tripsOf(
      { fills: [fill('buy', 1, 200, 20_000), fill('buy', 10, 200, 1_000)], funding: [] },
      options('spot'),
    );
    expect(inTime?.quantity).toBe(1);
  });

  it('turn around in one fill, and value what is open at the last close', () => {
    const fills = [fill('buy', 10, 200, 1_000), fill('sell', 30, 210, 2_000, { fee: '0.3' })];
    const trips = tripsOf({ fills, funding: [] }, options('perpetual'));
    expect(trips.map(({ side, isOpen }) => [side, isOpen])).toEqual([
      [1, false],
      [-1, true],
    ]);
    // 1 x 5 - 0.2 - a third of 0.3; then short 2 from 105 at 120: -30 - 0.2.
    expect(trips[0]?.profit).toBeCloseTo(4.7, 12);
    expect(trips[1]?.profit).toBeCloseTo(-30.2, 12);
    expect(trips[1]).toMatchObject({ entryTimeMs: 2_000, exitTimeMs: 10_000, exitReason: 'open' });
  });
});
