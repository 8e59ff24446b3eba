/** Backtests over recorded order books. Every fill here was worked out by hand from the rows. */

import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../src/shared/domain/nominal.ts';
import { tickKinds } from '../../../src/shared/domain/tick-kinds.ts';
import {
  at,
  bid,
  bookColumns,
  buy,
  folderWithBook,
  minuteMs,
  opening,
  orders,
  runOnBook,
  type SeenFill,
  sell,
  startMs,
  story,
} from './book-fixture.ts';

const { askClear, askDepth, bidClear, bidDepth, buyTrade, sellTrade } = tickKinds;

describe('a backtest over a recorded order book', () => {
  it('fills a resting order behind its queue, and takes levels one after the other', async () => {
    const fills: SeenFill[] = [];
    const folder = await folderWithBook(bookColumns(story));
    const script = orders(fills, { 1500: bid, 9000: buy(7), 11000: sell(11) });
    const result = await runOnBook(folder, script, { makerFee: 0.001, takerFee: 0.002 });
    const seen = fills.map(({ side, price, lots, liquidity, venueMs }) => [
      side,
      price,
      lots,
      liquidity,
      venueMs,
    ]);
    expect(seen).toEqual([
      ['buy', 99, 1, 'maker', 6_000],
      ['buy', 99, 2, 'maker', 7_000],
      ['buy', 99, 1, 'maker', 8_000],
      // Of the five at 99 one is taken already.
      ['buy', 99, 4, 'taker', 9_000],
      ['buy', 101, 3, 'taker', 9_000],
      // Eleven are held, five are wanted; the rest of the order expires.
      ['sell', 98, 5, 'taker', 11_000],
    ]);
    // Paid 4 × 99 resting, 4 × 99 + 3 × 101 taking; got 5 × 98.
    const fees = 396 * 0.001 + (396 + 303) * 0.002 + 490 * 0.002;
    expect(result.fees).toBeCloseTo(fees, 9);
    // Six are left, worth 101 each at the last trade.
    expect(result.finalEquity).toBeCloseTo(100_000 - 396 - 699 + 490 - fees + 6 * 101, 8);
    // The middle was 98.5 at 9 s and at 11 s: lost are 4 × 0.5 + 3 × 2.5 and 5 × 0.5.
    expect(result.slippage).toBeCloseTo(2 + 7.5 + 2.5, 9);
    expect(result.counts).toMatchObject({ bars: 2, orders: 3, fills: 6, rejected: 0 });
  });

  it('a sale of more than is held is refused, one of all the book holds ends where it ends', async () => {
    const fills: SeenFill[] = [];
    const result = await runOnBook(
      await folderWithBook(bookColumns(story)),
      orders(fills, { 1100: buy(30), 1200: buy(1) }),
    );
    // 4 × 101, 6 × 102, 20 × 103 is all there is; nothing comes back before a level changes.
    expect(fills.map(({ price, lots }) => [price, lots])).toEqual([
      [101, 4],
      [102, 6],
      [103, 20],
    ]);
    expect(result.counts.rejected).toBe(1);
    expect(result.warnings.join()).toContain('nothing is offered on the other side of the book');
  });

  it('messages take their time both ways', async () => {
    const fills: SeenFill[] = [];
    const late = { latency: { kind: 'constant', ms: 500 } } as const;
    const folder = await folderWithBook(bookColumns(story));
    // Sent at 1.5 s and there at 2 s, the bid stands behind the same ten; sent at 5.5 s it comes after the cancel.
    await runOnBook(folder, orders(fills, { 1500: bid }), late);
    expect(fills.map(({ lots, venueMs, heardMs }) => [lots, venueMs, heardMs])).toEqual([
      [1, 6_000, 6_500],
      [2, 7_000, 7_500],
      [1, 8_000, 8_500],
    ]);
    fills.length = 0;
    // There at 5.6 s: three stand before it, the three that trade at 6 s are theirs.
    await runOnBook(folder, orders(fills, { 5100: bid }), late);
    expect(fills.map(({ lots, venueMs, heardMs }) => [lots, venueMs, heardMs])).toEqual([
      [2, 7_000, 7_500],
      [2, 8_000, 8_500],
    ]);
    fills.length = 0;
    // There in the millisecond of a trade, it comes behind that trade.
    await runOnBook(folder, orders(fills, { 5500: bid }), late);
    expect(fills.map(({ lots, venueMs }) => [lots, venueMs])).toEqual([
      [2, 7_000],
      [2, 8_000],
    ]);
  });

  it('measured and drawn delays hold too, and the same seed draws the same', async () => {
    const folder = await folderWithBook(bookColumns(story));
    const run = async (latency: object, seed: string) => {
      const fills: SeenFill[] = [];
      const result = await runOnBook(
        folder,
        orders(fills, { 1500: bid, 9000: buy(7) }),
        { latency: latency as never, seed },
        { withAudit: true },
      );
      return { fills, hash: result.auditHash, equity: [...result.equity.equity] };
    };
    const drawn = { kind: 'log-normal', medianMs: 50, sigma: 0.5, maxMs: 400 };
    const [first, again, other] = [await run(drawn, 'a'), await run(drawn, 'a'), await run(drawn, 'b')];
    expect(again).toEqual(first);
    expect(other.hash).not.toBe(first.hash);
    const heard = first.fills.map(({ heardMs, venueMs }) => heardMs - venueMs);
    expect(heard.every((ms) => ms > 0 && ms <= 400)).toBe(true);
  });

  it('the venue lives at the exchange, the strategy by what the recorder has received', async () => {
    // The ask goes up to 105 at 20 s; who records hears of it 300 ms later.
    const folder = await folderWithBook(
      bookColumns([
        ...opening,
        at(2_000, buyTrade, 101, 1),
        [20_000, 20_300, askClear, 103, 0],
        [20_000, 20_300, askDepth, 105, 9],
        at(30_000, buyTrade, 105, 1),
      ]),
    );
    const asks: number[] = [];
    const prices: number[] = [];
    const run = (ms: number, latency: number) =>
      runOnBook(
        folder,
        (context) => ({
          onStart: () => context.setTimer('buy', epochMs(startMs + ms)),
          onTimer() {
            asks.push(context.quote()?.askTicks ?? 0);
            context.send(buy(1));
          },
          onFill: ({ priceTicks: price }) => prices.push(price),
        }),
        { latency: { kind: 'constant', ms: latency } },
      );
    await run(20_100, 0);
    await run(19_900, 0);
    await run(19_900, 200);
    await run(20_301, 0);
    expect(asks).toEqual([101, 101, 101, 105]);
    expect(prices).toEqual([105, 101, 105, 105]);
  });

  it('a level that a snapshot takes away and brings again keeps its queue', async () => {
    const fills: SeenFill[] = [];
    const folder = await folderWithBook(
      bookColumns([
        ...opening,
        at(2_000, buyTrade, 101, 1),
        // A whole new picture of the bids: at 99 there are still ten.
        at(3_000, bidClear, 90, 0),
        at(3_000, bidDepth, 99, 10),
        at(3_000, bidDepth, 97, 1),
        at(4_000, sellTrade, 99, 9),
        at(5_000, sellTrade, 99, 2),
        // 98 is gone: a sale of two takes nothing from it.
        at(6_000, bidDepth, 99, 0),
      ]),
    );
    await runOnBook(folder, orders(fills, { 1500: bid, 7000: sell(1) }));
    // Ten stand before us; of the eleven that sell one is ours.
    expect(fills.map(({ price, lots, venueMs }) => [price, lots, venueMs])).toEqual([
      [99, 1, 5_000],
      [97, 1, 7_000],
    ]);
  });

  it('minutes without a trade are flat, those without a row have no candle; bots begin with the first quote', async () => {
    const seen: number[][] = [];
    const started: number[] = [];
    const folder = await folderWithBook(
      bookColumns([
        ...opening,
        at(2_000, buyTrade, 101, 2),
        at(3_000, sellTrade, 99, 1),
        at(70_000, bidDepth, 99, 7),
        // Nothing from 2:00 to 5:00.
        at(310_000, buyTrade, 102, 4),
      ]),
    );
    const result = await runOnBook(folder, (context) => ({
      onStart: () => started.push(context.nowMs() - startMs),
      onBar: (_timeframe, { openTimeMs, open, high, low, close, volume }) =>
        seen.push([(openTimeMs - startMs) / minuteMs, open, high, low, close, volume]),
    }));
    expect(seen).toEqual([
      [0, 101, 101, 99, 99, 3],
      [1, 99, 99, 99, 99, 0],
      [5, 102, 102, 102, 102, 4],
    ]);
    expect(started).toEqual([1_000]);
    expect(result.warnings.join()).toContain('3 candles of BTC/USDT are missing');
  });

  it('begins in the middle with the book as it is there, and ends where it is told', async () => {
    const fills: SeenFill[] = [];
    const folder = await folderWithBook(
      bookColumns([
        ...opening,
        at(2_000, buyTrade, 101, 4),
        at(2_000, askDepth, 101, 0),
        at(130_000, buyTrade, 102, 1),
        at(190_000, buyTrade, 103, 1),
      ]),
    );
    const result = await runOnBook(folder, orders(fills, { 125000: buy(8) }), {
      fromMs: startMs + minuteMs,
      toMs: startMs + 3 * minuteMs,
    });
    // 101 was sold out before: six at 102, two at 103.
    expect(fills.map(({ price, lots, venueMs }) => [price, lots, venueMs])).toEqual([
      [102, 6, 125_000],
      [103, 2, 125_000],
    ]);
    expect(result.counts.bars).toBe(1);
  });
});
