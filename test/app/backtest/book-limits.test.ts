/** What a backtest over a recorded order book says of itself, and what it refuses. */

import { describe, expect, it } from 'vitest';
import { BacktestCancelledError } from '../../../src/app/backtest/backtest-options.ts';
import { checkBias, type RunBacktest } from '../../../src/app/robustness/bias-check.ts';
import { epochMs, priceTicks, quantityLots } from '../../../src/shared/domain/nominal.ts';
import { tickKinds } from '../../../src/shared/domain/tick-kinds.ts';
import { gradeConfidence } from '../../../src/shared/lab/confidence.ts';
import {
  at,
  type BookRow,
  bid,
  bookColumns,
  bookSource,
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
import { candleFile, rounded, type Script, tripsOf } from './scripted.ts';

const { askClear, askDepth, bidDepth, buyTrade } = tickKinds;

describe('a run on a recorded order book', () => {
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
    const series = [{ source: bookSource, venue: 'own' }] as const;
    const refusals: [object, string][] = [
      [{ fill: 'close' }, 'fill'],
      [{ impact: { kind: 'volume-share', coefficient: 1 } }, 'impact'],
      [{ path: 'sweep' }, 'series.0.source'],
      [{ series: [{ ...series[0], rules: { tickSize: '2' } }] }, 'series.0.rules.tickSize'],
      [{ series: [{ ...series[0], rules: { lotSize: '0.3' } }] }, 'series.0.rules.lotSize'],
      [{ series: [{ ...series[0], detail: { kind: 'candles', source: bookSource } }] }, 'series.0.detail'],
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
      runOnBook(folder, script, {
        series: [{ source: bookSource, venue: 'own' }, other(venue)],
        slippage: 0,
      });
    const result = await run('elsewhere');
    expect(bought).toEqual([
      ['BTC', 99, 5, 10_000],
      // Half way from its open of 50 to its low of 40, which it reaches at 20 s.
      ['ETH', 45, 10, 10_000],
    ]);
    expect(result.assumptions.join()).toContain('A market order sent when a candle has closed');
    expect(result.assumptions.join()).toContain('A resting order joins behind');
    await expect(run('own')).rejects.toMatchObject({ code: 'bad-input', field: 'series.1.venue' });
  });

  it('the bias check cuts it off at decisions, and finds nothing in an honest strategy', async () => {
    // Ten minutes; the ask stands at 101 in even ones and at 103 in odd ones.
    const minutes = Array.from({ length: 10 }, (_, minute): BookRow[] => {
      const ms = minute * minuteMs;
      const ask = minute % 2 === 0 ? 101 : 103;
      return [
        at(ms + 5_000, askClear, 110, 0),
        at(ms + 5_000, askDepth, ask, 50),
        at(ms + 6_000, buyTrade, ask, 1),
      ];
    });
    const folder = await folderWithBook(bookColumns([...opening, ...minutes.flat()]));
    const script: Script = (context) => ({
      onBar(_timeframe, { close }) {
        if (close === 101) context.send({ ...buy(1), leg: `b${context.nowMs()}` });
        else context.send({ ...sell(1), leg: `s${context.nowMs()}` });
      },
    });
    const spec = { ...(await runOnBook(folder, script)).spec, latency: { kind: 'constant', ms: 5 } as const };
    const quiet = { isCancelled: () => false, onProgress: () => undefined };
    const run = (changed: typeof spec) => runOnBook(folder, script, changed);
    const report = await checkBias(spec, 1, run as RunBacktest, { cuts: 5, warmupFactors: [2] }, quiet);
    expect(report).toMatchObject({
      trades: 5,
      lookahead: [],
      recursion: [{ warmupBars: 2, changedTrades: 0 }],
    });
    expect(report.cuts).toBeGreaterThan(2);
  });

  it('counts in the finer steps it is told', async () => {
    const fills: SeenFill[] = [];
    const folder = await folderWithBook(bookColumns(story));
    const rules = { tickSize: '0.5', lotSize: '0.25' };
    const script = orders(fills, { 1500: { ...bid, priceTicks: priceTicks(198), lots: quantityLots(16) } });
    const result = await runOnBook(folder, script, { series: [{ source: bookSource, venue: 'own', rules }] });
    expect(fills.map(({ price, lots, venueMs }) => [price, lots, venueMs])).toEqual([
      [198, 4, 6_000],
      [198, 8, 7_000],
      [198, 4, 8_000],
    ]);
    expect(tripsOf(result)).toMatchObject([{ entryPrice: 99, reason: 'open' }]);
    expect(rounded(result.finalEquity)).toBe(100_000 - 396 + 4 * 101);
  });

  it('tells that it lives within a candle, and ends there when it is told', async () => {
    // A minute of sixty thousand changes.
    const busy = Array.from({ length: 60_000 }, (_, row) =>
      at(2_000 + Math.floor(row / 2), bidDepth, 98, 1 + (row % 9)),
    );
    const folder = await folderWithBook(bookColumns([...opening, at(1_500, buyTrade, 101, 1), ...busy]));
    const done: number[] = [];
    await runOnBook(folder, () => ({}), {}, { onProgress: (bars) => done.push(bars) });
    expect(done.filter((bars) => bars === 0).length).toBeGreaterThan(1);
    await expect(runOnBook(folder, () => ({}), {}, { isCancelled: () => true })).rejects.toBeInstanceOf(
      BacktestCancelledError,
    );
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
