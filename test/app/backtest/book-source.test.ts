/** Backtests over recorded order books. Every fill here was worked out by hand from the rows. */

import { describe, expect, it } from 'vitest';
import { epochMs, priceTicks, quantityLots } from '../../../src/shared/domain/nominal.ts';
import { tickKinds } from '../../../src/shared/domain/tick-kinds.ts';
import { gradeConfidence } from '../../../src/shared/lab/confidence.ts';
import { type BookRow, bookColumns, folderWithBook, minuteMs, runOnBook, startMs } from './book-fixture.ts';
import { candleFile, rounded, type Script, tripsOf } from './scripted.ts';

const { askClear, askDepth, bidClear, bidDepth, buyTrade, clearAll, sellTrade } = tickKinds;

/** Where the exchange and the recorder have one clock. */
const at = (ms: number, ...[kind, ticks, lots]: [BookRow[2], number, number]): BookRow => [
  ms,
  ms,
  kind,
  ticks,
  lots,
];

/** Bids 99 × 10, 98 × 5; asks 101 × 4, 102 × 6, 103 × 20. */
const opening: readonly BookRow[] = [
  at(1_000, clearAll, 0, 0),
  at(1_000, bidDepth, 99, 10),
  at(1_000, bidDepth, 98, 5),
  at(1_000, askDepth, 101, 4),
  at(1_000, askDepth, 102, 6),
  at(1_000, askDepth, 103, 20),
];

const story: readonly BookRow[] = [
  ...opening,
  // One buys at 101: 3 are left.
  at(2_000, buyTrade, 101, 1),
  at(2_000, askDepth, 101, 3),
  // Six sell at 99: of the 10 before us 4 are left, as the level says then.
  at(3_000, sellTrade, 99, 6),
  at(3_000, bidDepth, 99, 4),
  // Two join behind us.
  at(4_000, bidDepth, 99, 6),
  // Three of six cancel: 4 × 3 / 6 = 2 stay before us.
  at(5_000, bidDepth, 99, 3),
  // Three sell at 99: two go to those before us, one to us.
  at(6_000, sellTrade, 99, 3),
  at(6_000, bidDepth, 99, 0),
  // Two sell at 98, below our price: both must have passed us.
  at(7_000, sellTrade, 98, 2),
  at(7_000, bidDepth, 98, 3),
  // Five offer at 99: one of them takes our last one.
  at(8_000, askDepth, 99, 5),
  at(10_000, bidDepth, 98, 5),
  at(70_000, buyTrade, 101, 1),
];

interface SeenFill {
  readonly side: string;
  readonly price: number;
  readonly lots: number;
  readonly liquidity: string;
  /** Milliseconds after the start, at the venue and when the strategy hears of it. */
  readonly venueMs: number;
  readonly heardMs: number;
}

/** Sends orders at times of the strategy's clock and writes down what fills. */
function orders(
  fills: SeenFill[],
  plan: Readonly<Record<number, Parameters<Parameters<Script>[0]['send']>[0]>>,
): Script {
  return (context) => ({
    onStart() {
      for (const ms of Object.keys(plan)) context.setTimer(ms, epochMs(startMs + Number(ms)));
    },
    onTimer(name) {
      const order = plan[Number(name)];
      if (order !== undefined) context.send(order);
    },
    onFill({ liquidity, lots, priceTicks: price, side, venueTimeMs }) {
      const [venueMs, heardMs] = [venueTimeMs - startMs, context.nowMs() - startMs];
      fills.push({ side, price, lots, liquidity, venueMs, heardMs });
    },
  });
}

const bid = {
  leg: 'bid',
  side: 'buy',
  type: 'limit',
  lots: quantityLots(4),
  priceTicks: priceTicks(99),
} as const;
const buy = (lots: number) =>
  ({ leg: 'buy', side: 'buy', type: 'market', lots: quantityLots(lots) }) as const;
const sell = (lots: number) =>
  ({ leg: 'sell', side: 'sell', type: 'market', lots: quantityLots(lots) }) as const;

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

  it('says what was assumed, and how far it can be believed', async () => {
    const folder = await folderWithBook(bookColumns(story), 2);
    const result = await runOnBook(folder, () => ({}), { latency: { kind: 'constant', ms: 20 } });
    const words = result.assumptions.join('\n');
    for (const part of [
      'The engine that trades live ran the strategy, event by event.',
      `meet the recorded order book and its trades (${story.length} rows)`,
      '0.0 ms later on average and 0 ms at most',
      'joins behind all that is displayed',
      'Orders and answers take 20 ms each way.',
    ])
      expect(words).toContain(part);
    expect(words).not.toContain('A resting limit order fills once');
    expect(result.warnings.join()).toContain('has 2 holes');
    const pathOf = (run: typeof result) => gradeConfidence(run, {}).checks.find(({ id }) => id === 'path');
    expect(pathOf(result)).toMatchObject({
      outcome: 'passed',
      finding: expect.stringContaining('the place in the queue is an estimate'),
    });
    expect(pathOf(await runOnBook(folder, () => ({})))).toMatchObject({
      outcome: 'weak',
      advice: expect.stringContaining('Give a latency'),
    });
  });

  it('refuses what has no meaning on a book', async () => {
    const folder = await folderWithBook(bookColumns(story));
    const source = {
      kind: 'store',
      venue: 'own',
      instrument: 'BTC/USDT',
      timeframe: '1m',
      data: 'l2',
    } as const;
    const series = [{ source, venue: 'own' }] as const;
    const refusals: [object, string][] = [
      [{ fill: 'close' }, 'fill'],
      [{ impact: { kind: 'volume-share', coefficient: 1 } }, 'impact'],
      [{ path: 'sweep' }, 'series.0.source'],
      [{ series: [{ ...series[0], rules: { tickSize: '2' } }] }, 'series.0.rules.tickSize'],
      [{ series: [{ ...series[0], rules: { lotSize: '0.3' } }] }, 'series.0.rules.lotSize'],
      [{ series: [{ ...series[0], detail: { kind: 'candles', source } }] }, 'series.0.detail'],
    ];
    for (const [overrides, field] of refusals) {
      await expect(
        runOnBook(folder, () => ({}), overrides),
        field,
      ).rejects.toMatchObject({
        code: 'bad-input',
        field,
      });
    }
  });

  it('runs beside candles of another venue, and refuses those of its own', async () => {
    const folder = await folderWithBook(bookColumns(story));
    const source = {
      kind: 'store',
      venue: 'own',
      instrument: 'BTC/USDT',
      timeframe: '1m',
      data: 'l2',
    } as const;
    const candles = candleFile(
      [
        [50, 60, 40, 55],
        [55, 56, 54, 55],
      ],
      minuteMs,
    );
    const other = (venue: string) =>
      ({ source: { kind: 'file', path: candles }, instrument: 'ETH/USDT', venue }) as const;
    const bought: unknown[] = [];
    const script: Script = (context) => ({
      onStart: () => context.setTimer('buy', epochMs(startMs + 10_000)),
      onTimer: () =>
        context.send({ ...buy(5), lots: quantityLots(context.instrument.base === 'ETH' ? 10 : 5) }),
      onFill: ({ lots, priceTicks: price, venueTimeMs }) =>
        bought.push([context.instrument.base, price, lots, venueTimeMs - startMs]),
    });
    const run = (venue: string) =>
      runOnBook(folder, script, { series: [{ source, venue: 'own' }, other(venue)], slippage: 0 });
    const result = await run('elsewhere');
    expect(bought).toEqual([
      ['BTC', 99, 5, 10_000],
      // The candle leaves its open when the events of the book are over that come before its first extreme, at 20 s.
      ['ETH', 50, 10, 10_000],
    ]);
    expect(result.assumptions.join()).toContain('A market order sent when a candle has closed');
    expect(result.assumptions.join()).toContain('A resting order joins behind');
    await expect(run('own')).rejects.toMatchObject({ code: 'bad-input', field: 'series.1.venue' });
  });

  it('counts in the finer steps it is told', async () => {
    const fills: SeenFill[] = [];
    const folder = await folderWithBook(bookColumns(story));
    const source = {
      kind: 'store',
      venue: 'own',
      instrument: 'BTC/USDT',
      timeframe: '1m',
      data: 'l2',
    } as const;
    const rules = { tickSize: '0.5', lotSize: '0.25' };
    const script = orders(fills, { 1500: { ...bid, priceTicks: priceTicks(198), lots: quantityLots(16) } });
    const result = await runOnBook(folder, script, { series: [{ source, venue: 'own', rules }] });
    expect(fills.map(({ price, lots, venueMs }) => [price, lots, venueMs])).toEqual([
      [198, 4, 6_000],
      [198, 8, 7_000],
      [198, 4, 8_000],
    ]);
    expect(tripsOf(result)).toMatchObject([{ entryPrice: 99, reason: 'open' }]);
    expect(rounded(result.finalEquity)).toBe(100_000 - 396 + 4 * 101);
  });

  it('names a row that no book can have', async () => {
    const folder = await folderWithBook(
      bookColumns([...opening, at(2_000, bidDepth, 0, 5), at(3_000, buyTrade, 101, 1)]),
    );
    await expect(runOnBook(folder, () => ({}))).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining(
        'row 7 of the order book of BTC/USDT cannot be used: its price is not above zero',
      ),
    });
  });
});
