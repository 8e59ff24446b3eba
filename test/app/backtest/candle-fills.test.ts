/** Every fill convention on candles of a few rows; the prices are worked out by hand. */

import { describe, expect, it } from 'vitest';
import type { StrategyContext } from '../../../src/engine/strategy/api.ts';
import { priceTicks, quantityLots } from '../../../src/shared/domain/nominal.ts';
import type { Side } from '../../../src/shared/domain/order.ts';
import { type Prices, rounded, runScript, type Script, tripsOf } from './scripted.ts';

const lots = (quantity: number) => quantityLots(Math.round(quantity * 1000));
const ticks = (price: number) => priceTicks(Math.round(price * 100));

function market(
  context: StrategyContext<null>,
  side: Side,
  quantity = 1,
  leg = `${side}-${context.nowMs()}`,
) {
  return context.send({ leg, side, type: 'market', lots: lots(quantity) });
}

/** Does something at the close of chosen candles, counted from 0. */
function atBars(actions: Readonly<Record<number, (context: StrategyContext<null>) => void>>): Script {
  return (context) => {
    let bar = -1;
    context.watch([]);
    return {
      onBar() {
        bar += 1;
        actions[bar]?.(context);
      },
    };
  };
}

const buy = (context: StrategyContext<null>) => void market(context, 'buy');
const sell = (context: StrategyContext<null>) => void market(context, 'sell');

describe('market orders', () => {
  const candles: Prices[] = [
    [100, 101, 99, 100.5],
    [102, 103, 101, 102.5],
    [104, 105, 103, 104.5],
    [106, 107, 105, 106.5],
  ];

  it('next-open: what is sent at a close fills at the next open', async () => {
    const result = await runScript(candles, atBars({ 0: buy, 1: sell }));
    expect(tripsOf(result)).toEqual([
      { side: 1, entryBar: 1, entryPrice: 102, exitBar: 2, exitPrice: 104, profit: 2, reason: 'signal' },
    ]);
    expect([...result.equity.equity]).toEqual([10_000, 10_000.5, 10_002, 10_002]);
    expect(result.counts).toMatchObject({ bars: 4, orders: 2, fills: 2, rejected: 0 });
  });

  it('close: it fills at that close', async () => {
    const result = await runScript(candles, atBars({ 0: buy, 1: sell }), { fill: 'close' });
    expect(tripsOf(result)).toEqual([
      { side: 1, entryBar: 0, entryPrice: 100.5, exitBar: 1, exitPrice: 102.5, profit: 2, reason: 'signal' },
    ]);
    expect([...result.equity.equity]).toEqual([10_000, 10_002, 10_002, 10_002]);
    // Open from the close of candle 0 to that of candle 1: low 101, high 103 against 100.5; at best 103.
    expect(rounded(result.trades.mae[0])).toBe(0);
    expect(rounded(result.trades.mfe[0])).toBe(rounded(103 / 100.5 - 1));
  });

  it('slippage and fees: a buy is rounded up to the tick, a sale down; fees are taken of the value', async () => {
    const result = await runScript(candles, atBars({ 0: buy, 1: sell }), {
      slippage: 0.0005,
      takerFee: 0.001,
    });
    // 102 × 1.0005 = 102.051 → 102.06; 104 × 0.9995 = 103.948 → 103.94.
    expect(tripsOf(result)[0]).toMatchObject({ entryPrice: 102.06, exitPrice: 103.94 });
    expect(rounded(result.fees)).toBe(rounded(0.10206 + 0.10394));
    expect(rounded(result.slippage)).toBe(0.12);
    expect(rounded(result.finalEquity)).toBe(rounded(10_000 + 1.88 - 0.206));
  });

  it('a position that is open at the end is valued at the last close, without a fee', async () => {
    const result = await runScript(candles, atBars({ 0: buy }), { takerFee: 0.001 });
    expect(tripsOf(result)).toEqual([
      {
        side: 1,
        entryBar: 1,
        entryPrice: 102,
        exitBar: 3,
        exitPrice: 106.5,
        profit: rounded(4.5 - 0.102),
        reason: 'open',
      },
    ]);
    expect(rounded(result.finalEquity)).toBe(rounded(10_000 + 4.5 - 0.102));
    expect(rounded(result.equity.exposure[3])).toBe(rounded(106.5 / (10_000 + 4.5 - 0.102)));
  });

  it('orders that take time fill at the price of the path at that moment', async () => {
    // A minute each way. Candle 1 rises, so its low comes first, after a third of the hour.
    const result = await runScript(candles, atBars({ 0: buy }), {
      latency: { kind: 'constant', ms: 60_000 },
    });
    // One of the 20 minutes from 102 to the low of 101.
    expect(tripsOf(result)[0]?.entryPrice).toBeCloseTo(101.95, 8);
    expect(tripsOf(result)[0]).toMatchObject({ entryBar: 1, reason: 'open' });
  });

  it('an entry the money does not pay for at its price is refused and counted', async () => {
    const all = (context: StrategyContext<null>) => void market(context, 'buy', 99.5);
    const result = await runScript(candles, atBars({ 0: all }));
    // 99.5 × 100.5 = 9999.75 at the close, but the next open is 102.
    expect(tripsOf(result)).toEqual([]);
    expect(result.counts.refusedEntries).toBe(1);
    expect(result.finalEquity).toBe(10_000);
  });
});

/** Buys at the close of candle 0 and, once filled, keeps a stop and watches a target. */
function bracket(
  stop: number | undefined,
  target: number | undefined,
  type: 'stop' | 'limit' = 'stop',
): Script {
  return (context) => {
    let bar = -1;
    const close = () =>
      context.send({ leg: 'target', side: 'sell', type: 'market', lots: lots(1), purpose: 'target' });
    context.watch([]);
    return {
      onBar() {
        bar += 1;
        if (bar === 0) market(context, 'buy', 1, 'entry');
      },
      onFill(_fill, order) {
        if (order.leg !== 'entry') {
          context.keep([]);
          return;
        }
        context.watch(target === undefined ? [] : [ticks(target)]);
        if (stop === undefined) return;
        context.keep([
          {
            leg: 'exit',
            side: 'sell',
            type,
            lots: lots(1),
            ...(type === 'stop' ? { triggerTicks: ticks(stop) } : { priceTicks: ticks(stop) }),
          },
        ]);
      },
      onQuote(quote) {
        if (target === undefined || quote.bidTicks < ticks(target) || context.position().lots === 0) return;
        context.watch([]);
        // Goods bound by a resting stop are free once its cancel is proven.
        if (context.openOrders().length > 0) context.keep([]);
        else close();
      },
      onOrder(order) {
        if (order.state === 'CANCELED') close();
      },
    };
  };
}

describe('stops and targets inside a candle', () => {
  const entry: Prices = [100, 100, 100, 100];

  it('a stop fills at its trigger, less slippage', async () => {
    const result = await runScript([entry, [100, 101, 95, 96], entry], bracket(97, undefined));
    expect(tripsOf(result)).toEqual([
      { side: 1, entryBar: 1, entryPrice: 100, exitBar: 1, exitPrice: 97, profit: -3, reason: 'stop' },
    ]);
    const slipped = await runScript([entry, [100, 101, 95, 96], entry], bracket(97, undefined), {
      slippage: 0.001,
    });
    // 100 × 1.001 = 100.10; 97 × 0.999 = 96.903 → 96.90.
    expect(tripsOf(slipped)[0]).toMatchObject({ entryPrice: 100.1, exitPrice: 96.9 });
  });

  it('a stop the candle opens beyond fills at the open', async () => {
    const result = await runScript([entry, [100, 101, 99, 100], [94, 96, 93, 95]], bracket(97, undefined));
    expect(tripsOf(result)[0]).toMatchObject({ exitBar: 2, exitPrice: 94, profit: -6, reason: 'stop' });
  });

  it('a watched target fills exactly there, or at the open where the candle opened beyond', async () => {
    const inside = await runScript([entry, [100, 106, 99, 105], entry], bracket(undefined, 103));
    expect(tripsOf(inside)[0]).toMatchObject({ exitBar: 1, exitPrice: 103, profit: 3, reason: 'target' });
    const beyond = await runScript(
      [entry, [100, 101, 99, 100], [108, 109, 107, 108]],
      bracket(undefined, 103),
    );
    expect(tripsOf(beyond)[0]).toMatchObject({ exitBar: 2, exitPrice: 108, profit: 8, reason: 'target' });
  });

  const both: Prices = [100, 104, 96, 97];
  it.each([
    ['adverse-first', 'stop', 97],
    ['by-direction', 'target', 103],
    ['open-low-high-close', 'stop', 97],
    ['open-high-low-close', 'target', 103],
  ] as const)('stop and target in one falling candle, %s: the %s', async (intrabar, reason, exitPrice) => {
    const result = await runScript([entry, both, entry], bracket(97, 103), { intrabar });
    expect(tripsOf(result)).toMatchObject([{ exitPrice, reason }]);
  });

  it('finer candles decide where there are some', async () => {
    const { candleFile, startMs, hourMs } = await import('./scripted.ts');
    // The target comes in the first half hour, the stop in the second.
    const detail = candleFile(
      [
        [100, 104, 100, 101],
        [101, 101, 96, 97],
      ],
      hourMs / 2,
      startMs + hourMs,
    );
    const result = await runScript([entry, both, entry], bracket(97, 103), {
      series: [
        {
          source: { kind: 'file', path: candleFile([entry, both, entry]) },
          instrument: 'BTC/USDT',
          rules: { tickSize: '0.01', lotSize: '0.001' },
          detail: { kind: 'candles', source: { kind: 'file', path: detail } },
        },
      ],
    });
    expect(tripsOf(result)).toMatchObject([{ exitPrice: 103, reason: 'target' }]);
  });
});

describe('resting limit orders', () => {
  const entry: Prices = [100, 100, 100, 100];

  it.each([
    ['through', 103, 'open'],
    ['through', 103.01, 'target'],
    ['touch', 103, 'target'],
  ] as const)('%s with a high of %d: %s', async (limitFill, high, reason) => {
    const result = await runScript([entry, [100, high, 99, 101], entry], bracket(103, undefined, 'limit'), {
      limitFill,
    });
    expect(tripsOf(result)).toMatchObject([{ reason, exitPrice: reason === 'open' ? 100 : 103 }]);
  });

  it('pays the maker fee, and gets the open where the candle opens beyond it', async () => {
    const result = await runScript(
      [entry, [100, 101, 99, 100], [105, 106, 104, 105]],
      bracket(103, undefined, 'limit'),
      {
        makerFee: 0.001,
        takerFee: 0.002,
      },
    );
    expect(tripsOf(result)[0]).toMatchObject({ exitPrice: 105 });
    expect(rounded(result.fees)).toBe(rounded(0.2 + 0.105));
  });

  it('of those a gap passes the best price fills first, whichever came first', async () => {
    const filled: string[] = [];
    const limit = (context: StrategyContext<null>, price: number) =>
      context.send({
        leg: `at-${price}`,
        side: 'buy',
        type: 'limit',
        lots: lots(1),
        priceTicks: ticks(price),
      });
    await runScript(
      [
        [100, 101, 99, 100],
        [90, 91, 89, 90],
      ],
      (context) => ({
        ...atBars({ 0: () => [limit(context, 95), limit(context, 97), limit(context, 96)] })(context),
        onFill: (fill, order) => filled.push(`${order.leg} for ${fill.priceTicks / 100}`),
      }),
    );
    expect(filled).toEqual(['at-97 for 90', 'at-96 for 90', 'at-95 for 90']);
  });
});
